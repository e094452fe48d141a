/* clock.c - time that only goes forward, and time of day */
#include "clock.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "sig.h"

uint64_t
clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void
clock_sleep_ms(uint64_t ms)
{
	uint64_t end = clock_ms() + ms, now, left;
	struct timespec step;

	while (!sig_stop() && (now = clock_ms()) < end) {
		/* Short steps: a signal just before the call is not lost. */
		left = end - now < 200 ? end - now : 200;
		step.tv_sec = 0;
		step.tv_nsec = (long)left * 1000000;
		nanosleep(&step, NULL);
	}
}

/*
 * Days since 1970-01-01 of a date of the proleptic Gregorian calendar, and
 * back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
 */
static int64_t
days_of(int64_t year, unsigned int month, unsigned int day)
{
	int64_t era;
	unsigned int of_era, of_year, day_of_era;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	of_era = (unsigned int)(year - era * 400);
	of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	day_of_era = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
	return era * 146097 + (int64_t)day_of_era - 719468;
}

static void
date_of(int64_t days, int64_t *year, unsigned int *month, unsigned int *day)
{
	int64_t era;
	unsigned int of_era, year_of_era, of_year, m;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	of_era = (unsigned int)(days - era * 146097);
	year_of_era =
	    (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	of_year =
	    of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	m = (5 * of_year + 2) / 153;
	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (int64_t)year_of_era + era * 400 + (*month <= 2);
}

static void
put_two(char *out, unsigned int number)
{
	out[0] = (char)('0' + number / 10 % 10);
	out[1] = (char)('0' + number % 10);
}

void
clock_format(int64_t seconds, char out[CLOCK_STAMP])
{
	const int64_t day_seconds = 86400;
	int64_t days = seconds / day_seconds, rest = seconds % day_seconds;
	int64_t year;
	unsigned int month, day, s;

	if (rest < 0) {
		rest += day_seconds;
		days--;
	}
	date_of(days, &year, &month, &day);
	s = (unsigned int)rest;
	year = year < 0 ? 0 : year > 9999 ? 9999 : year;
	memcpy(out, "0000-00-00T00:00:00Z", CLOCK_STAMP);
	put_two(out, (unsigned int)year / 100);
	put_two(out + 2, (unsigned int)year % 100);
	put_two(out + 5, month);
	put_two(out + 8, day);
	put_two(out + 11, s / 3600);
	put_two(out + 14, s / 60 % 60);
	put_two(out + 17, s % 60);
}

void
clock_stamp(char out[CLOCK_STAMP])
{
	clock_format((int64_t)time(NULL), out);
}

/* Exactly N digits at *AT; -1 if they are not there. */
static int
digits(const char **at, const char *end, int n)
{
	int value = 0;

	if (end - *at < n)
		return -1;
	for (; n > 0; n--, ++*at) {
		if (**at < '0' || **at > '9')
			return -1;
		value = value * 10 + (**at - '0');
	}
	return value;
}

static bool
symbol(const char **at, const char *end, const char *any)
{
	const char *c;

	if (*at == end)
		return false;
	for (c = any; *c != '\0'; c++)
		if (**at == *c) {
			++*at;
			return true;
		}
	return false;
}

/* "Z" or "+hh:mm", as seconds east of Greenwich. */
static bool
zone(const char **at, const char *end, int64_t *east)
{
	int hours, minutes, sign;

	*east = 0;
	if (symbol(at, end, "Zz"))
		return true;
	sign = *at < end && **at == '-' ? -1 : 1;
	if (!symbol(at, end, "+-"))
		return false;
	hours = digits(at, end, 2);
	if (hours < 0 || hours > 23 || !symbol(at, end, ":"))
		return false;
	minutes = digits(at, end, 2);
	if (minutes < 0 || minutes > 59)
		return false;
	*east = sign * (hours * 3600 + minutes * 60);
	return true;
}

int
clock_parse(const char *text, unsigned long len, int64_t *seconds)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	const char *at = text, *end = text + len;
	int year, month, day, hour, minute, second, last;
	int64_t east;

	year = digits(&at, end, 4);
	if (year < 1 || !symbol(&at, end, "-"))
		return 0;
	month = digits(&at, end, 2);
	if (month < 1 || month > 12 || !symbol(&at, end, "-"))
		return 0;
	day = digits(&at, end, 2);
	last = lengths[month - 1] + (month == 2 && year % 4 == 0 &&
	                                (year % 100 != 0 || year % 400 == 0));
	if (day < 1 || day > last || !symbol(&at, end, "Tt "))
		return 0;
	hour = digits(&at, end, 2);
	if (hour < 0 || hour > 23 || !symbol(&at, end, ":"))
		return 0;
	minute = digits(&at, end, 2);
	if (minute < 0 || minute > 59 || !symbol(&at, end, ":"))
		return 0;
	second = digits(&at, end, 2);
	if (second < 0 || second > 60)
		return 0;
	if (symbol(&at, end, ".")) {
		if (digits(&at, end, 1) < 0)
			return 0;
		while (digits(&at, end, 1) >= 0)
			continue;
	}
	if (!zone(&at, end, &east) || at != end)
		return 0;
	*seconds =
	    days_of(year, (unsigned int)month, (unsigned int)day) * 86400 +
	    hour * 3600 + minute * 60 + (second > 59 ? 59 : second) - east;
	return 1;
}
