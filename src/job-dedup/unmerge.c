/* unmerge.c - the ids and places of all that is in a record, for looking */
#include "unmerge.h"

#include "own.h"

static void
add_ids(struct buf *b, struct json_value feed, struct json_value id)
{
	buf_clear(b);
	buf_byte(b, '{');
	own_add_member(b, "feed_id", feed);
	own_add_member(b, "source_id", id);
}

static void
emit(struct stage *s, struct buf *b)
{
	buf_byte(b, '}');
	stage_emit(s, b->data, b->len, true);
}

/* An entry of merged; one without a feed is of the survivor's. */
static void
emit_entry(struct stage *s, struct buf *b, const struct rec *job,
    struct json_value entry)
{
	struct json_value feed = json_get(entry, "feed_id");

	if (feed.type == JSON_NONE)
		feed = rec_get(job, "feed_id");
	add_ids(b, feed, json_get(entry, "source_id"));
	own_add_member(b, "url", json_get(entry, "url"));
	own_add_member(b, "cpc", json_get(entry, "cpc"));
	own_add_member(b, "locations", json_get(entry, "locations"));
	own_add_member(b, "position", json_get(entry, "position"));
	own_add_member(b, "merged_into", rec_get(job, "source_id"));
	own_add_member(b, "rule", json_get(entry, "rule"));
	own_add_member(b, "similarity", json_get(entry, "similarity"));
	stage_made(s);
	emit(s, b);
}

static void
unmerge(struct stage *s, struct buf *b, const struct rec *job)
{
	struct json_value merged = rec_get(job, "merged");
	struct json_walk w = json_walk(merged);
	struct json_member item;

	add_ids(b, rec_get(job, "feed_id"), rec_get(job, "source_id"));
	own_add_member(b, "url", rec_get(job, "url"));
	own_add_member(b, "cpc", rec_get(job, "cpc"));
	own_add_places(b, rec_get(job, "locations"), own_of(job).places);
	own_add_member(b, "position", rec_get(job, "position"));
	emit(s, b);
	while (merged.type == JSON_ARRAY && json_next(&w, &item))
		if (item.value.type == JSON_OBJECT)
			emit_entry(s, b, job, item.value);
}

void
unmerge_run(struct stage *s)
{
	struct buf line = { 0 };
	struct rec *job;

	while ((job = stage_read(s)) != NULL)
		unmerge(s, &line, job);
	buf_free(&line);
}
