/* test_decode.c - packed feeds: whole, cut at every byte, flipped */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/feed-fetch/decode.h"
#include "buf.h"
#include "file.h"
#include "status.h"

/* Seeds of the fuzz target are the samples here. */
struct sample {
	const char *name;
	enum coding coding;
	bool by_magic;
	size_t needed; /* bytes that prove it whole; 0: all of them */
};

static const struct sample samples[] = {
	{ "one.gz", CODING_GZIP, true, 0 },
	{ "members.gz", CODING_GZIP, true, 0 },
	{ "padded.gz", CODING_GZIP, true, 286 },
	{ "zlib", CODING_DEFLATE, false, 0 },
	{ "bare", CODING_DEFLATE, false, 0 },
	{ "feed.br", CODING_BR, false, 0 },
	{ "feed.zst", CODING_ZSTD, true, 0 },
	{ "frames.zst", CODING_ZSTD, true, 0 },
	/* All but what comes behind the feed: more files, the directory. */
	{ "plain.zip", CODING_ZIP, true, 306 },
	{ "stored.zip", CODING_ZIP, true, 2118 },
	{ "streamed.zip", CODING_ZIP, true, 385 },
	{ "streamed64.zip", CODING_ZIP, true, 350 },
	{ "zip64.zip", CODING_ZIP, true, 393 },
	{ "mac.zip", CODING_ZIP, true, 437 },
};

#define COUNT (sizeof samples / sizeof *samples)

static struct buf
load(const char *name)
{
	struct buf path = { 0 }, bytes = { 0 };
	const char *error;

	buf_printf(&path, "tests/fuzz/corpus/decode/%s", name);
	error = file_read(buf_string(&path), 1 << 20, &bytes);
	if (error != NULL)
		fail_msg("%s: %s", buf_string(&path), error);
	buf_free(&path);
	return bytes;
}

static bool
take(void *self, const char *bytes, size_t len)
{
	buf_add(self, bytes, len);
	return true;
}

/* Decode, STEP bytes at a time; the status of the fault. */
static int
decode(enum coding coding, const char *bytes, size_t len, size_t step,
    struct buf *out)
{
	struct fault why = { .status = EX_OK };
	struct decode *d =
	    decode_open(coding, (struct decode_sink){ take, out });
	bool ok = true;
	size_t at, n;

	buf_clear(out);
	for (at = 0; ok && at < len; at += n) {
		n = len - at < step ? len - at : step;
		ok = decode_push(d, bytes + at, n, &why);
	}
	ok = ok && decode_end(d, &why);
	decode_close(d);
	assert_int_equal(ok, why.status == EX_OK);
	return why.status;
}

static void
assert_same(const struct buf *a, const struct buf *b)
{
	assert_int_equal(a->len, b->len);
	assert_memory_equal(a->data, b->data, a->len);
}

static void
each_form_gives_the_feed_in_pieces_of_any_size(void **state)
{
	static const size_t steps[] = { 1, 2, 3, 7, 64, 100000 };
	struct buf feed = load("feed.xml"), packed, out = { 0 };
	size_t i, s;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		packed = load(samples[i].name);
		for (s = 0; s < sizeof steps / sizeof *steps; s++) {
			assert_int_equal(decode(samples[i].coding, packed.data,
			                     packed.len, steps[s], &out),
			    EX_OK);
			assert_same(&out, &feed);
			if (!samples[i].by_magic)
				continue;
			assert_int_equal(decode(CODING_MAGIC, packed.data,
			                     packed.len, steps[s], &out),
			    EX_OK);
			assert_same(&out, &feed);
		}
		buf_free(&packed);
	}
	buf_free(&feed);
	buf_free(&out);
}

static void
a_cut_is_seen_at_every_byte(void **state)
{
	struct buf packed, out = { 0 };
	size_t i, cut, needed;
	int status;

	(void)state;
	for (i = 0; i < COUNT; i++) {
		packed = load(samples[i].name);
		needed = samples[i].needed > 0 ? samples[i].needed : packed.len;
		for (cut = 1; cut < packed.len; cut++) {
			status = decode(samples[i].coding, packed.data, cut, 50,
			    &out);
			/* Joined parts, cut between the two, are whole. */
			if (status == EX_OK &&
			    (cut >= needed || out.len == 300))
				continue;
			if (status != EX_TEMPFAIL && status != EX_DATAERR)
				fail_msg("%s cut at %zu is %d", samples[i].name,
				    cut, status);
			assert_true(cut < needed);
		}
		buf_free(&packed);
	}
	buf_free(&out);
}

