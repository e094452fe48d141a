/* scan.c - a strict JSON scanner that builds no tree */
#include "scan.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "buf.h"
#include "mem.h"
#include "utf8.h"

/* Up to here a name is looked for among all before it; past it, by sorting. */
#define FEW 64

struct scan {
	/* Members of all open objects: the top level's first. */
	struct json_member *members;
	size_t count, cap;
	struct buf room[2]; /* names without their escapes */
};

/* The state of one scan.  ERROR is NULL while all is well. */
struct cursor {
	struct scan *s;
	const char *at, *end;
	const char *error;
	int depth;
};

struct scan *
scan_new(void)
{
	return mem_zero(1, sizeof(struct scan));
}

void
scan_free(struct scan *s)
{
	if (s == NULL)
		return;
	free(s->members);
	buf_free(&s->room[0]);
	buf_free(&s->room[1]);
	free(s);
}

static bool
wrong(struct cursor *c, const char *error)
{
	c->error = error;
	return false;
}

static inline bool
is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static inline void
space(struct cursor *c)
{
	while (c->at < c->end && is_space(*c->at))
		c->at++;
}

/*
 * The first byte from AT on that a string does not simply contain: a quote, a
 * backslash, a control character, or one of a character beyond ASCII; END if
 * there is none.
 */
static inline const char *
plain_end(const char *at, const char *end)
{
#ifdef __SSE2__
	const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
	const __m128i control = _mm_set1_epi8(0x1F);
	__m128i x, hit;
	int mask;

	for (; end - at >= 16; at += 16) {
		x = _mm_loadu_si128((const __m128i *)(const void *)at);
		hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(x, quote),
		                       _mm_cmpeq_epi8(x, slash)),
		    _mm_cmpeq_epi8(_mm_min_epu8(x, control), x));
		/* The sign bits of X itself tell what is not ASCII. */
		mask = _mm_movemask_epi8(_mm_or_si128(hit, x));
		if (mask != 0)
			return at + __builtin_ctz((unsigned int)mask);
	}
#endif
	while (at < end && *at != '"' && *at != '\\' &&
	       (unsigned char)*at >= 0x20 && (unsigned char)*at < 0x80)
		at++;
	return at;
}

