/* amount.c - numbers in prose that may be money */
#include <string.h>

#include "amount.h"

#define WHOLE_MAX 12   /* digits before the point */
#define DECIMALS_MAX 6 /* behind it */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A letter, or a byte of one; 0xc2 and 0xe2 start signs, not letters. */
static bool
is_letter(char c)
{
	unsigned char byte = (unsigned char)c;

	return (lower(c) >= 'a' && lower(c) <= 'z') ||
	       (byte >= 0x80 && byte != 0xc2 && byte != 0xe2);
}

static size_t
digits_at(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && is_digit(p[n]))
		n++;
	return n;
}

/*
 * The bytes of a sign that groups digits: ',', '.', or one of the kinds of
 * blank and apostrophe, which all are ' ' in *KIND.
 */
static size_t
group_sign(const char *p, const char *end, char *kind)
{
	static const char *const blanks[] = { " ", "'", "\302\240",
		"\342\200\257", "\342\200\211", "\342\200\231" };

	if (p < end && (*p == ',' || *p == '.')) {
		*kind = *p;
		return 1;
	}
	*kind = ' ';
	for (size_t i = 0; i < sizeof(blanks) / sizeof(blanks[0]); i++) {
		size_t len = strlen(blanks[i]);

		if ((size_t)(end - p) >= len && memcmp(p, blanks[i], len) == 0)
			return len;
	}
	return 0;
}

/* Behind the groups of three digits at P, added to OUT; *GROUP: their sign. */
static const char *
read_groups(const char *p, const char *end, char *out, size_t *len, char *group)
{
	char kind;
	size_t sign;

	while ((sign = group_sign(p, end, &kind)) > 0 &&
	       digits_at(p + sign, end) == 3 && *len + 3 <= WHOLE_MAX &&
	       (*group == '\0' || *group == kind)) {
		memcpy(out + *len, p + sign, 3);
		*len += 3;
		*group = kind;
		p += sign + 3;
	}
	return p;
}

/* The same as India has it, "3,00,000": groups of two before the last three. */
static const char *
read_pairs(const char *p, const char *end, char *out, size_t *len, char *group)
{
	const char *at = p;

	while (at < end && *at == ',' && digits_at(at + 1, end) == 2)
		at += 3;
	if (at == p || at == end || *at != ',' || digits_at(at + 1, end) != 3 ||
	    *len > 2 || *len + (size_t)(at - p) + 3 > WHOLE_MAX)
		return p;
	for (; p < at; p += 3, *len += 2)
		memcpy(out + *len, p + 1, 2);
	memcpy(out + *len, p + 1, 3);
	*len += 3;
	*group = ',';
	return p + 4;
}

/* Leading zeros and a zero fraction say nothing. */
static void
tidy(char digits[AMOUNT])
{
	char *point = strchr(digits, '.');
	size_t zeros = strspn(digits, "0"), len;

	if (point != NULL && strspn(point + 1, "0") == strlen(point + 1))
		*point = '\0';
	if (zeros > 0 && (digits[zeros] == '\0' || digits[zeros] == '.'))
		zeros--;
	len = strlen(digits + zeros);
	memmove(digits, digits + zeros, len + 1);
}

/* The digits at P, of which there is one; their end, or NULL. */
static const char *
read_digits(const char *p, const char *end, char out[AMOUNT])
{
	size_t len = digits_at(p, end), n;
	bool groups = len <= 3;
	char group = '\0';

	if (len > WHOLE_MAX)
		return NULL;
	memcpy(out, p, len);
	p += len;
	if (groups)
		p = read_pairs(p, end, out, &len, &group);
	if (groups && group == '\0')
		p = read_groups(p, end, out, &len, &group);
	n = p < end && (*p == ',' || *p == '.') && *p != group
	        ? digits_at(p + 1, end)
	        : 0;
	if (n > 0 && n <= DECIMALS_MAX) {
		out[len++] = '.';
		memcpy(out + len, p + 1, n);
		len += n;
		p += 1 + n;
	}
	out[len] = '\0';
	tidy(out);
	return p;
}

void
amount_scale(char digits[AMOUNT], unsigned int zeros)
{
	char *point = strchr(digits, '.');
	size_t len = strlen(digits);

	if (len + zeros + 1 > AMOUNT)
		return;
	for (; zeros > 0 && point != NULL && point[1] != '\0'; zeros--) {
		point[0] = point[1];
		*++point = '.';
	}
	if (point != NULL && point[1] == '\0') {
		*point = '\0';
		len--;
	}
	if (zeros > 0) {
		memset(digits + len, '0', zeros);
		digits[len + zeros] = '\0';
	}
	tidy(digits);
}

bool
amount_is_zero(const char *digits)
{
	return strcmp(digits, "0") == 0;
}

/* Behind the word at P that multiplies, and its ZEROS; else P. */
static const char *
read_factor(const char *p, const char *end, unsigned int *zeros)
{
	static const struct {
		const char *word;
		unsigned int zeros;
	} factors[] = { { "k", 3 }, { "tsd", 3 }, { "tys", 3 },
		{ "\321\202\321\213\321\201", 3 }, { "lakh", 5 },
		{ "lakhs", 5 }, { "lac", 5 }, { "lacs", 5 }, { "lpa", 5 },
		{ "mio", 6 }, { "mln", 6 }, { "million", 6 }, { "crore", 7 },
		{ "crores", 7 } };
	const char *word = p < end && *p == ' ' ? p + 1 : p;

	*zeros = 0;
	for (size_t i = 0; i < sizeof(factors) / sizeof(factors[0]); i++) {
		const char *at = word, *name = factors[i].word;

		while (at < end && *name != '\0' && lower(*at) == *name) {
			at++;
			name++;
		}
		if (*name != '\0' ||
		    (at < end && (is_letter(*at) || *at == ')')))
			continue;
		*zeros = factors[i].zeros;
		return at;
	}
	/* "$1.5M", but not "1500 m" or "(m/w)" */
	if (p < end && *p == 'M' && (p + 1 == end || !is_letter(p[1]))) {
		*zeros = 6;
		return p + 1;
	}
	return p;
}

bool
amount_read(const char *p, const char *end, struct amount *out)
{
	out->start = p;
	p = read_digits(p, end, out->digits);
	if (p == NULL)
		return false;
	out->end = read_factor(p, end, &out->zeros);
	amount_scale(out->digits, out->zeros);
	return true;
}

bool
amounts_find(const char *text, const char *end, struct amount amounts[AMOUNTS],
    size_t *count)
{
	const char *p = text;

	*count = 0;
	while (p < end) {
		struct amount a;

		if (!is_digit(*p)) {
			p++;
			continue;
		}
		if (!amount_read(p, end, &a))
			return false;
		p = a.end;
		/* 40%, 401(k) are no pay, nor is what is in a name */
		if ((p < end && (*p == '%' || *p == '(')) ||
		    (a.start > text && is_letter(a.start[-1]) &&
		        (unsigned char)a.start[-1] < 0x80 &&
		        a.start - text > 4))
			continue;
		if (*count == AMOUNTS)
			return false;
		amounts[(*count)++] = a;
	}
	return true;
}
