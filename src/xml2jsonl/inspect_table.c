/* inspect_table.c - the paths of a feed as a table or as JSON lines */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "inspect_state.h"
#include "mem.h"

#define VALUES_WIDTH 60 /* where no terminal says more */
#define VALUES_LEAST 20
#define TAKEN 8 /* columns of one field that are looked at */

/* The names of the fields that a map makes of each column. */
struct labels {
	struct buf *items; /* by the column's number */
	size_t count;
};

static void
add_label(struct labels *l, size_t column, const char *name)
{
	struct buf *label = &l->items[column];

	if (label->len > 0)
		buf_byte(label, ' ');
	buf_text(label, name);
}

/*
 * A rule's first column that is filled becomes the field; of a template, all.
 */
static void
label(const struct inspect *i, const struct map *map, const struct picks *picks,
    const char *name, struct labels *l)
{
	for (size_t p = 0; p < picks->count; p++) {
		const struct picks one = { &picks->items[p], 1 };
		size_t columns[TAKEN],
		    found = inspect_taken(i, map, &one, columns, TAKEN);

		if (picks->items[p].piece_count == 0 && found > 1)
			found = 1;
		for (size_t k = 0; k < found; k++)
			add_label(l, columns[k], name);
		if (found > 0)
			return;
	}
}

static void
label_places(const struct inspect *i, const struct map *map, struct labels *l)
{
	struct buf name = { 0 };

	for (size_t p = 0; p < map->place_count; p++)
		for (int part = 0; part < PLACE_PARTS; part++) {
			buf_clear(&name);
			buf_printf(&name, "place.%s",
			    place_name((enum place_part)part));
			label(i, map, &map->places[p].parts[part],
			    buf_string(&name), l);
		}
	buf_free(&name);
}

/* What a map would be suggested to make of each column. */
static void
label_suggested(const struct inspect *i, const struct map *generic,
    struct labels *l)
{
	struct suggestion s = suggestion_of(i, generic);
	size_t columns[TAKEN];
	bool guessed;

	for (int f = 0; f < FIELD_COUNT; f++)
		if (suggest_field(&s, (enum field)f, columns, TAKEN, &guessed) >
		    0)
			add_label(l, columns[0], field_name((enum field)f));
	label_places(i, generic, l);
	suggestion_free(&s);
}

static struct labels
labels_of(const struct inspect *i, const struct inspect_facts *facts)
{
	const struct map *map = facts->map;
	struct labels l = { .count = i->count };

	l.items = mem_zero(i->count, sizeof(*l.items));
	if (map == NULL) {
		label_suggested(i, facts->generic, &l);
		return l;
	}
	for (int f = 0; f < FIELD_COUNT; f++)
		label(i, map, &map->fields[f], field_name((enum field)f), &l);
	label_places(i, map, &l);
	return l;
}

static void
labels_free(struct labels *l)
{
	for (size_t k = 0; k < l->count; k++)
		buf_free(&l->items[k]);
	free(l->items);
}

/* What a column is for: fields, or "extra" if it has something. */
static const char *
label_of(const struct labels *l, const struct inspect *i, size_t column)
{
	if (l->items[column].len > 0)
		return buf_string(&l->items[column]);
	return i->columns[column].filled > 0 ? "extra" : "";
}

/* The places that a text takes on a terminal, roughly: its characters. */
static size_t
width_of(const char *utf8)
{
	size_t width = 0;

	for (; *utf8 != '\0'; utf8++)
		width += ((unsigned char)*utf8 & 0xc0) != 0x80;
	return width;
}

static void
pad(struct buf *line, const char *text, size_t width)
{
	size_t used = width_of(text);

	buf_text(line, text);
	for (; used < width; used++)
		buf_byte(line, ' ');
}

/* The first values with "|" between them, as many as fit. */
static void
put_values(struct buf *line, const struct column *c, size_t width)
{
	size_t used = 0;

	for (size_t v = 0; v < c->value_count; v++) {
		size_t more = width_of(c->values[v]) + (v > 0 ? 3 : 0);

		if (v > 0 && used + more + 4 > width)
			break;
		if (v > 0)
			buf_text(line, " | ");
		if (v == 0 && more > width) {
			const char *p = c->values[0];

			for (; used + 1 < width && *p != '\0'; used++)
				do
					buf_byte(line, *p++);
				while (((unsigned char)*p & 0xc0) == 0x80);
			buf_text(line, "…");
			return;
		}
		buf_text(line, c->values[v]);
		used += more;
		if (v + 1 == c->distinct)
			return;
	}
	if (c->distinct > 1)
		buf_text(line, " | …");
}

static size_t
terminal_width(void)
{
	struct winsize size;

	return isatty(STDOUT_FILENO) &&
	               ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0
	           ? size.ws_col
	           : 0;
}

struct widths {
	size_t path, field, values;
};

static struct widths
measure(const struct inspect *i, const struct labels *l)
{
	struct widths w = { 4, 5, VALUES_WIDTH };
	size_t whole = terminal_width();
	struct buf name = { 0 };

	for (size_t k = 0; k < i->count; k++) {
		size_t len;

		if (i->columns[k].path == NULL)
			continue;
		buf_clear(&name);
		inspect_path(&i->columns[k], &name);
		len = width_of(buf_string(&name));
		w.path = len > w.path ? len : w.path;
		len = strlen(label_of(l, i, k));
		w.field = len > w.field ? len : w.field;
	}
	buf_free(&name);
	if (whole > 0)
		w.values = whole > w.path + w.field + 31 + VALUES_LEAST
		               ? whole - w.path - w.field - 31
		               : VALUES_LEAST;
	return w;
}

