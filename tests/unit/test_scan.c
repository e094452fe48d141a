/* test_scan.c - the strict scanner: what it takes, what it refuses, and where
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "buf.h"
#include "scan.h"

static const char *
verdict(const char *text, size_t len)
{
	struct scan *s = scan_new();
	/* Exactly sized, so that a sanitizer sees a read past the end. */
	char *copy = mem_alloc(len);
	size_t at = 0;
	const char *error;

	memcpy(copy, text, len);
	error = scan_value(s, copy, len, &at);
	assert_true(at <= len);
	free(copy);
	scan_free(s);
	return error;
}

#define TAKES(text) assert_null(verdict(text, sizeof(text) - 1))
#define REFUSES(text, why)                                                     \
	do {                                                                   \
		const char *said = verdict(text, sizeof(text) - 1);            \
		assert_non_null(said);                                         \
		assert_string_equal(said, why);                                \
	} while (0)

static void
takes_what_rfc_8259_takes(void **state)
{
	(void)state;
	TAKES("{}");
	TAKES(" [ ] ");
	TAKES("[1,-0,0.5,1e400,1E+2,123456789012345678901234567890,1.10]");
	TAKES("[true,false,null]");
	TAKES("\"\"");
	TAKES("[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00\"]");
	TAKES("\"\x7F\"");
	TAKES("\"\xC2\x80\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80"
	      "\xF4\x8F\xBF\xBF\"");
	TAKES("{\"a\":{\"a\":{\"a\":[{\"b\":1,\"c\":[{}]}]}}}");
	TAKES("\t\r\n{\"a\" : 1 , \"b\" : [ 1 , 2 ] }\r\n");
	TAKES("{\"\":0,\"a\":1,\"A\":2}");
}

static void
refuses_what_is_no_json(void **state)
{
	(void)state;
	REFUSES("", "value missing");
	REFUSES("  ", "value missing");
	REFUSES("{\"a\":1}x", "text after the value");
	REFUSES("1 2", "text after the value");
	REFUSES("NaN", "not a JSON value");
	REFUSES("'a'", "not a JSON value");
	REFUSES("tru", "not a JSON value");
	REFUSES("01", "not a JSON value");
	REFUSES("+1", "not a JSON value");
	REFUSES("-", "not a JSON value");
	REFUSES(".5", "not a JSON value");
	REFUSES("1.", "number without digits");
	REFUSES("1e", "number without digits");
	REFUSES("1e+", "number without digits");
	REFUSES("[1,]", "not a JSON value");
	REFUSES("[1 2]", "array does not go on or end");
	REFUSES("[1", "array does not go on or end");
	REFUSES("[", "value missing");
	REFUSES("{\"a\":1,}", "member without a quoted name");
	REFUSES("{a:1}", "member without a quoted name");
	REFUSES("{", "member without a quoted name");
	REFUSES("{\"a\"}", "member without a colon");
	REFUSES("{\"a\" 1}", "member without a colon");
	REFUSES("{\"a\":1", "object does not go on or end");
	REFUSES("{\"a\":", "value missing");
	REFUSES("\"abc", "string does not end");
	REFUSES("\"abc\\", "string does not end");
	REFUSES("\"\\x\"", "unknown escape in a string");
	REFUSES("\"\\u12g4\"", "\\u without four hexadecimal digits");
	REFUSES("\"\\u12", "\\u without four hexadecimal digits");
}

