/* mend.c - the usual sins of feeds, put right byte by byte */
#include <stdbool.h>
#include <string.h>

#include "entity.h"
#include "mend.h"
#include "utf8.h"

#define CDATA "<![CDATA["
#define CDATA_LEN 9
#define OPEN_MAX 64 /* elements in elements whose names are watched */

struct mender {
	struct buf *out;
	struct mended *done;
	const char *end;
	mend_entity *entity;
	void *user;
	struct {
		const char *name;
		size_t len;
	} open[OPEN_MAX];
	size_t depth;     /* may be more than OPEN_MAX */
	const char *next; /* the next CDATA section, NULL: none */
	bool searched;    /* whether NEXT is known */
};

uint64_t
mended_sum(const struct mended *m)
{
	return m->ampersands + m->entities + m->controls + m->bytes + m->marks +
	       m->tags;
}

static bool
starts(const char *p, const char *end, const char *mark)
{
	size_t len = strlen(mark);

	return (size_t)(end - p) >= len && memcmp(p, mark, len) == 0;
}

static const char *
find(const char *p, const char *end, const char *mark)
{
	while ((p = memchr(p, *mark, (size_t)(end - p))) != NULL &&
	       !starts(p, end, mark))
		p++;
	return p;
}

static void
put_code(struct buf *out, uint32_t code)
{
	char text[4];

	buf_add(out, text, utf8_encode(code, text));
}

/* XML 1.0's Char. */
static bool
is_char(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' ||
	       (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

/* Half of a surrogate pair, written as if it were a character; 0 if none. */
static uint32_t
surrogate(const char *p, const char *end)
{
	const unsigned char *b = (const unsigned char *)p;

	if (end - p < 3 || b[0] != 0xed || b[1] < 0xa0 ||
	    (b[1] & 0xc0) != 0x80 || (b[2] & 0xc0) != 0x80)
		return 0;
	return 0xd000u | (b[1] & 0x3fu) << 6 | (b[2] & 0x3fu);
}

/* Bytes at P that are not UTF-8; returns how many were put right. */
static size_t
put_bad(struct mender *m, const char *p)
{
	uint32_t high = surrogate(p, m->end), low, code;
	char number[8] = "#000";

	m->done->bytes++;
	if (high != 0) {
		low = surrogate(p + 3, m->end);
		if (high >= 0xdc00 || low < 0xdc00) {
			put_code(m->out, 0xfffd);
			return 3;
		}
		put_code(m->out,
		    0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00));
		return 6;
	}
	code = (unsigned char)*p;
	if (code < 0xa0) {
		/* as browsers read "&#150;" */
		number[1] = '1';
		number[2] = (char)('0' + code / 10 % 10);
		number[3] = (char)('0' + code % 10);
		entity_decode(number, 4, &code);
		if (code < 0xa0)
			code = 0xfffd;
	}
	put_code(m->out, code);
	return 1;
}

/* One byte or character at P as data; returns its bytes. */
static size_t
put_one(struct mender *m, const char *p)
{
	uint32_t code;
	size_t len = utf8_decode(p, (size_t)(m->end - p), &code);

	if (len == 0)
		return put_bad(m, p);
	if (is_char(code))
		buf_add(m->out, p, len);
	else {
		m->done->controls++;
		if (code < 0x20)
			buf_byte(m->out, ' ');
		else
			put_code(m->out, 0xfffd);
	}
	return len;
}

/* Data from P to END, in which neither '&' nor '<' means anything. */
static void
put_data(struct mender *m, const char *p, const char *end)
{
	while (p < end)
		p += put_one(m, p);
}

static void
put_escaped(struct mender *m, char c)
{
	switch (c) {
	case '&':
		buf_text(m->out, "&amp;");
		break;
	case '<':
		buf_text(m->out, "&lt;");
		break;
	case '>':
		buf_text(m->out, "&gt;");
		break;
	default:
		buf_byte(m->out, c);
	}
}

/* The name of a reference at P, behind its '&', if it ends with a ';'. */
static size_t
reference_name(const char *p, const char *end)
{
	const char *semicolon;
	size_t len = (size_t)(end - p);

	semicolon = memchr(p, ';', len < 64 ? len : 64);
	if (semicolon == NULL)
		return 0;
	for (const char *c = p; c < semicolon; c++)
		if (strchr(" <&>\"'/=?\n\t", *c) != NULL)
			return 0;
	return (size_t)(semicolon - p);
}

static bool
is_predefined(const char *name, size_t len)
{
	return (len == 3 && memcmp(name, "amp", 3) == 0) ||
	       (len == 2 && (memcmp(name, "lt", 2) == 0 ||
	                        memcmp(name, "gt", 2) == 0)) ||
	       (len == 4 && (memcmp(name, "quot", 4) == 0 ||
	                        memcmp(name, "apos", 4) == 0));
}

static size_t
put_number(struct mender *m, const char *p, size_t len)
{
	uint32_t code = 0;
	size_t used = entity_decode(p, len + 1, &code);

	if (used != len + 1) {
		m->done->ampersands++;
		buf_text(m->out, "&amp;");
		return 1;
	}
	if (is_char(code) && code != 0xfffd && code >= 0x20)
		buf_add(m->out, p - 1, len + 2);
	else if (code == '\t' || code == '\n' || code == '\r')
		buf_add(m->out, p - 1, len + 2);
	else {
		m->done->controls++;
		put_code(m->out, code < 0x20 ? ' ' : 0xfffd);
	}
	return len + 2;
}

/* '&' at P; returns the bytes it is good for. */
static size_t
put_reference(struct mender *m, const char *p)
{
	size_t len = reference_name(p + 1, m->end);
	const char *declared;
	uint32_t code;

	if (len > 1 && p[1] == '#')
		return put_number(m, p + 1, len);
	if (is_predefined(p + 1, len)) {
		buf_add(m->out, p, len + 2);
		return len + 2;
	}
	declared = len > 0 ? m->entity(m->user, p + 1, len) : NULL;
	if (declared != NULL) {
		while (*declared != '\0')
			put_escaped(m, *declared++);
		return len + 2;
	}
	code = entity_named(p + 1, len);
	if (code != 0) {
		m->done->entities++;
		put_code(m->out, code);
		return len + 2;
	}
	m->done->ampersands++;
	buf_text(m->out, "&amp;");
	return 1;
}

/* The next section behind P; P only grows, so that all is searched once. */
static const char *
next_section(struct mender *m, const char *p)
{
	if (!m->searched || (m->next != NULL && m->next < p)) {
		m->next = find(p, m->end, CDATA);
		m->searched = true;
	}
	return m->next;
}

/*
 * A CDATA section at P.  When text follows its end and then another "]]>"
 * before any new section, the first was part of the text.
 */
static const char *
put_section(struct mender *m, const char *p)
{
	const char *start = p + CDATA_LEN, *close = find(start, m->end, "]]>");
	const char *next, *again;

	if (close == NULL) {
		put_data(m, p, m->end);
		return m->end;
	}
	buf_text(m->out, CDATA);
	for (;;) {
		put_data(m, start, close);
		again = find(close + 3, m->end, "]]>");
		next = next_section(m, close + 3);
		if (again == NULL || (next != NULL && next < again))
			break;
		m->done->marks++;
		buf_text(m->out, "]]]]><![CDATA[>");
		start = close + 3;
		close = again;
	}
	buf_text(m->out, "]]>");
	return close + 3;
}

static bool
is_name_start(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       c == ':' || (unsigned char)c >= 0x80;
}

static size_t
tag_name(const char *p, const char *end)
{
	const char *start = p;

	while (p < end && strchr(" \t\r\n/>", *p) == NULL)
		p++;
	return (size_t)(p - start);
}

static bool
same_but_case(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i] &&
		    ((a[i] ^ b[i]) != 0x20 || !is_name_start(a[i])))
			return false;
	return true;
}