static void
put_line(struct buf *line, struct out *out)
{
	while (line->len > 0 && line->data[line->len - 1] == ' ')
		line->len--;
	out_add(out, line->data, line->len);
	out_line(out);
	buf_clear(line);
}

static void
put_facts(const struct inspect *i, const struct inspect_facts *facts,
    struct buf *line, struct out *out)
{
	buf_printf(line, "records   %" PRIu64 " of %s", i->records,
	    facts->record);
	put_line(line, out);
	buf_printf(line, "encoding  %s", facts->encoding);
	put_line(line, out);
	if (facts->map == NULL)
		buf_text(line,
		    "map       none fits; FIELD as --suggest has it");
	else
		buf_printf(line, "map       %s", facts->map->name);
	put_line(line, out);
	put_line(line, out);
}

static void
put_row(const struct inspect *i, const struct labels *l, struct widths w,
    size_t k, struct buf *line)
{
	const struct column *c = &i->columns[k];
	struct buf name = { 0 };

	inspect_path(c, &name);
	pad(line, buf_string(&name), w.path);
	buf_printf(line, "  %8" PRIu64, c->count);
	if (c->is_header || (c->filled == 0 && c->has_children))
		buf_printf(line, "  %5s  %8s ", "", "");
	else
		buf_printf(line, "  %4" PRIu64 "%%  %8zu%s",
		    c->filled * 100 / i->records,
		    c->distinct > INSPECT_DISTINCT ? (size_t)INSPECT_DISTINCT
		                                   : c->distinct,
		    c->distinct > INSPECT_DISTINCT ? "+" : " ");
	buf_text(line, "  ");
	pad(line, label_of(l, i, k), w.field);
	buf_text(line, "  ");
	put_values(line, c, w.values);
	buf_free(&name);
}

void
inspect_table(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out)
{
	struct labels l = labels_of(i, facts);
	struct widths w = measure(i, &l);
	struct buf line = { 0 };

	put_facts(i, facts, &line, out);
	pad(&line, "PATH", w.path);
	buf_printf(&line, "  %8s  %5s  %8s   ", "COUNT", "FILL", "DISTINCT");
	pad(&line, "FIELD", w.field);
	buf_text(&line, "  VALUES");
	put_line(&line, out);
	for (size_t k = 0; k < i->count; k++) {
		const struct column *c = &i->columns[k];

		if (c->path == NULL || (c->path->record && c->filled == 0))
			continue;
		put_row(i, &l, w, k, &line);
		put_line(&line, out);
	}
	labels_free(&l);
	buf_free(&line);
}

static void
put_json_values(struct buf *line, const struct column *c)
{
	buf_json_key(line, "example");
	if (c->value_count == 0)
		buf_text(line, "null");
	else
		buf_json_string(line, c->values[0], strlen(c->values[0]));
	buf_json_key(line, "values");
	buf_byte(line, '[');
	for (size_t v = 0; v < c->value_count; v++) {
		if (v > 0)
			buf_byte(line, ',');
		buf_json_string(line, c->values[v], strlen(c->values[v]));
	}
	buf_text(line, "]}");
}

static void
put_json_row(const struct inspect *i, const struct labels *l, size_t k,
    struct buf *line)
{
	const struct column *c = &i->columns[k];
	struct buf name = { 0 };
	const char *fields = label_of(l, i, k);

	path_name(c->path, &name);
	buf_byte(line, '{');
	buf_json_member(line, c->is_header ? "header" : "path", name.data,
	    name.len);
	buf_printf(line, ",\"count\":%" PRIu64, c->count);
	if (!c->is_header)
		buf_printf(line, ",\"fill\":%.4f",
		    (double)c->filled / (double)i->records);
	buf_printf(line, ",\"distinct\":%zu",
	    c->distinct > INSPECT_DISTINCT ? (size_t)INSPECT_DISTINCT
	                                   : c->distinct);
	if (*fields != '\0')
		buf_json_member(line, "field", fields, strlen(fields));
	put_json_values(line, c);
	buf_free(&name);
}

/* What the records are, then a line for each path. */
void
inspect_json(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out)
{
	struct labels l = labels_of(i, facts);
	struct buf line = { 0 };

	buf_byte(&line, '{');
	buf_json_member(&line, "record", facts->record, strlen(facts->record));
	buf_printf(&line, ",\"records\":%" PRIu64, i->records);
	buf_json_member(&line, "encoding", facts->encoding,
	    strlen(facts->encoding));
	if (facts->map != NULL)
		buf_json_member(&line, "map", facts->map->name,
		    strlen(facts->map->name));
	buf_byte(&line, '}');
	put_line(&line, out);
	for (size_t k = 0; k < i->count; k++) {
		if (i->columns[k].path == NULL)
			continue;
		put_json_row(i, &l, k, &line);
		put_line(&line, out);
	}
	labels_free(&l);
	buf_free(&line);
}