static void
refuses_what_would_hurt_further_on(void **state)
{
	(void)state;
	REFUSES("\"a\0b\"", "control character in a string");
	REFUSES("\"a\nb\"", "control character in a string");
	REFUSES("\"0123456789abcdef\x1F\"", "control character in a string");
	REFUSES("\"\\u0000\"", "\\u0000 in a string");
	REFUSES("\"\\ud800\"", "lone surrogate escape");
	REFUSES("\"\\ud800\\u0041\"", "lone surrogate escape");
	REFUSES("\"\\udc00\"", "lone surrogate escape");
	REFUSES("\"\\ud800\\ud800\"", "lone surrogate escape");
	REFUSES("\"\xFF\"", "invalid UTF-8");
	REFUSES("\"\xC0\x80\"", "invalid UTF-8");
	REFUSES("\"\xE0\x80\x80\"", "invalid UTF-8");
	REFUSES("\"\xED\xA0\x80\"", "invalid UTF-8");
	REFUSES("\"\xF5\x80\x80\x80\"", "invalid UTF-8");
	REFUSES("\"\xE2\x82\"", "invalid UTF-8");
	REFUSES("{\"a\":1,\"a\":2}", "name twice in one object");
	REFUSES("{\"a\":1,\"\\u0061\":2}", "name twice in one object");
	REFUSES("{\"x\":{\"a\":1,\"b\":2,\"a\":3}}",
	    "name twice in one object");
	REFUSES("[{\"a\":1},{\"a\":1,\"a\":1}]", "name twice in one object");
}

/* An object of N members, the last of which is named as number SAME is. */
static const char *
many(size_t n, size_t same)
{
	struct buf b = { 0 };
	const char *said;
	size_t i;

	buf_byte(&b, '{');
	for (i = 0; i < n; i++) {
		buf_printf(&b, "%s\"%s%zu\":%zu", i > 0 ? "," : "",
		    i % 3 == 0 ? "\\u006e" : "n", i + 1 == n ? same : i, i);
	}
	buf_byte(&b, '}');
	said = verdict(b.data, b.len);
	buf_free(&b);
	return said;
}

static void
finds_a_name_twice_among_few_and_many(void **state)
{
	static const size_t sizes[] = { 2, 63, 64, 65, 66, 100, SCAN_MEMBERS };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		assert_null(many(sizes[i], sizes[i] - 1));
		assert_string_equal(many(sizes[i], 0),
		    "name twice in one object");
		assert_string_equal(many(sizes[i], sizes[i] / 2 - 1),
		    "name twice in one object");
	}
	assert_string_equal(many(SCAN_MEMBERS + 1, SCAN_MEMBERS),
	    "object with too many members");
}

/* Names of few letters, some spelled with an escape, come twice soon. */
static void
finds_a_name_twice_among_any(void **state)
{
	unsigned int random = 1, round, n, i, j;

	(void)state;
	for (round = 0; round < 20000; round++) {
		char names[12][4] = { { 0 } };
		struct buf text = { 0 };
		bool twice = false;

		n = 1 + round % 12;
		buf_byte(&text, '{');
		for (i = 0; i < n; i++) {
			random = random * 1103515245U + 12345U;
			for (j = 0; j < (random >> 28) % 4; j++)
				names[i][j] =
				    "abA"[(random >> (8 + 2 * j)) % 3];
			for (j = 0; j < i; j++)
				twice = twice || !strcmp(names[i], names[j]);
			buf_text(&text, i > 0 ? ",\"" : "\"");
			if (names[i][0] != '\0' && random % 16 == 0)
				buf_printf(&text, "\\u%04x%s", names[i][0],
				    names[i] + 1);
			else
				buf_text(&text, names[i]);
			buf_text(&text, "\":0");
		}
		buf_byte(&text, '}');
		assert_int_equal(verdict(text.data, text.len) != NULL, twice);
		buf_free(&text);
	}
}

static void
depth_has_a_limit(void **state)
{
	struct buf b = { 0 };
	int depth, i;

	(void)state;
	for (depth = SCAN_DEPTH - 1; depth <= SCAN_DEPTH + 1; depth++) {
		buf_clear(&b);
		for (i = 0; i < depth; i++)
			buf_text(&b, i % 2 == 0 ? "[" : "{\"a\":");
		buf_byte(&b, '0');
		for (i = depth - 1; i >= 0; i--)
			buf_byte(&b, i % 2 == 0 ? ']' : '}');
		if (depth <= SCAN_DEPTH)
			assert_null(verdict(b.data, b.len));
		else
			assert_string_equal(verdict(b.data, b.len),
			    "nested too deeply");
	}
	buf_clear(&b);
	for (i = 0; i < 1000000; i++)
		buf_byte(&b, '[');
	assert_string_equal(verdict(b.data, b.len), "nested too deeply");
	buf_free(&b);
}

