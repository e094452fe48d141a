/* values.c - the values that the rules of a map find in a record */
#include <string.h>

#include "job.h"
#include "text.h"

struct find
find_start(struct maker *m, struct tree *record, const struct picks *picks,
    uint32_t within)
{
	return (struct find){ .maker = m,
		.record = record,
		.picks = picks,
		.within = within,
		.node = NODE_NONE };
}

static bool
is_within(const struct tree *t, uint32_t node, uint32_t ancestor)
{
	while (node != ancestor && node != NODE_NONE)
		node = t->nodes[node].parent;
	return node == ancestor;
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
same_text(struct text a, const char *b)
{
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.utf8[i]) != lower(b[i]))
			return false;
	return b[a.len] == '\0';
}

/* Whether the node's attribute is what the pattern wants. */
static bool
meets_condition(const struct tree *t, const struct pattern *p, uint32_t node)
{
	struct buf room = { 0 };
	uint32_t child;

	if (p->attribute == NULL)
		return true;
	for (size_t step = p->condition + 1; step < p->count; step++)
		node = t->nodes[node].parent;
	child = t->nodes[node].child;
	while (child != NODE_NONE &&
	       strcmp(t->nodes[child].path->name, p->attribute) != 0)
		child = t->nodes[child].sibling;
	/* an attribute is one piece of text: ROOM stays empty */
	return child != NODE_NONE &&
	       same_text(tree_value(t, child, &room), p->wanted);
}

/* The node behind AT, or the first, that matches P within WITHIN. */
static uint32_t
next_node(const struct tree *t, const struct pattern *p, size_t *hit,
    uint32_t at, uint32_t within)
{
	for (;;) {
		if (at == NODE_NONE) {
			if (*hit == p->hit_count)
				return NODE_NONE;
			at = tree_first(t, p->hits[(*hit)++]);
		} else
			at = t->nodes[at].same;
		if (at != NODE_NONE &&
		    (within == NODE_NONE || is_within(t, at, within)) &&
		    meets_condition(t, p, at))
			return at;
	}
}

/* The text of a node, in memory that lasts as long as the record. */
static struct text
value_of(struct find *f, uint32_t node)
{
	struct text value = tree_value(f->record, node, &f->maker->room);

	if (value.len > 0 && value.utf8 == f->maker->room.data)
		value.utf8 =
		    arena_copy(&f->maker->arena, value.utf8, value.len);
	return value;
}

/* The first or the last MARK in a text, or NULL. */
static const char *
find_mark(struct text t, const char *mark, bool last)
{
	size_t len = strlen(mark);
	const char *found = NULL;

	for (size_t i = 0; i + len <= t.len; i++)
		if (memcmp(t.utf8 + i, mark, len) == 0) {
			found = t.utf8 + i;
			if (!last)
				break;
		}
	return found;
}

/* The rest of the line "Label: rest" in what is left of markup. */
static struct text
labelled(struct maker *m, struct text t, const char *label)
{
	size_t len = strlen(label), start, end = 0;

	buf_clear(&m->room);
	text_from_html(&m->room, t.utf8, t.len);
	for (start = 0; start < m->room.len; start = end + 1) {
		const char *line = m->room.data + start;
		const char *stop = memchr(line, '\n', m->room.len - start);

		end =
		    stop == NULL ? m->room.len : (size_t)(stop - m->room.data);
		if (end - start > len && line[len] == ':' &&
		    same_text((struct text){ line, len }, label)) {
			t = text_trim(line + len + 1, end - start - len - 1);
			t.utf8 = arena_copy(&m->arena, t.utf8, t.len);
			return t;
		}
	}
	return (struct text){ "", 0 };
}

/* The parameter NAME of a URL. */
static struct text
query(struct text url, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i + len + 1 < url.len; i++) {
		size_t start = i + 1 + len + 1, end = start;

		if ((url.utf8[i] != '?' && url.utf8[i] != '&' &&
		        url.utf8[i] != ';') ||
		    memcmp(url.utf8 + i + 1, name, len) != 0 ||
		    url.utf8[i + 1 + len] != '=')
			continue;
		while (end < url.len && strchr("&#; ", url.utf8[end]) == NULL)
			end++;
		return (struct text){ url.utf8 + start, end - start };
	}
	return (struct text){ "", 0 };
}

/* What a rule takes of a value. */
static struct text
part_of(struct maker *m, const struct pick *pick, struct text t)
{
	const char *mark;
	size_t at, len;

	switch (pick->part) {
	case PICK_LABEL:
		return labelled(m, t, pick->mark);
	case PICK_QUERY:
		return query(t, pick->mark);
	case PICK_BEFORE:
	case PICK_AFTER:
		mark = find_mark(t, pick->mark, pick->last);
		if (mark == NULL)
			return (struct text){ "", 0 };
		at = (size_t)(mark - t.utf8);
		len = strlen(pick->mark);
		if (pick->part == PICK_BEFORE)
			return text_trim(t.utf8, at);
		return text_trim(t.utf8 + at + len, t.len - at - len);
	default:
		return t;
	}
}

/* A value of the feed's header. */
static struct text
header_value(const struct maker *m, const struct pattern *p)
{
	for (size_t i = 0; i < p->hit_count; i++)
		if (p->hits[i]->number < m->header_count &&
		    m->headers[p->hits[i]->number].len > 0)
			return m->headers[p->hits[i]->number];
	return (struct text){ "", 0 };
}

static void
use(struct maker *m, uint32_t node)
{
	buf_add(&m->used, &node, sizeof(node));
}

/* Fill in one template, in WITHIN; adds to OUT. */
static void
fill_template(struct find *f, const struct pick *pick, uint32_t within,
    struct buf *out)
{
	size_t group_start = 0;
	unsigned int group = 0;
	bool any = true, filled = false;

