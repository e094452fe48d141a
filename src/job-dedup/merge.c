/* merge.c - several records that are one job, as one record */
#include "merge.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "fold.h"
#include "log.h"
#include "mem.h"
#include "own.h"
#include "rec.h"
#include "similar.h"
#include "status.h"
#include "words.h"

/* A value that may be widened: the survivor's own, and as it is now. */
struct wide {
	struct json_value own;
	struct buf now; /* JSON text; empty: as it was */
};

struct merge {
	struct rec *survivor, *member;
	struct own own; /* of the survivor */
	struct json_value feed;
	struct words *seen;  /* locations, each as one word */
	struct buf places;   /* items of the array, with commas */
	size_t place_count;  /* of them */
	bool places_changed; /* from the survivor's array */
	struct wide min, max, expires;
	struct buf merged; /* items of the array, with commas */
	struct buf name, plain, note;
	struct buf room, other; /* lines that are on disk */
};

struct merge *
merge_new(void)
{
	struct merge *m = mem_zero(1, sizeof(*m));

	m->survivor = rec_new();
	m->member = rec_new();
	m->seen = words_new(0);
	return m;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	rec_free(m->survivor);
	rec_free(m->member);
	words_free(m->seen);
	buf_free(&m->places);
	buf_free(&m->min.now);
	buf_free(&m->max.now);
	buf_free(&m->expires.now);
	buf_free(&m->merged);
	buf_free(&m->name);
	buf_free(&m->plain);
	buf_free(&m->note);
	buf_free(&m->room);
	buf_free(&m->other);
	free(m);
}

/* Lines were taken in as records, so they are records. */
static void
parse(struct rec *rec, const char *line, size_t len)
{
	size_t at;

	if (rec_parse(rec, line, len, &at) != NULL)
		die(EX_SOFTWARE, "a record held is no record",
		    LOG_UINT("at", at));
}

static void
add_folded(struct merge *m, struct json_value v)
{
	const char *text = v.text;
	size_t len = v.len;

	if (v.type == JSON_STRING)
		text = json_text(v, &m->plain, &len);
	if (v.type != JSON_NONE && v.type != JSON_NULL)
		fold_text(&m->name, text, len);
	buf_byte(&m->name, '\0');
}

/*
 * What tells one place from another, in m->name: city, state, country and
 * postal code; else its text; else all of it.
 */
static void
name_place(struct merge *m, struct json_value place)
{
	static const char *const parts[] = { "city", "state", "country",
		"postal_code" };
	const size_t count = sizeof(parts) / sizeof(parts[0]);
	size_t i;

	buf_clear(&m->name);
	if (place.type == JSON_OBJECT) {
		for (i = 0; i < count; i++)
			add_folded(m, json_get(place, parts[i]));
		if (m->name.len > count)
			return;
		add_folded(m, json_get(place, "text"));
		if (m->name.len > count + 1)
			return;
		buf_clear(&m->name);
	}
	buf_byte(&m->name, 't');
	buf_add(&m->name, place.text, place.len);
}

/* Add the places that are new; whether all were, and none was left out. */
static bool
add_places(struct merge *m, struct json_value list)
{
	struct json_walk w = json_walk(list);
	struct json_member item;
	bool all = true;
	uint32_t known;

	if (list.type != JSON_ARRAY)
		return true;
	while (json_next(&w, &item)) {
		name_place(m, item.value);
		known = words_count(m->seen);
		if (words_add(m->seen, m->name.data, m->name.len) < known) {
			all = false;
			continue;
		}
		if (m->place_count++ > 0)
			buf_byte(&m->places, ',');
		own_add_raw(&m->places, item.value);
	}
	return all;
}

static void
start_wide(struct wide *w, struct json_value own)
{
	w->own = own;
	buf_clear(&w->now);
}

/* The items of an array, behind those that are there. */
static void
add_items(struct buf *b, struct json_value list)
{
	struct json_walk w = json_walk(list);
	struct json_member item;

	if (list.type != JSON_ARRAY)
		return;
	while (json_next(&w, &item)) {
		if (b->len > 0)
			buf_byte(b, ',');
		own_add_raw(b, item.value);
	}
}

