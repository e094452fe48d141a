/* test_xano_canon.c - values of both sides in one form */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/xano-sync/canon.h"
#include "../../src/xano-sync/template.h"

static void
assert_number(const char *text, int shift, int places, const char *wanted)
{
	struct buf out = { 0 };

	assert_true(canon_number(text, strlen(text), shift, places, &out));
	assert_string_equal(buf_string(&out), wanted);
	buf_free(&out);
}

static void
numbers_that_are_equal_read_the_same(void **state)
{
	static const char *const groups[][6] = {
		{ "0", "-0", "0.0", "0e9", "-0.000e-7", NULL },
		{ "1", "1.0", "10e-1", "0.1e1", "1.000000", NULL },
		{ "-12.5", "-125e-1", "-0.125E+2", "-12.50", NULL },
		{ "9223372036854775807", "9223372036854775807.0", NULL },
	};
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof groups / sizeof *groups; i++)
		for (j = 0; groups[i][j] != NULL; j++)
			assert_number(groups[i][j], 0, CANON_EXACT,
			    groups[i][0][0] == '-' && i == 0 ? "0"
			                                     : groups[i][0]);
}

/* With an exponent a number goes the long way. */
static void
short_numbers_read_as_long_ones_do(void **state)
{
	static const char *const starts[] = { "0", "-0", "7", "-12", "100",
		"12345678901" };
	struct buf is = { 0 }, wanted = { 0 };
	char text[40], longer[48];
	int fraction, places;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof starts / sizeof *starts; i++)
		for (fraction = 0; fraction < 3000; fraction += 7)
			for (places = -1; places < 6; places++) {
				snprintf(text, sizeof text, "%s.%05d",
				    starts[i], fraction * 30);
				snprintf(longer, sizeof longer, "%se0", text);
				buf_clear(&is);
				buf_clear(&wanted);
				canon_number(text, strlen(text), 0, places,
				    &is);
				canon_number(longer, strlen(longer), 0, places,
				    &wanted);
				assert_string_equal(buf_string(&is),
				    buf_string(&wanted));
			}
	buf_free(&is);
	buf_free(&wanted);
}

static void
decimals_are_rounded_half_away_from_zero(void **state)
{
	(void)state;
	assert_number("0.000005", 0, 5, "0.00001");
	assert_number("-0.000005", 0, 5, "-0.00001");
	assert_number("0.0000049", 0, 5, "0");
	assert_number("1.2345649", 0, 5, "1.23456");
	assert_number("9.999995", 0, 5, "10");
	assert_number("99999.5", 0, 0, "100000");
	assert_number("0.5", 0, 0, "1");
	assert_number("0.4999", 0, 0, "0");
	assert_number("5e-400", 0, 5, "0");
	assert_number("123.4", 0, -1, "123.4");
}

static void
the_point_moves_before_it_is_rounded(void **state)
{
	(void)state;
	assert_number("0.9312", 2, 0, "93");
	assert_number("0.935", 2, 0, "94");
	assert_number("5", 3, 0, "5000");
	assert_number("5", -2, 5, "0.05");
	assert_number("0", 4, 0, "0");
}

static void
numbers_beyond_all_measure_are_refused(void **state)
{
	struct buf out = { 0 };

	(void)state;
	assert_false(canon_number("1e400", 5, 0, CANON_EXACT, &out));
	assert_false(canon_number("1e999999999999", 14, 0, 5, &out));
	assert_true(canon_number("1e-999999999999", 15, 0, 5, &out));
	buf_free(&out);
}

/* Scan and bring into form; the caller frees. */
static char *
canon_of(const char *text)
{
	struct json_value v = { *text == '{' ? JSON_OBJECT : JSON_ARRAY, false,
		text, strlen(text) };
	struct scan *s = scan_new();
	struct buf out = { 0 };
	size_t at;

	assert_null(scan_value(s, text, v.len, &at));
	canon_json(v, &out);
	scan_free(s);
	buf_string(&out);
	return out.data;
}

static void
assert_same(const char *a, const char *b, bool same)
{
	char *x = canon_of(a), *y = canon_of(b);

	if (same)
		assert_string_equal(x, y);
	else
		assert_string_not_equal(x, y);
	free(x);
	free(y);
}

