/* test_basics.c - bytes, UTF-8, time, files, digests */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "clock.h"
#include "file.h"
#include "hash.h"
#include "scan.h"
#include "utf8.h"

static void
every_code_point_survives_utf8(void **state)
{
	uint32_t code, back;
	char bytes[4];

	(void)state;
	for (code = 0; code <= 0x10FFFF; code++) {
		size_t n = utf8_encode(code, bytes);
		bool surrogate = code >= 0xD800 && code <= 0xDFFF;

		assert_int_equal(utf8_decode(bytes, n, &back),
		    surrogate ? 0 : n);
		if (surrogate)
			continue;
		assert_int_equal(back, code);
		if (n > 1)
			assert_int_equal(utf8_decode(bytes, n - 1, &back), 0);
		assert_int_equal(utf8_valid(bytes, n), n);
	}
}

static void
bad_utf8_is_found_at_any_place(void **state)
{
	static const char *const bad[] = { "\x80", "\xC0\xAF", "\xC1\xBF",
		"\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
		"\xF8\x88\x80\x80\x80", "\xFE", "\xED\xA0\x80", "\xE2\x82" };
	char text[64];
	size_t i, at;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		for (at = 0; at < 40; at++) {
			memset(text, 'a', sizeof text);
			memcpy(text + at, bad[i], strlen(bad[i]));
			assert_int_equal(utf8_valid(text, sizeof text), at);
		}
}

static void
assert_json(const char *bytes, size_t len, const char *want)
{
	struct buf b = { 0 };

	buf_json_string(&b, bytes, len);
	assert_string_equal(buf_string(&b), want);
	buf_free(&b);
}

