/* cut.c - where the records of a broken feed begin and end */
#include <string.h>

#include "cut.h"

#define CDATA "<![CDATA["
#define MARK 9 /* bytes of it, the longest mark */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
starts(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(end - p) >= len && memcmp(p, mark, len) == 0;
}

/* Whether NAME stands at P and ends there. */
static bool
is_name(const char *p, const char *end, const char *name)
{
	while (*name != '\0' && p < end && lower(*p) == lower(*name)) {
		p++;
		name++;
	}
	return *name == '\0' && p < end &&
	       (*p == '>' || *p == '/' || *p == ' ' || *p == '\n' ||
	           *p == '\t' || *p == '\r');
}

/* Behind the '>' of the end tag at P, or where the next tag starts. */
static const char *
tag_end(const char *p, const char *end)
{
	while (p < end && *p != '>' && *p != '<')
		p++;
	return p < end && *p == '>' ? p + 1 : p;
}

/* One mark at P in text; returns whether it is what is looked for. */
static bool
in_text(struct cut *c, const char *data, const char *p, const char *end,
    enum cut_found *found)
{

	c->at = (size_t)(p + 1 - data);
	if (starts(p, end, CDATA)) {
		c->mode = CUT_CDATA;
		c->trap = 0;
		c->at += MARK - 1;
	} else if (starts(p, end, "<!--")) {
		c->mode = CUT_COMMENT;
		c->trap = 0;
		c->at += 3;
	} else if (p[1] == '/' && is_name(p + 2, end, c->name)) {
		*found = CUT_END;
		c->at = (size_t)(tag_end(p + 1, end) - data);
		return true;
	} else if (p[1] == '/' && *c->parent != '\0' &&
	           is_name(p + 2, end, c->parent)) {
		*found = CUT_LEFT;
		c->at--;
		return true;
	} else if (is_name(p + 1, end, c->name)) {
		*found = CUT_START;
		c->at--;
		return true;
	}
	return false;
}

/* Whether nothing but white space stands between P and a start tag of NAME. */
static bool
starts_next(const char *p, const char *end, const char *name)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\t' || *p == '\r'))
		p++;
	return p < end && *p == '<' && is_name(p + 1, end, name);
}

/*
 * One mark at P in a CDATA section or comment, which CLOSE ends and OPEN may
 * not start again; returns whether it shows that this one was never closed.
 */
static bool
in_section(struct cut *c, const char *data, const char *p, const char *end,
    const char *open, const char *close)
{

	c->at = (size_t)(p + 1 - data);
	if (starts(p, end, close)) {
		c->mode = CUT_TEXT;
		c->at += strlen(close) - 1;
		return false;
	}
	if (c->between)
		return false;
	if (starts(p, end, "</") && is_name(p + 2, end, c->name)) {
		c->trap = (size_t)(tag_end(p + 1, end) - data);
		if (!starts_next(data + c->trap, end, c->name))
			return false;
	} else if (c->trap == 0 || !starts(p, end, open))
		return false;
	c->at = c->trap;
	c->mode = CUT_TEXT;
	return true;
}

static const char *
next_mark(const struct cut *c, const char *p, const char *end)
{
	const char *found;

	if (c->mode == CUT_TEXT) {
		found = memchr(p, '<', (size_t)(end - p));
		return found == NULL ? end : found;
	}
	while (p < end && *p != '<' && *p != ']' && *p != '-')
		p++;
	return p;
}

enum cut_found
cut_find(struct cut *c, const char *data, size_t len, bool all)
{
	const char *p = data + c->at, *end = data + len;
	size_t ahead = strlen(c->name) + strlen(c->parent) + MARK + 3;
	enum cut_found found;

	while ((p = next_mark(c, p, end)) < end) {
		/* a mark may be cut by the end of what is there */
		if ((size_t)(end - p) < ahead && !all)
			break;
		found = CUT_END;
		if (c->mode == CUT_TEXT
		        ? end - p > 1 && in_text(c, data, p, end, &found)
		    : c->mode == CUT_CDATA
		        ? in_section(c, data, p, end, CDATA, "]]>")
		        : in_section(c, data, p, end, "<!--", "-->"))
			return found;
		if (c->at <= (size_t)(p - data))
			c->at = (size_t)(p + 1 - data);
		p = data + c->at;
	}
	c->at = (size_t)(p - data);
	/* nothing follows: what an open section hides is its end after all */
	if (all && c->trap != 0 && c->mode != CUT_TEXT) {
		c->at = c->trap;
		c->mode = CUT_TEXT;
		return CUT_END;
	}
	return CUT_MORE;
}
