/* where.c - the places of a job */
#include <string.h>

#include "fields.h"

static const struct text none = { "", 0 };

/* The first value of one part of a place. */
static struct text
part_of(struct maker *m, struct tree *record, const struct place_rule *rule,
    enum place_part part, uint32_t within)
{
	struct find f = find_start(m, record, &rule->parts[part], within);
	struct text value;

	while (find_next(&f, &value)) {
		if (part != PLACE_TEXT)
			value = clean_line(m, value);
		else if (memchr(value.utf8, '<', value.len) != NULL ||
		         memchr(value.utf8, '&', value.len) != NULL)
			value = clean_line(m, value);
		if (value.len == 0)
			continue;
		find_take(&f);
		return value;
	}
	return none;
}

static char *
add(char *to, struct text t, const char *start)
{
	if (t.len == 0)
		return to;
	if (to > start) {
		memcpy(to, ", ", 2);
		to += 2;
	}
	memcpy(to, t.utf8, t.len);
	return to + t.len;
}

/* The parts as one text, where the feed has none of its own. */
static struct text
joined(struct maker *m, const struct place *p, struct text country)
{
	char *to =
	    arena_room(&m->arena, p->city.len + p->state.len + country.len + 4);
	char *end = add(to, p->city, to);

	end = add(end, p->state, to);
	end = add(end, country, to);
	return (struct text){ to, (size_t)(end - to) };
}

/*
 * A city or state, unless the feed put its country there for want of one; some
 * countries are named like their city.
 */
static struct text
unless_country(const struct maker *m, struct text t, const char *code)
{
	static const char cities[] = "DJ GI HK KW LU MC MO SG SM VA";
	const char *named = t.len > 3 ? place_country(m->map->words, t) : NULL;

	if (named == NULL || strcmp(named, code) != 0 ||
	    strstr(cities, code) != NULL)
		return t;
	return none;
}

/* A place of parts; one that only says "remote" gives its country as scope. */
static void
add_parts(struct maker *m, struct place *p, struct text country)
{
	struct places *places = &m->job.places;
	const char *code = place_country(m->map->words, country);

	if (place_is_remote(m->map->words, p->city)) {
		places->remote = true;
		p->city = none;
	}
	if (p->text.len == 0)
		p->text = joined(m, p, country);
	if (code != NULL) {
		p->country = (struct text){ code, strlen(code) };
		p->city = unless_country(m, p->city, code);
		p->state = unless_country(m, p->state, code);
	} else if (country.len == 0 && m->map->constant_country != NULL)
		p->country = (struct text){ m->map->constant_country,
			strlen(m->map->constant_country) };
	if (places->remote &&
	    p->city.len + p->state.len + p->postal_code.len == 0)
		places->scope = p->country.len > 0 ? p->country : country;
	else if (p->text.len + p->postal_code.len > 0)
		places_add(places, p);
}

/* The place that a rule finds in WITHIN. */
static void
add_place(struct maker *m, struct tree *record, const struct place_rule *rule,
    uint32_t within)
{
	struct place p = {
		.city = part_of(m, record, rule, PLACE_CITY, within),
		.state = part_of(m, record, rule, PLACE_STATE, within),
		.postal_code = part_of(m, record, rule, PLACE_POSTAL, within),
		.text = part_of(m, record, rule, PLACE_TEXT, within),
	};
	struct text country = part_of(m, record, rule, PLACE_COUNTRY, within);
	size_t before = m->job.places.count;

	if (p.city.len > 0 || p.state.len > 0 || p.text.len == 0) {
		if (p.city.len + p.state.len + p.postal_code.len + country.len >
		    0)
			add_parts(m, &p, country);
		return;
	}
	places_read(&m->job.places, m->map->words, p.text);
	/* what stands in elements of their own is known of each of them */
	for (size_t i = before; i < m->job.places.count; i++) {
		struct place *read = &m->job.places.items[i];
		const char *code = place_country(m->map->words, country);

		if (read->postal_code.len == 0)
			read->postal_code = p.postal_code;
		if (read->country.len == 0 && code != NULL)
			read->country = (struct text){ code, strlen(code) };
	}
}

static void
apply_rule(struct maker *m, struct tree *record, const struct place_rule *rule)
{
	struct picks each = { &(struct pick){ .pattern = rule->each }, 1 };
	struct find f = find_start(m, record, &each, NODE_NONE);

	if (rule->each == NULL) {
		add_place(m, record, rule, NODE_NONE);
		return;
	}
	while (find_element(&f))
		add_place(m, record, rule, f.node);
}

void
set_places(struct maker *m, struct tree *record)
{
	struct places *p = &m->job.places;

	places_clear(p);
	/* a remote job's country is where it may be done from */
	p->remote = m->job.remote == 1;
	for (size_t i = 0; i < m->map->place_count; i++)
		if (p->count == 0 || m->map->places[i].also)
			apply_rule(m, record, &m->map->places[i]);
	if (p->remote && m->job.remote < 0)
		m->job.remote = 1;
	for (size_t i = 0; i < p->count; i++)
		m->counts[COUNT_PLACES_AS_TEXT] += p->items[i].city.len == 0 &&
		                                   p->items[i].state.len == 0 &&
		                                   p->items[i].country.len == 0;
}
