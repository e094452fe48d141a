/* emit.c - a job as a line of JSON */
#include <string.h>

#include "clock.h"
#include "job.h"

#define DEPTH_MAX 64 /* levels of a record that a reader takes */

static void
put_text(struct buf *line, const char *name, struct text value)
{
	if (value.len > 0)
		buf_json_member(line, name, value.utf8, value.len);
}

/* A number that is known to be one. */
static void
put_number(struct buf *line, const char *name, const char *digits, size_t len)
{
	if (len == 0)
		return;
	buf_json_key(line, name);
	buf_add(line, digits, len);
}

static void
put_bool(struct buf *line, const char *name, bool value)
{
	buf_json_key(line, name);
	buf_text(line, value ? "true" : "false");
}

static void
put_places(struct buf *line, const struct places *p)
{
	if (p->count == 0)
		return;
	buf_json_key(line, "locations");
	buf_byte(line, '[');
	for (size_t i = 0; i < p->count; i++) {
		if (i > 0)
			buf_byte(line, ',');
		buf_byte(line, '{');
		put_text(line, "city", p->items[i].city);
		put_text(line, "state", p->items[i].state);
		put_text(line, "country", p->items[i].country);
		put_text(line, "postal_code", p->items[i].postal_code);
		put_text(line, "text", p->items[i].text);
		buf_byte(line, '}');
	}
	buf_byte(line, ']');
	put_bool(line, "is_multi_location", p->count > 1 || p->many);
}

static void
put_salary(struct buf *line, const struct salary *s)
{
	if (s->min[0] == '\0' && s->max[0] == '\0')
		return;
	put_number(line, "salary_min", s->min, strlen(s->min));
	put_number(line, "salary_max", s->max, strlen(s->max));
	put_text(line, "salary_currency",
	    (struct text){ s->currency, strlen(s->currency) });
	if (s->period != NULL)
		put_text(line, "salary_period",
		    (struct text){ s->period, strlen(s->period) });
}

static void
put_date(struct buf *line, const char *name, int64_t seconds)
{
	char stamp[CLOCK_STAMP];

	if (seconds == 0)
		return;
	clock_format(seconds, stamp);
	buf_json_member(line, name, stamp, CLOCK_STAMP - 1);
}

static bool
has_rest_below(const struct tree *t, uint32_t node)
{
	uint32_t child = t->nodes[node].child;

	while (child != NODE_NONE && !has_rest(t, child))
		child = t->nodes[child].sibling;
	return child != NODE_NONE;
}

bool
has_rest(const struct tree *t, uint32_t node)
{
	const struct node *n = &t->nodes[node];

	if (!n->taken && (n->len > 0 || n->more != NODE_NONE) &&
	    (n->more != NODE_NONE ||
	        !text_is_blank(t->text.data + n->text, n->len)))
		return true;
	return has_rest_below(t, node);
}

/* What is written of a record, and how deep it has become. */
struct rest {
	struct buf *line;
	struct tree *t;
	bool all; /* what fields took, and what is empty, as well */
	unsigned int depth;
	bool too_deep;
};

static void put_members(struct rest *r, uint32_t node);

/* One element: its text, or an object of its text, attributes and elements. */
static void
put_node(struct rest *r, uint32_t node)
{
	const struct node *n = &r->t->nodes[node];
	struct text value = { "", 0 };

	if (r->all || !n->taken)
		value = tree_value(r->t, node, &r->t->scratch);
	if (n->child == NODE_NONE || (!r->all && !has_rest_below(r->t, node))) {
		buf_json_string(r->line, value.utf8, value.len);
		return;
	}
	if (++r->depth > DEPTH_MAX) {
		r->too_deep = true;
		buf_text(r->line, "null");
	} else {
		buf_byte(r->line, '{');
		if (value.len > 0)
			buf_json_member(r->line, "#text", value.utf8,
			    value.len);
		put_members(r, node);
		buf_byte(r->line, '}');
	}
	r->depth--;
}

