/* inspect.c - what a feed has, for the person who writes its map */
#include <stdlib.h>
#include <string.h>

#include "inspect.h"
#include "map.h"
#include "mem.h"

#define DISTINCT 1000 /* different values that are told apart */
#define SLOTS 2048    /* a power of two above it */
#define EXAMPLE 48    /* bytes */

struct column {
	const struct path *path;
	uint64_t count;   /* elements */
	uint64_t filled;  /* records that have it, not empty */
	uint64_t serial;  /* the record that was counted last */
	uint64_t *values; /* hashes, NULL until there is one */
	size_t distinct;
	char *example;
};

struct inspect {
	enum inspect_form form;
	struct column *columns; /* by the number of the path */
	size_t count;
	uint64_t records;
	struct buf room;
};

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
		free(i->columns[k].values);
		free(i->columns[k].example);
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

/* Count a value if it is new, as long as values are told apart. */
static void
note_value(struct column *c, struct text value)
{
	uint64_t hash = hash_of(value);
	size_t at = (hash ^ hash >> 32) & (SLOTS - 1);

	if (c->distinct > DISTINCT)
		return;
	if (c->values == NULL)
		c->values = mem_zero(SLOTS, sizeof(*c->values));
	while (c->values[at] != 0 && c->values[at] != hash)
		at = (at + 1) & (SLOTS - 1);
	if (c->values[at] == hash)
		return;
	c->values[at] = hash;
	c->distinct++;
}

/* A beginning that fits a line: no controls, no half characters. */
static char *
example_of(struct text value)
{
	size_t len = value.len < EXAMPLE ? value.len : EXAMPLE;
	char *copy;

	while (len > 0 && len < value.len &&
	       ((unsigned char)value.utf8[len] & 0xc0) == 0x80)
		len--;
	copy = mem_copy(value.utf8, len);
	for (size_t k = 0; k < len; k++)
		if ((unsigned char)copy[k] < ' ' || copy[k] == 0x7f)
			copy[k] = ' ';
	return copy;
}

void
inspect_record(struct inspect *i, const struct tree *record)
{
	i->records++;
	for (uint32_t node = 0; node < record->count; node++) {
		struct text value = tree_value(record, node, &i->room);
		struct column *c = column_of(i, record->nodes[node].path);

		c->count++;
		if (value.len == 0)
			continue;
		if (c->serial != record->serial) {
			c->serial = record->serial;
			c->filled++;
		}
		note_value(c, value);
		if (c->example == NULL)
			c->example = example_of(value);
	}
}

static void
write_table(const struct inspect *i, struct out *out)
{
	struct buf line = { 0 }, name = { 0 };
	size_t width = 4;

	for (size_t k = 0; k < i->count; k++) {
		if (i->columns[k].path == NULL)
			continue;
		buf_clear(&name);
		path_name(i->columns[k].path, &name);
		width = name.len > width ? name.len : width;
	}
	buf_printf(&line, "%-*s  %8s  %5s  %8s  %s", (int)width, "PATH",
	    "COUNT", "FILL", "DISTINCT", "EXAMPLE");
	out_add(out, line.data, line.len);
	out_line(out);
	for (size_t k = 0; k < i->count; k++) {
		const struct column *c = &i->columns[k];

		if (c->path == NULL)
			continue;
		buf_clear(&name);
		path_name(c->path, &name);
		buf_clear(&line);
		buf_printf(&line, "%-*s  %8llu  %4llu%%  %7zu%s  %s",
		    (int)width, buf_string(&name), (unsigned long long)c->count,
		    (unsigned long long)(c->filled * 100 / i->records),
		    c->distinct > DISTINCT ? (size_t)DISTINCT : c->distinct,
		    c->distinct > DISTINCT ? "+" : " ",
		    c->example == NULL ? "" : c->example);
		while (line.len > 0 && line.data[line.len - 1] == ' ')
			line.len--;
		out_add(out, line.data, line.len);
		out_line(out);
	}
	buf_free(&line);
	buf_free(&name);
}

