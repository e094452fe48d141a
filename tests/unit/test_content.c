/* test_content.c - folding, and the hash that says which text a job has */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "content.h"
#include "fold.h"

static void
expect(const char *text, const char *folded)
{
	struct buf out = { 0 };

	buf_text(&out, "kept ");
	fold_text(&out, text, strlen(text));
	assert_string_equal(buf_string(&out) + 5, folded);
	buf_free(&out);
}

static void
case_and_spaces_are_folded(void **state)
{
	(void)state;
	expect("", "");
	expect("  \n ", "");
	expect("Registered  NURSE\t(RN)\n@[`{ Z",
	    "registered nurse (rn) @[`{ z");
	expect("ABCDEFG HIJKLMN OPQRSTU VWXYZ ",
	    "abcdefg hijklmn opqrstu vwxyz");
	expect("1234567  8", "1234567 8");
	expect("a\177b\001c", "abc");
}

static void
unicode_is_folded(void **state)
{
	(void)state;
	expect("STRASSE Stra\303\237e", "strasse strasse");
	expect("\303\211t\303\211 E\314\201te\314\201",
	    "\303\251t\303\251 \303\251t\303\251");
	expect("\357\254\201ne\302\240\343\200\200 \357\274\241", "fine a");
	expect("a\342\200\213b\302\255c\342\201\240d", "abcd");
	expect("\320\234\320\236\320\241\320\232\320\222\320\220",
	    "\320\274\320\276\321\201\320\272\320\262\320\260");
	expect("\xe2\x80\xa8x\xc2\x85y\xc2\x85", "x y");
}

/* Eight bytes at a time gives what one at a time gives. */
static void
the_fast_path_equals_the_plain_one(void **state)
{
	static const char alphabet[] = "abYZ@[`{  \n\t\303\251.~!";
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct buf whole = { 0 }, parts = { 0 };
		char text[64];
		size_t len = 0;

		for (size_t n = (size_t)round % 60; len < n;) {
			seed =
			    seed * 6364136223846793005u + 1442695040888963407u;
			text[len] =
			    alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
			if (text[len] == '\303' || text[len] == '\251') {
				text[len++] = '\303';
				text[len] = '\251';
			}
			len++;
		}
		fold_text(&whole, text, len);
		for (size_t i = 0; i < len; i++) {
			bool pair = text[i] == '\303';
			bool blank = strchr(" \n\t", text[i]) != NULL;

			if (blank && parts.len > 0 &&
			    parts.data[parts.len - 1] != ' ')
				buf_byte(&parts, ' ');
			if (!blank)
				fold_text(&parts, text + i, pair ? 2 : 1);
			i += pair;
		}
		if (parts.len > 0 && parts.data[parts.len - 1] == ' ')
			parts.len--;
		assert_string_equal(buf_string(&whole), buf_string(&parts));
		buf_free(&whole);
		buf_free(&parts);
	}
}

static void
floods_of_marks_take_linear_time(void **state)
{
	struct buf in = { 0 }, out = { 0 };

	(void)state;
	while (in.len < (size_t)1 << 20)
		buf_text(&in, "\314\201\314\226"); /* above, below: reordered */
	fold_text(&out, in.data, in.len);
	assert_int_equal(out.len, in.len);
	buf_free(&in);
	buf_free(&out);
}

static struct content_part
part(const char *text)
{
	return (struct content_part){ text, text == NULL ? 0 : strlen(text) };
}

static void
the_hash_is_of_what_the_text_says(void **state)
{
	struct content *c = content_new();
	char one[HASH_HEX], two[HASH_HEX];

	(void)state;
	content_hash(c, part("Nurse"), part("Acme"), part(NULL),
	    part("<p>Care &amp; more</p>"), one);
	hash_once("nurse\0acme\0\0care & more\0", 24, two);
	assert_string_equal(one, two);
	content_hash(c, part("NURSE "), part("ACME"), part(NULL),
	    part("care &amp;amp;<b> more</b>"), two);
	assert_string_equal(one, two);
	content_hash(c, part("Nurse"), part(NULL), part("Acme"),
	    part("Care & more"), two);
	assert_string_not_equal(one, two);
	content_free(c);
	content_free(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(case_and_spaces_are_folded),
		cmocka_unit_test(unicode_is_folded),
		cmocka_unit_test(the_fast_path_equals_the_plain_one),
		cmocka_unit_test(floods_of_marks_take_linear_time),
		cmocka_unit_test(the_hash_is_of_what_the_text_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