static void
json_strings_are_escaped_and_always_valid(void **state)
{
	(void)state;
	assert_json("", 0, "\"\"");
	assert_json("a\0b", 3, "\"a\\u0000b\"");
	assert_json("\"\\\b\f\n\r\t/\x1F\x7F", 10,
	    "\"\\\"\\\\\\b\\f\\n\\r\\t/\\u001f\\u007f\"");
	assert_json("\xC3\xA9\xF0\x9F\x98\x80", 6,
	    "\"\xC3\xA9\xF0\x9F\x98\x80\"");
	assert_json("a\xFFz\xE2\x82", 5,
	    "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

/* Property: any bytes become JSON that the scanner takes back as they were. */
static void
json_strings_come_back_as_they_were(void **state)
{
	uint64_t random = 1234567;
	struct scan *s = scan_new();
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		char text[40];
		struct buf b = { 0 }, room = { 0 };
		size_t len, i, at, back_len;
		const char *back;

		random = random * 6364136223846793005u + 1442695040888963407u;
		len = random >> 33 & 31;
		for (i = 0; i < len; i++) {
			random = random * 6364136223846793005u +
			         1442695040888963407u;
			text[i] = (char)(1 + (random >> 33) % 0x7F);
		}
		buf_json_string(&b, text, len);
		assert_null(scan_value(s, b.data, b.len, &at));
		back = json_text((struct json_value){ JSON_STRING,
		                     memchr(b.data, '\\', b.len) != NULL,
		                     b.data + 1, b.len - 2 },
		    &room, &back_len);
		assert_int_equal(back_len, len);
		if (len > 0)
			assert_memory_equal(back, text, len);
		buf_free(&b);
		buf_free(&room);
	}
	scan_free(s);
}

static void
numbers_and_base64_are_written_right(void **state)
{
	struct buf b = { 0 };

	(void)state;
	buf_json_uint(&b, 0);
	buf_byte(&b, ' ');
	buf_json_uint(&b, UINT64_MAX);
	buf_byte(&b, ' ');
	buf_json_int(&b, INT64_MIN);
	assert_string_equal(buf_string(&b),
	    "0 18446744073709551615 -9223372036854775808");
	buf_clear(&b);
	buf_base64(&b, "", 0);
	buf_base64(&b, "f", 1);
	buf_base64(&b, "fo", 2);
	buf_base64(&b, "foo", 3);
	buf_base64(&b, "\xFF\xFE\xFD\xFC", 4);
	assert_string_equal(buf_string(&b), "Zg==Zm8=Zm9v//79/A==");
	buf_free(&b);
}

static int64_t
seconds_of(const char *text)
{
	int64_t seconds;

	assert_true(clock_parse(text, strlen(text), &seconds));
	return seconds;
}

static void
dates_are_read_and_written(void **state)
{
	char stamp[CLOCK_STAMP];

	(void)state;
	assert_int_equal(seconds_of("1970-01-01T00:00:00Z"), 0);
	assert_int_equal(seconds_of("2026-11-23T18:04:05.25+01:00"),
	    1795453445);
	assert_int_equal(seconds_of("2000-02-29t23:59:60z"), 951868799);
	assert_int_equal(seconds_of("1969-12-31 23:59:59-00:30"), 1799);
	assert_int_equal(seconds_of("0001-01-01T00:00:00Z"), -62135596800);
	clock_format(1795453445, stamp);
	assert_string_equal(stamp, "2026-11-23T17:04:05Z");
	clock_format(-1, stamp);
	assert_string_equal(stamp, "1969-12-31T23:59:59Z");
	clock_format(253402300799, stamp);
	assert_string_equal(stamp, "9999-12-31T23:59:59Z");
}

static void
what_is_no_date_is_refused(void **state)
{
	static const char *const bad[] = { "", "2026-11-23",
		"2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-11-23T24:00:00Z",
		"2026-11-23T00:60:00Z", "2026-11-23T00:00:00",
		"2026-11-23T00:00:00+1:00", "2026-11-23T00:00:00Zx",
		"2026-11-23T00:00:00.Z", "0000-01-01T00:00:00Z",
		"26-11-23T00:00:00Z", "2026-11-00T00:00:00Z",
		"2026-11-23T00:00:00+24:00" };
	int64_t seconds;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(clock_parse(bad[i], strlen(bad[i]), &seconds));
}

/* Property: every day from 1600 to 2400 comes back. */
static void
every_day_comes_back(void **state)
{
	char stamp[CLOCK_STAMP];
	int64_t day;

	(void)state;
	for (day = -135140; day < 157054; day++) {
		clock_format(day * 86400 + 43210, stamp);
		assert_int_equal(seconds_of(stamp), day * 86400 + 43210);
	}
}

static void
a_digest_is_the_one_of_fips_180_4(void **state)
{
	unsigned char digest[HASH_BYTES];
	struct hash *h = hash_new();
	char hex[HASH_HEX];
	int round;

	(void)state;
	hash_once("abc", 3, hex);
	assert_string_equal(hex,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	for (round = 0; round < 2; round++) {
		hash_start(h);
		hash_add(h, "a", 1);
		hash_add(h, "", 0);
		hash_add(h, "bc", 2);
		hash_end(h, digest);
		hash_hex(digest, hex);
		assert_memory_equal(hex, "ba7816bf", 8);
	}
	hash_free(h);
}

static void
a_file_is_replaced_whole_or_not_at_all(void **state)
{
	char folder[] = "/tmp/test_basics.XXXXXX";
	struct buf path = { 0 }, text = { 0 };

	(void)state;
	assert_non_null(mkdtemp(folder));
	buf_printf(&path, "%s/file", folder);
	assert_null(file_replace(buf_string(&path), "one", 3));
	assert_null(file_replace(buf_string(&path), "second", 6));
	assert_null(file_read(buf_string(&path), 6, &text));
	assert_string_equal(buf_string(&text), "second");
	assert_string_equal(file_read(buf_string(&path), 5, &text),
	    "file too large");
	unlink(buf_string(&path));
	/* Nothing was left beside it. */
	assert_int_equal(rmdir(folder), 0);
	assert_non_null(file_replace("/nonexistent/file", "x", 1));
	assert_non_null(file_read("/nonexistent/file", 1, &text));
	buf_free(&path);
	buf_free(&text);
}

static void
a_secret_comes_from_its_file_first_and_is_trimmed(void **state)
{
	char path[] = "/tmp/test_secret.XXXXXX";
	int fd = mkstemp(path);
	char *secret;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, " s3cret\n", 8), 8);
	close(fd);
	unsetenv("TEST_SECRET");
	unsetenv("TEST_SECRET_FILE");
	assert_null(file_secret("TEST_SECRET"));
	setenv("TEST_SECRET", "\tdirect ", 1);
	secret = file_secret("TEST_SECRET");
	assert_string_equal(secret, "direct");
	free(secret);
	setenv("TEST_SECRET_FILE", path, 1);
	secret = file_secret("TEST_SECRET");
	assert_string_equal(secret, "s3cret");
	free(secret);
	unlink(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_point_survives_utf8),
		cmocka_unit_test(bad_utf8_is_found_at_any_place),
		cmocka_unit_test(json_strings_are_escaped_and_always_valid),
		cmocka_unit_test(json_strings_come_back_as_they_were),
		cmocka_unit_test(numbers_and_base64_are_written_right),
		cmocka_unit_test(dates_are_read_and_written),
		cmocka_unit_test(what_is_no_date_is_refused),
		cmocka_unit_test(every_day_comes_back),
		cmocka_unit_test(a_digest_is_the_one_of_fips_180_4),
		cmocka_unit_test(a_file_is_replaced_whole_or_not_at_all),
		cmocka_unit_test(
		    a_secret_comes_from_its_file_first_and_is_trimmed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