void
merge_start(struct merge *m, const char *line, size_t len)
{
	parse(m->survivor, line, len);
	m->own = own_of(m->survivor);
	m->feed = rec_get(m->survivor, "feed_id");
	words_cut(m->seen, 1);
	buf_clear(&m->places);
	m->place_count = 0;
	m->places_changed = !add_places(m, rec_get(m->survivor, "locations"));
	if (m->own.places > m->place_count)
		m->own.places = m->place_count;
	start_wide(&m->min, rec_get(m->survivor, "salary_min"));
	start_wide(&m->max, rec_get(m->survivor, "salary_max"));
	start_wide(&m->expires, rec_get(m->survivor, "expires_at"));
	buf_clear(&m->merged);
	add_items(&m->merged, rec_get(m->survivor, "merged"));
}

static bool
same_text(struct json_value a, struct json_value b)
{
	return a.type == b.type && a.len == b.len &&
	       (a.len == 0 || memcmp(a.text, b.text, a.len) == 0);
}

static bool
same_number(struct json_value a, struct json_value b)
{
	if (a.type != JSON_NUMBER || b.type != JSON_NUMBER)
		return same_text(a, b);
	return json_compare(a.text, a.len, b.text, b.len) == 0;
}

/* What is said otherwise of the member than of the survivor. */
static void
add_notes(struct merge *m, const struct own *o)
{
	struct buf *b = &m->merged;

	if (!same_number(o->salary_min, m->own.salary_min))
		own_add_member(b, "salary_min", o->salary_min);
	if (!same_number(o->salary_max, m->own.salary_max))
		own_add_member(b, "salary_max", o->salary_max);
	if (!same_text(o->currency, m->own.currency))
		own_add_member(b, "salary_currency", o->currency);
	if (!same_text(o->period, m->own.period))
		own_add_member(b, "salary_period", o->period);
	if (!same_text(o->expires, m->own.expires))
		own_add_member(b, "expires_at", o->expires);
}

/* Why it is in here, and where in the feed it stands. */
static void
add_why(struct merge *m, const struct job *job)
{
	struct buf *b = &m->merged;
	const char *rule = join_name(job->rule);

	buf_json_member(b, "rule", rule, strlen(rule));
	if (job->rule == JOIN_SIMILAR) {
		buf_json_key(b, "similarity");
		buf_printf(b, "%" PRIu32 ".%06" PRIu32,
		    job->millionths / SIMILAR_ONE,
		    job->millionths % SIMILAR_ONE);
	}
	own_add_member(b, "position", rec_get(m->member, "position"));
}

static void
add_entry(struct merge *m, const struct job *job, const struct own *o)
{
	struct json_value feed = rec_get(m->member, "feed_id");
	struct buf *b = &m->merged;

	if (b->len > 0)
		buf_byte(b, ',');
	buf_byte(b, '{');
	if (!same_text(feed, m->feed))
		own_add_member(b, "feed_id", feed);
	own_add_member(b, "source_id", rec_get(m->member, "source_id"));
	own_add_member(b, "url", rec_get(m->member, "url"));
	own_add_member(b, "cpc", rec_get(m->member, "cpc"));
	own_add_places(b, rec_get(m->member, "locations"), o->places);
	add_notes(m, o);
	add_why(m, job);
	buf_byte(b, '}');
}

/* Whether an object has no member, but may have blanks. */
static bool
is_empty(struct json_value object)
{
	struct json_walk w = json_walk(object);
	struct json_member any;

	return !json_next(&w, &any);
}

/*
 * What had gone into the member.  An entry without a feed is of the member's,
 * which it now has to say if that is not the survivor's.
 */
static void
add_former(struct merge *m)
{
	struct json_value feed = rec_get(m->member, "feed_id");
	struct json_value list = rec_get(m->member, "merged");
	struct json_walk w = json_walk(list);
	struct json_member item;

	if (same_text(feed, m->feed) || feed.type == JSON_NONE) {
		add_items(&m->merged, list);
		return;
	}
	while (list.type == JSON_ARRAY && json_next(&w, &item)) {
		struct json_value v = item.value;

		buf_byte(&m->merged, ',');
		if (v.type != JSON_OBJECT || is_empty(v) ||
		    json_get(v, "feed_id").type != JSON_NONE) {
			own_add_raw(&m->merged, v);
			continue;
		}
		buf_byte(&m->merged, '{');
		own_add_member(&m->merged, "feed_id", feed);
		buf_byte(&m->merged, ',');
		buf_add(&m->merged, v.text + 1, v.len - 1);
	}
}

static void
set_now(struct wide *w, struct json_value v)
{
	buf_clear(&w->now);
	own_add_raw(&w->now, v);
}