static void
a_missing_checksum_is_told_from_a_missing_part(void **state)
{
	struct buf packed = load("one.gz"), out = { 0 };
	size_t cut;

	(void)state;
	for (cut = packed.len - 8; cut < packed.len; cut++)
		assert_int_equal(
		    decode(CODING_GZIP, packed.data, cut, 1000, &out),
		    EX_DATAERR);
	for (cut = 1; cut < packed.len - 9; cut++)
		assert_int_equal(
		    decode(CODING_GZIP, packed.data, cut, 1000, &out),
		    EX_TEMPFAIL);
	buf_free(&packed);
	buf_free(&out);
}

/* A flip in a name or a time may go unseen, one in the feed never. */
static void
flipped_bytes_give_the_feed_or_a_fault(void **state)
{
	static const char *const proven[] = { "one.gz", "zlib", "plain.zip",
		"stored.zip", "streamed.zip", "zip64.zip" };
	struct buf feed = load("feed.xml"), packed, out = { 0 };
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof proven / sizeof *proven; i++) {
		packed = load(proven[i]);
		for (at = 0; at < packed.len; at++) {
			packed.data[at] ^= 0x55;
			if (decode(strstr(proven[i], "zip") != NULL ? CODING_ZIP
			           : strcmp(proven[i], "zlib") == 0
			               ? CODING_DEFLATE
			               : CODING_GZIP,
			        packed.data, packed.len, 1000, &out) == EX_OK)
				assert_same(&out, &feed);
			packed.data[at] ^= 0x55;
		}
		buf_free(&packed);
	}
	buf_free(&feed);
	buf_free(&out);
}

static void
what_is_no_archive_of_a_feed_is_bad_data(void **state)
{
	static const char *const names[] = { "none.zip", "nothing.zip",
		"encrypted.zip", "garbage.gz" };
	struct buf packed, out = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof names / sizeof *names; i++) {
		packed = load(names[i]);
		assert_int_equal(
		    decode(CODING_MAGIC, packed.data, packed.len, 1000, &out),
		    EX_DATAERR);
		buf_free(&packed);
	}
	buf_free(&out);
}

static void
a_checksum_that_is_wrong_is_bad_data(void **state)
{
	struct buf packed = load("one.gz"), out = { 0 };

	(void)state;
	packed.data[packed.len - 5] ^= 1;
	assert_int_equal(
	    decode(CODING_GZIP, packed.data, packed.len, 1000, &out),
	    EX_DATAERR);
	buf_free(&packed);
	buf_free(&out);
}

static void
nothing_at_all_is_no_fault(void **state)
{
	struct buf out = { 0 };
	int coding;

	(void)state;
	for (coding = CODING_IDENTITY; coding <= CODING_MAGIC; coding++)
		assert_int_equal(decode((enum coding)coding, "", 0, 1, &out),
		    EX_OK);
	buf_free(&out);
}

static void
at_most_one_coding_of_ours_is_taken(void **state)
{
	static const char *const wrong[] = { "gzip, gzip", "gzip,br",
		"compress", "identity, gzip, deflate", "?", "gzipx" };
	enum coding coding;
	size_t i;

	(void)state;
	assert_true(decode_named("", &coding));
	assert_int_equal(coding, CODING_IDENTITY);
	assert_true(decode_named("identity", &coding));
	assert_int_equal(coding, CODING_IDENTITY);
	assert_true(decode_named("X-GZIP", &coding));
	assert_int_equal(coding, CODING_GZIP);
	assert_true(decode_named(" identity , zstd", &coding));
	assert_int_equal(coding, CODING_ZSTD);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++)
		if (decode_named(wrong[i], &coding))
			fail_msg("'%s' is taken", wrong[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    each_form_gives_the_feed_in_pieces_of_any_size),
		cmocka_unit_test(a_cut_is_seen_at_every_byte),
		cmocka_unit_test(
		    a_missing_checksum_is_told_from_a_missing_part),
		cmocka_unit_test(flipped_bytes_give_the_feed_or_a_fault),
		cmocka_unit_test(what_is_no_archive_of_a_feed_is_bad_data),
		cmocka_unit_test(a_checksum_that_is_wrong_is_bad_data),
		cmocka_unit_test(nothing_at_all_is_no_fault),
		cmocka_unit_test(at_most_one_coding_of_ours_is_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
