/* salary.c - what a job pays, read from prose */
#include <stdint.h>
#include <string.h>

#include "salary.h"
#include "scan.h"
#include "tree.h"
#include "utf8.h"

#define SALARY_MAX 300 /* bytes; longer texts are descriptions */

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (unsigned char)c >= 0x80;
}

bool
salary_amount(const char *text, size_t len, char out[AMOUNT])
{
	const char *p = text, *end = text + len;
	struct amount a;

	while (p < end && !is_digit(*p)) {
		if (*p == '-')
			return false;
		p++;
	}
	if (p - text > 8 || p == end || !amount_read(p, end, &a))
		return false;
	memcpy(out, a.digits, AMOUNT);
	p = a.end;
	while (p < end && !is_digit(*p))
		p++;
	return p == end && !amount_is_zero(out);
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

/* Whether a word is English "an", before a period: French has it for year. */
static bool
is_article(const struct words *words, struct text word, const char *p,
    const char *end)
{
	struct text next;

	if (word.len != 2 || lower(word.utf8[0]) != 'a' ||
	    lower(word.utf8[1]) != 'n' || p == end || *p != ' ')
		return false;
	p++;
	next = (struct text){ p, 0 };
	while (p < end && is_letter(*p))
		p++;
	next.len = (size_t)(p - next.utf8);
	return words_find(words, WORD_PERIOD, next.utf8, next.len) != NULL;
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
		if (out->period == NULL && !is_article(words, word, p, end))
			out->period =
			    words_find(words, WORD_PERIOD, word.utf8, word.len);
	}
}

/* A word or a sign of a text. */
enum token_kind { TOKEN_END, TOKEN_BLANK, TOKEN_WORD, TOKEN_SIGN };

static bool
is_currency_sign(uint32_t c)
{
	return c == '$' || (c >= 0xa2 && c <= 0xa5) ||
	       (c >= 0x20a0 && c <= 0x20cf);
}

static bool
is_wordly(uint32_t c)
{
	if (c < 0xc0)
		return c < 0x80 && is_letter((char)c);
	return (c < 0x2000 || c >= 0x2c00) && (c < 0x3000 || c > 0x303f) &&
	       (c < 0xff00 || c > 0xff65);
}

/* The token at *P, which is moved behind it. */
static enum token_kind
next_token(const char **p, const char *end, struct text *token)
{
	const char *at = *p;
	uint32_t c = 0;
	size_t len = 0;

	*token = (struct text){ at, 0 };
	if (at == end)
		return TOKEN_END;
	while (at < end &&
	       (len = utf8_decode(at, (size_t)(end - at), &c)) > 0 &&
	       is_wordly(c))
		at += len;
	if (at > *p) {
		/* "US$", but not "to$" */
		if (at < end && *at == '$' && at[-1] <= 'Z')
			at++;
		*token = (struct text){ *p, (size_t)(at - *p) };
		*p = at;
		return TOKEN_WORD;
	}
	if (len == 0)
		len = 1;
	*p += len;
	if (*at == ' ' || *at == ':' || c == 0xa0 || c == 0x202f || c == 0x2009)
		return TOKEN_BLANK;
	if (*at == '.' && *p < end && **p == '.')
		++*p;
	else if (*at == '.' || is_currency_sign(c))
		return TOKEN_BLANK;
	*token = (struct text){ at, (size_t)(*p - at) };
	return TOKEN_SIGN;
}

static bool
is_one_of(struct text t, const char *const *words)
{
	for (; *words != NULL; words++) {
		size_t i = 0;

		while (i < t.len && lower(t.utf8[i]) == (*words)[i])
			i++;
		if (i == t.len && (*words)[i] == '\0')
			return true;
	}
	return false;
}

static bool
is_period(const struct words *words, struct text t)
{
	return words_find(words, WORD_PERIOD, t.utf8, t.len) != NULL;
}

/* Whether a token leads to the period at P: "per hour", "/hr". */
static bool
leads_to_period(const struct words *words, struct text t, const char *p,
    const char *end)
{
	static const char *const leads[] = { "/", "per", "pro", "par", "por",
		"al", "a", "an", NULL };
	struct text next;
	enum token_kind kind;

	if (!is_one_of(t, leads))
		return false;
	do
		kind = next_token(&p, end, &next);
	while (kind == TOKEN_BLANK);
	return kind == TOKEN_WORD && !is_one_of(next, leads) &&
	       is_period(words, next);
}

static bool
is_unit(const struct words *words, struct text t, const char *p,
    const char *end)
{
	return leads_to_period(words, t, p, end) || is_period(words, t) ||
	       words_find(words, WORD_CURRENCY, t.utf8, t.len) != NULL;
}

/* Whether what stands behind an amount makes it one by time: "25 per hour",
 * "25 hourly", but not "25 hours". */
static bool
is_rate(const struct words *words, const char *p, const char *end)
{
	struct text token;

	while (next_token(&p, end, &token) != TOKEN_END) {
		if (leads_to_period(words, token, p, end))
			return true;
		if (is_period(words, token))
			return token.len > 2 &&
			       memcmp(token.utf8 + token.len - 2, "ly", 2) == 0;
	}
	return false;
}

/*
 * Whether what stands between two amounts makes them a range: one word or sign
 * that says so, currencies and periods aside, "20 EUR/hr - 25 EUR/hr".
 */
static bool
is_range(const struct words *words, const char *p, const char *end)
{
	static const char *const to[] = { "-", "\342\200\223", "\342\200\224",
		"\342\210\222", "~", "\343\200\234", "\357\275\236", "..", "/",
		"to", "bis", "\303\240", "a", "and", "y", "et", "e", "til",
		"till", "tot", "do", "\320\264\320\276", NULL };
	struct text token;
	enum token_kind kind;
	size_t count = 0;

	while ((kind = next_token(&p, end, &token)) != TOKEN_END) {
		if (kind == TOKEN_BLANK || is_unit(words, token, p, end))
			continue;
		if (count++ > 0 || !is_one_of(token, to))
			return false;
	}
	return count == 1;
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
	const struct amount *last;
	struct salary s = { .period = NULL };
	size_t count;

	if (len > SALARY_MAX || !amounts_find(text, end, a, &count) ||
	    count == 0)
		return false;
	salary_unit(words, text, len, country, &s);
	if (count >= 2 && is_range(words, a[0].end, a[1].start)) {
		/* "50-60k" */
		if (a[1].zeros > 0 && a[0].zeros == 0 &&
		    strlen(a[0].digits) <= 3)
			amount_scale(a[0].digits, a[1].zeros);
		memcpy(s.min, a[0].digits, AMOUNT);
		memcpy(s.max, a[1].digits, AMOUNT);
		if (amount_is_zero(s.min))
			s.min[0] = '\0';
	} else if (count == 1)
		single(&s, text, end, &a[0]);
	else
		return false;
	if (amount_is_zero(s.max) || amount_is_zero(s.min) ||
	    (s.min[0] == '\0' && s.max[0] == '\0'))
		return false;
	/* without a unit, a small number is no pay: "3 days" is none */
	last = count > 1 ? &a[1] : &a[0];
	if (s.currency[0] == '\0' && strcspn(last->digits, ".") < 3 &&
	    !is_rate(words, last->end, end))
		return false;
	salary_order(&s);
	*out = s;
	return true;
}
