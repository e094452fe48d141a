/* test_sniff.c - what a feed is, by its first bytes */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/feed-fetch/sniff.h"

struct sample {
	const char *bytes;
	size_t len;
};

#define SAMPLE(s)                                                              \
	{                                                                      \
		(s), sizeof(s) - 1                                             \
	}

static void
expect(const struct sample *samples, size_t count, enum sniff wanted)
{
	size_t i, n;
	enum sniff got;

	for (i = 0; i < count; i++) {
		got = sniff(samples[i].bytes, samples[i].len, true);
		if (got != wanted)
			fail_msg("'%s' is %s", samples[i].bytes,
			    sniff_name(got));
		/* A beginning of it says the same, or that more is needed. */
		for (n = 0; n < samples[i].len; n++) {
			got = sniff(samples[i].bytes, n, false);
			assert_true(got == wanted || got == SNIFF_MORE);
		}
	}
}

static void
feeds_are_xml(void **state)
{
	static const struct sample samples[] = {
		SAMPLE("<?xml version=\"1.0\"?><source><job/></source>"),
		SAMPLE("<source>"),
		SAMPLE("<a/>"),
		SAMPLE(
		    "\xEF\xBB\xBF<?xml version='1.0'?>\n<rss version='2.0'>"),
		SAMPLE(" \r\n\t<?xml version='1.0'?>\n<!-- <html> -->\n<rss>"),
		SAMPLE("<?xml-stylesheet href='x'?><!--a--><!--b--> <feed>"),
		SAMPLE("<!DOCTYPE source [<!ENTITY nbsp '&#160;'>]><source>"),
		SAMPLE("<htmlfeed>"),
		SAMPLE("<jobs><html>"),
		SAMPLE("\xFF\xFE<\0?\0x\0m\0l\0?\0>\0<\0r\0s\0s\0>\0"),
		SAMPLE("\xFE\xFF\0<\0?\0x\0m\0l\0?\0>\0<\0r\0s\0s\0>"),
		SAMPLE("<\0?\0x\0m\0l\0?\0>\0<\0r\0s\0s\0>\0"),
		SAMPLE("\0\0\xFE\xFF\0\0\0<\0\0\0r\0\0\0s\0\0\0s\0\0\0>"),
	};

	(void)state;
	expect(samples, sizeof samples / sizeof *samples, SNIFF_XML);
}

static void
pages_are_html_whatever_comes_first(void **state)
{
	static const struct sample samples[] = {
		SAMPLE("<!DOCTYPE html><html><head>"),
		SAMPLE("<!doctype HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\">"),
		SAMPLE("<html lang=en>"),
		SAMPLE("<HTML>"),
		SAMPLE("\n\n<!-- cached --><html>"),
		SAMPLE("<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"x\">"),
		SAMPLE("<?xml version=\"1.0\"?><html xmlns=\"x\">"),
		SAMPLE("<br />\n<b>Warning</b>:  mysql_connect()"),
		SAMPLE("<script>location='/login'</script>"),
		SAMPLE("<h1>503 Service Unavailable</h1>"),
		SAMPLE("\xFF\xFE<\0h\0t\0m\0l\0>\0"),
	};

	(void)state;
	expect(samples, sizeof samples / sizeof *samples, SNIFF_HTML);
}

static void
other_things_have_their_names(void **state)
{
	static const struct sample json[] = { SAMPLE("{\"error\":\"denied\"}"),
		SAMPLE("\xEF\xBB\xBF\n [1,2,3,4,5,6,7]") };
	static const struct sample text[] = { SAMPLE("Access denied, go away"),
		SAMPLE("title;company;city\n"),
		SAMPLE("<!-- a --> sorry, no feed today") };
	static const struct sample binary[] = { SAMPLE(
		                                    "%PDF-1.4\n\1\2\3\4\5\6"),
		SAMPLE("BZh91AY&SY\x0f\x1e\x02\x03\x04\x05") };
	static const struct sample empty[] = { SAMPLE(""), SAMPLE(" \r\n\t") };

	(void)state;
	expect(json, 2, SNIFF_JSON);
	expect(text, 3, SNIFF_TEXT);
	expect(binary, 1, SNIFF_BINARY);
	assert_int_equal(sniff(binary[1].bytes, binary[1].len, true),
	    SNIFF_BINARY);
	expect(empty, 2, SNIFF_EMPTY);
}

static void
a_window_full_decides(void **state)
{
	char bytes[SNIFF_BYTES + 1000];

	(void)state;
	memset(bytes, ' ', sizeof bytes);
	assert_int_equal(sniff(bytes, 1000, false), SNIFF_MORE);
	assert_int_equal(sniff(bytes, sizeof bytes, false), SNIFF_XML);
	memcpy(bytes, "<!--", 4);
	assert_int_equal(sniff(bytes, SNIFF_BYTES - 1, false), SNIFF_MORE);
	assert_int_equal(sniff(bytes, SNIFF_BYTES, false), SNIFF_XML);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(feeds_are_xml),
		cmocka_unit_test(pages_are_html_whatever_comes_first),
		cmocka_unit_test(other_things_have_their_names),
		cmocka_unit_test(a_window_full_decides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
