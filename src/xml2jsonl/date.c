/* date.c - dates as feeds write them */
#include <string.h>

#include "date.h"
#include "date_words.h"

#define DATE_MAX 80 /* bytes; longer ones are prose */

struct date {
	int year, month, day; /* 0: not seen yet */
	int hour, minute, second;
	bool has_time, has_zone, pm, am;
	int offset; /* minutes east of UTC */
};

struct cursor {
	const char *at, *end, *start;
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

/* A run of digits of at most MOST; returns how many there are. */
static int
number(struct cursor *c, int most, int *value)
{
	int digits = 0;

	*value = 0;
	while (digits < most && c->at < c->end && is_digit(*c->at)) {
		*value = *value * 10 + (*c->at++ - '0');
		digits++;
	}
	return digits;
}

static bool
take(struct cursor *c, char wanted)
{
	if (c->at == c->end || *c->at != wanted)
		return false;
	c->at++;
	return true;
}

/* "+0100", "+01:00", "-5" behind a time. */
static bool
numeric_zone(struct cursor *c, struct date *d)
{
	int sign = *c->at == '-' ? -1 : 1, hours, minutes = 0, digits;

	c->at++;
	digits = number(c, 4, &hours);
	if (digits == 0 || digits == 3)
		return false;
	if (digits == 4) {
		minutes = hours % 100;
		hours /= 100;
	} else if (take(c, ':') && number(c, 2, &minutes) != 2)
		return false;
	if (hours > 14 || minutes > 59)
		return false;
	d->offset = sign * (hours * 60 + minutes);
	d->has_zone = true;
	return true;
}

/* The rest of a time behind its hour: ":04:05.678", and am or pm. */
static bool
time_of_day(struct cursor *c, struct date *d, int hour)
{
	int ignored;

	if (d->has_time)
		return false;
	d->has_time = true;
	d->hour = hour;
	if (!take(c, ':') || number(c, 2, &d->minute) != 2)
		return false;
	if (take(c, ':') && number(c, 2, &d->second) != 2)
		return false;
	/* fractions are dropped; some write them behind a colon */
	if (take(c, '.') || take(c, ',') || take(c, ':'))
		number(c, 9, &ignored);
	return true;
}

/* RFC 822's years have two digits. */
static int
full_year(int year)
{
	return year < 70 ? 2000 + year : 1900 + year;
}

/* Three numbers A, B and YEAR with a sign between them. */
static bool
year_last(struct date *d, int a, int b, int year, char sign,
    enum map_dates order)
{
	bool day_first = sign == '.' || order == DATES_DAY_FIRST ||
	                 (order == DATES_UNKNOWN && (a > 12 || a == b));
	bool month_first = order == DATES_MONTH_FIRST && sign != '.';

	if (!day_first && !month_first && b <= 12)
		return false; /* either may be the month */
	d->day = day_first ? a : b;
	d->month = day_first ? b : a;
	/* what the map says can't be: then it is the other way round */
	if (d->month > 12 && d->day <= 12 && sign != '.') {
		int swap = d->month;

		d->month = d->day;
		d->day = swap;
	}
	d->year = year;
	return true;
}

/* "2026-11-01", "01/11/2026", "05.07.2023" behind their first number A. */
static bool
numeric_date(struct cursor *c, struct date *d, int a, int digits,
    enum map_dates order)
{
	char sign = *c->at++;
	int b, third, third_digits;

