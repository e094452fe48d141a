/* inspect.c - what a feed has, for the person who writes its map */
#include <stdlib.h>
#include <string.h>

#include "date.h"
#include "inspect_state.h"
#include "mem.h"
#include "utf8.h"

#define SLOTS 2048 /* a power of two above INSPECT_DISTINCT */
#define VALUE 48   /* characters of a value that are shown */

struct inspect *
inspect_new(enum inspect_form form)
{
	struct inspect *i = mem_zero(1, sizeof(*i));

	i->form = form;
	return i;
}

void
inspect_free(struct inspect *i)
{
	if (i == NULL)
		return;
	for (size_t k = 0; k < i->count; k++) {
		free(i->columns[k].hashes);
		for (size_t v = 0; v < i->columns[k].value_count; v++)
			free(i->columns[k].values[v]);
	}
	free(i->columns);
	buf_free(&i->room);
	free(i);
}

static struct column *
column_of(struct inspect *i, const struct path *path)
{
	if (path->number >= i->count) {
		size_t count = (path->number | 63) + 1;

		i->columns = mem_resize(i->columns, count, sizeof(*i->columns));
		memset(i->columns + i->count, 0,
		    (count - i->count) * sizeof(*i->columns));
		i->count = count;
	}
	i->columns[path->number].path = path;
	return &i->columns[path->number];
}

static uint64_t
hash_of(struct text value)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t k = 0; k < value.len; k++)
		hash = (hash ^ (unsigned char)value.utf8[k]) *
		       UINT64_C(1099511628211);
	return hash == 0 ? 1 : hash;
}

/* Whether a value is new, as long as values are told apart. */
static bool
is_new(struct column *c, struct text value)
{
	uint64_t hash = hash_of(value);
	size_t at = (hash ^ hash >> 32) & (SLOTS - 1);

	if (c->distinct > INSPECT_DISTINCT)
		return false;
	if (c->hashes == NULL)
		c->hashes = mem_zero(SLOTS, sizeof(*c->hashes));
	while (c->hashes[at] != 0 && c->hashes[at] != hash)
		at = (at + 1) & (SLOTS - 1);
	if (c->hashes[at] == hash)
		return false;
	c->hashes[at] = hash;
	c->distinct++;
	return true;
}

/* What a terminal might obey, or would show as something else. */
static bool
is_unsafe(uint32_t c)
{
	return c < ' ' || (c >= 0x7f && c < 0xa0) ||
	       (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e) ||
	       (c >= 0x2060 && c <= 0x206f) || c == 0xfeff;
}

/* The beginning of a value that fits a line; what is cut ends in "…". */
static char *
value_of(struct text value)
{
	struct buf out = { 0 };
	size_t at = 0;
	char *copy;

	for (size_t k = 0; at < value.len && k < VALUE; k++) {
		uint32_t code = ' ';
		size_t len =
		    utf8_decode(value.utf8 + at, value.len - at, &code);

		if (len == 0 || is_unsafe(code)) {
			if (out.len > 0 && out.data[out.len - 1] != ' ')
				buf_byte(&out, ' ');
		} else
			buf_add(&out, value.utf8 + at, len);
		at += len == 0 ? 1 : len;
	}
	if (at < value.len)
		buf_text(&out, "…");
	copy = mem_string(buf_string(&out));
	buf_free(&out);
	return copy;
}

static bool
is_link(struct text value)
{
	return value.len > 10 && (memcmp(value.utf8, "http://", 7) == 0 ||
	                             memcmp(value.utf8, "https://", 8) == 0);
}

static bool
is_number(struct text value)
{
	for (size_t k = 0; k < value.len; k++)
		if ((value.utf8[k] < '0' || value.utf8[k] > '9') &&
		    value.utf8[k] != '.')
			return false;
	return true;
}

/* Count what a value looks like, and show it if it is among the first. */
static void
note(struct column *c, struct text value)
{
	int64_t seconds;

	c->values_seen++;
	c->bytes += value.len;
	c->links += is_link(value);
	c->numbers += is_number(value);
	c->dates += !is_number(value) && date_parse(value.utf8, value.len,
	                                     DATES_DAY_FIRST, &seconds);
	if (is_new(c, value) && c->value_count < INSPECT_VALUES)
		c->values[c->value_count++] = value_of(value);
}

void
inspect_record(struct inspect *i, const struct tree *record)
{
	i->records++;
	for (uint32_t node = 0; node < record->count; node++) {
		struct text value = tree_value(record, node, &i->room);
		struct column *c = column_of(i, record->nodes[node].path);

		c->count++;
		c->has_children |= record->nodes[node].child != NODE_NONE;
		if (value.len == 0)
			continue;
		if (c->serial != record->serial) {
			c->serial = record->serial;
			c->filled++;
		}
		note(c, value);
	}
}

void
inspect_header(struct inspect *i, const struct path *path, struct text value)
{
	struct column *c;

	if (value.len == 0 || strncmp(path->name, "@xmlns", 6) == 0)
		return;
	c = column_of(i, path);
	c->is_header = true;
	c->count++;
	note(c, value);
}

/* "salary/min", from the record on; "." for the record itself. */
static void
below_record(const struct path *path, struct buf *out)
{
	if (path->record) {
		buf_byte(out, '.');
		return;
	}
	if (!path->parent->record) {
		below_record(path->parent, out);
		buf_byte(out, '/');
	}
	buf_add(out, path->name, path->name_len);
}

void
inspect_path(const struct column *c, struct buf *out)
{
	if (!c->is_header) {
		below_record(c->path, out);
		return;
	}
	buf_byte(out, '/');
	path_name(c->path, out);
}

/* Whether a rule looks at PATH. */
static bool
looks_at(const struct map *map, const struct pick *pick,
    const struct path *path)
{
	const struct path *record = path_record(path);

	for (size_t k = 0; k < pick->piece_count; k++)
		if (pick->pieces[k].pattern != NULL &&
		    map_matches(map, pick->pieces[k].pattern, path, record))
			return true;
	return pick->piece_count == 0 && pick->pattern != NULL &&
	       map_matches(map, pick->pattern, path, record);
}

size_t
inspect_taken(const struct inspect *i, const struct map *map,
    const struct picks *picks, size_t *columns, size_t most)
{
	size_t found = 0, same;

	for (size_t p = 0; p < picks->count; p++)
		for (size_t k = 0; k < i->count && found < most; k++) {
			const struct column *c = &i->columns[k];

			if (c->path == NULL || c->filled == 0 ||
			    !looks_at(map, &picks->items[p], c->path))
				continue;
			for (same = 0; same < found && columns[same] != k;)
				same++;
			if (same == found)
				columns[found++] = k;
		}
	return found;
}

void
inspect_write(struct inspect *i, const struct inspect_facts *facts,
    struct out *out)
{
	if (i->form == INSPECT_MAP)
		inspect_suggest(i, facts, out);
	else if (i->form == INSPECT_JSON)
		inspect_json(i, facts, out);
	else
		inspect_table(i, facts, out);
}
