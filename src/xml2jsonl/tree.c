/* tree.c - one record as its elements stand in the feed */
#include <stdlib.h>
#include <string.h>

#include "html.h"
#include "mem.h"
#include "tree.h"

static const char too_many_names[] =
    "more different elements than a feed can have";

void
tree_init(struct tree *t, struct paths *paths, size_t max_text)
{
	*t = (struct tree){ .paths = paths, .max_text = max_text };
}

void
tree_free(struct tree *t)
{
	free(t->nodes);
	free(t->pieces);
	buf_free(&t->text);
	buf_free(&t->scratch);
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

bool
text_is_blank(const char *utf8, size_t len)
{
	size_t i = 0;

	while (i < len && is_blank(utf8[i]))
		i++;
	return i == len;
}

struct text
text_trim(const char *utf8, size_t len)
{
	while (len > 0 && is_blank(*utf8)) {
		utf8++;
		len--;
	}
	while (len > 0 && is_blank(utf8[len - 1]))
		len--;
	return (struct text){ utf8, len };
}

/* A node below the open one; it becomes a member of its path. */
static uint32_t
add_node(struct tree *t, struct path *path, uint32_t parent)
{
	uint32_t number = (uint32_t)t->count;
	struct node *node;

	if (t->count == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->nodes = mem_resize(t->nodes, t->cap, sizeof(*t->nodes));
	}
	node = &t->nodes[t->count++];
	*node = (struct node){ .path = path,
		.parent = parent,
		.child = NODE_NONE,
		.last_child = NODE_NONE,
		.sibling = NODE_NONE,
		.same = NODE_NONE,
		.text = (uint32_t)t->text.len,
		.more = NODE_NONE,
		.last_piece = NODE_NONE };
	if (path->serial != t->serial) {
		path->serial = t->serial;
		path->first = number;
	} else
		t->nodes[path->last].same = number;
	path->last = number;
	if (parent == NODE_NONE)
		return number;
	if (t->nodes[parent].child == NODE_NONE)
		t->nodes[parent].child = number;
	else
		t->nodes[t->nodes[parent].last_child].sibling = number;
	t->nodes[parent].last_child = number;
	return number;
}

/* Namespace declarations name prefixes; they are no data of the record. */
static bool
is_xmlns(const char *name)
{
	return strncmp(name, "xmlns", 5) == 0 &&
	       (name[5] == '\0' || name[5] == ':');
}

static void
add_attributes(struct tree *t, uint32_t node, const char **attributes)
{
	struct path *element = t->nodes[node].path;
	size_t bytes = 0, count = 0;

	for (; attributes[0] != NULL; attributes += 2) {
		size_t len = strlen(attributes[1]);
		uint32_t attribute;
		struct path *path;

		bytes += len;
		if (++count > TREE_ATTRIBUTES)
			t->refused = "an element of more than 256 attributes";
		else if (bytes > TREE_TOKEN)
			t->refused = "attributes of more than 1 MiB";
		if (t->refused != NULL)
			return;
		if (is_xmlns(attributes[0]))
			continue;
		buf_clear(&t->scratch);
		buf_byte(&t->scratch, '@');
		buf_text(&t->scratch, attributes[0]);
		path = path_child(t->paths, element, buf_string(&t->scratch));
		if (path == NULL) {
			t->refused = too_many_names;
			return;
		}
		attribute = add_node(t, path, node);
		buf_add(&t->text, attributes[1], len);
		t->nodes[attribute].len = (uint32_t)len;
	}
}

void
tree_begin(struct tree *t, struct path *path, const char **attributes)
{
	t->serial++;
	t->count = t->piece_count = 0;
	t->deep = 0;
	t->refused = NULL;
	buf_clear(&t->text);
	t->open = add_node(t, path, NODE_NONE);
	add_attributes(t, t->open, attributes);
}

static void
add_piece(struct tree *t, struct node *node, size_t len)
{
	uint32_t number = (uint32_t)t->piece_count;

	if (t->pieces == NULL || t->piece_count == t->piece_cap) {
		t->piece_cap = t->piece_cap == 0 ? 16 : t->piece_cap * 2;
		t->pieces =
		    mem_resize(t->pieces, t->piece_cap, sizeof(*t->pieces));
	}
	t->pieces[t->piece_count++] =
	    (struct piece){ (uint32_t)t->text.len, (uint32_t)len, NODE_NONE };
	if (node->more == NODE_NONE)
		node->more = number;
	else
		t->pieces[node->last_piece].next = number;
	node->last_piece = number;
}

/* Text of a node: behind what it has, or as a further piece. */
static void
add_text(struct tree *t, struct node *node, const char *utf8, size_t len)
{
	struct piece *last =
	    node->last_piece == NODE_NONE ? NULL : &t->pieces[node->last_piece];

	if (len > t->max_text - t->text.len) {
		t->refused = "a record of more text than --max-record";
		return;
	}
	if (node->len == 0)
		node->text = (uint32_t)t->text.len;
	if (last == NULL && node->text + node->len == t->text.len)
		node->len += (uint32_t)len;
	else if (last != NULL && last->text + last->len == t->text.len)
		last->len += (uint32_t)len;
	else
		add_piece(t, node, len);
	buf_add(&t->text, utf8, len);
}

static void
add_escaped(struct buf *out, const char *utf8, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (utf8[i] == '&')
			buf_text(out, "&amp;");
		else if (utf8[i] == '<')
			buf_text(out, "&lt;");
		else if (utf8[i] == '>')
			buf_text(out, "&gt;");
		else
			buf_byte(out, utf8[i]);
}

/* The open element turns out to hold markup: what it has is text in that. */
static void
escape_so_far(struct tree *t, struct node *node)
{
	buf_clear(&t->scratch);
	add_escaped(&t->scratch, t->text.data + node->text, node->len);
	t->text.len = node->text;
	buf_add(&t->text, t->scratch.data, t->scratch.len);
	node->len = (uint32_t)t->scratch.len;
}

/* A start tag as part of the text of the open element. */
static void
start_markup(struct tree *t, const char *name, const char **attributes)
{
	struct node *node = &t->nodes[t->open];

	if (t->deep++ == 0 && node->len > 0 &&
	    node->text + node->len == t->text.len)
		escape_so_far(t, node);
	buf_clear(&t->scratch);
	buf_byte(&t->scratch, '<');
	buf_text(&t->scratch, name);
	for (; attributes[0] != NULL; attributes += 2) {
		if (is_xmlns(attributes[0]))
			continue;
		buf_byte(&t->scratch, ' ');
		buf_text(&t->scratch, attributes[0]);
		buf_text(&t->scratch, "=\"");
		for (const char *c = attributes[1]; *c != '\0'; c++)
			if (*c == '"')
				buf_text(&t->scratch, "&quot;");
			else
				add_escaped(&t->scratch, c, 1);
		buf_byte(&t->scratch, '"');
	}
	buf_byte(&t->scratch, '>');
	add_text(t, node, t->scratch.data, t->scratch.len);
}

static bool
is_void(const char *name)
{
	enum html_kind kind = html_kind(name, strlen(name));

	return kind == HTML_VOID || kind == HTML_BREAK;
}

void
tree_start(struct tree *t, const char *name, const char **attributes)
{
	struct node *open = &t->nodes[t->open];
	struct path *path;

	if (t->refused != NULL) {
		t->deep++;
		return;
	}
	if (t->deep > 0 || (open->path->markup && !open->path->container)) {
		start_markup(t, name, attributes);
		return;
	}
	if (t->count >= TREE_NODES) {
		t->refused = "more than 10000 elements in one record";
		t->deep++;
		return;
	}
	if (open->len > 0 &&
	    text_is_blank(t->text.data + open->text, open->len))
		open->len = 0;
	path = path_child(t->paths, open->path, name);
	if (path == NULL) {
		t->refused = too_many_names;
		t->deep++;
		return;
	}
	t->open = add_node(t, path, t->open);
	if (attributes[0] != NULL)
		add_attributes(t, t->open, attributes);
}

void
tree_text(struct tree *t, const char *utf8, size_t len)
{
	struct node *open = &t->nodes[t->open];

	if (t->refused != NULL)
		return;
	if (t->deep > 0) {
		buf_clear(&t->scratch);
		add_escaped(&t->scratch, utf8, len);
		add_text(t, open, t->scratch.data, t->scratch.len);
		return;
	}
	/* the white space between the elements of a container */
	if (open->child != NODE_NONE && open->len == 0 &&
	    open->more == NODE_NONE && text_is_blank(utf8, len))
		return;
	add_text(t, open, utf8, len);
}

bool
tree_end(struct tree *t, const char *name)
{
	struct node *open = &t->nodes[t->open];

	if (t->deep > 0) {
		t->deep--;
		if (t->refused == NULL && !is_void(name)) {
			buf_clear(&t->scratch);
			buf_printf(&t->scratch, "</%s>", name);
			add_text(t, open, t->scratch.data, t->scratch.len);
		}
		return false;
	}
	t->open = open->parent;
	return open->parent == NODE_NONE;
}

struct text
tree_value(const struct tree *t, uint32_t node, struct buf *room)
{
	const struct node *n = &t->nodes[node];
	struct text value = { "", 0 };

	if (n->len > 0)
		value = text_trim(t->text.data + n->text, n->len);
	if (n->more == NODE_NONE)
		return value;
	buf_clear(room);
	buf_add(room, value.utf8, value.len);
	for (uint32_t i = n->more; i != NODE_NONE; i = t->pieces[i].next) {
		value = text_trim(t->text.data + t->pieces[i].text,
		    t->pieces[i].len);
		if (value.len > 0 && room->len > 0)
			buf_byte(room, ' ');
		buf_add(room, value.utf8, value.len);
	}
	return (struct text){ room->data, room->len };
}