/* The same as JSON lines: what the records are, then a line for each path. */
static void
write_json(const struct inspect *i, const char *record, struct out *out)
{
	struct buf line = { 0 }, name = { 0 };

	buf_byte(&line, '{');
	buf_json_member(&line, "record", record, strlen(record));
	buf_printf(&line, ",\"records\":%llu}", (unsigned long long)i->records);
	out_add(out, line.data, line.len);
	out_line(out);
	for (size_t k = 0; k < i->count; k++) {
		const struct column *c = &i->columns[k];

		if (c->path == NULL)
			continue;
		buf_clear(&name);
		path_name(c->path, &name);
		buf_clear(&line);
		buf_byte(&line, '{');
		buf_json_member(&line, "path", name.data, name.len);
		buf_printf(&line,
		    ",\"count\":%llu,\"fill\":%.4f,\"distinct\":%zu",
		    (unsigned long long)c->count,
		    (double)c->filled / (double)i->records,
		    c->distinct > DISTINCT ? (size_t)DISTINCT : c->distinct);
		buf_json_key(&line, "example");
		if (c->example == NULL)
			buf_text(&line, "null");
		else
			buf_json_string(&line, c->example, strlen(c->example));
		buf_byte(&line, '}');
		out_add(out, line.data, line.len);
		out_line(out);
	}
	buf_free(&line);
	buf_free(&name);
}

/* The name of a path below its record: "salary/min". */
static void
below_record(const struct path *path, struct buf *name)
{
	if (!path->parent->record) {
		below_record(path->parent, name);
		buf_byte(name, '/');
	}
	buf_add(name, path->name, path->name_len);
}

/* The paths that the rules of the generic map would take, in its order. */
static bool
suggest_rule(const struct inspect *i, const struct map *generic,
    const char *name, const struct picks *picks, struct buf *json)
{
	size_t found = 0, start = json->len;
	struct buf path = { 0 };

	buf_json_string(json, name, strlen(name));
	buf_text(json, ": [");
	for (size_t p = 0; p < picks->count; p++)
		for (size_t k = 0; k < i->count; k++) {
			const struct column *c = &i->columns[k];

			if (c->path == NULL || c->filled == 0 ||
			    picks->items[p].pattern == NULL ||
			    picks->items[p].part != PICK_ALL ||
			    !map_matches(generic, picks->items[p].pattern,
			        c->path, path_record(c->path)))
				continue;
			buf_clear(&path);
			below_record(c->path, &path);
			buf_text(json, found++ > 0 ? ", " : "");
			buf_json_string(json, path.data, path.len);
		}
	buf_byte(json, ']');
	buf_free(&path);
	if (found == 0)
		json->len = start;
	return found > 0;
}

static void
suggest_fields(const struct inspect *i, const struct map *generic,
    struct buf *json)
{
	bool any = false;

	buf_text(json, "  \"fields\": {\n");
	for (int field = 0; field < FIELD_COUNT; field++) {
		size_t start = json->len;

		buf_text(json, any ? ",\n    " : "    ");
		if (suggest_rule(i, generic, field_name((enum field)field),
		        &generic->fields[field], json))
			any = true;
		else
			json->len = start;
	}
	buf_text(json, "\n  }");
}

static void
suggest_places(const struct inspect *i, const struct map *generic,
    struct buf *json)
{
	bool any = false;

	buf_text(json, ",\n  \"places\": [{\n");
	for (int part = 0; part < PLACE_PARTS; part++) {
		size_t start = json->len;

		buf_text(json, any ? ",\n    " : "    ");
		if (suggest_rule(i, generic, place_name((enum place_part)part),
		        &generic->places[0].parts[part], json))
			any = true;
		else
			json->len = start;
	}
	buf_text(json, "\n  }]");
}

static void
write_suggestion(const struct inspect *i, const char *record, struct out *out)
{
	struct words *words = words_load();
	struct map *generic = map_load("generic", words);
	struct buf json = { 0 };

	buf_text(&json, "{\n  \"about\": \"suggested from the names of the "
	                "elements: look it over\",\n  \"record\": ");
	buf_json_string(&json, record, strlen(record));
	buf_text(&json, ",\n  \"load\": \"snapshot\",\n");
	suggest_fields(i, generic, &json);
	suggest_places(i, generic, &json);
	buf_text(&json, "\n}");
	out_add(out, json.data, json.len);
	out_line(out);
	buf_free(&json);
	map_free(generic);
	words_free(words);
}

void
inspect_write(struct inspect *i, const char *record, struct out *out)
{
	if (i->form == INSPECT_MAP)
		write_suggestion(i, record, out);
	else if (i->records > 0 && i->form == INSPECT_JSON)
		write_json(i, record, out);
	else if (i->records > 0)
		write_table(i, out);
}
