/* html.c - the tags of HTML, found in one pass and without a tree */
#include <string.h>

#include "html.h"

#define TAG_NAME 10 /* bytes of the longest name in the table */
#define TAG_ROOM 16 /* so that names compare as two words */

struct tag {
	char name[TAG_ROOM]; /* filled up with NULs */
	unsigned char kind;
};

/* By first letters; those of one letter the commonest first. */
static const struct tag tags[] = { { "a", HTML_INLINE },
	{ "abbr", HTML_INLINE }, { "address", HTML_BLOCK },
	{ "article", HTML_BLOCK }, { "aside", HTML_BLOCK },
	{ "b", HTML_INLINE }, { "br", HTML_BREAK }, { "big", HTML_INLINE },
	{ "blockquote", HTML_BLOCK }, { "body", HTML_BLOCK },
	{ "button", HTML_INLINE }, { "caption", HTML_BLOCK },
	{ "center", HTML_BLOCK }, { "cite", HTML_INLINE },
	{ "code", HTML_INLINE }, { "col", HTML_VOID }, { "div", HTML_BLOCK },
	{ "dd", HTML_BLOCK }, { "del", HTML_INLINE }, { "details", HTML_BLOCK },
	{ "dir", HTML_BLOCK }, { "dl", HTML_BLOCK }, { "dt", HTML_BLOCK },
	{ "em", HTML_INLINE }, { "embed", HTML_VOID },
	{ "fieldset", HTML_BLOCK }, { "figcaption", HTML_BLOCK },
	{ "figure", HTML_BLOCK }, { "font", HTML_INLINE },
	{ "footer", HTML_BLOCK }, { "form", HTML_BLOCK }, { "h2", HTML_BLOCK },
	{ "h3", HTML_BLOCK }, { "h1", HTML_BLOCK }, { "h4", HTML_BLOCK },
	{ "h5", HTML_BLOCK }, { "h6", HTML_BLOCK }, { "head", HTML_DROP },
	{ "header", HTML_BLOCK }, { "hr", HTML_BREAK }, { "html", HTML_BLOCK },
	{ "i", HTML_INLINE }, { "iframe", HTML_DROP }, { "img", HTML_VOID },
	{ "input", HTML_VOID }, { "ins", HTML_INLINE }, { "li", HTML_ITEM },
	{ "label", HTML_INLINE }, { "legend", HTML_BLOCK },
	{ "link", HTML_VOID }, { "main", HTML_BLOCK }, { "mark", HTML_INLINE },
	{ "math", HTML_DROP }, { "menu", HTML_BLOCK }, { "meta", HTML_VOID },
	{ "nav", HTML_BLOCK }, { "noscript", HTML_DROP },
	{ "object", HTML_DROP }, { "ol", HTML_BLOCK },
	{ "optgroup", HTML_BLOCK }, { "option", HTML_BLOCK },
	{ "p", HTML_BLOCK }, { "pre", HTML_BLOCK }, { "q", HTML_INLINE },
	{ "strong", HTML_INLINE }, { "span", HTML_INLINE },
	{ "s", HTML_INLINE }, { "script", HTML_RAW }, { "section", HTML_BLOCK },
	{ "select", HTML_BLOCK }, { "small", HTML_INLINE },
	{ "strike", HTML_INLINE }, { "style", HTML_RAW },
	{ "sub", HTML_INLINE }, { "summary", HTML_BLOCK },
	{ "sup", HTML_INLINE }, { "svg", HTML_DROP }, { "td", HTML_CELL },
	{ "tr", HTML_BLOCK }, { "table", HTML_BLOCK }, { "tbody", HTML_BLOCK },
	{ "template", HTML_DROP }, { "textarea", HTML_BLOCK },
	{ "tfoot", HTML_BLOCK }, { "th", HTML_CELL }, { "thead", HTML_BLOCK },
	{ "time", HTML_INLINE }, { "title", HTML_BLOCK }, { "tt", HTML_INLINE },
	{ "ul", HTML_BLOCK }, { "u", HTML_INLINE }, { "video", HTML_DROP },
	{ "wbr", HTML_VOID } };

