/* test_store.c - what pg-store makes of a record before the server sees it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/pg-store/answer.h"
#include "../../src/pg-store/chain.h"
#include "../../src/pg-store/fill.h"
#include "../../src/pg-store/guard.h"
#include "../../src/pg-store/job.h"
#include "../../src/pg-store/pgcopy.h"
#include "../../src/pg-store/row.h"
#include "../../src/pg-store/runs.h"
#include "../../src/pg-store/uuid.h"

static struct rec *
parsed(const char *line)
{
	struct rec *job = rec_new();
	size_t at;

	assert_null(rec_parse(job, line, strlen(line), &at));
	return job;
}

static void
uuids_have_version_7_and_rise(void **state)
{
	unsigned char before[UUID_BYTES] = { 0 }, id[UUID_BYTES];
	struct uuid_maker maker = { .last = 0 };
	int i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		uuid_make(&maker, id);
		assert_int_equal(id[6] >> 4, 7);
		assert_int_equal(id[8] >> 6, 2);
		assert_true(memcmp(before, id, sizeof id) < 0);
		memcpy(before, id, sizeof id);
	}
}

static void
uuids_rise_though_the_clock_goes_back(void **state)
{
	unsigned char first[UUID_BYTES], second[UUID_BYTES];
	struct uuid_maker maker = { .last = UINT64_C(1) << 62 };

	(void)state;
	uuid_make(&maker, first);
	uuid_make(&maker, second);
	assert_true(memcmp(first, second, 8) < 0);
}

static void
assert_hex(const struct buf *b, const char *want)
{
	struct buf hex = { 0 };
	size_t i;

	for (i = 0; i < b->len; i++)
		buf_printf(&hex, "%02x", (unsigned char)b->data[i]);
	assert_string_equal(buf_string(&hex), want);
	buf_free(&hex);
}

static void
a_share_is_a_numeric(void **state)
{
	/* Length, digits, weight, sign, scale, digits to the base 10000. */
	static const struct {
		int share;
		const char *want;
	} cases[] = {
		{ 0, "000000080000000000000000" },
		{ 8600, "0000000a0001ffff0000000221"
		        "98" },
		{ 8599, "0000000a0001ffff000000042197" },
		{ 1, "0000000a0001ffff000000040001" },
		{ 5000, "0000000a0001ffff000000011388" },
		{ 10000, "0000000a00010000000000000001" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buf b = { 0 };

		pgcopy_share(&b, cases[i].share);
		assert_hex(&b, cases[i].want);
		buf_free(&b);
	}
}

static void
times_count_microseconds_from_2000(void **state)
{
	struct buf b = { 0 };

	(void)state;
	pgcopy_time(&b, 946684801);
	pgcopy_time(&b, 946684799);
	assert_hex(&b, "0000000800000000000f4240"
	               "00000008fffffffffff0bdc0");
	buf_free(&b);
}

static void
an_array_has_its_length_and_its_items(void **state)
{
	struct buf b = { 0 };
	size_t started;

	(void)state;
	buf_byte(&b, 'x');
	started = pgcopy_array(&b, 1);
	pgcopy_bytes(&b, "ab", 2);
	pgcopy_array_end(&b, started);
	assert_hex(&b, "78"
	               "0000001a"
	               "00000001"
	               "00000000"
	               "00000019"
	               "00000001"
	               "00000001"
	               "000000026162");
	buf_free(&b);
}

static void
hash_of(const char *line, unsigned char out[HASH_BYTES])
{
	struct rec *job = parsed(line);
	struct row *row = row_new();

	row_hash(row, job, out);
	row_free(row);
	rec_free(job);
}

static bool
same_hash(const char *a, const char *b)
{
	unsigned char x[HASH_BYTES], y[HASH_BYTES];

	hash_of(a, x);
	hash_of(b, y);
	return memcmp(x, y, sizeof x) == 0;
}

static void
a_record_is_the_same_whoever_answered_and_in_whatever_order(void **state)
{
	(void)state;
	assert_true(
	    same_hash("{\"a\":1,\"b\":\"x\"}", "{ \"b\" : \"x\",\"a\":1}"));
	assert_true(
	    same_hash("{\"a\":1,\"ai\":{\"cached\":true}}", "{\"a\":1}"));
	assert_false(same_hash("{\"a\":1}", "{\"a\":1.0}"));
	assert_false(same_hash("{\"a\":1}", "{\"a\":\"1\"}"));
	assert_false(same_hash("{\"a\":1,\"ai_x\":2}", "{\"a\":1}"));
	/* Why an ad is one with it and where it stood: no. */
	assert_true(same_hash("{\"merged\":[{\"source_id\":\"b\"}]}",
	    "{\"merged\":[{\"source_id\":\"b\",\"rule\":\"similar\","
	    "\"similarity\":0.95,\"position\":{\"line\":1}}]}"));
	assert_false(same_hash("{\"merged\":[{\"source_id\":\"b\"}]}",
	    "{\"merged\":[{\"source_id\":\"b\",\"url\":\"u\"}]}"));
	assert_false(same_hash("{\"merged\":[{\"a\":\"b\"},{\"a\":\"c\"}]}",
	    "{\"merged\":[{\"a\":\"b\",\"a2\":\"c\"}]}"));
	assert_false(same_hash("{\"merged\":[{\"a\":\"1\"}]}",
	    "{\"merged\":[{\"a\":1}]}"));
	/* Neighbours do not run into each other. */
	assert_false(same_hash("{\"ab\":\"c\"}", "{\"a\":\"bc\"}"));
	assert_false(same_hash("{\"a\":\"\",\"b\":\"\"}", "{\"a\":\"b\"}"));
}

