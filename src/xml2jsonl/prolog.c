/* prolog.c - what stands before the root element */
#include <string.h>

#include "html.h"
#include "prolog.h"

static bool
starts(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(end - p) >= len && memcmp(p, mark, len) == 0;
}

static const char *
behind(const char *p, const char *end, const char *mark)
{
	while ((p = memchr(p, *mark, (size_t)(end - p))) != NULL) {
		if (starts(p, end, mark))
			return p + strlen(mark);
		p++;
	}
	return NULL;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == ':' || (unsigned char)c >= 0x80;
}

/* Behind the DOCTYPE at P, or NULL; notes where its subset is. */
static const char *
doctype(struct prolog *o, const char *text, const char *p, const char *end)
{
	const char *subset = NULL;
	char quote = '\0';

	for (; p < end; p++) {
		if (quote != '\0') {
			quote = *p == quote ? '\0' : quote;
		} else if (starts(p, end, "<!--")) {
			p = behind(p, end, "-->");
			if (p == NULL)
				return NULL;
			p--;
		} else if (*p == '"' || *p == '\'')
			quote = *p;
		else if (*p == '[' && subset == NULL)
			subset = p + 1;
		else if (*p == ']' && subset != NULL && o->subset == 0) {
			o->subset = (size_t)(subset - text);
			o->subset_len = (size_t)(p - subset);
		} else if (*p == '>' && (subset == NULL || o->subset != 0))
			return p + 1;
	}
	return NULL;
}

/* "<?": behind it; an XML declaration is looked at. */
static const char *
instruction(struct prolog *o, const char *p, const char *end)
{
	const char *next = behind(p, end, "?>");

	if (next != NULL && starts(p, end, "<?xml") && is_blank(p[5]) &&
	    behind(p, next, "version=\"1.") == NULL &&
	    behind(p, next, "version='1.") == NULL)
		o->misdeclared = true;
	return next;
}

/* What comes instead of XML, by its first bytes. */
static const char *
other_format(const char *p, const char *end)
{
	if (starts(p, end, "\x1f\x8b"))
		return "gzip, not unpacked";
	if (starts(p, end, "PK\x03\x04"))
		return "a zip archive, not unpacked";
	if (*p == '{' || *p == '[')
		return "JSON, not XML";
	return NULL;
}

/* Whether the element at P is one of HTML's in a text. */
static bool
is_page(const char *p, const char *end)
{
	switch (html_kind(p + 1, html_name_len(p + 1, end))) {
	case HTML_INLINE:
	case HTML_BREAK:
	case HTML_VOID:
		return true;
	default:
		return false;
	}
}

/* Whether more bytes may show that the element at P is such a one. */
static bool
may_be_page(const char *p, const char *end)
{
	return p + 1 + html_name_len(p + 1, end) == end || is_page(p, end);
}

/*
 * A program that writes feeds may say something before, "<br /><b>Warning</b>:
 * …": the XML declaration behind what it says, or NULL.
 */
static const char *
said_before(struct prolog *o, const char *p, const char *end)
{
	const char *start = p;

	if (!is_page(p, end) || (p = behind(p, end, "<?xml ")) == NULL)
		return NULL;
	p -= strlen("<?xml ");
	o->junk += (size_t)(p - start);
	return p;
}

enum prolog_found
prolog_read(struct prolog *o, const char *text, size_t len, bool all)
{
	const char *p = text, *end = len == 0 ? text : text + len, *next;
	bool first = true;

	*o = (struct prolog){ 0 };
	if (len == 0)
		return all ? PROLOG_NONE : PROLOG_MORE;
	while (p < end) {
		if (is_blank(*p)) {
			p++;
			continue;
		}
		if (starts(p, end, "\xef\xbb\xbf")) {
			p += 3;
			continue;
		}
		if (first && (o->error = other_format(p, end)) != NULL)
			return PROLOG_NO_XML;
		first = false;
		next = NULL;
		if (*p == '<' && end - p > 1 && is_name_start(p[1])) {
			next = said_before(o, p, end);
			if (next == NULL) {
				if (!all && len < PROLOG_MAX &&
				    may_be_page(p, end))
					break;
				o->body = (size_t)(p - text);
				return PROLOG_ROOT;
			}
		} else if (starts(p, end, "<?"))
			next = instruction(o, p, end);
		else if (starts(p, end, "<!--"))
			next = behind(p + 4, end, "-->");
		else if (starts(p, end, "<!DOCTYPE"))
			next = doctype(o, text, p, end);
		else if (end - p > 9 || all || *p != '<') {
			o->junk++;
			next = p + 1;
		}
		if (next == NULL)
			break;
		p = next;
	}
	if (!all && len < PROLOG_MAX)
		return PROLOG_MORE;
	if (first)
		return PROLOG_NONE;
	o->error = o->junk > 0 ? "no element in it"
	                       : "it ends before its first element";
	return PROLOG_NO_XML;
}
