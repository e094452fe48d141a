/* text.c - a job description as text */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "entity.h"
#include "html.h"
#include "text.h"
#include "utf8.h"

/* The text so far, and what stands between it and the next word. */
struct writer {
	struct buf *out;
	size_t start;     /* where our text starts in OUT */
	bool space, line; /* a blank, a line end is due */
	bool item;        /* the next line is an item's */
	bool newlines;    /* line ends of the source are line ends */
	bool in_cdata;
	struct html_ends ends;
};

/* What a byte is to the scanner: text, a blank, or a case of its own. */
enum byte { TEXT, SPACE, SPECIAL };

static const unsigned char bytes[256] = { [0] = SPECIAL,
	[1] = SPECIAL,
	[2] = SPECIAL,
	[3] = SPECIAL,
	[4] = SPECIAL,
	[5] = SPECIAL,
	[6] = SPECIAL,
	[7] = SPECIAL,
	[8] = SPECIAL,
	[9] = SPECIAL,
	[10] = SPECIAL,
	[11] = SPECIAL,
	[12] = SPECIAL,
	[13] = SPECIAL,
	[14] = SPECIAL,
	[15] = SPECIAL,
	[16] = SPECIAL,
	[17] = SPECIAL,
	[18] = SPECIAL,
	[19] = SPECIAL,
	[20] = SPECIAL,
	[21] = SPECIAL,
	[22] = SPECIAL,
	[23] = SPECIAL,
	[24] = SPECIAL,
	[25] = SPECIAL,
	[26] = SPECIAL,
	[27] = SPECIAL,
	[28] = SPECIAL,
	[29] = SPECIAL,
	[30] = SPECIAL,
	[31] = SPECIAL,
	[' '] = SPACE,
	['&'] = SPECIAL,
	['<'] = SPECIAL,
	[0x7f] = SPECIAL,
	/* first bytes of characters that are blank or invisible */
	[0xc2] = SPECIAL,
	[0xcd] = SPECIAL,
	[0xd8] = SPECIAL,
	[0xe1] = SPECIAL,
	[0xe2] = SPECIAL,
	[0xe3] = SPECIAL,
	[0xef] = SPECIAL,
	[0xf3] = SPECIAL };

enum look { VISIBLE, BLANK, LINE_END, INVISIBLE };

/* Unicode's White_Space and Default_Ignorable_Code_Point, and controls. */
static enum look
look_of(uint32_t c)
{
	if (c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029)
		return LINE_END;
	if (c == ' ' || c == '\t' || c == 0x0b || c == 0x0c || c == 0xa0 ||
	    c == 0x1680 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f ||
	    c == 0x205f || c == 0x3000)
		return BLANK;
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xad || c == 0x34f ||
	    c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 ||
	    c == 0x17b5 || (c >= 0x180b && c <= 0x180f) ||
	    (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	    (c >= 0x2060 && c <= 0x206f) || c == 0x3164 ||
	    (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff || c == 0xffa0 ||
	    (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff))
		return INVISIBLE;
	return VISIBLE;
}

/* Whether a line that starts so is marked as an item already. */
static bool
has_bullet(const char *text, size_t len)
{
	return text[0] == '-' || text[0] == '*' ||
	       (len > 1 && memcmp(text, "\302\267", 2) == 0) ||
	       (len > 2 && memcmp(text, "\342\200", 2) == 0 &&
	           ((unsigned char)text[2] == 0xa2 ||
	               (unsigned char)text[2] == 0x93));
}

/* Add LEN > 0 bytes that start and end visibly. */
static void
put(struct writer *w, const char *text, size_t len)
{
	bool first = w->out->len == w->start;

	if (w->line || first) {
		if (!first)
			buf_byte(w->out, '\n');
		if (w->item && !has_bullet(text, len))
			buf_add(w->out, "- ", 2);
		w->item = false;
	} else if (w->space)
		buf_byte(w->out, ' ');
	w->space = w->line = false;
	buf_add(w->out, text, len);
}

static void
put_code(struct writer *w, uint32_t code)
{
	char text[4];

	switch (look_of(code)) {
	case VISIBLE:
		put(w, text, utf8_encode(code, text));
		break;
	case BLANK:
		w->space = true;
		break;
	case LINE_END:
		w->line |= w->newlines;
		w->space = true;
		break;
	case INVISIBLE:
		break;
	}
}

/*
 * Past words of plain ASCII that single blanks divide, sixteen bytes at a time;
 * never behind a blank.  FIRST: no text stands before P.  A step, not the end.
 */
static const char *
skip_words(const char *p, const char *end, bool first)
{
#ifdef __SSE2__
	const __m128i amp = _mm_set1_epi8('&'), less = _mm_set1_epi8('<');
	const __m128i del = _mm_set1_epi8(0x7f), blank = _mm_set1_epi8(' ');
	const __m128i control = _mm_set1_epi8(0x1f);
	const char *start = p;
	unsigned int blanks, stop, before = first;

	for (; end - p >= 16; p += 16) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, amp),
		                               _mm_cmpeq_epi8(x, less)),
		    _mm_or_si128(_mm_cmpeq_epi8(x, del),
		        _mm_cmpeq_epi8(_mm_min_epu8(x, control), x)));

		blanks =
		    (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(x, blank));
		/* the sign bits of X itself: what is not ASCII */
		stop = (unsigned int)_mm_movemask_epi8(_mm_or_si128(hit, x));
		stop |= blanks & (blanks << 1 | before);
		if (stop != 0) {
			p += __builtin_ctz(stop);
			break;
		}
		before = blanks >> 15;
	}
	return p > start && p[-1] == ' ' ? p - 1 : p;
