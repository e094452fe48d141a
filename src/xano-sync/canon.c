/* canon.c - values in the one form in which two of them can be compared */
#include "canon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* Of larger exponents all are one. */
#define EXPONENT_MAX 100000000000000000

/* A number: DIGITS * 10^EXPONENT, without leading or trailing zeros. */
struct number {
	bool negative;
	struct buf digits;
	long exponent;
};

static void
parse_exponent(struct number *n, const char *at, const char *end)
{
	bool negative = at < end && *at == '-';
	long e = 0;

	if (at < end && (*at == '-' || *at == '+'))
		at++;
	for (; at < end; at++)
		if (e < EXPONENT_MAX)
			e = 10 * e + (*at - '0');
	if (e > EXPONENT_MAX)
		e = EXPONENT_MAX;
	n->exponent += negative ? -e : e;
}

static void
trim(struct number *n)
{
	while (n->digits.len > 0 && n->digits.data[n->digits.len - 1] == '0') {
		n->digits.len--;
		n->exponent++;
	}
	if (n->digits.len == 0) {
		n->negative = false;
		n->exponent = 0;
	}
	if (n->exponent > EXPONENT_MAX)
		n->exponent = EXPONENT_MAX;
	if (n->exponent < -EXPONENT_MAX)
		n->exponent = -EXPONENT_MAX;
}

static void
parse(struct number *n, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	bool fraction = false;

	buf_clear(&n->digits);
	n->exponent = 0;
	n->negative = at < end && *at == '-';
	at += n->negative;
	for (; at < end && *at != 'e' && *at != 'E'; at++) {
		if (*at == '.') {
			fraction = true;
			continue;
		}
		n->exponent -= fraction;
		if (*at != '0' || n->digits.len > 0)
			buf_byte(&n->digits, *at);
	}
	if (at < end)
		parse_exponent(n, at + 1, end);
	trim(n);
}

/* Add one to the last digit. */
static void
increment(struct number *n)
{
	size_t i = n->digits.len;

	while (i > 0 && n->digits.data[i - 1] == '9')
		n->digits.data[--i] = '0';
	if (i > 0) {
		n->digits.data[i - 1]++;
		return;
	}
	buf_byte(&n->digits, '0');
	memmove(n->digits.data + 1, n->digits.data, n->digits.len - 1);
	n->digits.data[0] = '1';
}

static void
round_to(struct number *n, int places)
{
	long drop = -places - n->exponent;
	bool up;

	if (drop <= 0)
		return;
	if ((unsigned long)drop > n->digits.len) {
		buf_clear(&n->digits);
		trim(n);
		return;
	}
	up = n->digits.data[n->digits.len - (size_t)drop] >= '5';
	n->digits.len -= (size_t)drop;
	n->exponent += drop;
	if (up)
		increment(n);
	trim(n);
}

/* Write out without an exponent. */
static void
write_plain(const struct number *n, struct buf *out)
{
	long point = (long)n->digits.len + n->exponent, i;

	if (n->digits.len == 0) {
		buf_byte(out, '0');
		return;
	}
	if (n->negative)
		buf_byte(out, '-');
	if (point <= 0)
		buf_text(out, "0.");
	for (i = point; i < 0; i++)
		buf_byte(out, '0');
	if (point > 0 && point < (long)n->digits.len) {
		buf_add(out, n->digits.data, (size_t)point);
		buf_byte(out, '.');
		buf_add(out, n->digits.data + point,
		    n->digits.len - (size_t)point);
	} else {
		buf_add(out, n->digits.data, n->digits.len);
	}
	for (i = 0; i < n->exponent; i++)
		buf_byte(out, '0');
}

