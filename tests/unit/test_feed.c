/*
 * test_feed.c - a feed cut anywhere, damaged anywhere, read in any pieces
 *
 * With JOBMILL_LONG_TESTS set, the cuts go through 64 KiB byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/xml2jsonl/feed.h"
#include "../../src/xml2jsonl/job.h"
#include "log.h"
#include "pieces.h"
#include "status.h"

#define RECORDS 800

/* What came out of a feed. */
struct outcome {
	struct buf lines;
	size_t ends[RECORDS]; /* of each record in LINES */
	size_t records, dead;
	int status;
	uint64_t skipped;
};

static const char *
on_record(void *user, struct tree *record)
{
	struct outcome *seen = user;
	const char *error = emit_rest(&seen->lines, record, true);

	assert_true(seen->records < RECORDS);
	seen->ends[seen->records++] = seen->lines.len;
	return error;
}

static void
on_refuse(void *user, uint64_t line, uint64_t offset, const char *error,
    const char *raw, size_t len)
{
	struct outcome *seen = user;

	(void)offset;
	assert_true(line >= 1);
	assert_non_null(error);
	assert_true(len == 0 || raw != NULL);
	seen->dead++;
}

static void
on_path(void *user, struct path *path)
{
	(void)user;
	path_mark(path, "source/job", false);
}

static void
go_through(const char *bytes, size_t len, size_t piece, struct outcome *seen)
{
	struct source source = { bytes, len, 0, piece };
	const struct feed_options options = { .max_record = 1 << 20,
		.user = seen,
		.record = on_record,
		.refuse = on_refuse,
		.made = on_path };
	struct feed *f = feed_open(&source, &options);
	const char *sample;
	size_t sample_len;

	buf_clear(&seen->lines);
	seen->records = seen->dead = 0;
	seen->status = feed_begin(f, &sample, &sample_len);
	if (seen->status == EX_OK && sample != NULL) {
		feed_record_at(f, "source/job");
		seen->status = feed_run(f);
	}
	seen->skipped = feed_counts(f)->skipped;
	feed_close(f);
}

/* Records of all that can stand in one; STARTS are where they begin. */
static void
make_feed(struct buf *feed, size_t count, size_t *starts)
{
	static const char *const bodies[] = {
		"<title><![CDATA[Caf\303\251 & </job> <b>x</b>]]></title><url>a"
		"</url>",
		"<title>R&amp;D &#8212; \360\237\230\200</title><d a=\"1\" "
		"b='>'"
		"><p>x<br/></p> y</d>",
		"<!-- </job> ]]> --><title>n</title><e/><e>2</e><![CDATA["
		"]]]]><![CDATA[>]]>",
		"\n  <title>\n    <![CDATA[ line\nbreaks ]]>\n  </title>\n",
	};

	buf_text(feed, "\357\273\277<?xml version=\"1.0\"?>\n<!-- a -->\n"
	               "<!DOCTYPE source [<!ENTITY co \"Acme\">]>\n<source>\n"
	               "<publisher>x</publisher>\n");
	for (size_t i = 0; i < count; i++) {
		starts[i] = feed->len;
		buf_printf(feed, "<job><id>%zu</id>%s<co>&co;</co></job>", i,
		    bodies[i % 4]);
		buf_text(feed, "\n");
	}
	starts[count] = feed->len;
	buf_text(feed, "</source>\n");
}

static void
pieces_of_any_size_give_the_same(void **state)
{
	static const size_t pieces[] = { 1, 2, 3, 5, 7, 64, 4096 };
	struct buf feed = { 0 };
	size_t starts[64];
	struct outcome whole = { 0 }, cut = { 0 };

	(void)state;
	make_feed(&feed, 40, starts);
	go_through(feed.data, feed.len, (size_t)1 << 20, &whole);
	assert_int_equal(whole.status, EX_OK);
	assert_int_equal(whole.records, 40);
	for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
		go_through(feed.data, feed.len, pieces[i], &cut);
		assert_int_equal(cut.status, EX_OK);
		assert_int_equal(cut.lines.len, whole.lines.len);
		assert_memory_equal(cut.lines.data, whole.lines.data,
		    whole.lines.len);
	}
	buf_free(&feed);
	buf_free(&whole.lines);
	buf_free(&cut.lines);
}

/* The records that end before CUT, by where the next ones start. */
static size_t
whole_before(const size_t *starts, size_t count, size_t cut)
{
	size_t n = 0;

	/* a line end stands behind each record */
	while (n < count && starts[n + 1] - 1 <= cut)
		n++;
	return n;
}