	if (d->year != 0 || number(c, 2, &b) == 0 || !take(c, sign))
		return false;
	third_digits = number(c, 4, &third);
	if (digits == 4 && third_digits > 0 && third_digits <= 2) {
		d->year = a;
		d->month = b;
		d->day = third;
		return true;
	}
	if (digits > 2 || (third_digits != 4 && third_digits != 2))
		return false;
	/* of three short numbers, the map has to say which is which */
	if (third_digits == 2 && order == DATES_UNKNOWN)
		return false;
	if (third_digits == 2)
		third = full_year(third);
	return year_last(d, a, b, third, sign, order);
}

/* A number that stands alone: a day or a year beside a month's name. */
static bool
lone_number(struct date *d, int value, int digits)
{
	if (digits == 4 && d->year == 0)
		d->year = value;
	else if (digits <= 2 && d->day == 0)
		d->day = value;
	else if (digits == 2 && d->year == 0 && d->month != 0)
		d->year = full_year(value);
	else
		return false;
	return true;
}

static bool
take_number(struct cursor *c, struct date *d, enum map_dates order)
{
	const char *start = c->at;
	int value, digits = number(c, 9, &value);
	char next = c->at < c->end ? *c->at : ' ';

	if (digits == 8 && c->at - start == 8 && d->year == 0 &&
	    (c->at == c->end || next == 'T')) {
		/* 20261101 */
		d->year = value / 10000;
		d->month = value / 100 % 100;
		d->day = value % 100;
		return true;
	}
	if (digits == 6 && start > c->start && start[-1] == 'T' &&
	    !d->has_time) {
		/* 20261101T103000 */
		d->hour = value / 10000;
		d->minute = value / 100 % 100;
		d->second = value % 100;
		d->has_time = true;
		return true;
	}
	if (digits > 4)
		return false;
	if (next == ':' && digits <= 2)
		return time_of_day(c, d, value);
	if ((next == '-' || next == '/' || next == '.') && c->at + 1 < c->end &&
	    is_digit(c->at[1]))
		return numeric_date(c, d, value, digits, order);
	return lone_number(d, value, digits);
}

static bool
take_word(struct cursor *c, struct date *d)
{
	const char *word = c->at;
	size_t len;
	int month;

	while (c->at < c->end && is_letter(*c->at))
		c->at++;
	len = (size_t)(c->at - word);
	/* ISO 8601 has these two, and most dates are in it */
	if (len == 1 && *word == 'T')
		return true;
	if (len == 1 && *word == 'Z' && d->has_time) {
		d->has_zone = true;
		return true;
	}
	if (date_says_nothing(word, len))
		return true;
	if (date_is_word(word, len, "am") || date_is_word(word, len, "pm")) {
		d->pm = lower(*word) == 'p';
		d->am = !d->pm;
		return d->has_time;
	}
	month = date_month(word, len);
	if (month != 0 && d->month == 0) {
		d->month = month;
		return true;
	}
	d->has_zone = d->has_time && date_zone(word, len, &d->offset);
	return d->has_zone;
}

static int
days_in(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
		31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970 of the proleptic Gregorian calendar. */
static int64_t
days_since_1970(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400, of_era = y - era * 400;
	int64_t of_year =
	    (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - 719468;
}

static bool
to_seconds(const struct date *d, int64_t *seconds)
{
	int hour = d->hour;

	if (d->year < 1970 || d->year > 2199 || d->month < 1 || d->month > 12 ||
	    d->day < 1 || d->day > days_in(d->year, d->month))
		return false;
	if ((d->pm || d->am) && (hour < 1 || hour > 12))
		return false;
	if (d->pm || d->am)
		hour = hour % 12 + (d->pm ? 12 : 0);
	if (hour > 24 || d->minute > 59 || d->second > 60 ||
	    (hour == 24 && d->minute + d->second > 0))
		return false;
	*seconds = days_since_1970(d->year, d->month, d->day) * 86400 +
	           hour * 3600 + d->minute * 60 + d->second - d->offset * 60;
	return *seconds > 0;
}

/* Seconds or milliseconds since 1970, between 1990 and 2100. */
static bool
epoch(const char *text, size_t len, int64_t *seconds)
{
	const char *point = memchr(text, '.', len);
	int64_t value = 0;

	if (point != NULL && point + 1 < text + len) {
		for (const char *p = point + 1; p < text + len; p++)
			if (!is_digit(*p))
				return false;
		len = (size_t)(point - text);
	}
	if (len != 9 && len != 10 && len != 12 && len != 13)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (!is_digit(text[i]))
			return false;
		value = value * 10 + (text[i] - '0');
	}
	if (len > 10)
		value /= 1000;
	if (value < 631152000 || value > INT64_C(4102444800))
		return false;
	*seconds = value;
	return true;
}

bool
date_parse(const char *text, size_t len, enum map_dates order, int64_t *seconds)
{
	struct cursor c = { text, text + len, text };
	struct date d = { 0 };

	if (len == 0 || len > DATE_MAX)
		return false;
	if (epoch(text, len, seconds))
		return true;
	while (c.at < c.end) {
		bool ok = true;

		if (is_digit(*c.at))
			ok = take_number(&c, &d, order);
		else if (is_letter(*c.at))
			ok = take_word(&c, &d);
		else if ((*c.at == '+' || *c.at == '-') && d.has_time &&
		         !d.has_zone && c.at + 1 < c.end && is_digit(c.at[1]))
			ok = numeric_zone(&c, &d);
		else if (strchr(" ,.-()", *c.at) != NULL)
			c.at++;
		else
			ok = false;
		if (!ok)
			return false;
	}
	return to_seconds(&d, seconds);
}
