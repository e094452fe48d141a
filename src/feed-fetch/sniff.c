/* sniff.c - what a feed is, by its first bytes */
#include "sniff.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

/* The bytes as far as they are ASCII: marks, and NULs of UTF-16, are out. */
struct view {
	char text[SNIFF_BYTES + 1];
	size_t len;
};

static void
look(struct view *v, const char *bytes, size_t len)
{
	static const char *const marks[] = { "\xEF\xBB\xBF", "\xFE\xFF",
		"\xFF\xFE" };
	size_t i, at = 0;
	bool wide;

	/* UTF-32's marks are those of UTF-16 and NULs. */
	while (at < len && bytes[at] == '\0' && at < 3)
		at++;
	for (i = 0; i < sizeof marks / sizeof *marks; i++)
		if (len - at >= strlen(marks[i]) &&
		    memcmp(bytes + at, marks[i], strlen(marks[i])) == 0) {
			at += strlen(marks[i]);
			break;
		}
	wide = memchr(bytes, '\0', len < 8 ? len : 8) != NULL;
	for (v->len = 0; at < len; at++)
		if (!wide || bytes[at] != '\0')
			v->text[v->len++] = bytes[at];
	v->text[v->len] = '\0';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f';
}

static bool
is_name_end(char c)
{
	return is_blank(c) || c == '>' || c == '/' || c == '\0';
}

/* Elements that begin pages and fragments of HTML, and no feed. */
static bool
is_html_name(const char *name, size_t len)
{
	static const char *const names[] = { "html", "head", "body", "title",
		"meta", "link", "script", "style", "div", "p", "h1", "h2", "h3",
		"center", "br", "pre", "span", "font", "b", "iframe", "form" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], name, len) == 0)
			return true;
	return false;
}

/* An element or a DOCTYPE by the name that starts at AT. */
static enum sniff
by_name(const char *at)
{
	size_t len = 0;

	while (!is_name_end(at[len]))
		len++;
	if (at[len] == '\0')
		return SNIFF_MORE;
	return is_html_name(at, len) ? SNIFF_HTML : SNIFF_XML;
}

/* Behind a thing that ENDING closes; NULL when it is not closed yet. */
static const char *
behind(const char *at, const char *ending)
{
	const char *end = strstr(at, ending);

	return end != NULL ? end + strlen(ending) : NULL;
}

/*
 * From the first '<' on.  A declaration, instructions and comments say nothing:
 * XHTML has them too.
 */
static enum sniff
by_markup(const char *at)
{
	while (at != NULL) {
		at += strspn(at, " \t\r\n\f");
		if (strncmp(at, "<?", 2) == 0)
			at = behind(at, "?>");
		else if (strncmp(at, "<!--", 4) == 0)
			at = behind(at + 4, "-->");
		else
			break;
	}
	if (at == NULL || strlen(at) < 2 || (at[1] == '!' && strlen(at) < 10))
		return SNIFF_MORE;
	if (at[0] != '<')
		return SNIFF_TEXT;
	if (strncasecmp(at, "<!DOCTYPE", 9) == 0)
		return by_name(at + 9 + strspn(at + 9, " \t\r\n\f"));
	return by_name(at + 1);
}

/* What has no markup. */
static enum sniff
text_or_binary(const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)bytes[i] < ' ' && !is_blank(bytes[i]) &&
		    bytes[i] != '\x1B')
			return SNIFF_BINARY;
	return SNIFF_TEXT;
}

enum sniff
sniff(const char *bytes, size_t len, bool all)
{
	enum sniff what;
	struct view v;
	const char *at;

	if (len >= SNIFF_BYTES) {
		len = SNIFF_BYTES;
		all = true;
	}
	if (!all && len < 16) /* marks and the width of characters */
		return SNIFF_MORE;
	look(&v, bytes, len);
	at = v.text + strspn(v.text, " \t\r\n\f");
	if (at == v.text + v.len && !all)
		return SNIFF_MORE;
	if (at == v.text + v.len)
		return len < SNIFF_BYTES ? SNIFF_EMPTY : SNIFF_XML;
	if (*at == '{' || *at == '[')
		return SNIFF_JSON;
	if (*at != '<')
		return text_or_binary(v.text, v.len);
	what = by_markup(at);
	/* Markup that goes on and on is no error page. */
	return what == SNIFF_MORE && all ? SNIFF_XML : what;
}

const char *
sniff_name(enum sniff what)
{
	static const char *const names[] = {
		[SNIFF_MORE] = "not enough to tell",
		[SNIFF_EMPTY] = "nothing",
		[SNIFF_XML] = "XML",
		[SNIFF_HTML] = "an HTML page",
		[SNIFF_JSON] = "JSON",
		[SNIFF_TEXT] = "plain text",
		[SNIFF_BINARY] = "binary data",
	};

	return names[what];
}