static void
expect_cut(const struct buf *feed, const size_t *starts, size_t count,
    size_t at, const struct outcome *whole, struct outcome *cut)
{
	size_t wanted = whole_before(starts, count, at);
	bool inside = wanted < count && at > starts[wanted];

	go_through(feed->data, at, (size_t)1 << 20, cut);
	assert_int_equal(cut->records, wanted);
	assert_int_equal(cut->lines.len,
	    wanted == 0 ? 0 : whole->ends[wanted - 1]);
	if (cut->lines.len > 0)
		assert_memory_equal(cut->lines.data, whole->lines.data,
		    cut->lines.len);
	/* the record it broke off in is a dead letter, once it has begun */
	assert_true(cut->dead <= (size_t)inside);
	if (at >= starts[0])
		assert_int_equal(cut->status, EX_DATAERR);
}

static void
a_cut_anywhere_keeps_all_whole_records(void **state)
{
	bool all = getenv("JOBMILL_LONG_TESTS") != NULL;
	size_t count = all ? 700 : 24, *starts;
	struct buf feed = { 0 };
	struct outcome whole = { 0 }, cut = { 0 };
	uint64_t seed = 11;

	(void)state;
	starts = mem_zero(count + 1, sizeof(*starts));
	make_feed(&feed, count, starts);
	go_through(feed.data, feed.len, (size_t)1 << 20, &whole);
	assert_int_equal(whole.records, count);
	assert_true(feed.len > 1);
	/* behind the root element's end tag, the feed is whole */
	for (size_t at = 0; at < feed.len - 1 && at < 65536; at++)
		expect_cut(&feed, starts, count, at, &whole, &cut);
	for (int i = 0; all && i < 1000 && feed.len > 1; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		expect_cut(&feed, starts, count,
		    (size_t)(seed >> 33) % (feed.len - 1), &whole, &cut);
	}
	free(starts);
	buf_free(&feed);
	buf_free(&whole.lines);
	buf_free(&cut.lines);
}

/* Record I of SEEN as bytes. */
static const char *
line_of(const struct outcome *seen, size_t i, size_t *len)
{
	size_t start = i == 0 ? 0 : seen->ends[i - 1];

	*len = seen->ends[i] - start;
	return seen->lines.data + start;
}

/*
 * However a byte in record HIT is changed, the others come out as they were,
 * in order, and what became of that one is told.
 */
static void
expect_others(const struct outcome *whole, const struct outcome *seen,
    size_t hit)
{
	size_t k = 0, len, other;

	for (size_t i = 0; i < whole->records; i++) {
		const char *line = line_of(whole, i, &len), *found = NULL;

		if (i == hit)
			continue;
		/* at most what became of the damaged one stands between */
		for (size_t skip = 0; skip < 3 && k < seen->records; skip++) {
			found = line_of(seen, k++, &other);
			if (other == len && memcmp(found, line, len) == 0)
				break;
			found = NULL;
		}
		assert_non_null(found);
	}
	if (seen->records < whole->records)
		assert_true(seen->dead > 0 || seen->skipped > 0);
}

static void
damage_in_one_record_leaves_the_others(void **state)
{
	struct buf feed = { 0 };
	size_t starts[64], count = 12;
	struct outcome whole = { 0 }, seen = { 0 };
	uint64_t seed = 3;

	(void)state;
	make_feed(&feed, count, starts);
	go_through(feed.data, feed.len, (size_t)1 << 20, &whole);
	for (int round = 0; round < 10000; round++) {
		size_t hit, at;
		char kept;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		hit = 1 + (size_t)(seed >> 40) % (count - 2);
		at = starts[hit] +
		     (size_t)(seed >> 20) % (starts[hit + 1] - 1 - starts[hit]);
		kept = feed.data[at];
		feed.data[at] = (char)(seed >> 56);
		go_through(feed.data, feed.len, (size_t)1 << 20, &seen);
		expect_others(&whole, &seen, hit);
		feed.data[at] = kept;
	}
	buf_free(&feed);
	buf_free(&whole.lines);
	buf_free(&seen.lines);
}

/* Many changes at once: whatever comes of it, the end comes. */
static void
damage_everywhere_ends(void **state)
{
	struct buf feed = { 0 }, damaged = { 0 };
	size_t starts[64];
	struct outcome seen = { 0 };
	uint64_t seed = 5;

	(void)state;
	make_feed(&feed, 12, starts);
	for (int round = 0; round < 2000; round++) {
		buf_clear(&damaged);
		buf_add(&damaged, feed.data, feed.len);
		for (int i = 0; i < 1 + round % 30; i++) {
			seed =
			    seed * 6364136223846793005u + 1442695040888963407u;
			damaged.data[(seed >> 20) % damaged.len] =
			    "<>&!-[]/job\"'= \200x"[(seed >> 50) % 18];
		}
		go_through(damaged.data, damaged.len, 1 + (size_t)round % 900,
		    &seen);
		assert_true(seen.records + seen.dead <= 60);
	}
	buf_free(&feed);
	buf_free(&damaged);
	buf_free(&seen.lines);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_of_any_size_give_the_same),
		cmocka_unit_test(a_cut_anywhere_keeps_all_whole_records),
		cmocka_unit_test(damage_in_one_record_leaves_the_others),
		cmocka_unit_test(damage_everywhere_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
