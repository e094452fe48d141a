/* row.c - a record as a row of the table that its run stages into */
#include "row.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pgcopy.h"
#include "uuid.h"

#define COLUMNS 19

/* Columns are for looking at; the record has the whole. */
#define MOST_TEXT 1000
#define MOST_CODE 100

static const char *const routes[] = { "approved", "manual_review", "rejected",
	"archived" };

struct row {
	struct hash *hash;
	struct uuid_maker uuids;
	struct buf room;
	const struct json_member **order; /* members of a record by name */
	struct json_member *members;
	size_t cap;
};

struct row *
row_new(void)
{
	struct row *r = mem_zero(1, sizeof *r);

	r->hash = hash_new();
	return r;
}

void
row_free(struct row *r)
{
	if (r == NULL)
		return;
	hash_free(r->hash);
	buf_free(&r->room);
	free(r->order);
	free(r->members);
	free(r);
}

static bool
is_name(const struct json_member *m, const char *name)
{
	return m->name_len == strlen(name) &&
	       memcmp(m->name, name, m->name_len) == 0;
}

static int
by_name(const void *a, const void *b)
{
	const struct json_member *x = *(const struct json_member *const *)a;
	const struct json_member *y = *(const struct json_member *const *)b;
	size_t len = x->name_len < y->name_len ? x->name_len : y->name_len;
	int order = memcmp(x->name, y->name, len);

	return order != 0
	           ? order
	           : (x->name_len > y->name_len) - (x->name_len < y->name_len);
}

/* A part of what is hashed, told apart from its neighbours by its length. */
static void
add_part(struct hash *h, const char *bytes, size_t len)
{
	unsigned char length[8];
	uint64_t rest = len;
	size_t i;

	for (i = 0; i < sizeof length; i++, rest >>= 8)
		length[i] = (unsigned char)(rest & 0xFF);
	hash_add(h, length, sizeof length);
	hash_add(h, bytes, len);
}

/* How an ad came to be one with the job, and where it stood. */
static bool
is_why(const struct json_member *m)
{
	return is_name(m, "rule") || is_name(m, "similarity") ||
	       is_name(m, "position");
}

static void
add_quoted(struct buf *b, const char *text, size_t len)
{
	buf_byte(b, '"');
	buf_add(b, text, len);
	buf_byte(b, '"');
}

static void
add_ad(struct buf *b, struct json_value ad)
{
	struct json_walk fields = json_walk(ad);
	struct json_member m;

	buf_byte(b, '{');
	while (json_next(&fields, &m)) {
		if (is_why(&m))
			continue;
		add_quoted(b, m.name, m.name_len);
		if (m.value.type == JSON_STRING)
			add_quoted(b, m.value.text, m.value.len);
		else
			buf_add(b, m.value.text, m.value.len);
	}
	buf_byte(b, '}');
}

/* The ads of a merged record, without that, into r->room. */
static struct json_value
without_why(struct row *r, struct json_value merged)
{
	struct json_walk ads = json_walk(merged);
	struct json_member ad;

	buf_clear(&r->room);
	while (json_next(&ads, &ad)) {
		if (ad.value.type == JSON_OBJECT)
			add_ad(&r->room, ad.value);
		else
			buf_add(&r->room, ad.value.text, ad.value.len);
		buf_byte(&r->room, ',');
	}
	merged.text = r->room.data;
	merged.len = r->room.len;
	return merged;
}

void
row_hash(struct row *r, const struct rec *job, unsigned char out[HASH_BYTES])
{
	struct json_member m;
	size_t i, at = 0, count = 0;

	while (rec_field(job, &at, &m)) {
		/* How it came about and where it stood is not what it is. */
		if (is_name(&m, "ai") || is_name(&m, "position"))
			continue;
		if (is_name(&m, "merged") && m.value.type == JSON_ARRAY)
			m.value = without_why(r, m.value);
		if (count == r->cap) {
			r->cap = r->cap * 2 + 32;
			r->members =
			    mem_resize(r->members, r->cap, sizeof *r->members);
			r->order =
			    mem_resize(r->order, r->cap, sizeof *r->order);
		}
		r->members[count++] = m;
	}
	for (i = 0; i < count; i++)
		r->order[i] = &r->members[i];
	if (count > 0)
		qsort(r->order, count, sizeof *r->order, by_name);
	hash_start(r->hash);
	for (i = 0; i < count; i++) {
		unsigned char type = (unsigned char)r->order[i]->value.type;

		add_part(r->hash, r->order[i]->name, r->order[i]->name_len);
		hash_add(r->hash, &type, 1);
		add_part(r->hash, r->order[i]->value.text,
		    r->order[i]->value.len);
	}
	hash_end(r->hash, out);
}

/* A string for people, cut between characters; null when there is none. */
static void
add_text(struct row *r, struct buf *b, struct json_value v, size_t most)
{
	const char *text;
	size_t len;

	if (v.type != JSON_STRING) {
		pgcopy_null(b);
		return;
	}
	text = json_text(v, &r->room, &len);
	if (len > most)
		for (len = most;
		     len > 0 && ((unsigned char)text[len] & 0xC0) == 0x80;)
			len--;
	pgcopy_bytes(b, text, len);
}

static void
add_time(struct row *r, struct buf *b, struct json_value v)
{
	int64_t seconds;
	const char *text;
	size_t len;

	if (v.type == JSON_STRING) {
		text = json_text(v, &r->room, &len);
		if (clock_parse(text, len, &seconds)) {
			pgcopy_time(b, seconds);
			return;
		}
	}
	pgcopy_null(b);
}