static void
a_refused_record_adds_nothing(void **state)
{
	static const char merged[] =
	    "{\"feed_id\":1,\"source_id\":\"a\",\"route\":\"approved\","
	    "\"merged\":[{\"source_id\":\"b\"},{\"source_id\":5}]}";
	static const char *const lines[] = { "{}", "{\"feed_id\":1}", merged,
		"{\"feed_id\":1.0,\"source_id\":\"a\",\"route\":\"approved\"}",
		"{\"feed_id\":1,\"source_id\":\"a\",\"route\":\"approve\"}" };
	struct row *row = row_new();
	struct buf b = { 0 };
	size_t i;

	(void)state;
	buf_text(&b, "before");
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct rec *job = parsed(lines[i]);

		assert_non_null(row_add(row, &b, job, 1, 1));
		assert_int_equal(b.len, 6);
		rec_free(job);
	}
	buf_free(&b);
	row_free(row);
}

static void
fill_counts_what_the_feed_gave(void **state)
{
	static const char *const lines[] = {
		"{\"feed_id\":1,\"title\":\"t\",\"url\":\"\",\"ai_x\":\"x\"}",
		"{\"url\":\"u\",\"title\":\"t\",\"salary_min\":0,\"cpc\":null}",
		"{\"locations\":[],\"title\":\"t\",\"is_remote\":false}",
		"{\"route\":\"approved\",\"merged\":[{}],\"locations\":[{}]}"
	};
	struct fill *fill = fill_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof lines / sizeof *lines; i++) {
		struct rec *job = parsed(lines[i]);

		fill_add(fill, job);
		rec_free(job);
	}
	assert_string_equal(fill_json(fill),
	    "{\"title\":3,\"url\":1,\"salary_min\":1,\"is_remote\":1,"
	    "\"locations\":1}");
	fill_free(fill);
}

static void
fill_is_bounded(void **state)
{
	struct fill *fill = fill_new();
	struct buf line = { 0 };
	struct rec *job;
	size_t i;

	(void)state;
	buf_byte(&line, '{');
	for (i = 0; i < 1000; i++)
		buf_printf(&line, "%s\"f%zu\":1", i > 0 ? "," : "", i);
	buf_byte(&line, '}');
	job = parsed(buf_string(&line));
	fill_add(fill, job);
	fill_add(fill, job);
	assert_non_null(strstr(fill_json(fill), "\"f99\":2}"));
	rec_free(job);
	buf_free(&line);
	fill_free(fill);
}

static void
guards_are_known_by_name(void **state)
{
	unsigned int guards = 99;

	(void)state;
	assert_true(guard_list("", &guards));
	assert_int_equal(guards, 0);
	assert_true(guard_list("none", &guards));
	assert_int_equal(guards, 0);
	assert_true(guard_list("drift,empty", &guards));
	assert_int_equal(guards, 1U << GUARD_DRIFT | 1U << GUARD_EMPTY);
	assert_false(guard_list("shrinks", &guards));
	assert_false(guard_list(",shrink", &guards));
}