/* Four hexadecimal digits; -1 if they are none. */
static long
hex4(const char *at, const char *end)
{
	long value = 0;
	int i;

	if (end - at < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		char c = at[i];

		value <<= 4;
		if (c >= '0' && c <= '9')
			value += c - '0';
		else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
			value += (c | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return value;
}

/* At a backslash: past the escape. */
static bool
escape(struct cursor *c)
{
	long code, low;

	if (c->end - c->at < 2)
		return wrong(c, "string does not end");
	if (c->at[1] != 'u') {
		if (c->at[1] == '\0' || strchr("\"\\/bfnrt", c->at[1]) == NULL)
			return wrong(c, "unknown escape in a string");
		c->at += 2;
		return true;
	}
	code = hex4(c->at + 2, c->end);
	if (code < 0)
		return wrong(c, "\\u without four hexadecimal digits");
	if (code == 0)
		return wrong(c, "\\u0000 in a string");
	if (code >= 0xDC00 && code <= 0xDFFF)
		return wrong(c, "lone surrogate escape");
	if (code >= 0xD800 && code <= 0xDBFF) {
		if (c->end - c->at < 8 || c->at[6] != '\\' || c->at[7] != 'u')
			return wrong(c, "lone surrogate escape");
		low = hex4(c->at + 8, c->end);
		if (low < 0xDC00 || low > 0xDFFF)
			return wrong(c, "lone surrogate escape");
		c->at += 6;
	}
	c->at += 6;
	return true;
}

/* At a quote: past the string, whose inside is in TEXT, LEN, ESCAPED. */
static bool
string(struct cursor *c, const char **text, size_t *len, bool *escaped)
{
	uint32_t code;
	size_t n;

	*escaped = false;
	*text = ++c->at;
	for (;;) {
		c->at = plain_end(c->at, c->end);
		if (c->at == c->end)
			return wrong(c, "string does not end");
		if (*c->at == '"')
			break;
		if (*c->at == '\\') {
			*escaped = true;
			if (!escape(c))
				return false;
		} else if ((unsigned char)*c->at < 0x20) {
			return wrong(c, "control character in a string");
		} else {
			do {
				n = utf8_decode(c->at, (size_t)(c->end - c->at),
				    &code);
				if (n == 0)
					return wrong(c, "invalid UTF-8");
				c->at += n;
			} while (
			    c->at < c->end && (unsigned char)*c->at >= 0x80);
		}
	}
	*len = (size_t)(c->at - *text);
	c->at++;
	return true;
}

static const char *
skip_digits(const char *at, const char *end)
{
	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return at;
}

static bool
number(struct cursor *c)
{
	const char *at = c->at, *from;

	if (at < c->end && *at == '-')
		at++;
	from = at;
	at = skip_digits(at, c->end);
	if (at == from || (*from == '0' && at - from > 1))
		return wrong(c, "not a JSON value");
	if (at < c->end && *at == '.') {
		from = ++at;
		at = skip_digits(at, c->end);
		if (at == from)
			return wrong(c, "number without digits");
	}
	if (at < c->end && (*at == 'e' || *at == 'E')) {
		at++;
		if (at < c->end && (*at == '+' || *at == '-'))
			at++;
		from = at;
		at = skip_digits(at, c->end);
		if (at == from)
			return wrong(c, "number without digits");
	}
	c->at = at;
	return true;
}

static bool
word(struct cursor *c, const char *spelling)
{
	size_t len = strlen(spelling);

	if ((size_t)(c->end - c->at) < len || memcmp(c->at, spelling, len) != 0)
		return wrong(c, "not a JSON value");
	c->at += len;
	return true;
}

/* The characters of a name, in ROOM if it has escapes. */
static const char *
name_text(const struct json_member *m, struct buf *room, size_t *len)
{
	struct json_value v = { JSON_STRING, m->name_escaped, m->name,
		m->name_len };

	return json_text(v, room, len);
}

static bool
same_name(struct scan *s, const struct json_member *a,
    const struct json_member *b)
{
	const char *x, *y;
	size_t x_len, y_len;

	if (!a->name_escaped && !b->name_escaped)
		return a->name_len == b->name_len &&
		       memcmp(a->name, b->name, a->name_len) == 0;
	x = name_text(a, &s->room[0], &x_len);
	y = name_text(b, &s->room[1], &y_len);
	return x_len == y_len && memcmp(x, y, x_len) == 0;
}

struct name {
	const char *text;
	size_t len;
	char *own; /* a copy, if the name had escapes */
};

static int
by_name(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return memcmp(x->text, y->text, x->len);
}

/* Whether a name stands twice among many members: by sorting them. */
static bool
twice_among_many(struct scan *s, const struct json_member *m, size_t count)
{
	struct name *names = mem_zero(count, sizeof *names);
	bool twice = false;
	size_t i;

	for (i = 0; i < count; i++) {
		names[i].text = name_text(&m[i], &s->room[0], &names[i].len);
		if (m[i].name_escaped)
			names[i].text = names[i].own =
			    mem_copy(names[i].text, names[i].len);
	}
	qsort(names, count, sizeof *names, by_name);
	for (i = 1; i < count && !twice; i++)
		twice = by_name(&names[i - 1], &names[i]) == 0;
	for (i = 0; i < count; i++)
		free(names[i].own);
	free(names);
	return twice;
}

static bool value(struct cursor *c, struct json_value *out);

/*
 * What names an object has had so far, by a bit each: most that come are new,
 * and show it without being compared.
 */
struct names {
	uint64_t bits[4];
	bool escaped; /* one that can be spelled in many ways was among them */
};

/* Whether a name may have come before; it has from now on. */
static inline bool
maybe_known(struct names *n, const struct json_member *m)
{
	unsigned int mix = (unsigned int)m->name_len;
	uint64_t bit, *word;
	bool known;

	if (m->name_len > 0)
		mix = mix * 31 + (unsigned char)m->name[0] * 7 +
		      (unsigned char)m->name[m->name_len - 1] +
		      (unsigned char)m->name[m->name_len / 2] * 3;
	word = &n->bits[mix >> 6 & 3];
	bit = UINT64_C(1) << (mix & 63);
	n->escaped = n->escaped || m->name_escaped;
	known = n->escaped || (*word & bit) != 0;
	*word |= bit;
	return known;
}

/* The name of the next member of the object whose members start at BASE. */
static bool
member_name(struct cursor *c, size_t base, struct names *names,
    struct json_member *m)
{
	struct scan *s = c->s;
	size_t i;

	if (c->at == c->end || *c->at != '"')
		return wrong(c, "member without a quoted name");
	if (!string(c, &m->name, &m->name_len, &m->name_escaped))
		return false;
	if (s->count - base >= SCAN_MEMBERS)
		return wrong(c, "object with too many members");
	if (s->count - base < FEW && maybe_known(names, m))
		for (i = base; i < s->count; i++)
			if (same_name(s, &s->members[i], m))
				return wrong(c, "name twice in one object");
	space(c);
	if (c->at == c->end || *c->at != ':')
		return wrong(c, "member without a colon");
	c->at++;
	space(c);
	return true;
}

/* At '{': past the object; its members are on the stack from BASE on. */
static bool
object(struct cursor *c, size_t base)
{
	struct scan *s = c->s;
	struct names names = { { 0 }, false };
	struct json_member m = { 0 };
	size_t at;

	c->at++;
	space(c);
	if (c->at < c->end && *c->at == '}') {
		c->at++;
		return true;
	}
	for (;;) {
		if (!member_name(c, base, &names, &m))
			return false;
		if (s->count == s->cap) {
			s->cap = s->cap > 0 ? 2 * s->cap : 64;
			s->members =
			    mem_resize(s->members, s->cap, sizeof *s->members);
		}
		at = s->count++;
		s->members[at] = m;
		if (!value(c, &m.value))
			return false;
		s->members[at].value = m.value;
		space(c);
		if (c->at < c->end && *c->at == ',') {
			c->at++;
			space(c);
			continue;
		}
		if (c->at == c->end || *c->at != '}')
			return wrong(c, "object does not go on or end");
		c->at++;
		if (s->count - base > FEW &&
		    twice_among_many(s, s->members + base, s->count - base))
			return wrong(c, "name twice in one object");
		return true;
	}
}

static bool
array(struct cursor *c)
{
	struct json_value item;

	c->at++;
	space(c);
	if (c->at < c->end && *c->at == ']') {
		c->at++;
		return true;
	}
	for (;;) {
		if (!value(c, &item))
			return false;
		space(c);
		if (c->at < c->end && *c->at == ']') {
			c->at++;
			return true;
		}
		if (c->at == c->end || *c->at != ',')
			return wrong(c, "array does not go on or end");
		c->at++;
		space(c);
	}
}

/* An array or object, one level deeper; its members leave the stack. */
static bool
nested(struct cursor *c, bool is_object)
{
	size_t base = c->s->count;
	bool ok;

	if (c->depth >= SCAN_DEPTH)
		return wrong(c, "nested too deeply");
	c->depth++;
	ok = is_object ? object(c, base) : array(c);
	c->depth--;
	c->s->count = base;
	return ok;
}

static bool
value(struct cursor *c, struct json_value *out)
{
	const char *from = c->at;
	bool ok;

	if (c->at == c->end)
		return wrong(c, "value missing");
	out->escaped = false;
	switch (*c->at) {
	case '"':
		out->type = JSON_STRING;
		return string(c, &out->text, &out->len, &out->escaped);
	case '{':
		out->type = JSON_OBJECT;
		ok = nested(c, true);
		break;
	case '[':
		out->type = JSON_ARRAY;
		ok = nested(c, false);
		break;
	case 't':
		out->type = JSON_TRUE;
		ok = word(c, "true");
		break;
	case 'f':
		out->type = JSON_FALSE;
		ok = word(c, "false");
		break;
	case 'n':
		out->type = JSON_NULL;
		ok = word(c, "null");
		break;
	default:
		out->type = JSON_NUMBER;
		ok = number(c);
	}
	out->text = from;
	out->len = (size_t)(c->at - from);
	return ok;
}

static const char *
verdict(struct cursor *c, bool ok, size_t *at, const char *text)
{
	if (ok) {
		space(c);
		if (c->at == c->end)
			return NULL;
		c->error = "text after the value";
	}
	*at = (size_t)(c->at - text);
	return c->error;
}

const char *
scan_object(struct scan *s, const char *text, size_t len,
    const struct json_member **members, size_t *count, size_t *at)
{
	struct cursor c = { s, text, text + len, NULL, 1 };
	const char *error;

	s->count = 0;
	space(&c);
	if (c.at == c.end || *c.at != '{')
		error = verdict(&c, wrong(&c, "not one JSON object a line"), at,
		    text);
	else
		error = verdict(&c, object(&c, 0), at, text);
	if (error == NULL) {
		*members = s->members;
		*count = s->count;
	}
	return error;
}

const char *
scan_value(struct scan *s, const char *text, size_t len, size_t *at)
{
	struct cursor c = { s, text, text + len, NULL, 0 };
	struct json_value v;

	s->count = 0;
	space(&c);
	return verdict(&c, value(&c, &v), at, text);
}
