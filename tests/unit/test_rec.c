/* test_rec.c - records: looked at where they stand, changed by splicing */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "json.h"
#include "rec.h"

static struct rec *
parsed(const char *line)
{
	struct rec *job = rec_new();
	size_t at;

	assert_null(rec_parse(job, line, strlen(line), &at));
	return job;
}

static void
assert_written(const struct rec *job, const char *want)
{
	struct buf b = { 0 };

	rec_write(job, &b);
	assert_string_equal(buf_string(&b), want);
	buf_free(&b);
}

static void
an_untouched_record_is_its_line(void **state)
{
	static const char line[] =
	    "\t{\"id\":9007199254740993 , \"n\":1.10,\"e\":1e400,"
	    "\"s\":\"\\u00e9\xC3\xA9\",\"x\":{ \"b\":[ ] } } ";
	struct rec *job = parsed(line);
	size_t len;

	(void)state;
	assert_written(job, line);
	assert_false(rec_changed(job));
	assert_ptr_equal(rec_line(job, &len), line);
	assert_int_equal(len, sizeof line - 1);
	rec_free(job);
}

static void
an_edit_keeps_every_other_byte(void **state)
{
	struct rec *job =
	    parsed("{ \"id\" : 9007199254740993 , \"n\":1.10, \"t\":\"a\" }");

	(void)state;
	rec_set_string(job, "t", "b\n\"", 3);
	assert_written(job,
	    "{ \"id\" : 9007199254740993 , \"n\":1.10, \"t\":\"b\\n\\\"\" }");
	rec_set(job, "id", "[1]", 3);
	rec_set(job, "new", "null", 4);
	assert_written(job,
	    "{ \"id\" : [1] , \"n\":1.10, \"t\":\"b\\n\\\"\",\"new\":null }");
	rec_free(job);
}

static void
fields_can_be_taken_away_from_any_place(void **state)
{
	struct rec *job = parsed("{\"a\":1, \"b\":\"2\" ,\"c\":[3]}");

	(void)state;
	rec_unset(job, "a");
	assert_written(job, "{\"b\":\"2\" ,\"c\":[3]}");
	rec_unset(job, "c");
	assert_written(job, "{\"b\":\"2\"}");
	rec_unset(job, "b");
	assert_written(job, "{}");
	rec_set(job, "d", "4", 1);
	assert_written(job, "{\"d\":4}");
	rec_set(job, "b", "5", 1);
	assert_written(job, "{\"b\":5,\"d\":4}");
	rec_unset(job, "d");
	rec_unset(job, "none");
	assert_written(job, "{\"b\":5}");
	rec_free(job);
}

static void
fields_are_added_to_an_empty_record(void **state)
{
	struct rec *job = parsed("{ }");

	(void)state;
	rec_set(job, "a", "1", 1);
	rec_set_string(job, "b\"", "", 0);
	assert_written(job, "{\"a\":1,\"b\\\"\":\"\" }");
	rec_free(job);
}

static void
a_field_reads_as_it_was_last_set(void **state)
{
	struct rec *job = parsed("{\"t\":\"a\\tb\",\"n\":1.10}");
	struct buf room = { 0 };
	size_t len;

	(void)state;
	assert_memory_equal(rec_text(job, "t", &room, &len), "a\tb", 3);
	assert_int_equal(len, 3);
	assert_null(rec_text(job, "n", &room, &len));
	assert_int_equal(rec_get(job, "none").type, JSON_NONE);
	rec_set_string(job, "t", "\xC3\xA9\\", 3);
	assert_memory_equal(rec_text(job, "t", &room, &len), "\xC3\xA9\\", 3);
	assert_int_equal(len, 3);
	rec_set(job, "n", "2.50", 4);
	assert_memory_equal(rec_get(job, "n").text, "2.50", 4);
	rec_unset(job, "n");
	assert_int_equal(rec_get(job, "n").type, JSON_NONE);
	buf_free(&room);
	rec_free(job);
}

static void
a_name_written_with_escapes_is_the_same_field(void **state)
{
	struct rec *job = parsed("{\"rout\\u0065\":\"approved\"}");

	(void)state;
	assert_true(rec_routed(job));
	rec_set_string(job, "route", "x", 1);
	assert_written(job, "{\"rout\\u0065\":\"x\"}");
	rec_free(job);
}