static void
an_answer_goes_into_a_record_as_it_was_taken_out(void **state)
{
	struct rec *from =
	    parsed("{\"ai_confidence\":0.90,\"ai_title\":\"a\\\"\","
	           "\"ai_industry\":{\"code\":\"1\"},\"x\":1}");
	struct rec *to = parsed("{\"id\":1,\"ai\":{\"function\":{\"n\":1}}}");
	struct rec *room = rec_new();
	struct buf json = { 0 }, line = { 0 };

	(void)state;
	assert_true(answer_take(from, ANSWER_INDUSTRY, &json));
	assert_string_equal(buf_string(&json),
	    "{\"ai_title\":\"a\\\"\",\"ai_industry\":{\"code\":\"1\"},"
	    "\"ai_confidence\":0.90}");
	assert_false(answer_take(from, ANSWER_FUNCTION, &line));
	assert_false(
	    answer_put(to, ANSWER_INDUSTRY, "{\"ai_title\":1}", "{}", room));
	assert_false(answer_put(to, ANSWER_INDUSTRY, json.data, "[]", room));
	assert_false(rec_changed(to));
	assert_true(answer_put(to, ANSWER_INDUSTRY, json.data,
	    "{\"model\":\"m\",\"cached\":false,\"cost_usd\":\"0.1\"}", room));
	buf_clear(&line);
	rec_write(to, &line);
	assert_string_equal(buf_string(&line),
	    "{\"id\":1,\"ai\":{\"function\":{\"n\":1},\"industry\":{\"model\":"
	    "\"m\",\"cost_usd\":\"0.1\",\"cached\":true}},\"ai_title\":"
	    "\"a\\\"\","
	    "\"ai_industry\":{\"code\":\"1\"},\"ai_confidence\":0.90}");
	buf_free(&json);
	buf_free(&line);
	rec_free(from);
	rec_free(to);
	rec_free(room);
}

static void
the_key_of_a_function_has_its_industry(void **state)
{
	struct rec *job = parsed(
	    "{\"content_hash\":\"h\",\"ai_industry\":{\"code\":\"10\"}}");
	struct rec *none = parsed("{\"content_hash\":\"h\"}");
	struct buf room = { 0 };

	(void)state;
	assert_string_equal(answer_key(job, ANSWER_INDUSTRY, &room), "h");
	assert_string_equal(answer_key(job, ANSWER_FUNCTION, &room), "h:10");
	assert_null(answer_key(none, ANSWER_FUNCTION, &room));
	buf_free(&room);
	rec_free(job);
	rec_free(none);
}

static void
only_numbers_from_1_are_runs(void **state)
{
	(void)state;
	assert_int_equal(run_number("1"), 1);
	assert_int_equal(run_number("9223372036854775807"), INT64_MAX);
	assert_int_equal(run_number("9223372036854775808"), -1);
	assert_int_equal(run_number("0"), -1);
	assert_int_equal(run_number(""), -1);
	assert_int_equal(run_number("-1"), -1);
	assert_int_equal(run_number("1;drop"), -1);
}

static void
job_ids_have_one_form(void **state)
{
	(void)state;
	assert_true(job_is_id("01a20a1a-eec5-71ab-9367-d67b6986a305"));
	assert_true(job_is_id("01A20A1A-EEC5-71AB-9367-D67B6986A305"));
	assert_false(job_is_id(""));
	assert_false(job_is_id("01a20a1a-eec5-71ab-9367-d67b6986a30"));
	assert_false(job_is_id("01a20a1a-eec5-71ab-9367-d67b6986a3055"));
	assert_false(job_is_id("01a20a1a-eec5-71ab-9367-d67b6986a30g"));
	assert_false(job_is_id("01a20a1aeec5-71ab-9367-d67b6986a305-"));
}

static void
arrays_are_quoted(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_string_equal(db_array(&b), "{}");
	buf_clear(&b);
	db_array_add(&b, "a\"b\\c,{}", 8);
	db_array_add(&b, "", 0);
	assert_string_equal(db_array(&b), "{\"a\\\"b\\\\c,{}\",\"\"}");
	buf_free(&b);
}

static void
no_stages_add_up_to_nothing(void **state)
{
	struct chain *chain = chain_read(NULL);
	struct buf room = { 0 };

	(void)state;
	assert_string_equal(chain_json(chain), "{}");
	assert_int_equal(chain_sum(chain, "in"), 0);
	assert_null(chain_check(chain, "", false, &room));
	assert_string_equal(chain_check(chain, "a", true, &room),
	    "a left no counters: it did not end");
	buf_free(&room);
	chain_free(chain);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uuids_have_version_7_and_rise),
		cmocka_unit_test(uuids_rise_though_the_clock_goes_back),
		cmocka_unit_test(a_share_is_a_numeric),
		cmocka_unit_test(times_count_microseconds_from_2000),
		cmocka_unit_test(an_array_has_its_length_and_its_items),
		cmocka_unit_test(
		    a_record_is_the_same_whoever_answered_and_in_whatever_order),
		cmocka_unit_test(a_refused_record_adds_nothing),
		cmocka_unit_test(fill_counts_what_the_feed_gave),
		cmocka_unit_test(fill_is_bounded),
		cmocka_unit_test(guards_are_known_by_name),
		cmocka_unit_test(
		    an_answer_goes_into_a_record_as_it_was_taken_out),
		cmocka_unit_test(the_key_of_a_function_has_its_industry),
		cmocka_unit_test(only_numbers_from_1_are_runs),
		cmocka_unit_test(job_ids_have_one_form),
		cmocka_unit_test(arrays_are_quoted),
		cmocka_unit_test(no_stages_add_up_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