/* The elements of one name below PARENT, from FIRST on, as a member. */
static void
put_member(struct rest *r, uint32_t first, uint32_t parent)
{
	struct tree *t = r->t;
	size_t count = 0, at;
	uint32_t node;

	for (node = first; node != NODE_NONE && t->nodes[node].parent == parent;
	     node = t->nodes[node].same)
		count += r->all || has_rest(t, node);
	if (count == 0)
		return;
	buf_json_key(r->line, t->nodes[first].path->name);
	if (count > 1) {
		buf_byte(r->line, '[');
		r->depth++;
	}
	at = r->line->len;
	for (node = first; node != NODE_NONE && t->nodes[node].parent == parent;
	     node = t->nodes[node].same) {
		if (!r->all && !has_rest(t, node))
			continue;
		if (r->line->len > at)
			buf_byte(r->line, ',');
		put_node(r, node);
	}
	if (count > 1) {
		buf_byte(r->line, ']');
		r->depth--;
	}
}

static void
put_members(struct rest *r, uint32_t node)
{
	struct tree *t = r->t;
	uint32_t child = t->nodes[node].child;

	for (; child != NODE_NONE; child = t->nodes[child].sibling) {
		struct path *path = t->nodes[child].path;

		/* those of one name are one member, where the first stands */
		if (path->written == t->serial && path->written_in == node)
			continue;
		path->written = t->serial;
		path->written_in = node;
		put_member(r, child, node);
	}
}

const char *
emit_rest(struct buf *line, struct tree *record, bool all)
{
	struct rest r = { .line = line, .t = record, .all = all, .depth = 2 };
	struct text value = { "", 0 };

	if (all || !record->nodes[0].taken)
		value = tree_value(record, 0, &record->scratch);
	buf_byte(line, '{');
	if (value.len > 0)
		buf_json_member(line, "#text", value.utf8, value.len);
	put_members(&r, 0);
	buf_byte(line, '}');
	return r.too_deep ? "elements nested too deep for a record" : NULL;
}

static struct content_part
part(struct text t)
{
	return (struct content_part){ t.len == 0 ? NULL : t.utf8, t.len };
}

static void
put_hash(struct maker *m)
{
	const struct text *fields = m->job.fields;
	char hash[HASH_HEX];

	content_hash(m->content, part(fields[FIELD_TITLE]),
	    part(fields[FIELD_COMPANY]), part(fields[FIELD_TYPE]),
	    part(fields[FIELD_DESCRIPTION]), hash);
	buf_json_member(&m->line, "content_hash", hash, HASH_HEX - 1);
}

static void
put_position(struct buf *line, const struct tree *record)
{
	buf_json_key(line, "position");
	buf_text(line, "{\"line\":");
	buf_json_uint(line, record->line);
	buf_text(line, ",\"offset\":");
	buf_json_uint(line, record->offset);
	buf_byte(line, '}');
}

const char *
emit_job(struct maker *m, struct tree *record)
{
	const struct job *job = &m->job;
	struct buf *line = &m->line;
	const char *error = NULL;

	buf_clear(line);
	buf_byte(line, '{');
	buf_json_key(line, "feed_id");
	buf_json_uint(line, m->feed_id);
	put_text(line, "source_id", job->fields[FIELD_ID]);
	buf_json_key(line, "status");
	buf_text(line, job->closed ? "\"closed\"" : "\"open\"");
	for (int i = FIELD_TITLE; i <= FIELD_TYPE; i++)
		put_text(line, field_name((enum field)i), job->fields[i]);
	put_places(line, &job->places);
	if (job->remote >= 0)
		put_bool(line, "is_remote", job->remote == 1);
	put_text(line, "remote_scope", job->places.scope);
	put_salary(line, &job->salary);
	put_date(line, "posted_at", job->posted);
	put_date(line, "expires_at", job->expires);
	put_text(line, "category", job->fields[FIELD_CATEGORY]);
	put_number(line, "cpc", job->fields[FIELD_CPC].utf8,
	    job->fields[FIELD_CPC].len);
	put_text(line, "company_logo_url", job->fields[FIELD_LOGO]);
	if (has_rest(record, 0)) {
		buf_json_key(line, "extra");
		error = emit_rest(line, record, false);
	}
	put_hash(m);
	put_position(line, record);
	buf_byte(line, '}');
	return error;
}