/* Where the names with each first letter start, and where the last ones end. */
static const unsigned char first_of[27] = { 0, 5, 11, 16, 23, 25, 31, 31, 41,
	46, 46, 46, 50, 55, 57, 61, 63, 64, 64, 77, 89, 91, 92, 93, 93, 93,
	93 };

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

size_t
html_name_len(const char *p, const char *end)
{
	const char *start = p;

	if (p < end && is_letter(*p))
		while (p < end && !is_blank(*p) && *p != '>' && *p != '/' &&
		       *p != '<' && *p != '&')
			p++;
	return (size_t)(p - start);
}

enum html_kind
html_kind(const char *name, size_t len)
{
	char lowered[TAG_ROOM] = { 0 };
	size_t letter;

	if (len == 0 || len > TAG_NAME || !is_letter(*name))
		return HTML_UNKNOWN;
	for (size_t i = 0; i < len; i++)
		lowered[i] = lower(name[i]);
	letter = (size_t)(lowered[0] - 'a');
	for (size_t i = first_of[letter]; i < first_of[letter + 1]; i++)
		if (memcmp(lowered, tags[i].name, TAG_ROOM) == 0)
			return (enum html_kind)tags[i].kind;
	return HTML_UNKNOWN;
}

static bool
same_name(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}

const char *
html_behind(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);
	const char *from = p;

	while ((p = memchr(p, '>', (size_t)(end - p))) != NULL) {
		p++;
		if ((size_t)(p - from) >= len &&
		    memcmp(p - len, mark, len) == 0)
			return p;
	}
	return NULL;
}

const char *
html_tag_end(struct html_ends *seen, const char *p, const char *end)
{
	const char *start = p, *closed;

	while (!seen->plain && p < end && *p != '>') {
		if ((*p == '"' || *p == '\'') && p > start && p[-1] == '=') {
			closed = memchr(p + 1, *p, (size_t)(end - p - 1));
			if (closed == NULL)
				seen->plain = true;
			else
				p = closed;
		}
		p++;
	}
	if (seen->none)
		return NULL;
	if (seen->plain || p == end) {
		seen->plain = true;
		p = memchr(start, '>', (size_t)(end - start));
		seen->none = p == NULL;
	}
	return p == NULL ? NULL : p + 1;
}

/* Whether LEN bytes hold WORD in either case, blanks not counted. */
static bool
holds(const char *text, size_t len, const char *word)
{
	size_t at = 0;

	for (size_t i = 0; i < len; i++) {
		if (is_blank(text[i]))
			continue;
		if (lower(text[i]) != word[at])
			at = 0;
		if (lower(text[i]) == word[at] && word[++at] == '\0')
			return true;
	}
	return false;
}

bool
html_hides(const char *p, const char *end)
{
	while (p < end) {
		const char *name = p, *value;
		size_t name_bytes, value_bytes;
		char quote;

		while (p < end && !is_blank(*p) && *p != '=')
			p++;
		name_bytes = (size_t)(p - name);
		if (p == end || *p != '=') {
			if (name_bytes == 6 && same_name(name, "hidden", 6))
				return true;
			p++;
			continue;
		}
		value = ++p;
		quote = p < end && (*p == '"' || *p == '\'') ? *p++ : ' ';
		while (p < end && *p != quote)
			p++;
		value_bytes = (size_t)(p - value);
		if (name_bytes == 6 && same_name(name, "hidden", 6))
			return true;
		if (name_bytes == 5 && same_name(name, "style", 5) &&
		    (holds(value, value_bytes, "display:none") ||
		        holds(value, value_bytes, "visibility:hidden")))
			return true;
		p += p < end;
	}
	return false;
}

const char *
html_element_end(const char *p, const char *end, const char *name, size_t len,
    bool raw)
{
	size_t depth = 1;

	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		bool closes = p + 1 < end && p[1] == '/';
		const char *at = p + 1 + closes;

		p++;
		if ((size_t)(end - at) <= len || !same_name(at, name, len) ||
		    (!is_blank(at[len]) && at[len] != '>' && at[len] != '/'))
			continue;
		if (!closes) {
			depth += !raw;
			continue;
		}
		if (--depth > 0)
			continue;
		p = memchr(at, '>', (size_t)(end - at));
		return p == NULL ? end : p + 1;
	}
	return end;
}
