/* json_walk.c - looking at JSON that a scan has accepted (scan.h) */
#include "scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "buf.h"
#include "utf8.h"

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *
after_space(const char *at, const char *end)
{
	while (at < end && is_space(*at))
		at++;
	return at;
}

/*
 * The first quote or backslash from AT on; END if there is none.  Texts have
 * many escapes, so both are looked for at once: the work is linear.
 */
static inline const char *
quote_or_slash(const char *at, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	__m128i x;
	int mask;

	for (; end - at >= 16; at += 16) {
		x = _mm_loadu_si128((const __m128i *)(const void *)at);
		mask = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(x, quote),
		    _mm_cmpeq_epi8(x, slash)));
		if (mask != 0)
			return at + __builtin_ctz((unsigned int)mask);
	}
#endif
	while (at < end && *at != '"' && *at != '\\')
		at++;
	return at;
}

/* At a quote: past the closing one. */
static const char *
after_string(const char *at, const char *end, bool *escaped)
{
	*escaped = false;
	for (at = quote_or_slash(at + 1, end); at < end && *at == '\\';
	     at = quote_or_slash(at + 2, end)) {
		*escaped = true;
		if (end - at < 2)
			return end;
	}
	return at < end ? at + 1 : end;
}

/* At '{' or '[': past the bracket that closes it. */
static const char *
after_nested(const char *at, const char *end)
{
	int depth = 0;
	bool escaped;

	while (at < end) {
		switch (*at) {
		case '"':
			at = after_string(at, end, &escaped);
			continue;
		case '{':
		case '[':
			depth++;
			break;
		case '}':
		case ']':
			if (--depth == 0)
				return at + 1;
			break;
		}
		at++;
	}
	return end;
}

static const char *
walk_value(const char *at, const char *end, struct json_value *out)
{
	const char *from = at;

	out->escaped = false;
	switch (*at) {
	case '"':
		at = after_string(at, end, &out->escaped);
		*out = (struct json_value){ JSON_STRING, out->escaped, from + 1,
			(size_t)(at - from) - 2 };
		return at;
	case '{':
	case '[':
		out->type = *at == '{' ? JSON_OBJECT : JSON_ARRAY;
		at = after_nested(at, end);
		break;
	default:
		out->type = json_type_at(at);
		while (at < end && *at != ',' && *at != '}' && *at != ']' &&
		       !is_space(*at))
			at++;
	}
	out->text = from;
	out->len = (size_t)(at - from);
	return at;
}

enum json_type
json_type_at(const char *text)
{
	switch (*text) {
	case '"':
		return JSON_STRING;
	case '{':
		return JSON_OBJECT;
	case '[':
		return JSON_ARRAY;
	case 't':
		return JSON_TRUE;
	case 'f':
		return JSON_FALSE;
	case 'n':
		return JSON_NULL;
	default:
		return JSON_NUMBER;
	}
}

struct json_walk
json_walk(struct json_value v)
{
	struct json_walk w = { v.text, v.text };

	/* A value that was scanned alone may have white space around it. */
	while (v.len > 0 && is_space(v.text[v.len - 1]))
		v.len--;
	while (v.len > 0 && is_space(*v.text)) {
		v.text++;
		v.len--;
	}
	/* Anything but an array or object has no items. */
	if ((v.type == JSON_ARRAY || v.type == JSON_OBJECT) && v.len >= 2) {
		w.at = v.text + 1;
		w.end = v.text + v.len - 1;
	}
	return w;
}

/* At a name's quote: past the member's value. */
static const char *
walk_member(const char *at, const char *end, struct json_member *out)
{
	out->name = at + 1;
	at = after_string(at, end, &out->name_escaped);
	out->name_len = (size_t)(at - out->name) - 1;
	at = after_space(at, end);
	return walk_value(after_space(at + 1, end), end, &out->value);
}

bool
json_next(struct json_walk *w, struct json_member *out)
{
	/* What walks behind '{' has names; the byte before the first tells. */
	const char *at = after_space(w->at, w->end);
	bool named;

	if (at < w->end && *at == ',')
		at = after_space(at + 1, w->end);
	if (at >= w->end)
		return false;
	named = *w->end == '}';
	out->name = NULL;
	out->name_len = 0;
	out->name_escaped = false;
	if (named) {
		w->at = walk_member(at, w->end, out);
		return true;
	}
	w->at = walk_value(at, w->end, &out->value);
	return true;
}

/* At '{': past the object, whose members go into OUT. */
static const char *
walk_members(const char *at, const char *end, struct json_members *out)
{
	at = after_space(at + 1, end);
	while (at < end && *at == '"') {
		if (out->count == out->cap) {
			out->cap = out->cap > 0 ? 2 * out->cap : 64;
			out->items = mem_resize(out->items, out->cap,
			    sizeof *out->items);
		}
		at = walk_member(at, end, &out->items[out->count++]);
		at = after_space(at, end);
		if (at < end && *at == ',')
			at = after_space(at + 1, end);
	}
	return at < end ? at + 1 : end;
}

bool
json_next_members(struct json_walk *w, struct json_members *out)
{
	const char *at = after_space(w->at, w->end);

	out->count = 0;
	if (at < w->end && *at == ',')
		at = after_space(at + 1, w->end);
	if (at >= w->end)
		return false;
	if (*at != '{') {
		w->at = walk_value(at, w->end, &out->object);
		return true;
	}
	w->at = walk_members(at, w->end, out);
	out->object =
	    (struct json_value){ JSON_OBJECT, false, at, (size_t)(w->at - at) };
	return true;
}

