/* fuzz_feed.c - bytes as a feed: in any pieces the same, and only records out
 */
#include <string.h>

#include "../../src/xml2jsonl/feed.h"
#include "../../src/xml2jsonl/job.h"
#include "../../src/xml2jsonl/sniff.h"
#include "../unit/pieces.h"
#include "fuzz.h"
#include "rec.h"
#include "status.h"

struct run {
	struct maker maker;
	struct rec *job;
	struct buf out;
	size_t records, dead;
};

static const char *
on_record(void *user, struct tree *record)
{
	struct run *r = user;
	const char *error = maker_record(&r->maker, record);
	size_t at;

	if (error != NULL)
		return error;
	r->records++;
	hold(rec_parse(r->job, r->maker.line.data, r->maker.line.len, &at) ==
	     NULL);
	hold(rec_has_text(r->job, "source_id"));
	hold(rec_has_text(r->job, "content_hash"));
	buf_add(&r->out, r->maker.line.data, r->maker.line.len);
	/* and as it stands, which is no less of a record */
	buf_clear(&r->maker.room);
	if (emit_rest(&r->maker.room, record, true) == NULL)
		hold(rec_parse(r->job, r->maker.room.data, r->maker.room.len,
		         &at) == NULL);
	return NULL;
}

static void
on_refuse(void *user, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t len)
{
	struct run *r = user;

	(void)offset;
	hold(line > 0 && error != NULL && (len == 0 || raw != NULL));
	r->dead++;
}

static void
on_header(void *user, const struct path *path, struct text value)
{
	struct run *r = user;

	maker_header(&r->maker, path, value);
}

static void
on_path(void *user, struct path *path)
{
	struct run *r = user;

	map_meet(r->maker.map, path);
}

/* All of the feed; what came out is in R, and the status returned. */
static int
go_through(struct run *r, const uint8_t *data, size_t size, size_t piece)
{
	struct source source = { (const char *)data, size, 0, piece };
	const struct feed_options options = { .max_record = 1 << 16,
		.user = r,
		.record = on_record,
		.refuse = on_refuse,
		.header = on_header,
		.made = on_path };
	struct feed *f = feed_open(&source, &options);
	struct map *map = map_load("tests/fuzz/feed-map.json", shared_words());
	const struct path *record;
	const char *sample;
	size_t len;
	int status;

	*r = (struct run){ .job = rec_new() };
	maker_init(&r->maker, map, 1);
	status = feed_begin(f, &sample, &len);
	if (status == EX_OK && sample != NULL) {
		/* the sample depends on the pieces; the path must not */
		struct sniff *s = sniff_new((const char *)data, size);
		struct buf name = { 0 };

		record = sniff_record(s, map);
		if (record != NULL) {
			path_name(record, &name);
			feed_record_at(f, buf_string(&name));
		}
		buf_free(&name);
		sniff_free(s);
		status = feed_run(f);
	}
	feed_close(f);
	maker_free(&r->maker);
	map_free(map);
	rec_free(r->job);
	return status;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run whole, pieces;
	int status, other;

	if (size > 1 << 16)
		return 0;
	status = go_through(&whole, data, size, size + 1);
	other = go_through(&pieces, data, size, 1 + size / 7);
	hold(status == other);
	hold(whole.records == pieces.records && whole.dead == pieces.dead);
	hold_same(&whole.out, &pieces.out);
	buf_free(&whole.out);
	buf_free(&pieces.out);
	return 0;
}