static void
routed_means_a_route_of_some_length(void **state)
{
	static const char *const not [] = { "{}", "{\"route\":null}",
		"{\"route\":\"\"}", "{\"route\":1}", "{\"Route\":\"x\"}" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof not / sizeof *not ; i++) {
		struct rec *job = parsed(not [i]);

		assert_false(rec_routed(job));
		rec_free(job);
	}
}

static void
what_is_no_record_is_an_empty_one(void **state)
{
	struct rec *job = parsed("{\"a\":1}");
	size_t at;

	(void)state;
	rec_set(job, "b", "2", 1);
	assert_string_equal(rec_parse(job, "{\"a\":1,}", 8, &at),
	    "member without a quoted name");
	assert_int_equal(at, 7);
	assert_false(rec_changed(job));
	assert_written(job, "{}");
	rec_free(job);
}

static void
a_name_for_messages_is_bounded(void **state)
{
	struct buf line = { 0 }, room = { 0 };
	struct rec *job = rec_new();
	size_t at;
	int i;

	(void)state;
	buf_text(&line, "{\"feed_id\":7,\"source_id\":\"");
	for (i = 0; i < 1000; i++)
		buf_byte(&line, 'x');
	buf_text(&line, "\"}");
	assert_null(rec_parse(job, line.data, line.len, &at));
	assert_int_equal(strlen(rec_id(job, &room)), 102);
	assert_memory_equal(rec_id(job, &room), "7/xxx", 5);
	rec_free(job);
	job = parsed("{\"feed_id\":7,\"source_id\":\"A-1\"}");
	assert_string_equal(rec_id(job, &room), "7/A-1");
	rec_free(job);
	buf_free(&line);
	buf_free(&room);
}

static uint64_t
next(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* Apply one random edit to the record and, as a tree, to its model. */
static void
edit_both(uint64_t *random, struct rec *job, cJSON *model)
{
	static const char *const values[] = { "1", "\"x\"", "[1,{\"a\":2}]",
		"null", "{}" };
	char name[2] = { (char)('a' + next(random) % 8), '\0' };
	const char *value = values[next(random) % 5];

	if (next(random) % 3 == 0) {
		rec_unset(job, name);
		cJSON_DeleteItemFromObjectCaseSensitive(model, name);
	} else {
		rec_set(job, name, value, strlen(value));
		cJSON_DeleteItemFromObjectCaseSensitive(model, name);
		cJSON_AddItemToObject(model, name, cJSON_Parse(value));
	}
}

/* Property: after any edits, the record is the object the edits describe. */
static void
edits_do_what_they_do_to_a_tree(void **state)
{
	uint64_t random = 0x9E3779B97F4A7C15u;
	int round, i, n;

	(void)state;
	for (round = 0; round < 3000; round++) {
		struct buf line = { 0 }, out = { 0 };
		struct rec *job = rec_new();
		cJSON *model, *result;
		size_t at;

		buf_byte(&line, '{');
		for (i = 0, n = (int)(next(&random) % 8); i < n; i++)
			buf_printf(&line, "%s\"%c\"%s:%s%d", i > 0 ? " ," : "",
			    'a' + i, next(&random) % 2 ? " " : "",
			    next(&random) % 2 ? " " : "", i);
		buf_text(&line, " }");
		assert_null(rec_parse(job, line.data, line.len, &at));
		model = cJSON_Parse(buf_string(&line));
		for (i = 0, n = (int)(next(&random) % 10); i < n; i++)
			edit_both(&random, job, model);
		rec_write(job, &out);
		result = cJSON_Parse(buf_string(&out));
		assert_true(cJSON_Compare(model, result, true));
		cJSON_Delete(model);
		cJSON_Delete(result);
		rec_free(job);
		buf_free(&line);
		buf_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_untouched_record_is_its_line),
		cmocka_unit_test(an_edit_keeps_every_other_byte),
		cmocka_unit_test(fields_can_be_taken_away_from_any_place),
		cmocka_unit_test(fields_are_added_to_an_empty_record),
		cmocka_unit_test(a_field_reads_as_it_was_last_set),
		cmocka_unit_test(a_name_written_with_escapes_is_the_same_field),
		cmocka_unit_test(routed_means_a_route_of_some_length),
		cmocka_unit_test(what_is_no_record_is_an_empty_one),
		cmocka_unit_test(a_name_for_messages_is_bounded),
		cmocka_unit_test(edits_do_what_they_do_to_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
