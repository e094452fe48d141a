/* test_text.c - descriptions become text, as libxml2's HTML parser sees them */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libxml/HTMLparser.h>

#include "text.h"
#include "utf8.h"

static void
expect_bytes(const char *html, size_t len, const char *text)
{
	struct buf out = { 0 };

	text_from_html(&out, html, len);
	assert_string_equal(buf_string(&out), text);
	buf_free(&out);
}

static void
expect(const char *html, const char *text)
{
	expect_bytes(html, strlen(html), text);
}

static void
plain_text_keeps_its_lines(void **state)
{
	(void)state;
	expect("", "");
	expect("One nurse", "One nurse");
	expect("  a \t b\r\n\r\n  c  ", "a b\nc");
	expect("pay < 50k & more > 40k; a<3", "pay < 50k & more > 40k; a<3");
	expect("write to <me@example.org>", "write to");
}

static void
blocks_become_lines(void **state)
{
	(void)state;
	expect("<p>One</p><p>Two\nlines</p>", "One\nTwo lines");
	expect("a<br>b<BR/>c<br />", "a\nb\nc");
	expect("<h2>Tasks</h2>do<b>ne</b> <i>it</i>", "Tasks\ndone it");
	expect("<table><tr><td>a</td><td>b</td></tr><tr><td>c", "a b\nc");
}

static void
items_become_dashes(void **state)
{
	(void)state;
	expect("<ul><li>a</li><li> b</li><li></li></ul>c", "- a\n- b\nc");
	expect("<li>- a</li><li>\342\200\242 b", "- a\n\342\200\242 b");
	expect("<li><p>a</p><p>b</p></li>", "- a\nb");
}

static void
what_no_reader_sees_is_dropped(void **state)
{
	(void)state;
	expect("a<!-- x > y -->b", "ab");
	expect("a<!-- never closed", "a");
	expect("<style>p { }</style>a<script>if (a<b) '</p>'</script >b", "ab");
	expect("a<div style=\"x:1; DISPLAY : none\">b<div>c</div>d</div>e",
	    "a\ne");
	expect("a<span hidden>b</span>c<span data-hidden>d</span>", "acd");
	expect("<p style='overflow:hidden'>a", "a");
	expect("a<svg><text>b</text></svg>c<br hidden>d", "ac\nd");
	expect("a<script>never closed", "a");
	expect("<![CDATA[a <b>b</b>]]>c", "a bc");
}

static void
tags_end_where_they_end(void **state)
{
	(void)state;
	expect("<a title=\"a > b\" href='>'>x</a>", "x");
	expect("<a title=\"open>x</a> y", "x y");
	expect("<p title=it's>x</p> don't", "x\ndon't");
	expect("cut off <a href=\"http://exam", "cut off");
	expect("<p>one<stro", "one<stro");
	/* what is cut off in a section ends there */
	expect("<![CDATA[<a href=x]]><p>one</p>two", "one\ntwo");
	expect("<![CDATA[<a b='x]]><a title='1 > 0'>one", "one");
}

static void
references_are_decoded_twice_at_most(void **state)
{
	(void)state;
	expect("R&amp;D &lt; &#8364;5 &#x27;s&#39;", "R&D < \342\202\2545 's'");
	expect("R&amp;amp;D", "R&D");
	expect("R&amp;amp;amp;D", "R&amp;D");
	expect("a&nbsp;b&#150;c&hellip;", "a b\342\200\223c\342\200\246");
	expect("?a=1&copy=2&copy 3 &unknown; &;",
	    "?a=1&copy=2\302\251 3 &unknown; &;");
	expect("&#xD800;&#0;&#x110000;&#99999999999;",
	    "\357\277\275\357\277\275\357\277\275\357\277\275");
}

static void
escaped_markup_is_markup(void **state)
{
	(void)state;
	expect("&lt;p&gt;R&amp;amp;D&lt;/p&gt;&lt;p&gt;b", "R&D\nb");
	expect("&amp;lt;p&amp;gt;a&amp;lt;/p&amp;gt;b", "a\nb");
	expect("&#60;br/&#62;a", "a");
	/* in a text with tags of its own, it is what it says */
	expect("<p>write &lt;b&gt; for bold</p>", "write <b> for bold");
	expect("if a &lt; b", "if a < b");
}

static void
invisible_characters_are_folded(void **state)
{
	(void)state;
	expect("a\342\200\213b\302\255c\357\273\277", "abc");
	expect("a\302\240\342\200\203b\343\200\200c", "a b c");
	expect("a\342\200\250b\302\205c", "a\nb\nc");
	expect("x\363\240\201\201y\001\177\302\201z", "xyz");
	expect("\320\251\320\270 \344\270\255",
	    "\320\251\320\270 \344\270\255");
	expect_bytes("a\0b", 3, "ab");
}

