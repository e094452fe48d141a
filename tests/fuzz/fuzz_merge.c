/*
 * fuzz_merge.c - lines as records that are one job: the record that comes of
 * them has them all, and what is not of several is as it was
 */
#include <string.h>

#include "../../src/job-dedup/merge.h"
#include "../../src/job-dedup/take.h"
#include "fuzz.h"
#include "rec.h"
#include "scan.h"

#define MOST 8 /* records */

/* What was taken of a line, which has to stay. */
struct ad {
	struct buf line;
	struct job job;
};

/* The fields that are written anew. */
static bool
is_widened(const struct json_member *m)
{
	static const char *const names[] = { "locations", "is_multi_location",
		"salary_min", "salary_max", "expires_at", "merged",
		"merged_own" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (m->name_len == strlen(names[i]) &&
		    memcmp(m->name, names[i], m->name_len) == 0)
			return true;
	return false;
}

/* The next field that is not written anew. */
static bool
next_kept(const struct rec *rec, size_t *at, struct json_member *m)
{
	while (rec_field(rec, at, m))
		if (!is_widened(m))
			return true;
	return false;
}

static size_t
count_items(const struct rec *rec, const char *name)
{
	struct json_value list = rec_get(rec, name);
	struct json_walk walk;
	struct json_member item;
	size_t count = 0;

	if (list.type == JSON_ARRAY)
		for (walk = json_walk(list); json_next(&walk, &item);)
			count++;
	return count;
}

/* An escaped name is another way to write one that is written anew. */
static bool
has_escaped_name(const struct rec *rec)
{
	struct json_member m;
	size_t at = 0;

	while (rec_field(rec, &at, &m))
		if (m.name_escaped)
			return true;
	return false;
}

static void
hold_kept(const struct rec *was, const struct rec *is)
{
	struct json_member a, b;
	size_t i = 0, k = 0;

	while (next_kept(was, &i, &a)) {
		hold(next_kept(is, &k, &b));
		hold(a.name_len == b.name_len && a.value.len == b.value.len &&
		     a.value.type == b.value.type);
		hold(memcmp(a.name, b.name, a.name_len) == 0);
		hold(a.value.len == 0 ||
		     memcmp(a.value.text, b.value.text, a.value.len) == 0);
	}
	hold(!next_kept(is, &k, &b));
}

/* The records of the input that can be folded, each to be freed. */
static size_t
read_ads(const char *at, const char *end, struct ad *ads)
{
	struct rec *rec = rec_new();
	struct buf room = { 0 };
	size_t count = 0, where;

	while (at < end && count < MOST) {
		struct ad *ad = &ads[count];

		*ad = (struct ad){ .line = { 0 } };
		take_line(&ad->line, &at, end);
		if (rec_parse(rec, buf_string(&ad->line), ad->line.len,
		        &where) == NULL &&
		    take_job(rec, NULL, &room, &ad->job)) {
			ad->job.rule = (enum join_rule)(count % 4);
			ad->job.millionths = 987654;
			count++;
		} else {
			buf_free(&ad->line);
		}
	}
	buf_free(&room);
	rec_free(rec);
	return count;
}

/* Fold all into the first; TOTAL entries, their own among them, come of it. */
static void
fold(const struct ad *ads, size_t count, struct buf *out)
{
	struct merge *m = merge_new();
	struct rec *was = rec_new(), *is = rec_new();
	struct buf room = { 0 };
	struct job again;
	size_t total = 0, places = 0, at;

	merge_start(m, ads[0].line.data, ads[0].line.len);
	for (size_t i = 0; i < count; i++) {
		hold(rec_parse(was, ads[i].line.data, ads[i].line.len, &at) ==
		     NULL);
		total += count_items(was, "merged") + (i > 0);
		places += count_items(was, "locations");
		if (i > 0)
			merge_add(m, &ads[i].job, ads[i].line.data);
	}
	merge_end(m, out);
	hold(rec_parse(was, ads[0].line.data, ads[0].line.len, &at) == NULL);
	hold(rec_parse(is, out->data, out->len, &at) == NULL);
	hold(count_items(is, "merged") == total);
	hold(count_items(is, "locations") <= places);
	if (!has_escaped_name(was))
		hold_kept(was, is);
	/* it may be folded into another one */
	hold(take_job(is, NULL, &room, &again));
	hold(again.id_len == ads[0].job.id_len);
	buf_free(&room);
	rec_free(was);
	rec_free(is);
	merge_free(m);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ad ads[MOST];
	struct buf out = { 0 }, again = { 0 };
	size_t count;

	if (size > 1 << 14)
		return 0;
	count = read_ads((const char *)data, (const char *)data + size, ads);
	if (count > 0) {
		fold(ads, count, &out);
		fold(ads, count, &again);
		hold_same(&out, &again);
	}
	for (size_t i = 0; i < count; i++)
		buf_free(&ads[i].line);
	buf_free(&out);
	buf_free(&again);
	return 0;
}