/* An end tag at P: spelt as its start tag was. */
static const char *
put_end_tag(struct mender *m, const char *p)
{
	const char *name = p + 2;
	size_t len = tag_name(name, m->end), level;

	if (m->depth > 0)
		m->depth--;
	level = m->depth;
	buf_text(m->out, "</");
	if (level < OPEN_MAX && m->open[level].name != NULL &&
	    m->open[level].len == len &&
	    memcmp(m->open[level].name, name, len) != 0 &&
	    same_but_case(m->open[level].name, name, len)) {
		m->done->tags++;
		name = m->open[level].name;
	}
	put_data(m, name, name + len);
	return p + 2 + len;
}

/* A start tag at P up to its '>'; values are quoted data. */
static const char *
put_start_tag(struct mender *m, const char *p)
{
	size_t len = tag_name(p + 1, m->end);
	char quote = '\0';

	if (m->depth < OPEN_MAX) {
		m->open[m->depth].name = p + 1;
		m->open[m->depth].len = len;
	}
	m->depth++;
	buf_byte(m->out, '<');
	put_data(m, p + 1, p + 1 + len);
	for (p += 1 + len; p < m->end;) {
		if (quote == '\0' && *p == '>')
			break;
		if (quote == '\0' && (*p == '"' || *p == '\''))
			quote = *p;
		else if (*p == quote)
			quote = '\0';
		if (*p == '&')
			p += put_reference(m, p);
		else if (*p == '<') {
			m->done->marks++;
			put_escaped(m, *p++);
		} else
			p += put_one(m, p);
	}
	if (p < m->end && p[-1] == '/' && m->depth > 0)
		m->depth--;
	return p;
}

/* '<' at P; returns behind what it starts. */
static const char *
put_tag(struct mender *m, const char *p)
{
	const char *close;

	if (starts(p, m->end, CDATA))
		return put_section(m, p);
	if (starts(p, m->end, "<!--")) {
		close = find(p + 4, m->end, "-->");
		return close == NULL ? m->end : close + 3;
	}
	if (starts(p, m->end, "<?")) {
		close = find(p, m->end, "?>");
		return close == NULL ? m->end : close + 2;
	}
	if (m->end - p > 2 && p[1] == '/' && is_name_start(p[2]))
		return put_end_tag(m, p);
	if (m->end - p > 1 && is_name_start(p[1]))
		return put_start_tag(m, p);
	m->done->marks++;
	put_escaped(m, '<');
	return p + 1;
}

void
mend(struct buf *out, const char *bytes, size_t len, struct mended *done,
    mend_entity *entity, void *user)
{
	struct mender m = { .out = out,
		.done = done,
		.end = bytes + len,
		.entity = entity,
		.user = user };
	const char *p = bytes;

	while (p < m.end)
		if (*p == '<')
			p = put_tag(&m, p);
		else if (*p == '&')
			p += put_reference(&m, p);
		else if (starts(p, m.end, "]]>")) {
			done->marks++;
			buf_text(out, "]]&gt;");
			p += 3;
		} else
			p += put_one(&m, p);
}