static void
json_is_compared_by_its_meaning(void **state)
{
	(void)state;
	assert_same("{\"a\":1,\"b\":[1.0,2]}", "{ \"b\":[1,2e0], \"a\":1 }",
	    true);
	assert_same("[\"\\u00e9\\/\"]", "[\"\xC3\xA9/\"]", true);
	assert_same("{\"b\":{\"y\":1,\"x\":2},\"a\":0}",
	    "{\"a\":0,\"b\":{\"x\":2,\"y\":1}}", true);
	assert_same("{\"\\u0061\":1,\"aa\":2}", "{\"aa\":2,\"a\":1}", true);
	assert_same("[1,2]", "[2,1]", false);
	assert_same("[1]", "[\"1\"]", false);
	assert_same("[null]", "[]", false);
	assert_same("[9007199254740993]", "[9007199254740992]", false);
	assert_same("{\"a\":1}", "{\"A\":1}", false);
	assert_same("[1e999998]", "[1e999999]", false);
	assert_same("[150e99999993]", "[15e99999994]", true);
	assert_same("[1e-999998]", "[1e-999999]", false);
}

static void
assert_time(const char *text, int64_t wanted)
{
	int64_t ms = -1;

	assert_true(canon_time(text, strlen(text), &ms));
	assert_int_equal(ms, wanted);
}

static void
times_become_milliseconds(void **state)
{
	int64_t ms;
	char date[11];

	(void)state;
	assert_time("1970-01-01T00:00:00Z", 0);
	assert_time("2026-11-01T00:00:00.2509Z", 1793491200250);
	assert_time("2026-11-01T01:00:00.25+01:00", 1793491200250);
	assert_time("2026-11-01 00:00:00+0000", 1793491200000);
	assert_time("2026-11-01", 1793491200000);
	assert_time("1969-12-31T23:59:59.5Z", -500);
	assert_false(canon_time("yesterday", 9, &ms));
	assert_false(canon_time("", 0, &ms));
	assert_false(canon_time("2026-13-01", 10, &ms));
	assert_true(canon_date("2026-11-01T23:30:00-01:00", 25, date));
	assert_string_equal(date, "2026-11-02");
	assert_true(canon_date("1969-12-31T23:59:59.5Z", 22, date));
	assert_string_equal(date, "1969-12-31");
}

static void
paths_are_filled_and_encoded(void **state)
{
	static const struct var items[] = { { "id", "7", 1 },
		{ "scope.name", "\"a b/\\u00e9\"", 12 } };
	const struct vars vars = { items, 2, NULL };
	struct buf out = { 0 };

	(void)state;
	assert_null(template_path("/x/{id}?n={scope.name}&{}", &vars, &out));
	assert_string_equal(buf_string(&out), "/x/7?n=a%20b%2F%C3%A9&{}");
	buf_clear(&out);
	assert_string_equal(template_path("/{nothing}", &vars, &out),
	    "nothing");
	buf_free(&out);
}

static void
bodies_are_filled_with_values_and_text(void **state)
{
	static const struct var items[] = { { "id", "7", 1 },
		{ "rows", "[{\"a\":1}]", 9 }, { "name", "\"q\\\"\"", 5 } };
	const struct vars vars = { items, 3, NULL };
	cJSON *body = cJSON_Parse("{\"{name}|in\":\"{rows}\",\"x\":[\"{id}\","
	                          "\"n={name}{id}\",null,1.5,true]}");
	struct buf out = { 0 };

	(void)state;
	assert_null(template_body(body, &vars, &out));
	assert_string_equal(buf_string(&out),
	    "{\"q\\\"|in\":[{\"a\":1}],\"x\":[7,\"n=q\\\"7\",null,1.5,true]}");
	cJSON_Delete(body);
	buf_clear(&out);
	body = cJSON_Parse("{\"a\":{\"b\":[\"x{gone}\"]}}");
	assert_string_equal(template_body(body, &vars, &out), "gone");
	cJSON_Delete(body);
	buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_that_are_equal_read_the_same),
		cmocka_unit_test(short_numbers_read_as_long_ones_do),
		cmocka_unit_test(decimals_are_rounded_half_away_from_zero),
		cmocka_unit_test(the_point_moves_before_it_is_rounded),
		cmocka_unit_test(numbers_beyond_all_measure_are_refused),
		cmocka_unit_test(json_is_compared_by_its_meaning),
		cmocka_unit_test(times_become_milliseconds),
		cmocka_unit_test(paths_are_filled_and_encoded),
		cmocka_unit_test(bodies_are_filled_with_values_and_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