/* The code of an object such as ai_industry. */
static void
add_code(struct row *r, struct buf *b, struct json_value v)
{
	if (v.type == JSON_OBJECT)
		add_text(r, b, json_get(v, "code"), MOST_CODE);
	else
		pgcopy_null(b);
}

/* A number from 0 to 1 in plain decimals; further ones than four are cut. */
static void
add_share(struct buf *b, struct json_value v)
{
	int share = 0, digits = 0;
	size_t i;

	if (v.type != JSON_NUMBER || memchr(v.text, 'e', v.len) != NULL ||
	    memchr(v.text, 'E', v.len) != NULL || v.text[0] == '-' ||
	    json_compare(v.text, v.len, "1", 1) > 0) {
		pgcopy_null(b);
		return;
	}
	share = v.text[0] - '0';
	for (i = 2; digits < 4; i++, digits++)
		share = share * 10 + (i < v.len ? v.text[i] - '0' : 0);
	pgcopy_share(b, share);
}

/* Every ad that this job speaks for, itself first; false if one has no id. */
static bool
add_members(struct row *r, struct buf *b, const struct rec *job)
{
	struct json_value merged = rec_get(job, "merged"), v;
	struct json_walk walk;
	struct json_member item;
	size_t count = 1, started, len;
	const char *text;

	if (merged.type == JSON_ARRAY)
		for (walk = json_walk(merged); json_next(&walk, &item);)
			count++;
	started = pgcopy_array(b, count);
	text = rec_text(job, "source_id", &r->room, &len);
	pgcopy_bytes(b, text, len);
	if (count > 1)
		for (walk = json_walk(merged); json_next(&walk, &item);) {
			if (item.value.type != JSON_OBJECT)
				return false;
			v = json_get(item.value, "source_id");
			if (v.type != JSON_STRING)
				return false;
			text = json_text(v, &r->room, &len);
			if (len == 0 || len > ROW_MOST_ID)
				return false;
			pgcopy_bytes(b, text, len);
		}
	pgcopy_array_end(b, started);
	return true;
}

/* Which of the four routes; NULL if it is none. */
static const char *
route_of(const struct rec *job, struct buf *room)
{
	const char *text;
	size_t i, len;

	text = rec_text(job, "route", room, &len);
	for (i = 0; text != NULL && i < sizeof routes / sizeof *routes; i++)
		if (strlen(routes[i]) == len &&
		    memcmp(routes[i], text, len) == 0)
			return routes[i];
	return NULL;
}

/* Whether a string field has this very value. */
static bool
is(const struct rec *job, const char *field, const char *value,
    struct buf *room)
{
	size_t len;
	const char *text = rec_text(job, field, room, &len);

	return text != NULL && len == strlen(value) &&
	       memcmp(text, value, len) == 0;
}

/* Whether it is rejected since the feed says that the job is over. */
static bool
is_closed(const struct rec *job, struct buf *room)
{
	return is(job, "route", "rejected", room) &&
	       (is(job, "status", "closed", room) ||
	           is(job, "route_reason", "closed", room) ||
	           is(job, "route_reason", "expired", room));
}

/* What forbids to store a record. */
static const char *
objection(struct row *r, const struct rec *job, int64_t feed)
{
	struct json_value v = rec_get(job, "feed_id");
	long long number;
	size_t len;

	if (!json_int64(v, &number) || number != feed)
		return "feed_id is not that of the run";
	if (rec_text(job, "source_id", &r->room, &len) == NULL || len == 0)
		return "source_id is missing or no string";
	if (len > ROW_MOST_ID)
		return "source_id is longer than 1000 bytes";
	if (rec_get(job, "route").type == JSON_NONE)
		return "no route: job-route --final comes first";
	if (route_of(job, &r->room) == NULL)
		return "route is none of the four";
	rec_line(job, &len);
	if (len > ROW_MOST_RECORD)
		return "record is longer than the store can hold";
	return NULL;
}

const char *
row_add(struct row *r, struct buf *b, const struct rec *job, int64_t feed,
    int64_t seq)
{
	unsigned char id[UUID_BYTES], digest[HASH_BYTES];
	const char *text, *error = objection(r, job, feed);
	size_t len, started = b->len;

	if (error != NULL)
		return error;
	pgcopy_row(b, COLUMNS);
	pgcopy_int64(b, seq);
	text = rec_text(job, "source_id", &r->room, &len);
	pgcopy_bytes(b, text, len);
	if (!add_members(r, b, job)) {
		b->len = started;
		return "a merged job has no usable source_id";
	}
	uuid_make(&r->uuids, id);
	pgcopy_bytes(b, id, sizeof id);
	text = route_of(job, &r->room);
	pgcopy_bytes(b, text, strlen(text));
	add_text(r, b, rec_get(job, "route_reason"), MOST_CODE);
	pgcopy_bool(b, is_closed(job, &r->room));
	pgcopy_bool(b, rec_get(job, "ai_error").type == JSON_OBJECT);
	add_text(r, b, rec_get(job, "content_hash"), MOST_CODE);
	row_hash(r, job, digest);
	pgcopy_bytes(b, digest, sizeof digest);
	add_time(r, b, rec_get(job, "posted_at"));
	add_time(r, b, rec_get(job, "expires_at"));
	add_share(b, rec_get(job, "ai_confidence"));
	add_code(r, b, rec_get(job, "ai_industry"));
	add_code(r, b, rec_get(job, "ai_job_function"));
	add_text(r, b, rec_get(job, "title"), MOST_TEXT);
	add_text(r, b, rec_get(job, "company_name"), MOST_TEXT);
	add_text(r, b, rec_get(job, "ai_title"), MOST_TEXT);
	text = rec_line(job, &len);
	pgcopy_bytes(b, text, len);
	return NULL;
}