static void
every_prefix_of_a_record_is_refused(void **state)
{
	static const char text[] = "{\"a\":\"x\\u00e9\xC3\xA9\",\"b\":[1.5e3,{"
	                           "\"c\":null}],\"d\":true}";
	size_t len;

	(void)state;
	assert_null(verdict(text, sizeof text - 1));
	for (len = 0; len < sizeof text - 1; len++)
		assert_non_null(verdict(text, len));
}

static void
a_bad_byte_is_found_at_any_place(void **state)
{
	char text[100];
	struct scan *s = scan_new();
	size_t i, at;

	(void)state;
	for (i = 1; i < sizeof text - 1; i++) {
		memset(text, 'a', sizeof text);
		text[0] = text[sizeof text - 1] = '"';
		text[i] = '\x01';
		assert_string_equal(scan_value(s, text, sizeof text, &at),
		    "control character in a string");
		assert_int_equal(at, i);
		text[i] = (char)0xFE;
		assert_string_equal(scan_value(s, text, sizeof text, &at),
		    "invalid UTF-8");
		assert_int_equal(at, i);
	}
	scan_free(s);
}

static void
members_are_views_of_the_text(void **state)
{
	static const char text[] =
	    " {\"id\" : 9007199254740993, \"t\":\"a\\nb\","
	    "\"l\":[ 1 ], \"o\":{}} ";
	const struct json_member *m;
	struct scan *s = scan_new();
	size_t count, at;

	(void)state;
	assert_null(scan_object(s, text, sizeof text - 1, &m, &count, &at));
	assert_int_equal(count, 4);
	assert_int_equal(m[0].value.type, JSON_NUMBER);
	assert_memory_equal(m[0].value.text, "9007199254740993", 16);
	assert_int_equal(m[0].value.len, 16);
	assert_int_equal(m[1].value.type, JSON_STRING);
	assert_true(m[1].value.escaped);
	assert_int_equal(m[1].value.len, 4);
	assert_int_equal(m[2].value.len, 5);
	assert_int_equal(m[3].value.type, JSON_OBJECT);
	assert_string_equal(scan_object(s, "[]", 2, &m, &count, &at),
	    "not one JSON object a line");
	scan_free(s);
}

static struct json_value
whole(const char *text, enum json_type type)
{
	return (struct json_value){ type, false, text, strlen(text) };
}

static void
walking_gives_each_item_once(void **state)
{
	struct json_walk w = json_walk(
	    whole("[ 1,\"]\\\"\" , {\"a\":[1,2]},[],null ]", JSON_ARRAY));
	struct json_member m;

	(void)state;
	assert_true(json_next(&w, &m));
	assert_int_equal(m.value.type, JSON_NUMBER);
	assert_null(m.name);
	assert_true(json_next(&w, &m));
	assert_memory_equal(m.value.text, "]\\\"", 3);
	assert_int_equal(m.value.len, 3);
	assert_true(json_next(&w, &m));
	assert_int_equal(m.value.type, JSON_OBJECT);
	assert_int_equal(m.value.len, 11);
	assert_true(json_next(&w, &m));
	assert_int_equal(m.value.len, 2);
	assert_true(json_next(&w, &m));
	assert_int_equal(m.value.type, JSON_NULL);
	assert_false(json_next(&w, &m));
	w = json_walk(whole(" [7] \n", JSON_ARRAY));
	assert_true(json_next(&w, &m));
	assert_memory_equal(m.value.text, "7", 1);
	assert_false(json_next(&w, &m));
	assert_int_equal(
	    json_get(whole("\t{\"a\":1}  ", JSON_OBJECT), "a").type,
	    JSON_NUMBER);
	w = json_walk(whole("{ }", JSON_OBJECT));
	assert_false(json_next(&w, &m));
	w = json_walk(whole("12", JSON_NUMBER));
	assert_false(json_next(&w, &m));
}

