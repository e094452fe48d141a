/* test_xano_row.c - records become rows, and rows are compared */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/xano-sync/profile.h"
#include "../../src/xano-sync/row.h"
#include "file.h"

/* A profile of these fields; the caller frees it. */
static struct profile *
profile_of(const char *fields, const char *nulls)
{
	char path[] = "/tmp/test_xano_row-XXXXXX";
	int fd = mkstemp(path);
	struct buf text = { 0 };
	struct profile *p;

	assert_true(fd >= 0);
	buf_printf(&text,
	    "{\"key\":\"k\",\"id\":\"id\",\"nulls\":\"%s\",\"endpoints\":{"
	    "\"list\":{\"method\":\"GET\",\"path\":\"/\"},"
	    "\"add\":{\"method\":\"POST\",\"path\":\"/\"},"
	    "\"remove\":{\"method\":\"DELETE\",\"path\":\"/\"}},"
	    "\"fields\":[{\"column\":\"k\"}%s]}",
	    nulls, fields);
	assert_null(file_replace(path, text.data, text.len));
	p = profile_load(path);
	close(fd);
	unlink(path);
	buf_free(&text);
	return p;
}

/* What a record becomes, or what is wrong with it; the caller frees. */
static char *
render(const char *fields, const char *nulls, const char *record)
{
	struct profile *p = profile_of(fields, nulls);
	struct row_renderer *r = row_renderer_new(p);
	struct rec *job = rec_new();
	struct buf out = { 0 }, why = { 0 };
	const char *wrong;
	size_t at;

	assert_null(rec_parse(job, record, strlen(record), &at));
	wrong = row_render(r, job, &out, &why);
	if (wrong != NULL) {
		buf_clear(&out);
		buf_text(&out, wrong);
	}
	buf_string(&out);
	rec_free(job);
	row_renderer_free(r);
	profile_free(p);
	buf_free(&why);
	return out.data;
}

static void
assert_row(const char *fields, const char *record, const char *wanted)
{
	char *is = render(fields, "keep", record);

	assert_string_equal(is, wanted);
	free(is);
}

static void
fields_go_to_columns_by_path_word_and_type(void **state)
{
	(void)state;
	assert_row(",{\"column\":\"n\",\"from\":\"a.b\"}",
	    "{\"k\":\"1\",\"a\":{\"b\":\"x\\u00e9\"}}",
	    "{\"k\":\"1\",\"n\":\"x\\u00e9\"}");
	assert_row(",{\"column\":\"n\",\"from\":\"a.1.c\"}",
	    "{\"k\":\"1\",\"a\":[{},{\"c\":\"y\"}]}",
	    "{\"k\":\"1\",\"n\":\"y\"}");
	assert_row(",{\"column\":\"t\",\"words\":{\"A\":\"Alpha\"}}",
	    "{\"k\":\"1\",\"t\":\"A\"}", "{\"k\":\"1\",\"t\":\"Alpha\"}");
	assert_row(",{\"column\":\"t\",\"words\":{\"A\":\"x\"},"
	           "\"otherwise\":\"z\"}",
	    "{\"k\":\"1\",\"t\":\"B\"}", "{\"k\":\"1\",\"t\":\"z\"}");
	assert_row(",{\"column\":\"c\",\"value\":{\"x\":1}}", "{\"k\":\"1\"}",
	    "{\"k\":\"1\",\"c\":{\"x\":1}}");
	assert_row(",{\"column\":\"c\",\"from\":\"ai\",\"type\":\"int\","
	           "\"shift\":2}",
	    "{\"k\":\"1\",\"ai\":0.936}", "{\"k\":\"1\",\"c\":94}");
	assert_row(",{\"column\":\"l\",\"item\":\"t\",\"join\":\"; \"}",
	    "{\"k\":\"1\",\"l\":[{\"t\":\"A\"},{},{\"t\":\"B\\\"\"}]}",
	    "{\"k\":\"1\",\"l\":\"A; B\\\"\"}");
	assert_row(",{\"column\":\"l\",\"item\":\"t\",\"list\":true}",
	    "{\"k\":\"1\",\"l\":[{\"t\":\"A\"},{\"t\":\"B\"}]}",
	    "{\"k\":\"1\",\"l\":[\"A\",\"B\"]}");
	assert_row(",{\"column\":\"o\"}", "{\"k\":\"1\",\"o\":{\"a\":[\"b\"]}}",
	    "{\"k\":\"1\",\"o\":\"{\\\"a\\\":[\\\"b\\\"]}\"}");
	assert_row(",{\"column\":\"d\",\"type\":\"date\"}",
	    "{\"k\":\"1\",\"d\":\"2026-11-01T05:00:00Z\"}",
	    "{\"k\":\"1\",\"d\":\"2026-11-01\"}");
}

static void
what_is_absent_is_null_or_zero(void **state)
{
	static const char fields[] =
	    ",{\"column\":\"t\"},{\"column\":\"n\",\"type\":\"int\"},"
	    "{\"column\":\"b\",\"type\":\"bool\"},"
	    "{\"column\":\"j\",\"type\":\"json\"},"
	    "{\"column\":\"l\",\"list\":true}";
	char *is;

	(void)state;
	assert_row(fields, "{\"k\":\"1\",\"n\":null}",
	    "{\"k\":\"1\",\"t\":null,\"n\":null,\"b\":null,\"j\":null,"
	    "\"l\":null}");
	is = render(fields, "zero", "{\"k\":\"1\",\"n\":null}");
	assert_string_equal(is, "{\"k\":\"1\",\"t\":\"\",\"n\":0,\"b\":false,"
	                        "\"j\":{},\"l\":[]}");
	free(is);
}