void
json_members_of(struct json_value object, struct json_members *out)
{
	out->count = 0;
	out->object = object;
	if (object.type == JSON_OBJECT)
		walk_members(after_space(object.text, object.text + object.len),
		    object.text + object.len, out);
}

void
json_members_free(struct json_members *members)
{
	free(members->items);
	*members = (struct json_members){ .count = 0 };
}

/* Whether a name is, by its characters, NAME. */
static bool
is_named(const struct json_member *m, const char *name, size_t len)
{
	struct buf room = { 0 };
	struct json_value v = { JSON_STRING, true, m->name, m->name_len };
	const char *text;
	size_t text_len;
	bool same;

	if (m->name == NULL)
		return false;
	if (!m->name_escaped)
		return m->name_len == len && memcmp(m->name, name, len) == 0;
	text = json_text(v, &room, &text_len);
	same = text_len == len && memcmp(text, name, len) == 0;
	buf_free(&room);
	return same;
}

struct json_value
json_get(struct json_value object, const char *name)
{
	struct json_walk w = json_walk(object);
	struct json_member m;
	size_t len = strlen(name);

	if (object.type == JSON_OBJECT)
		while (json_next(&w, &m))
			if (is_named(&m, name, len))
				return m.value;
	return (struct json_value){ JSON_NONE, false, NULL, 0 };
}

static uint32_t
hex4(const char *at)
{
	uint32_t value = 0;
	int i;

	for (i = 0; i < 4; i++)
		value = value << 4 |
		        (uint32_t)(at[i] <= '9' ? at[i] - '0'
		                                : (at[i] | 0x20) - 'a' + 10);
	return value;
}

/* At a backslash: adds the character, returns past the escape. */
static const char *
unescape(const char *at, struct buf *room)
{
	static const char plain[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	const char *p;
	uint32_t code;
	char bytes[4];

	if (at[1] == 'u') {
		code = hex4(at + 2);
		at += 6;
		if (code >= 0xD800 && code <= 0xDBFF) {
			code = 0x10000 + ((code - 0xD800) << 10) +
			       (hex4(at + 2) - 0xDC00);
			at += 6;
		}
		buf_add(room, bytes, utf8_encode(code, bytes));
		return at;
	}
	for (p = plain; *p != '\0'; p += 2)
		if (*p == at[1])
			buf_byte(room, p[1]);
	return at + 2;
}

const char *
json_text(struct json_value v, struct buf *room, size_t *len)
{
	const char *at = v.text, *end = v.text + v.len, *slash;

	*len = v.len;
	if (!v.escaped)
		return v.text;
	buf_clear(room);
	buf_room(room, v.len + 1);
	while (at < end) {
		slash = memchr(at, '\\', (size_t)(end - at));
		if (slash == NULL)
			slash = end;
		buf_add(room, at, (size_t)(slash - at));
		at = slash < end ? unescape(slash, room) : end;
	}
	*len = room->len;
	return room->data;
}

bool
json_int64(struct json_value v, long long *out)
{
	const char *at, *end;
	bool negative;
	uint64_t n = 0, limit = INT64_MAX;

	/* What is not there has no text to point into. */
	if (v.type != JSON_NUMBER)
		return false;
	at = v.text;
	end = v.text + v.len;
	negative = *at == '-';
	at += negative;
	limit += negative;
	for (; at < end; at++) {
		if (*at < '0' || *at > '9')
			return false;
		if (n > (limit - (uint64_t)(*at - '0')) / 10)
			return false;
		n = n * 10 + (uint64_t)(*at - '0');
	}
	*out = negative ? (long long)-n : (long long)n;
	return true;
}

/* A number as 0.DIGITS * 10^SCALE, the first digit not 0; '.' is passed. */
struct decimal {
	bool negative, zero;
	const char *at, *end;
	int64_t scale;
};

#define FAR ((int64_t)1 << 56) /* beyond any length of a number */

static struct decimal
decimal_of(const char *text, size_t len)
{
	struct decimal d = { .end = text + len };
	const char *at = text, *e = at;
	int64_t exponent = 0;
	bool negative, point = false;

	d.negative = len > 0 && *at == '-';
	at += d.negative;
	while (e < text + len && *e != 'e' && *e != 'E')
		e++;
	d.end = e;
	if (e < text + len) {
		negative = *++e == '-';
		e += *e == '-' || *e == '+';
		for (; e < text + len; e++)
			exponent = exponent < FAR / 16
			               ? exponent * 10 + (*e - '0')
			               : FAR;
		exponent = negative ? -exponent : exponent;
	}
	for (; at < d.end && (*at == '0' || *at == '.'); at++)
		if (*at == '.')
			point = true;
		else
			d.scale -= point;
	d.at = at;
	d.zero = at == d.end;
	for (; !point && at < d.end && *at != '.'; at++)
		d.scale++;
	d.scale += exponent;
	return d;
}

static char
next_digit(struct decimal *d)
{
	if (d->at < d->end && *d->at == '.')
		d->at++;
	return d->at < d->end ? *d->at++ : '0';
}

int
json_compare(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct decimal x = decimal_of(a, a_len), y = decimal_of(b, b_len);
	int above;
	char p, q;

	if (x.zero && y.zero)
		return 0;
	if (x.zero || (!y.zero && x.negative != y.negative))
		return x.zero ? (y.negative ? 1 : -1) : (x.negative ? -1 : 1);
	above = x.negative ? -1 : 1;
	if (y.zero)
		return above;
	if (x.scale != y.scale)
		return x.scale > y.scale ? above : -above;
	while (x.at < x.end || y.at < y.end) {
		p = next_digit(&x);
		q = next_digit(&y);
		if (p != q)
			return p > q ? above : -above;
	}
	return 0;
}
