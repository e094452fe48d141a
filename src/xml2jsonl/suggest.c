/*
 * suggest.c - a feed map to start from
 *
 * Names that the generic map knows decide; a field that none of them is for
 * may be told by its values: links, dates, the longest text, what is different
 * in every record.
 */
#include <stdlib.h>
#include <string.h>

#include "inspect_state.h"
#include "mem.h"

#define TAKEN 8 /* columns of one field */

/* What has been suggested so far. */
struct draft {
	struct suggestion from;
	struct buf json, guessed;
	bool any; /* a member stands in the object at hand */
};

struct suggestion
suggestion_of(const struct inspect *i, const struct map *generic)
{
	struct suggestion s = { i, generic, NULL };
	size_t columns[TAKEN];

	s.taken = mem_zero(i->count, sizeof(*s.taken));
	for (int f = 0; f < FIELD_COUNT; f++) {
		size_t found = inspect_taken(i, generic, &generic->fields[f],
		    columns, TAKEN);

		for (size_t k = 0; k < found; k++)
			s.taken[columns[k]] = true;
	}
	return s;
}

void
suggestion_free(struct suggestion *s)
{
	free(s->taken);
}

/* Whether at least nine of ten values are such. */
static bool
mostly(uint64_t such, const struct column *c)
{
	return c->values_seen > 0 && such * 10 >= c->values_seen * 9;
}

static uint64_t
average(const struct column *c)
{
	return c->values_seen == 0 ? 0 : c->bytes / c->values_seen;
}

/* Whether a column could be all that is asked of a field. */
static bool
could_be(const struct inspect *i, const struct column *c, enum field field)
{
	bool link = mostly(c->links, c), date = mostly(c->dates, c);
	bool unique =
	    c->distinct > INSPECT_DISTINCT || c->distinct == c->values_seen;

	switch (field) {
	case FIELD_ID:
		return unique && c->filled == i->records && average(c) <= 40 &&
		       !link && !date;
	case FIELD_URL:
		return link && c->filled * 2 > i->records;
	case FIELD_POSTED:
		return date && c->filled * 2 > i->records;
	case FIELD_DESCRIPTION:
		return !link && !date && average(c) >= 60;
	case FIELD_TITLE:
		return !link && !date && !mostly(c->numbers, c) &&
		       average(c) >= 4 && average(c) <= 120 &&
		       c->filled * 10 >= i->records * 9 &&
		       c->distinct * 2 > c->filled;
	default:
		return false;
	}
}

/* Of two that could be the field, whether A is rather it than B. */
static bool
is_better(enum field field, const struct column *a, const struct column *b)
{
	if (field == FIELD_DESCRIPTION)
		return average(a) > average(b);
	/* Numbers, else codes, which are shorter than titles. */
	if (field == FIELD_ID)
		return mostly(a->numbers, a) != mostly(b->numbers, b)
		           ? mostly(a->numbers, a)
		           : average(a) < average(b);
	return field == FIELD_URL && a->distinct > b->distinct;
}

/* Whether a path of a map can say where a column is. */
static bool
has_path(const struct column *c)
{
	return c->path != NULL && !c->is_header && !c->path->record &&
	       c->path->depth - path_record(c->path)->depth <= MAP_STEPS;
}

/* The column whose values look like a field's; the count if none does. */
static size_t
guess(const struct suggestion *s, enum field field)
{
	const struct inspect *i = s->i;
	size_t best = i->count;

	for (size_t k = 0; k < i->count; k++) {
		const struct column *c = &i->columns[k];

		if (s->taken[k] || !has_path(c) || c->count > i->records ||
		    !could_be(i, c, field))
			continue;
		if (best == i->count || is_better(field, c, &i->columns[best]))
			best = k;
	}
	return best;
}

static void
put_paths(struct draft *d, const char *name, const size_t *columns,
    size_t count)
{
	struct buf path = { 0 };

	buf_text(&d->json, d->any ? ",\n    " : "\n    ");
	d->any = true;
	buf_json_string(&d->json, name, strlen(name));
	buf_text(&d->json, count > 1 ? ": [" : ": ");
	for (size_t k = 0; k < count; k++) {
		buf_clear(&path);
		inspect_path(&d->from.i->columns[columns[k]], &path);
		buf_text(&d->json, k > 0 ? ", " : "");
		buf_json_string(&d->json, path.data, path.len);
	}
	buf_text(&d->json, count > 1 ? "]" : "");
	buf_free(&path);
}

size_t
suggest_field(struct suggestion *s, enum field field, size_t *columns,
    size_t most, bool *guessed)
{
	size_t count = inspect_taken(s->i, s->generic,
	    &s->generic->fields[field], columns, most);

	*guessed = false;
	if (count > 0)
		return count;
	columns[0] = guess(s, field);
	*guessed = columns[0] < s->i->count;
	if (*guessed)
		s->taken[columns[0]] = true;
	return *guessed;
}

static void
put_field(struct draft *d, enum field field)
{
	size_t columns[TAKEN], count;
	bool guessed;

	count = suggest_field(&d->from, field, columns, TAKEN, &guessed);
	if (count == 0)
		return;
	if (guessed) {
		buf_text(&d->guessed, d->guessed.len > 0 ? ", " : "");
		buf_text(&d->guessed, field_name(field));
	}
	put_paths(d, field_name(field), columns, count);
}

static void
put_places(struct draft *d)
{
	size_t start = d->json.len;

	d->any = false;
	buf_text(&d->json, ",\n  \"places\": [{");
	for (int part = 0; part < PLACE_PARTS; part++) {
		size_t columns[TAKEN], count;

		count = inspect_taken(d->from.i, d->from.generic,
		    &d->from.generic->places[0].parts[part], columns, TAKEN);
		if (count > 0)
			put_paths(d, place_name((enum place_part)part), columns,
			    count);
	}
	if (d->any)
		buf_text(&d->json, "\n  }]");
	else
		d->json.len = start;
}

/* What is to be said of the map, which stands before what it is of. */
static void
put_about(struct buf *about, const struct draft *d,
    const struct inspect_facts *facts)
{
	buf_text(about, "Suggested from the names of the elements");
	if (d->guessed.len > 0) {
		buf_text(about, ", and by their values: ");
		buf_add(about, d->guessed.data, d->guessed.len);
	}
	buf_text(about, ". Look it over.");
	if (facts->map != NULL && !facts->map->fallback)
		buf_printf(about, " The suite's map %s fits this feed, too.",
		    facts->map->name);
}

void
inspect_suggest(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out)
{
	struct draft d = { .from = suggestion_of(i, facts->generic) };
	struct buf head = { 0 }, about = { 0 };

	for (int field = 0; field < FIELD_COUNT; field++)
		put_field(&d, (enum field)field);
	buf_text(&d.json, "\n  }");
	put_places(&d);
	put_about(&about, &d, facts);
	buf_text(&head, "{\n  \"about\": ");
	buf_json_string(&head, about.data, about.len);
	buf_text(&head, ",\n  \"record\": ");
	buf_json_string(&head, facts->record, strlen(facts->record));
	buf_text(&head, ",\n  \"load\": \"snapshot\",\n  \"fields\": {");
	buf_add(&head, d.json.data, d.json.len);
	buf_text(&head, "\n}");
	out_add(out, head.data, head.len);
	out_line(out);
	buf_free(&head);
	buf_free(&about);
	buf_free(&d.json);
	buf_free(&d.guessed);
	suggestion_free(&d.from);
}