/* Most numbers are short whole ones, written as they have to be. */
static bool
is_plain(const char *text, size_t len, int shift)
{
	size_t i = text[0] == '-';

	if (shift != 0 || len > 18 || len == i || text[i] == '0')
		return shift == 0 && len == 1 && text[0] == '0';
	for (; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return true;
}

/* Others are short, with a few decimals: 39.50, of which 39.5 is left. */
static bool
add_short(const char *text, size_t len, int places, struct buf *out)
{
	size_t sign = text[0] == '-', i = sign, point, end = len;

	while (i < len && text[i] >= '0' && text[i] <= '9')
		i++;
	point = i++;
	if (len > 18 || i >= len || text[point] != '.')
		return false;
	for (; i < len; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	while (text[end - 1] == '0')
		end--;
	if (places != CANON_EXACT && end - point - 1 > (size_t)places)
		return false;
	if (end == point + 1)
		end--;
	/* There is one zero only. */
	if (end == sign + 1 && text[sign] == '0')
		buf_byte(out, '0');
	else
		buf_add(out, text, end);
	return true;
}

bool
canon_number(const char *text, size_t len, int shift, int places,
    struct buf *out)
{
	struct number n = { 0 };
	bool fits;

	if (is_plain(text, len, shift)) {
		buf_add(out, text, len);
		return true;
	}
	if (shift == 0 && add_short(text, len, places, out))
		return true;
	parse(&n, text, len);
	n.exponent += shift;
	if (n.digits.len == 0)
		n.exponent = 0;
	if (places != CANON_EXACT)
		round_to(&n, places);
	fits = (long)n.digits.len + n.exponent <= CANON_DIGITS &&
	       n.exponent >= -CANON_DIGITS && n.digits.len <= CANON_DIGITS;
	if (fits)
		write_plain(&n, out);
	buf_free(&n.digits);
	return fits;
}

static void
json_number(struct json_value v, struct buf *out)
{
	struct number n = { 0 };

	parse(&n, v.text, v.len);
	if (n.negative)
		buf_byte(out, '-');
	buf_add(out, n.digits.data, n.digits.len);
	buf_byte(out, 'e');
	buf_json_int(out, n.exponent);
	buf_free(&n.digits);
}

static void
json_string(struct json_value v, struct buf *out)
{
	struct buf room = { 0 };
	size_t len;
	const char *text;

	/* Without escapes it is written the one way already. */
	if (!v.escaped) {
		buf_byte(out, '"');
		buf_add(out, v.text, v.len);
		buf_byte(out, '"');
		return;
	}
	text = json_text(v, &room, &len);
	buf_json_string(out, text, len);
	buf_free(&room);
}

/* A member on its way to be sorted: its name unescaped, in ROOM if need be. */
struct sorted {
	const char *name;
	size_t len;
	struct buf room;
	struct json_value value;
};

static int
by_name(const void *a, const void *b)
{
	const struct sorted *x = a, *y = b;
	size_t least = x->len < y->len ? x->len : y->len;
	int order = memcmp(x->name, y->name, least);

	return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

#define FEW 8 /* members that need no room of their own */

/*
 * The members of an object by name; in FEW_MEMBERS, or in an array that the
 * caller frees.
 */
static struct sorted *
sort_members(struct json_value v, struct sorted few_members[FEW], size_t *count)
{
	struct sorted *members = few_members;
	struct json_walk w;
	struct json_member m;
	size_t n = 0, cap = FEW;
	bool in_order = true;

	for (w = json_walk(v); json_next(&w, &m); n++) {
		struct json_value name = { JSON_STRING, m.name_escaped, m.name,
			m.name_len };

		if (n == cap && members == few_members) {
			members = mem_zero(cap *= 2, sizeof *members);
			memcpy(members, few_members, n * sizeof *members);
		} else if (n == cap) {
			members =
			    mem_resize(members, cap *= 2, sizeof *members);
		}
		members[n] = (struct sorted){ .value = m.value };
		members[n].name =
		    json_text(name, &members[n].room, &members[n].len);
		if (n > 0 && by_name(&members[n - 1], &members[n]) > 0)
			in_order = false;
	}
	if (!in_order)
		qsort(members, n, sizeof *members, by_name);
	*count = n;
	return members;
}

static void
json_object(struct json_value v, struct buf *out)
{
	struct sorted few_members[FEW], *members;
	size_t count, i;

	members = sort_members(v, few_members, &count);

	buf_byte(out, '{');
	for (i = 0; i < count; i++) {
		if (i > 0)
			buf_byte(out, ',');
		if (members[i].room.data == NULL) {
			buf_byte(out, '"');
			buf_add(out, members[i].name, members[i].len);
			buf_byte(out, '"');
		} else {
			buf_json_string(out, members[i].name, members[i].len);
		}
		buf_byte(out, ':');
		canon_json(members[i].value, out);
		buf_free(&members[i].room);
	}
	buf_byte(out, '}');
	if (members != few_members)
		free(members);
}

void
canon_json(struct json_value v, struct buf *out)
{
	struct json_walk w;
	struct json_member m;
	bool first = true;

	switch (v.type) {
	case JSON_NUMBER:
		json_number(v, out);
		break;
	case JSON_STRING:
		json_string(v, out);
		break;
	case JSON_OBJECT:
		json_object(v, out);
		break;
	case JSON_ARRAY:
		buf_byte(out, '[');
		for (w = json_walk(v); json_next(&w, &m); first = false) {
			if (!first)
				buf_byte(out, ',');
			canon_json(m.value, out);
		}
		buf_byte(out, ']');
		break;
	default:
		buf_add(out, v.text, v.len);
	}
}

/* Thousandths of a second in "…:05.2578…"; the rest is cut off. */
static int64_t
thousandths(const char *text, size_t len)
{
	int64_t ms = 0, unit = 100;
	size_t i;

	if (len < 20 || text[19] != '.')
		return 0;
	for (i = 20; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
		ms += (text[i] - '0') * unit;
		unit /= 10;
	}
	return ms;
}

bool
canon_time(const char *text, size_t len, int64_t *ms)
{
	char room[64];
	int64_t seconds;

	if (len + 10 >= sizeof room)
		return false;
	memcpy(room, text, len);
	room[len] = '\0';
	if (len == 10)
		len += (size_t)snprintf(room + len, sizeof room - len,
		    "T00:00:00Z");
	if (len > 10 && room[10] == ' ')
		room[10] = 'T';
	if (len > 5 && (room[len - 5] == '+' || room[len - 5] == '-') &&
	    room[len - 3] != ':') {
		memmove(room + len - 1, room + len - 2, 3);
		room[len - 2] = ':';
		len++;
	}
	if (!clock_parse(room, len, &seconds))
		return false;
	*ms = seconds * 1000 + thousandths(room, len);
	return true;
}

bool
canon_date(const char *text, size_t len, char out[11])
{
	char stamp[CLOCK_STAMP];
	int64_t ms;

	if (!canon_time(text, len, &ms))
		return false;
	clock_format((ms - (ms % 1000 + 1000) % 1000) / 1000, stamp);
	memcpy(out, stamp, 10);
	out[10] = '\0';
	return true;
}