#else
	(void)end;
	(void)first;
	return p;
#endif
}

/* The end of the text at P: blanks stand only between its words. */
static const char *
text_end(const char *p, const char *end)
{
	const char *start = p, *turn;

	for (;;) {
		p = skip_words(p, end, p == start);
		/* what stopped it, and up to where it may go on */
		turn = end - p > 16 ? p + 16 : end;
		while (p < turn) {
			unsigned char byte = bytes[(unsigned char)*p];

			if (byte == TEXT)
				p++;
			else if (byte == SPACE && p > start && p + 1 < end &&
			         bytes[(unsigned char)p[1]] == TEXT)
				p += 2;
			else
				return p;
		}
		if (p == end)
			return p;
	}
}

static const char *text_of(struct writer *w, const char *p, const char *end);

/* What stands in a CDATA section, whose end ends no tag behind it. */
static void
cdata(struct writer *w, const char *p, const char *end)
{
	struct html_ends behind = w->ends;

	w->in_cdata = true;
	w->ends = (struct html_ends){ 0 };
	text_of(w, p, end);
	w->ends = behind;
	w->in_cdata = false;
}

/* "<!" or "<?" at P: behind the comment or declaration. */
static const char *
declaration(struct writer *w, const char *p, const char *end)
{
	size_t left = (size_t)(end - p);
	const char *next;

	if (left >= 4 && memcmp(p, "<!--", 4) == 0) {
		next = html_behind(p + 4, end, "-->");
		return next == NULL ? end : next;
	}
	if (left >= 9 && memcmp(p, "<![CDATA[", 9) == 0) {
		p += 9;
		if (w->in_cdata)
			return p;
		next = html_behind(p, end, "]]>");
		w->in_cdata = next == NULL;
		if (next == NULL)
			return p;
		cdata(w, p, next - 3);
		return next;
	}
	next = memchr(p, '>', left);
	return next == NULL ? end : next + 1;
}

static void
apply(struct writer *w, enum html_kind kind, bool opens)
{
	switch (kind) {
	case HTML_BLOCK:
	case HTML_BREAK:
		w->line = true;
		break;
	case HTML_ITEM:
		w->line = true;
		w->item = opens;
		break;
	case HTML_CELL:
		w->space = true;
		break;
	default:
		break;
	}
}

/* '<' at P: behind the tag, or behind what it drops. */
static const char *
tag(struct writer *w, const char *p, const char *end)
{
	bool closes = end - p > 1 && p[1] == '/';
	const char *name = p + 1 + closes, *next;
	size_t len = html_name_len(name, end);
	enum html_kind kind;

	if (!closes && end - p > 1 && (p[1] == '!' || p[1] == '?'))
		return declaration(w, p, end);
	if (len == 0) {
		put(w, "<", 1);
		return p + 1;
	}
	kind = html_kind(name, len);
	next = html_tag_end(&w->ends, name + len, end);
	if (next == NULL) {
		/* cut off inside a tag, or no tag at all */
		if (kind != HTML_UNKNOWN)
			return end;
		put(w, "<", 1);
		return p + 1;
	}
	apply(w, kind, !closes);
	if (closes)
		return next;
	if (kind == HTML_RAW || kind == HTML_DROP)
		return html_element_end(next, end, name, len, kind == HTML_RAW);
	if (next > name + len + 1 && kind != HTML_VOID && kind != HTML_BREAK &&
	    html_hides(name + len, next - 1))
		return html_element_end(next, end, name, len, false);
	return next;
}