/* Texts full of escapes, of every length: what the scan saw is the oracle. */
static void
walking_sees_strings_as_the_scan_does(void **state)
{
	static const char *const pieces[] = { "a", "\\\\", "\\\"", "{", "\\n" };
	struct scan *s = scan_new();
	unsigned int random = 7, i, n;
	size_t count, at, k;

	(void)state;
	for (n = 0; n < 400; n++) {
		const struct json_member *seen;
		struct json_members members = { .count = 0 };
		struct buf text = { 0 };
		struct json_walk w;
		struct json_member m;

		buf_text(&text, "{\"x\":\"");
		for (i = 0; i < n % 80; i++) {
			random = random * 1103515245U + 12345U;
			buf_text(&text, pieces[(random >> 16) % 5]);
		}
		buf_text(&text, "\" ,\"\\\"\" :[{\"y\":\"]\"}], \"z\":1 }");
		assert_null(
		    scan_object(s, text.data, text.len, &seen, &count, &at));
		json_members_of((struct json_value){ JSON_OBJECT, false,
		                    text.data, text.len },
		    &members);
		assert_int_equal(members.count, count);
		w = json_walk(members.object);
		for (k = 0; k < count; k++) {
			assert_true(json_next(&w, &m));
			assert_ptr_equal(m.value.text, seen[k].value.text);
			assert_int_equal(m.value.len, seen[k].value.len);
			assert_int_equal(m.value.escaped,
			    seen[k].value.escaped);
			assert_int_equal(m.name_len, seen[k].name_len);
			assert_ptr_equal(m.value.text,
			    members.items[k].value.text);
			assert_int_equal(m.value.len,
			    members.items[k].value.len);
			assert_ptr_equal(m.name, members.items[k].name);
		}
		assert_false(json_next(&w, &m));
		json_members_free(&members);
		buf_free(&text);
	}
	scan_free(s);
}

static void
items_are_looked_into_as_they_are_walked(void **state)
{
	struct json_walk w = json_walk(whole(
	    "[{\"a\":[{}],\"b\" : 2 } ,{ },[1],\"{\", {\"c\":3}]", JSON_ARRAY));
	struct json_members m = { .count = 0 };

	(void)state;
	assert_true(json_next_members(&w, &m));
	assert_int_equal(m.count, 2);
	assert_int_equal(m.object.len, 19);
	assert_true(json_next_members(&w, &m));
	assert_int_equal(m.count, 0);
	assert_int_equal(m.object.type, JSON_OBJECT);
	assert_true(json_next_members(&w, &m));
	assert_int_equal(m.object.type, JSON_ARRAY);
	assert_true(json_next_members(&w, &m));
	assert_int_equal(m.object.type, JSON_STRING);
	assert_int_equal(m.count, 0);
	assert_true(json_next_members(&w, &m));
	assert_memory_equal(m.items[0].value.text, "3", 1);
	assert_false(json_next_members(&w, &m));
	json_members_free(&m);
}

static void
members_are_found_by_the_characters_of_their_names(void **state)
{
	struct json_value o =
	    whole("{\"b\":{\"a\":1},\"\\u0061\":\"x\",\"ab\":2}", JSON_OBJECT);

	(void)state;
	assert_int_equal(json_get(o, "a").type, JSON_STRING);
	assert_int_equal(json_get(o, "ab").type, JSON_NUMBER);
	assert_int_equal(json_get(o, "c").type, JSON_NONE);
	assert_int_equal(json_get(json_get(o, "b"), "a").type, JSON_NUMBER);
	assert_int_equal(json_get(json_get(o, "c"), "a").type, JSON_NONE);
}

static void
text_is_unescaped(void **state)
{
	static const char raw[] =
	    "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\uDE00x";
	static const char want[] = "\"\\/\b\f\n\r\t\xC3\xA9\xF0\x9F\x98\x80x";
	struct json_value v = { JSON_STRING, true, raw, sizeof raw - 1 };
	struct buf room = { 0 };
	size_t len;
	const char *text = json_text(v, &room, &len);

	(void)state;
	assert_int_equal(len, sizeof want - 1);
	assert_memory_equal(text, want, len);
	buf_free(&room);
}