static void
a_value_of_another_type_is_refused(void **state)
{
	static const char *const bad[][2] = {
		{ ",{\"column\":\"n\",\"type\":\"int\"}", "\"x\"" },
		{ ",{\"column\":\"n\",\"type\":\"int\"}",
		    "9223372036854775808" },
		{ ",{\"column\":\"n\",\"type\":\"decimal\"}", "\"1x\"" },
		{ ",{\"column\":\"n\",\"type\":\"decimal\"}", "1e999" },
		{ ",{\"column\":\"n\",\"type\":\"bool\"}", "1" },
		{ ",{\"column\":\"n\",\"type\":\"timestamp\"}", "\"soon\"" },
		{ ",{\"column\":\"n\",\"type\":\"date\"}", "true" },
		{ ",{\"column\":\"n\",\"list\":true}", "\"x\"" },
	};
	char record[80], *is;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++) {
		snprintf(record, sizeof record, "{\"k\":\"1\",\"n\":%s}",
		    bad[i][1]);
		is = render(bad[i][0], "keep", record);
		assert_memory_equal(is, "column n: the value ", 20);
		free(is);
	}
}

static bool
same(const struct profile *p, const char *a, const char *b)
{
	struct row_reader *r = row_reader_new(p, NULL, 0);
	struct row x = { .in_scope = false }, y = x;
	const struct json_value u = { JSON_OBJECT, false, a, strlen(a) };
	const struct json_value v = { JSON_OBJECT, false, b, strlen(b) };
	struct buf updates = { 0 }, names = { 0 };
	bool equal, alike;

	row_read_object(r, u, &x);
	row_read_object(r, v, &y);
	equal = memcmp(x.digest, y.digest, sizeof x.digest) == 0;
	alike = row_diff(r, u, v, &updates, &names) == 0;
	assert_int_equal(equal, alike);
	buf_free(&updates);
	buf_free(&names);
	buf_free(&x.key);
	buf_free(&y.key);
	row_reader_free(r);
	return equal;
}

static void
rows_are_equal_by_meaning(void **state)
{
	struct profile *p =
	    profile_of(",{\"column\":\"t\",\"trim\":true},"
	               "{\"column\":\"d\",\"type\":\"decimal\"},"
	               "{\"column\":\"m\",\"type\":\"timestamp\"},"
	               "{\"column\":\"o\",\"once\":true}",
	        "keep");

	(void)state;
	assert_true(same(p, "{\"k\":\"1\",\"t\":\" a\",\"d\":1.000001}",
	    "{\"d\":1,\"t\":\"\\u0061 \",\"x\":9,\"k\":\"1\",\"m\":null}"));
	assert_true(same(p, "{\"k\":\"1\",\"m\":\"1970-01-01T00:00:01Z\"}",
	    "{\"k\":\"1\",\"m\":1000}"));
	assert_true(same(p, "{\"k\":\"1\",\"o\":1}", "{\"k\":\"1\",\"o\":2}"));
	assert_false(same(p, "{\"k\":\"1\",\"d\":0}", "{\"k\":\"1\"}"));
	assert_false(
	    same(p, "{\"k\":\"1\",\"t\":\"\"}", "{\"k\":\"1\",\"t\":null}"));
	assert_false(
	    same(p, "{\"k\":\"1\",\"t\":\"A\"}", "{\"k\":\"1\",\"t\":\"a\"}"));
	assert_false(
	    same(p, "{\"k\":\"1\",\"d\":1.00001}", "{\"k\":\"1\",\"d\":1}"));
	profile_free(p);
}

static void
where_zero_is_meant_null_and_zero_are_one(void **state)
{
	struct profile *p = profile_of(
	    ",{\"column\":\"t\"},{\"column\":\"d\",\"type\":\"decimal\"},"
	    "{\"column\":\"j\",\"type\":\"json\"},"
	    "{\"column\":\"b\",\"type\":\"bool\"}",
	    "zero");

	(void)state;
	assert_true(same(p, "{\"k\":\"1\"}",
	    "{\"k\":\"1\",\"t\":\"\",\"d\":0.0,\"j\":[],\"b\":false}"));
	assert_true(
	    same(p, "{\"k\":\"1\",\"j\":{}}", "{\"k\":\"1\",\"j\":null}"));
	assert_false(same(p, "{\"k\":\"1\",\"b\":true}", "{\"k\":\"1\"}"));
	profile_free(p);
}

static void
a_value_can_t_pass_for_its_neighbour(void **state)
{
	struct profile *p =
	    profile_of(",{\"column\":\"a\"},{\"column\":\"b\"}", "keep");

	(void)state;
	assert_false(same(p, "{\"k\":\"1\",\"a\":\"x\",\"b\":\"\"}",
	    "{\"k\":\"1\",\"a\":\"\",\"b\":\"x\"}"));
	assert_false(same(p, "{\"k\":\"1\",\"a\":\"xy\",\"b\":\"z\"}",
	    "{\"k\":\"1\",\"a\":\"x\",\"b\":\"yz\"}"));
	profile_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_go_to_columns_by_path_word_and_type),
		cmocka_unit_test(what_is_absent_is_null_or_zero),
		cmocka_unit_test(a_value_of_another_type_is_refused),
		cmocka_unit_test(rows_are_equal_by_meaning),
		cmocka_unit_test(where_zero_is_meant_null_and_zero_are_one),
		cmocka_unit_test(a_value_can_t_pass_for_its_neighbour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
