/* salary.c - what a job pays, read from prose */
#include <stdint.h>
#include <string.h>

#include "salary.h"
#include "scan.h"
#include "tree.h"

#define SALARY_MAX 300 /* bytes; longer texts are descriptions */
#define AMOUNTS 4

/* An amount where it stands. */
struct amount {
	char digits[AMOUNT];
	const char *start, *end; /* with what belongs to it: sign, k */
	bool thousands;          /* a k stood behind it */
};

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

static bool
is_letter(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

/* The bytes of a blank between groups of digits: space, no-break, thin. */
static size_t
group_blank(const char *p, const char *end)
{
	if (p < end && (*p == ' ' || *p == '\''))
		return 1;
	if (end - p >= 2 && memcmp(p, "\302\240", 2) == 0)
		return 2;
	if (end - p >= 3 && (memcmp(p, "\342\200\257", 3) == 0 ||
	                        memcmp(p, "\342\200\211", 3) == 0))
		return 3;
	return 0;
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
 * A number at P: groups of three behind a comma, a point or a blank are
 * thousands, one or two digits at the end are decimals.  Returns its end, or
 * NULL when it is no amount.
 */
static const char *
read_number(const char *p, const char *end, char out[AMOUNT])
{
	size_t len = digits_at(p, end), n, blank;
	char group = '\0';

	if (len == 0 || len > 12)
		return NULL;
	memcpy(out, p, len);
	p += len;
	for (;;) {
		blank = group_blank(p, end);
		n = blank > 0 ? digits_at(p + blank, end) : 0;
		if (n == 3 && len <= 9 && (group == '\0' || group == ' ') &&
		    (len <= 3 || group == ' ')) {
			memcpy(out + len, p + blank, 3);
			group = ' ';
			p += blank + 3;
			len += 3;
			continue;
		}
		if (p == end || (*p != ',' && *p != '.'))
			break;
		n = digits_at(p + 1, end);
		if (n == 3 && len <= 9 && (group == '\0' || group == *p)) {
			memcpy(out + len, p + 1, 3);
			group = *p;
			p += 4;
			len += 3;
			continue;
		}
		if ((n != 1 && n != 2) || group == *p || len > 15)
			break;
		out[len++] = '.';
		memcpy(out + len, p + 1, n);
		len += n;
		p += 1 + n;
		break;
	}
	out[len] = '\0';
	return p;
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

static void
times_thousand(char digits[AMOUNT])
{
	char *point = strchr(digits, '.');
	size_t decimals = 0, len = strlen(digits);

	if (len + 4 > AMOUNT)
		return;
	if (point != NULL) {
		decimals = strlen(point + 1);
		memmove(point, point + 1, decimals + 1);
		len--;
	}
	for (size_t i = decimals; i < 3; i++)
		digits[len++] = '0';
	digits[len] = '\0';
	tidy(digits);
}

static bool
is_zero(const char *digits)
{
	return strcmp(digits, "0") == 0;
}

bool
salary_amount(const char *text, size_t len, char out[AMOUNT])
{
	const char *p = text, *end = text + len, *rest;

	while (p < end && !is_digit(*p)) {
		if (*p == '-')
			return false;
		p++;
	}
	if (p - text > 8)
		return false;
	rest = read_number(p, end, out);
	if (rest == NULL)
		return false;
	tidy(out);
	if (rest < end && lower(*rest) == 'k') {
		times_thousand(out);
		rest++;
	}
	while (rest < end && !is_digit(*rest))
		rest++;
	return rest == end && !is_zero(out);
}

/* Behind P when the word there is a k for thousand, else P. */
static const char *
skip_k(const char *p, const char *end)
{
	const char *k = p < end && *p == ' ' ? p + 1 : p;

	if (k < end && lower(*k) == 'k' && (k + 1 == end || !is_letter(k[1])) &&
	    (k + 1 == end || k[1] != ')'))
		return k + 1;
	return p;
}

/* Numbers that look like money; false when there are too many. */
static bool
find_amounts(const char *text, const char *end, struct amount *amounts,
    size_t *count)
{
	const char *p = text;

	*count = 0;
	while (p < end) {
		struct amount a = { .start = p };

		if (!is_digit(*p)) {
			p++;
			continue;
		}
		p = read_number(p, end, a.digits);
		if (p == NULL)
			return false;
		/* 40%, 401(k), 24/7, 3rd are no pay */
		if (p < end && (*p == '%' || *p == '('))
			continue;
		if (a.start > text && is_letter(a.start[-1]) &&
		    (unsigned char)a.start[-1] < 0x80 && a.start - text > 4)
			continue;
		tidy(a.digits);
		a.end = skip_k(p, end);
		a.thousands = a.end != p;
		if (a.thousands)
			times_thousand(a.digits);
		p = a.end;
		if (*count == AMOUNTS)
			return false;
		amounts[(*count)++] = a;
	}
	return true;
}

/* Whether what stands between two amounts makes them a range. */
static bool
is_range(const char *p, const char *end)
{
	static const char *const words[] = { "-", "\342\200\223",
		"\342\200\224", "to", "bis", "\303\240", "a", "and", "y", "et",
		"e", "til", "till", "tot", "do", "\320\264\320\276", "/", "..",
		"~" };
	char word[12];
	size_t n = 0;

	/* currency signs, codes and blanks aside, one word is left */
	for (; p < end; p++) {
		/* "R$", "US$" */
		if (*p == ' ' || *p == '$' || *p == ':' ||
		    (p + 1 < end && p[1] == '$' && is_letter(*p)))
			continue;
		if (memchr("\342\302", *p, 2) != NULL && end - p >= 2) {
			/* the signs of euro, pound, yen, and no-break space */
			if (end - p >= 3 && memcmp(p, "\342\202", 2) == 0) {
				p += 2;
				continue;
			}
			if (*p == '\302') {
				p++;
				continue;
			}
		}
		if (p + 3 <= end && p[0] >= 'A' && p[0] <= 'Z' && p[1] >= 'A' &&
		    p[1] <= 'Z') {
			while (p + 1 < end && p[1] >= 'A' && p[1] <= 'Z')
				p++;
			continue;
		}
		if (n + 1 == sizeof(word))
			return false;
		word[n++] = lower(*p);
	}
	word[n] = '\0';
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

/* Whether a word in lower case stands at P, and no letter behind it. */
static bool
is_at(const char *p, const char *end, const char *word)
{
	while (*word != '\0' && p < end && lower(*p) == *word) {
		p++;
		word++;
	}
	return *word == '\0' && (p == end || !is_letter(*p));
}

/* Whether the text holds one of these words, each of which starts with a
 * letter. */
static bool
says_any(const char *text, const char *end, const char *const *words)
{
	for (const char *p = text; p < end; p++) {
		if (!is_letter(*p) || (p > text && is_letter(p[-1])))
			continue;
		for (size_t i = 0; words[i] != NULL; i++)
			if (is_at(p, end, words[i]))
				return true;
	}
	return false;
}

/* "$" and "kr" belong to several countries. */
static const char *
shared_sign(const char *sign, const char *country)
{
	static const char codes[][3][5] = { { "$", "US", "USD" },
		{ "$", "CA", "CAD" }, { "$", "AU", "AUD" },
		{ "$", "NZ", "NZD" }, { "$", "SG", "SGD" },
		{ "$", "HK", "HKD" }, { "$", "MX", "MXN" },
		{ "$", "AR", "ARS" }, { "$", "CL", "CLP" },
		{ "$", "CO", "COP" }, { "$", "", "USD" }, { "kr", "SE", "SEK" },
		{ "kr", "NO", "NOK" }, { "kr", "DK", "DKK" },
		{ "kr", "IS", "ISK" } };

	if (country == NULL)
		country = "";
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
		if (strcmp(codes[i][0], sign) == 0 &&
		    strcmp(codes[i][1], country) == 0)
			return codes[i][2];
	return NULL;
}

/* A word of the text as a currency: "EUR", "€", "руб". */
static const char *
currency_of(const struct words *words, const char *word, size_t len,
    const char *country)
{
	const char *found = words_find(words, WORD_CURRENCY, word, len);

	if (found == NULL)
		return NULL;
	if (strcmp(found, "$") == 0 || strcmp(found, "kr") == 0)
		return shared_sign(found, country);
	return strlen(found) == 3 ? found : NULL;
}

/* The next word at *P: letters, or one sign that is none. */
static struct text
next_word(const char **p, const char *end)
{
	const char *start;

	while (*p < end &&
	       (memchr(" /.,;:()-+\t\n", **p, 12) != NULL || is_digit(**p)))
		(*p)++;
	start = *p;
	if (*p < end && memcmp(*p, "$", 1) == 0)
		(*p)++;
	else
		while (*p < end && (is_letter(**p) || **p == '$')) {
			(*p)++;
			if ((*p)[-1] == '$')
				break;
		}
	if (*p == start && *p < end) {
		(*p)++;
		return (struct text){ start, 0 };
	}
	return (struct text){ start, (size_t)(*p - start) };
}

void
salary_unit(const struct words *words, const char *text, size_t len,
    const char *country, struct salary *out)
{
	const char *p = text, *end = text + len, *found;

	while (p < end) {
		struct text word = next_word(&p, end);

		if (word.len == 0)
			continue;
		found = currency_of(words, word.utf8, word.len, country);
		if (found != NULL && out->currency[0] == '\0')
			memcpy(out->currency, found, 4);
		if (out->period == NULL)
			out->period =
			    words_find(words, WORD_PERIOD, word.utf8, word.len);
	}
}

void
salary_order(struct salary *s)
{
	char swap[AMOUNT];

	if (s->min[0] == '\0' || s->max[0] == '\0' ||
	    json_compare(s->min, strlen(s->min), s->max, strlen(s->max)) <= 0)
		return;
	memcpy(swap, s->min, AMOUNT);
	memcpy(s->min, s->max, AMOUNT);
	memcpy(s->max, swap, AMOUNT);
}

/* One amount is an upper bound, a lower one, or both. */
static void
single(struct salary *s, const char *text, const char *end,
    const struct amount *a)
{
	static const char *const up_to[] = { "up to", "upto", "max", "maximum",
		"bis", "bis zu", "jusqu'\303\240", "hasta", "at\303\251",
		"\320\264\320\276", "to", NULL };
	static const char *const from[] = { "from", "min", "minimum",
		"starting", "starts", "ab", "\303\240 partir", "desde",
		"fr\303\245n", "od", "a partir de", "\320\276\321\202", NULL };

	bool is_lowest = says_any(text, end, from);

	if (is_lowest || !says_any(text, end, up_to))
		memcpy(s->min, a->digits, AMOUNT);
	if (!is_lowest && !(a->end < end && *a->end == '+'))
		memcpy(s->max, a->digits, AMOUNT);
}

bool
salary_parse(const struct words *words, const char *text, size_t len,
    const char *country, struct salary *out)
{
	const char *end = text + len;
	struct amount a[AMOUNTS];
	struct salary s = { .period = NULL };
	size_t count;

	if (len > SALARY_MAX || !find_amounts(text, end, a, &count) ||
	    count == 0)
		return false;
	salary_unit(words, text, len, country, &s);
	if (count >= 2 && is_range(a[0].end, a[1].start)) {
		/* "50-60k" */
		if (a[1].thousands && !a[0].thousands &&
		    strlen(a[0].digits) <= 3)
			times_thousand(a[0].digits);
		memcpy(s.min, a[0].digits, AMOUNT);
		memcpy(s.max, a[1].digits, AMOUNT);
		if (is_zero(s.min))
			s.min[0] = '\0';
	} else if (count == 1)
		single(&s, text, end, &a[0]);
	else
		return false;
	if (is_zero(s.max) || is_zero(s.min) ||
	    (s.min[0] == '\0' && s.max[0] == '\0'))
		return false;
	/* without a unit, a small number is no pay */
	if (s.currency[0] == '\0' && s.period == NULL &&
	    strlen(count > 1 ? s.max : a[0].digits) < 3)
		return false;
	salary_order(&s);
	*out = s;
	return true;
}