	for (size_t i = 0; i <= pick->piece_count; i++) {
		const struct piece_rule *piece =
		    i < pick->piece_count ? &pick->pieces[i] : NULL;
		unsigned int next = piece == NULL ? 0 : piece->group;

		if (next != group) {
			/* an optional part in which nothing was there goes */
			if (group != 0 && !any)
				out->len = group_start;
			group = next;
			group_start = out->len;
			any = group == 0;
		}
		if (piece == NULL)
			break;
		if (piece->literal != NULL) {
			buf_text(out, piece->literal);
			continue;
		}
		for (size_t hit = 0;;) {
			uint32_t node = next_node(f->record, piece->pattern,
			    &hit, NODE_NONE, within);
			struct text value;

			if (node == NODE_NONE)
				break;
			value = value_of(f, node);
			if (value.len == 0)
				continue;
			use(f->maker, node);
			buf_add(out, value.utf8, value.len);
			any = filled = true;
			break;
		}
	}
	if (!filled)
		out->len = 0;
}

/* The value of a template: once, or once for each of its elements. */
static struct text
template_value(struct find *f, const struct pick *pick)
{
	struct maker *m = f->maker;
	struct buf whole = { 0 }, one = { 0 };
	struct text value;
	uint32_t node = NODE_NONE;
	size_t hit = 0;

	buf_clear(&m->used);
	if (pick->pattern == NULL)
		fill_template(f, pick, f->within, &whole);
	else
		while ((node = next_node(f->record, pick->pattern, &hit, node,
		            f->within)) != NODE_NONE) {
			buf_clear(&one);
			fill_template(f, pick, node, &one);
			if (whole.len > 0 && one.len > 0)
				buf_byte(&whole, '\n');
			buf_add(&whole, one.data, one.len);
		}
	value = text_trim(whole.data == NULL ? "" : whole.data, whole.len);
	value.utf8 = arena_copy(&m->arena, value.utf8, value.len);
	buf_free(&whole);
	buf_free(&one);
	return value;
}

/* The next value of the rule at hand, empty ones too; false when it has none.
 */
static bool
next_of_pick(struct find *f, const struct pick *pick, struct text *value)
{
	if (pick->piece_count > 0 ||
	    (pick->pattern != NULL && pick->pattern->absolute)) {
		if (f->hit > 0)
			return false;
		f->hit = 1;
		f->node = NODE_NONE;
		*value = pick->piece_count > 0
		             ? template_value(f, pick)
		             : header_value(f->maker, pick->pattern);
		*value = part_of(f->maker, pick, *value);
		return true;
	}
	f->node =
	    next_node(f->record, pick->pattern, &f->hit, f->node, f->within);
	if (f->node == NODE_NONE)
		return false;
	*value = part_of(f->maker, pick, value_of(f, f->node));
	return true;
}

bool
find_next(struct find *f, struct text *value)
{
	while (f->pick < f->picks->count) {
		f->at = &f->picks->items[f->pick];
		while (next_of_pick(f, f->at, value))
			if (value->len > 0 &&
			    (f->placeholders || value->len > 30 ||
			        words_find(f->maker->map->words,
			            WORD_PLACEHOLDER, value->utf8,
			            value->len) == NULL))
				return true;
		f->pick++;
		f->hit = 0;
		f->node = NODE_NONE;
	}
	return false;
}

bool
find_element(struct find *f)
{
	const struct pattern *p = f->picks->items->pattern;

	f->node = next_node(f->record, p, &f->hit, f->node, f->within);
	return f->node != NODE_NONE;
}

void
find_take(struct find *f)
{
	uint32_t node;

	if (f->at->piece_count > 0)
		for (size_t i = 0; i < f->maker->used.len; i += sizeof(node)) {
			memcpy(&node, f->maker->used.data + i, sizeof(node));
			f->record->nodes[node].taken = true;
		}
	else if (f->node != NODE_NONE && f->at->part == PICK_ALL)
		f->record->nodes[f->node].taken = true;
}

/* Whether a text is a line as it stands. */
static bool
is_clean(struct text t)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.utf8[i];

		if (c > '<' && c < 0x7f)
			continue;
		if (c < ' ' || c == '<' || c == '&' || c == 0x7f || c == 0xc2 ||
		    c == 0xe2 || c == 0xef || c == 0xf3 || c == 0xe3 ||
		    c == 0xe1 || c == 0xcd || c == 0xd8 ||
		    (c == ' ' && i + 1 < t.len && t.utf8[i + 1] == ' '))
			return false;
	}
	return true;
}

struct text
strip_cdata(struct text t)
{
	if (t.len >= 12 && memcmp(t.utf8, "<![CDATA[", 9) == 0 &&
	    memcmp(t.utf8 + t.len - 3, "]]>", 3) == 0)
		return text_trim(t.utf8 + 9, t.len - 12);
	if (t.len >= 11 && memcmp(t.utf8, "![CDATA[", 8) == 0 &&
	    memcmp(t.utf8 + t.len - 2, "]]", 2) == 0)
		return text_trim(t.utf8 + 8, t.len - 10);
	return t;
}

struct text
clean_line(struct maker *m, struct text value)
{
	if (is_clean(value) && (value.len == 0 || *value.utf8 != '!'))
		return value;
	value = strip_cdata(value);
	buf_clear(&m->room);
	text_from_html(&m->room, value.utf8, value.len);
	for (size_t i = 0; i < m->room.len; i++)
		if (m->room.data[i] == '\n')
			m->room.data[i] = ' ';
	return (struct text){ arena_copy(&m->arena, m->room.data, m->room.len),
		m->room.len };
}
