/* fuzz_text.c - descriptions as text: valid, bounded, final, and in no time */
#include <string.h>

#include "content.h"
#include "fold.h"
#include "fuzz.h"
#include "text.h"
#include "utf8.h"

#define SHORT 24
#define MUCH ((size_t)256 << 10)

/* What every text is that came out, whatever went in. */
static void
hold_text(const struct buf *text)
{
	char before = '\n';

	hold(text->len == 0 || utf8_valid(text->data, text->len) == text->len);
	for (size_t i = 0; i < text->len; i++) {
		char c = text->data[i];

		hold((unsigned char)c >= ' ' || c == '\n');
		hold(c != 0x7f);
		/* blanks and line ends stand alone, and not at the ends */
		if (c == ' ' || c == '\n')
			hold(before != ' ' && before != '\n');
		before = c;
	}
	hold(text->len == 0 || (before != ' ' && before != '\n'));
}

/* Text without a sign that markup starts with is text already. */
static void
try_text(const char *html, size_t len)
{
	struct buf text = { 0 }, again = { 0 };

	text_from_html(&text, html, len);
	hold_text(&text);
	hold(text.len <= 3 * len);
	if (text.len > 0 && memchr(text.data, '<', text.len) == NULL &&
	    memchr(text.data, '&', text.len) == NULL) {
		text_from_html(&again, text.data, text.len);
		hold_same(&text, &again);
	}
	buf_free(&text);
	buf_free(&again);
}

/* What is shown as HTML again has lost its escapes, and no more. */
static void
try_unescape(const char *html, size_t len)
{
	struct buf out = { 0 };

	if (text_unescape(&out, html, len))
		hold(out.len <= len && memchr(html, '&', len) != NULL);
	else
		hold(out.len == 0);
	hold(out.len == 0 || utf8_valid(out.data, out.len) == out.len);
	buf_free(&out);
}

/* What composes only when it is looked at again: behind a control, or far. */
static bool
is_odd(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			return true;
	return len > 256;
}

static void
try_fold(const char *text, size_t len)
{
	struct buf once = { 0 }, twice = { 0 };

	fold_text(&once, text, len);
	hold(once.len == 0 || utf8_valid(once.data, once.len) == once.len);
	for (size_t i = 0; i < once.len; i++)
		hold((unsigned char)once.data[i] >= ' ' &&
		     (once.data[i] < 'A' || once.data[i] > 'Z'));
	fold_text(&twice, buf_string(&once), once.len);
	if (!is_odd(text, len))
		hold_same(&once, &twice);
	buf_free(&once);
	buf_free(&twice);
}

/* A lot of the same again: what is not linear shows as a time-out. */
static void
try_much(const char *text, size_t len)
{
	struct buf much = { 0 }, out = { 0 };

	while (much.len < MUCH)
		buf_add(&much, text, len);
	text_from_html(&out, much.data, much.len);
	hold(out.len <= 3 * much.len);
	buf_clear(&out);
	fold_text(&out, much.data, much.len);
	buf_free(&much);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* what comes from an XML or a JSON parser is UTF-8 */
	size_t len = utf8_valid((const char *)data, size);
	char *text = malloc(len + 1);
	unsigned int sum = 0;

	hold(text != NULL);
	memcpy(text, data, len);
	try_text(text, len);
	try_unescape(text, len);
	try_fold(text, len);
	for (size_t i = 0; i < len; i++)
		sum = sum * 31 + data[i];
	/* it takes its time: not for all */
	if (len > 0 && len <= SHORT && sum % 256 == 0)
		try_much(text, len);
	free(text);
	return 0;
}