static void
integers_fit_or_are_refused(void **state)
{
	long long n;

	(void)state;
	assert_true(json_int64(whole("9223372036854775807", JSON_NUMBER), &n));
	assert_true(n == INT64_MAX);
	assert_true(json_int64(whole("-9223372036854775808", JSON_NUMBER), &n));
	assert_true(n == INT64_MIN);
	assert_true(json_int64(whole("0", JSON_NUMBER), &n));
	assert_false(json_int64(whole("9223372036854775808", JSON_NUMBER), &n));
	assert_false(
	    json_int64(whole("-9223372036854775809", JSON_NUMBER), &n));
	assert_false(json_int64(whole("1.0", JSON_NUMBER), &n));
	assert_false(json_int64(whole("1e3", JSON_NUMBER), &n));
	assert_false(json_int64(whole("1", JSON_STRING), &n));
}

static int
compare(const char *a, const char *b)
{
	int one = json_compare(a, strlen(a), b, strlen(b));

	assert_int_equal(json_compare(b, strlen(b), a, strlen(a)), -one);
	return one;
}

static void
numbers_compare_exactly(void **state)
{
	(void)state;
	assert_int_equal(compare("0.86", "0.86"), 0);
	assert_int_equal(compare("0.86", "8.6e-1"), 0);
	assert_int_equal(compare("0.86", "0.860"), 0);
	assert_int_equal(compare("0.86", "86E-2"), 0);
	assert_int_equal(compare("0.8599999", "0.86"), -1);
	assert_int_equal(compare("0.85999999999999999999999999", "0.86"), -1);
	assert_int_equal(compare("0.8600000000000000000000001", "0.86"), 1);
	assert_int_equal(compare("0", "-0.0e9"), 0);
	assert_int_equal(compare("-1", "0.0"), -1);
	assert_int_equal(compare("-1", "-2"), 1);
	assert_int_equal(compare("-1", "1"), -1);
	assert_int_equal(compare("100", "1e2"), 0);
	assert_int_equal(compare("99.9", "1e2"), -1);
	assert_int_equal(compare("0.001", "1e-3"), 0);
	assert_int_equal(compare("0.0010", "0.00099"), 1);
	assert_int_equal(compare("1e400", "1e399"), 1);
	assert_int_equal(compare("1e-999999999999999999999", "0"), 1);
	assert_int_equal(compare("1e999999999999999999999", "9e9999999999999"),
	    1);
	assert_int_equal(
	    compare("123456789012345678901", "123456789012345678902"), -1);
}

/* Property: on numbers that double holds exactly, the order is double's. */
static void
numbers_compare_as_doubles_do(void **state)
{
	uint64_t random = 88172645463325252u;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++) {
		char a[64], b[64];
		long long x, y;

		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		x = (long long)(random % 2001) - 1000;
		y = (long long)(random / 2001 % 2001) - 1000;
		snprintf(a, sizeof a, "%lld", x);
		if (y == 0)
			snprintf(b, sizeof b, "0");
		else
			switch (random >> 60 & 3) {
			case 0:
				snprintf(b, sizeof b, "%lld", y);
				break;
			case 1:
				snprintf(b, sizeof b, "%lld.00", y);
				break;
			case 2:
				snprintf(b, sizeof b, "%llde0", y);
				break;
			default:
				snprintf(b, sizeof b, "%lld0e-1", y);
			}
		assert_int_equal(compare(a, b), x < y ? -1 : x > y);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_rfc_8259_takes),
		cmocka_unit_test(refuses_what_is_no_json),
		cmocka_unit_test(refuses_what_would_hurt_further_on),
		cmocka_unit_test(finds_a_name_twice_among_few_and_many),
		cmocka_unit_test(finds_a_name_twice_among_any),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(every_prefix_of_a_record_is_refused),
		cmocka_unit_test(a_bad_byte_is_found_at_any_place),
		cmocka_unit_test(members_are_views_of_the_text),
		cmocka_unit_test(walking_gives_each_item_once),
		cmocka_unit_test(walking_sees_strings_as_the_scan_does),
		cmocka_unit_test(items_are_looked_into_as_they_are_walked),
		cmocka_unit_test(
		    members_are_found_by_the_characters_of_their_names),
		cmocka_unit_test(text_is_unescaped),
		cmocka_unit_test(integers_fit_or_are_refused),
		cmocka_unit_test(numbers_compare_exactly),
		cmocka_unit_test(numbers_compare_as_doubles_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