/* '&' at P: behind the reference, which may itself be escaped once. */
static const char *
reference(struct writer *w, const char *p, const char *end)
{
	uint32_t code, inner;
	size_t len = entity_decode(p + 1, (size_t)(end - p - 1), &code), more;

	p++;
	if (len == 0) {
		put(w, "&", 1);
		return p;
	}
	p += len;
	more = code == '&' ? entity_decode(p, (size_t)(end - p), &inner) : 0;
	if (more > 0)
		code = inner;
	put_code(w, code);
	return p + more;
}

/* The text of all from P to END. */
static const char *
text_of(struct writer *w, const char *p, const char *end)
{
	while (p < end) {
		const char *next = text_end(p, end);
		uint32_t code = 0;
		size_t len;

		if (next > p)
			put(w, p, (size_t)(next - p));
		if (next == end)
			break;
		p = next;
		if (*p == '<')
			p = tag(w, p, end);
		else if (*p == '&')
			p = reference(w, p, end);
		else {
			len = utf8_decode(p, (size_t)(end - p), &code);
			put_code(w, len == 0 ? 0xfffd : code);
			p += len == 0 ? 1 : len;
		}
	}
	return end;
}

/* Whether a tag that we know stands behind the '<' before P. */
static enum html_kind
known_tag(const char *p, const char *end)
{
	if (p < end && *p == '/')
		p++;
	if (end - p >= 3 && memcmp(p, "!--", 3) == 0)
		return HTML_INLINE;
	return html_kind(p, html_name_len(p, end));
}

/* Whether there is markup in the text; *BLOCKS: such as makes lines. */
static bool
has_markup(const char *p, const char *end, bool *blocks)
{
	bool any = false;

	*blocks = false;
	while ((p = memchr(p, '<', (size_t)(end - p))) != NULL) {
		enum html_kind kind = known_tag(++p, end);

		any |= kind != HTML_UNKNOWN;
		if (kind == HTML_BLOCK || kind == HTML_BREAK ||
		    kind == HTML_ITEM) {
			*blocks = true;
			return true;
		}
	}
	return any;
}

/* Whether there is markup that was escaped, once or twice. */
static bool
has_escaped_markup(const char *p, const char *end)
{
	while ((p = memchr(p, '&', (size_t)(end - p))) != NULL) {
		uint32_t code = 0;
		size_t len;

		p++;
		len = entity_decode(p, (size_t)(end - p), &code);
		p += len;
		if (len > 0 && code == '&') {
			len = entity_decode(p, (size_t)(end - p), &code);
			p += len;
		}
		if (len > 0 && code == '<' && known_tag(p, end) != HTML_UNKNOWN)
			return true;
	}
	return false;
}

/* Undo one round of escaping. */
static void
unescape(struct buf *out, const char *p, const char *end)
{
	while (p < end) {
		const char *amp = memchr(p, '&', (size_t)(end - p));
		uint32_t code;
		char text[4];
		size_t len;

		buf_add(out, p, (size_t)((amp == NULL ? end : amp) - p));
		if (amp == NULL)
			break;
		p = amp + 1;
		len = entity_decode(p, (size_t)(end - p), &code);
		if (len == 0)
			buf_byte(out, '&');
		else
			buf_add(out, text, utf8_encode(code, text));
		p += len;
	}
}

bool
text_unescape(struct buf *out, const char *html, size_t len)
{
	const char *end = html + len;
	struct buf once = { 0 };
	size_t start = out->len;
	bool blocks;

	if (len == 0 || has_markup(html, end, &blocks) ||
	    !has_escaped_markup(html, end))
		return false;
	unescape(out, html, end);
	if (out->data == NULL)
		return false;
	if (has_markup(out->data + start, out->data + out->len, &blocks))
		return true;
	buf_add(&once, out->data + start, out->len - start);
	out->len = start;
	unescape(out, once.data, once.data + once.len);
	buf_free(&once);
	return true;
}

void
text_from_html(struct buf *out, const char *html, size_t len)
{
	struct writer w = { .out = out, .start = out->len };
	struct buf markup = { 0 };
	bool blocks;

	if (text_unescape(&markup, html, len)) {
		html = markup.data;
		len = markup.len;
	}
	if (html == NULL || len == 0)
		return;
	has_markup(html, html + len, &blocks);
	w.newlines = !blocks;
	text_of(&w, html, html + len);
	buf_free(&markup);
}