/* Take a number if it is further out: below for SIGN -1, above for 1. */
static void
widen_number(struct wide *w, struct json_value v, int sign)
{
	const char *now = w->own.text;
	size_t len = w->own.len;

	if (w->own.type != JSON_NUMBER || v.type != JSON_NUMBER)
		return;
	if (w->now.len > 0) {
		now = w->now.data;
		len = w->now.len;
	}
	if (sign * json_compare(v.text, v.len, now, len) > 0)
		set_now(w, v);
}

static void
widen_date(struct wide *w, struct json_value v)
{
	int64_t now, then;
	const char *text = w->own.text;
	size_t len = w->own.len;

	if (w->own.type != JSON_STRING || v.type != JSON_STRING)
		return;
	if (w->now.len > 0) {
		text = w->now.data + 1;
		len = w->now.len - 2;
	}
	if (clock_parse(text, len, &now) && clock_parse(v.text, v.len, &then) &&
	    then > now)
		set_now(w, v);
}

void
merge_add(struct merge *m, const struct job *job, const char *line)
{
	struct own own;
	size_t before = m->place_count;

	parse(m->member, line, job->len);
	own = own_of(m->member);
	add_entry(m, job, &own);
	add_former(m);
	add_places(m, rec_get(m->member, "locations"));
	m->places_changed = m->places_changed || m->place_count > before;
	if (same_text(own.currency, m->own.currency) &&
	    same_text(own.period, m->own.period)) {
		widen_number(&m->min, rec_get(m->member, "salary_min"), -1);
		widen_number(&m->max, rec_get(m->member, "salary_max"), 1);
	}
	widen_date(&m->expires, rec_get(m->member, "expires_at"));
}

/* A member of merged_own for what was widened now, unless it has one. */
static void
note_own(struct merge *m, struct json_value had, const char *name,
    const struct wide *w)
{
	if (w->now.len > 0 && json_get(had, name).type == JSON_NONE)
		own_add_member(&m->note, name, w->own);
}

static void
set_own(struct merge *m)
{
	struct json_value had = rec_get(m->survivor, "merged_own");
	size_t start;

	buf_clear(&m->note);
	if (had.type == JSON_OBJECT)
		buf_add(&m->note, had.text, had.len - 1);
	else
		buf_byte(&m->note, '{');
	/* Blanks may stand before the end of what was there. */
	while (strchr(" \t\r", m->note.data[m->note.len - 1]) != NULL)
		m->note.len--;
	start = m->note.len;
	if (m->places_changed && json_get(had, "locations").type == JSON_NONE) {
		buf_json_key(&m->note, "locations");
		buf_json_uint(&m->note, m->own.places);
	}
	note_own(m, had, "salary_min", &m->min);
	note_own(m, had, "salary_max", &m->max);
	note_own(m, had, "expires_at", &m->expires);
	if (m->note.len == start)
		return;
	buf_byte(&m->note, '}');
	rec_set(m->survivor, "merged_own", m->note.data, m->note.len);
}

static void
set_list(struct merge *m, const char *field, const struct buf *items)
{
	buf_clear(&m->note);
	buf_byte(&m->note, '[');
	buf_add(&m->note, items->data, items->len);
	buf_byte(&m->note, ']');
	rec_set(m->survivor, field, m->note.data, m->note.len);
}

static void
set_wide(struct merge *m, const char *field, const struct wide *w)
{
	if (w->now.len > 0)
		rec_set(m->survivor, field, w->now.data, w->now.len);
}

void
merge_end(struct merge *m, struct buf *out)
{
	struct rec *r = m->survivor;

	if (m->places_changed)
		set_list(m, "locations", &m->places);
	if (m->place_count > 1 &&
	    rec_get(r, "is_multi_location").type != JSON_TRUE)
		rec_set(r, "is_multi_location", "true", 4);
	set_wide(m, "salary_min", &m->min);
	set_wide(m, "salary_max", &m->max);
	set_wide(m, "expires_at", &m->expires);
	set_own(m);
	set_list(m, "merged", &m->merged);
	rec_write(r, out);
}

void
merge_job(struct merge *m, const struct hold *h, const struct job *survivor,
    struct buf *out)
{
	const struct job *job = survivor;

	merge_start(m, hold_line(h, job, &m->room), job->len);
	while (job->next != HOLD_NONE) {
		job = &h->jobs[job->next];
		merge_add(m, job, hold_line(h, job, &m->other));
	}
	merge_end(m, out);
}