/* Whatever the bytes: the end comes, and the output is valid UTF-8. */
static void
anything_gives_valid_utf8_within_bounds(void **state)
{
	static const char alphabet[] = "<>&;/=\"' !-[]pbrlidvscriptCDATA#x1\n";
	uint64_t seed = 42;
	char html[300];

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct buf out = { 0 };
		size_t len = 0;

		while (len < sizeof(html)) {
			seed =
			    seed * 6364136223846793005u + 1442695040888963407u;
			html[len++] =
			    alphabet[(seed >> 33) % (sizeof(alphabet) - 1)];
			if ((seed >> 60) == 0)
				break;
		}
		text_from_html(&out, html, len);
		assert_int_equal(utf8_valid(out.data, out.len), out.len);
		assert_true(out.len <= 3 * len);
		buf_free(&out);
	}
}

/* A megabyte of what makes slow parsers quadratic; it would take hours. */
static void
hostile_markup_takes_linear_time(void **state)
{
	static const char *const units[] = { "<div>", "<b>", "<x", "<a b=\"",
		"<!--", "<![CDATA[", "&amp;", "&#x", "<div hidden>", "<script>",
		"</", "<!", "&amp;lt;", "<a b='\">", "<svg", "- ", "\302\240" };

	(void)state;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		struct buf in = { 0 }, out = { 0 };

		while (in.len < (size_t)1 << 20)
			buf_text(&in, units[i]);
		text_from_html(&out, in.data, in.len);
		assert_true(out.len <= in.len);
		buf_free(&in);
		buf_free(&out);
	}
}

/* All that is neither blank nor '-', which only lists of ours have. */
static void
letters(struct buf *out, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (strchr(" \n\t\r-", text[i]) == NULL)
			buf_byte(out, text[i]);
}

static void
oracle(void *user, const xmlChar *text, int len)
{
	letters(user, (const char *)text, (size_t)len);
}

static void
same_letters_as_libxml2(void **state)
{
	static const char *const descriptions[] = {
		"<p>We&#8217;re hiring a <strong>Registered Nurse</strong> "
		"(RN) "
		"for our <em>night&nbsp;shift</em>.</p>\n<ul>\n<li>36 hours "
		"a week &amp; paid leave</li><li>Salary &pound;31,000&ndash;"
		"&pound;36,500</li></ul><p>Apply <a "
		"href=\"https://jobs.example."
		"org/apply?id=7&amp;src=x>y\" target=_blank>here</a>!</p>",
		"<div class='job'><h3>Your mission</h3>Build pipelines in "
		"C.<br>"
		"Own them.<br/><br /><h3>Your profile</h3><table><tr><th>Skill"
		"<th>Level<tr><td>SQL<td>good</table><p>Gr\303\274\303\237e "
		"aus "
		"M\303\274nchen &auml;&ouml;&uuml;&szlig;&euro;",
		"Busco <b>Supervisor de Almac&eacute;n</b> con 3&frac12; "
		"a&ntilde;os<p>Horario: 8 &ndash; 17 h <i>L&aacute;borables</i>"
		"<p>&iquest;Te interesa&#63; Env&iacute;a tu CV<!-- no -->",
		"<span style=\"font-family: 'Arial'\">Chauffeur(euse) SPL H/F"
		"</span><ol><li value=1>CDI &agrave; temps plein<li>13&#xe8;me "
		"mois</ol><blockquote>Rejoignez&hellip;</blockquote>",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(descriptions) / sizeof(*descriptions);
	     i++) {
		htmlSAXHandler sax = { .characters = oracle,
			.ignorableWhitespace = oracle };
		struct buf theirs = { 0 }, ours = { 0 }, text = { 0 };
		size_t len = strlen(descriptions[i]);
		htmlParserCtxtPtr parser = htmlCreatePushParserCtxt(&sax,
		    &theirs, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);

		htmlParseChunk(parser, descriptions[i], (int)len, 1);
		htmlFreeParserCtxt(parser);
		text_from_html(&text, descriptions[i], len);
		letters(&ours, text.data, text.len);
		/* what we fold and libxml2 does not */
		for (char *p;
		     (p = strstr((char *)(uintptr_t)buf_string(&theirs),
		          "\302\240"));) {
			memmove(p, p + 2,
			    theirs.len - (size_t)(p + 2 - theirs.data));
			theirs.len -= 2;
		}
		assert_string_equal(buf_string(&ours), buf_string(&theirs));
		buf_free(&theirs);
		buf_free(&ours);
		buf_free(&text);
	}
	xmlCleanupParser();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_keeps_its_lines),
		cmocka_unit_test(blocks_become_lines),
		cmocka_unit_test(items_become_dashes),
		cmocka_unit_test(what_no_reader_sees_is_dropped),
		cmocka_unit_test(tags_end_where_they_end),
		cmocka_unit_test(references_are_decoded_twice_at_most),
		cmocka_unit_test(escaped_markup_is_markup),
		cmocka_unit_test(invisible_characters_are_folded),
		cmocka_unit_test(anything_gives_valid_utf8_within_bounds),
		cmocka_unit_test(hostile_markup_takes_linear_time),
		cmocka_unit_test(same_letters_as_libxml2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
