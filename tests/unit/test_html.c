/* test_html.c - the elements of HTML are known by their names */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "html.h"

static void
assert_kind(const char *name, enum html_kind kind)
{
	assert_int_equal(html_kind(name, strlen(name)), kind);
}

/* The first and the last name of each letter, where an index would slip. */
static void
every_letter_finds_its_first_and_last_name(void **state)
{
	static const char *const known[] = { "a", "aside", "b", "button",
		"caption", "col", "dd", "dt", "em", "embed", "fieldset", "form",
		"h1", "html", "i", "ins", "label", "link", "main", "meta",
		"nav", "noscript", "object", "option", "p", "pre", "q", "s",
		"svg", "table", "tt", "u", "ul", "video", "wbr" };

	(void)state;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		assert_true(
		    html_kind(known[i], strlen(known[i])) != HTML_UNKNOWN);
	assert_kind("LI", HTML_ITEM);
	assert_kind("FigCaption", HTML_BLOCK);
	assert_kind("h6", HTML_BLOCK);
	assert_kind("BR", HTML_BREAK);
	assert_kind("script", HTML_RAW);
}

static void
what_is_no_element_is_unknown(void **state)
{
	static const char *const unknown[] = { "", "h7", "jj", "k", "zz", "x",
		"figcaptions", "spa", "spann", "1", "\xC3\xA9", "blockquotes" };

	(void)state;
	for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
		assert_kind(unknown[i], HTML_UNKNOWN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_letter_finds_its_first_and_last_name),
		cmocka_unit_test(what_is_no_element_is_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
