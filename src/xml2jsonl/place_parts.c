/* place_parts.c - what the parts between the commas of a place are */
#include <string.h>

#include "place_parts.h"

static const struct text none = { "", 0 };

static bool
same(struct text a, const char *b)
{
	size_t len = strlen(b);

	return a.len == len && memcmp(a.utf8, b, len) == 0;
}

static bool
is_upper_code(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (t.utf8[i] < 'A' || t.utf8[i] > 'Z')
			return false;
	return t.len == 2 || t.len == 3;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

const char *
place_free_country(const struct words *words, struct text t)
{
	if (t.len <= 3 && !is_upper_code(t))
		return NULL;
	return place_country(words, t);
}

/*
 * The country whose state that is.  Two letters that are a state outside of the
 * United States and a country too have no one reading.
 */
static const char *
state_of(const struct words *words, struct text t)
{
	const char *found;

	if (t.len <= 3 && !is_upper_code(t))
		return NULL;
	found = words_find(words, WORD_STATE, t.utf8, t.len);
	if (found != NULL && t.len == 2 && strcmp(found, "US") != 0 &&
	    place_country(words, t) != NULL)
		return NULL;
	return found;
}

static bool
is_ambiguous(const struct words *words, struct text t)
{
	const char *found = words_find(words, WORD_STATE, t.utf8, t.len);

	return t.len == 2 && found != NULL && strcmp(found, "US") != 0 &&
	       place_country(words, t) != NULL;
}

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

/* Canada's "V6B 1A1". */
static bool
is_canadian(const char *p)
{
	return is_upper(p[0]) && is_digit(p[1]) && is_upper(p[2]) &&
	       p[3] == ' ' && is_digit(p[4]) && is_upper(p[5]) &&
	       is_digit(p[6]);
}

bool
place_is_postal(struct text t)
{
	size_t digits = 0;

	if (t.len == 7 && is_canadian(t.utf8))
		return true;
	while (digits < t.len && is_digit(t.utf8[digits]))
		digits++;
	return digits == 5 && (t.len == 5 || (t.len == 10 && t.utf8[5] == '-'));
}

/*
 * Take "TX 78701", "TX 78701-1234", "BC V6B 1A1", "NSW 2000" apart; four digits
 * are a postal code behind a state of Australia only.
 */
static struct text
split_zip(const struct words *words, struct text t, struct text *postal)
{
	size_t digits = t.len;
	const char *country;
	struct text state;

	while (digits > 0 &&
	       (is_digit(t.utf8[digits - 1]) || t.utf8[digits - 1] == '-'))
		digits--;
	if (t.len > 9 && is_canadian(t.utf8 + t.len - 7))
		digits = t.len - 7;
	if (t.len - digits < 4 || digits < 2 || t.utf8[digits - 1] != ' ')
		return t;
	state = text_trim(t.utf8, digits);
	country = words_find(words, WORD_STATE, state.utf8, state.len);
	if (t.len - digits == 4 &&
	    (country == NULL || strcmp(country, "AU") != 0))
		return t;
	*postal = (struct text){ t.utf8 + digits, t.len - digits };
	return state;
}

/* Take "10115 Berlin" apart. */
static struct text
split_code(struct text t, struct text *postal)
{
	size_t digits = 0;

	while (digits < t.len && is_digit(t.utf8[digits]))
		digits++;
	if (digits < 4 || digits > 5 || digits + 1 >= t.len ||
	    t.utf8[digits] != ' ')
		return t;
	*postal = (struct text){ t.utf8, digits };
	return text_trim(t.utf8 + digits, t.len - digits);
}

static struct text
constant(const char *string)
{
	return (struct text){ string, strlen(string) };
}

/* Names of states that are as well known as a city or a country. */
static bool
is_more_than_state(struct text t)
{
	static const char *const names[] = { "New York", "Washington",
		"Georgia", "Victoria", "Quebec", "Qu\303\251bec" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (same(t, names[i]))
			return true;
	return false;
}

static void
one_part(const struct words *words, struct text part, struct place *out)
{
	const char *country = place_free_country(words, part);

	/* "CA", "DE" are states as well */
	if (country != NULL &&
	    words_find(words, WORD_STATE, part.utf8, part.len) == NULL)
		out->country = constant(country);
	else if (part.len > 3 && state_of(words, part) != NULL &&
	         !is_more_than_state(part))
		out->state = part;
}

static void
two_parts(const struct words *words, const struct text *parts,
    struct place *out)
{
	struct text zip = none, last = split_zip(words, parts[1], &zip);
	const char *country;

	if (state_of(words, last) != NULL) {
		out->city = parts[0];
		out->state = last;
		if (zip.len > 0)
			out->postal_code = zip;
		return;
	}
	country = is_ambiguous(words, parts[1])
	              ? NULL
	              : place_free_country(words, parts[1]);
	if (country == NULL)
		return;
	out->country = constant(country);
	if (state_of(words, parts[0]) != NULL && parts[0].len <= 3)
		out->state = parts[0];
	else
		out->city = split_code(parts[0], &out->postal_code);
}

static bool
has_digit(struct text t)
{
	for (size_t i = 0; i < t.len; i++)
		if (is_digit(t.utf8[i]))
			return true;
	return false;
}

/* Three parts or more: the last is the country or a state, or the first is. */
static void
more_parts(const struct words *words, const struct text *parts, size_t count,
    struct place *out)
{
	struct text last = parts[count - 1], zip = none, state;
	const char *country = place_free_country(words, last);

	state = split_zip(words, last, &zip);
	if (zip.len > 0 && state_of(words, state) != NULL) {
		out->city = parts[count - 2];
		out->state = state;
		out->postal_code = zip;
		return;
	}
	if (country == NULL) {
		country =
		    count == 3 ? place_free_country(words, parts[0]) : NULL;
		if (country == NULL || !is_upper_code(parts[0]))
			return;
		out->country = constant(country);
		out->state = parts[1];
		out->city = parts[2];
		return;
	}
	out->country = constant(country);
	state = split_zip(words, parts[count - 2], &zip);
	if (count == 3 && has_digit(parts[0])) {
		/* a street and its number */
		out->city = split_code(parts[1], &out->postal_code);
		return;
	}
	if (count == 3 || state_of(words, state) != NULL) {
		out->state = state;
		if (zip.len > 0)
			out->postal_code = zip;
		out->city = parts[count - 3];
	}
}

void
place_parts(const struct words *words, const struct text *parts, size_t count,
    struct place *out)
{
	if (count == 1)
		one_part(words, parts[0], out);
	else if (count == 2)
		two_parts(words, parts, out);
	else
		more_parts(words, parts, count, out);
	if (out->city.len == 0)
		out->postal_code = none;
}
