/* schedule.c - when a feed is due */
#include "schedule.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "mem.h"

#define MINUTE 60
#define HOUR 3600
#define DAY 86400
#define YEARS 8
#define FIRST_PAUSE (5 * MINUTE)
#define FIELDS 5

struct field {
	int low, high;
	const char *const *names; /* of low, low + 1, ...; or NULL */
};

static const char *const month_names[] = { "jan", "feb", "mar", "apr", "may",
	"jun", "jul", "aug", "sep", "oct", "nov", "dec", NULL };
static const char *const day_names[] = { "sun", "mon", "tue", "wed", "thu",
	"fri", "sat", NULL };

static const struct field fields[FIELDS] = { { 0, 59, NULL }, { 0, 23, NULL },
	{ 1, 31, NULL }, { 1, 12, month_names }, { 0, 7, day_names } };

/* A number or name at *AT, which moves behind it; -1 if there is none. */
static int
read_value(const struct field *f, const char **at)
{
	int value = 0, i;

	for (i = 0; f->names != NULL && f->names[i] != NULL; i++)
		if (strncasecmp(*at, f->names[i], 3) == 0 &&
		    !isalpha((unsigned char)(*at)[3])) {
			*at += 3;
			return f->low + i;
		}
	if (!isdigit((unsigned char)**at))
		return -1;
	for (; isdigit((unsigned char)**at) && value < 1000; (*at)++)
		value = value * 10 + (**at - '0');
	return value >= f->low && value <= f->high ? value : -1;
}

/* One item of a list, as bits; 0 if it is none. */
static uint64_t
read_item(const struct field *f, const char **at)
{
	int from = f->low, to = f->high, step = 1, i;
	bool single = false;
	uint64_t bits = 0;

	if (**at == '*') {
		(*at)++;
	} else {
		from = to = read_value(f, at);
		single = **at != '-';
		if (!single) {
			(*at)++;
			to = read_value(f, at);
		}
	}
	if (from < 0 || to < from)
		return 0;
	if (**at == '/') {
		const struct field any = { 1, f->high, NULL };

		(*at)++;
		step = read_value(&any, at);
		if (single || step < 0)
			return 0;
	}
	for (i = from; i <= to; i += step)
		bits |= (uint64_t)1 << i;
	return bits;
}

/* A field, up to the blank behind it; 0 if it is none. */
static uint64_t
read_field(const struct field *f, const char **at)
{
	uint64_t bits = 0, item;

	for (;;) {
		item = read_item(f, at);
		if (item == 0)
			return 0;
		bits |= item;
		if (**at != ',')
			break;
		(*at)++;
	}
	if (**at != '\0' && !isblank((unsigned char)**at))
		return 0;
	while (isblank((unsigned char)**at))
		(*at)++;
	return bits;
}

static const char *
read_zone(struct schedule *s, const char *name)
{
	static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                           "abcdefghijklmnopqrstuvwxyz0123456789_+-/";
	char path[SCHEDULE_ZONE + 32];
	size_t len = strlen(name);

	if (len >= SCHEDULE_ZONE || strspn(name, good) != len || *name == '/')
		return "what follows the five fields is no time zone";
	(void)snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	if (access(path, R_OK) != 0)
		return "this machine knows no such time zone";
	memcpy(s->zone, name, len + 1);
	return NULL;
}

static const char *
read_cron(struct schedule *s, const char *at)
{
	uint64_t bits[FIELDS];
	bool any[FIELDS];
	int i;

	for (i = 0; i < FIELDS; i++) {
		any[i] = *at == '*' && (at[1] == '\0' || isblank(at[1]));
		bits[i] = read_field(&fields[i], &at);
		if (bits[i] == 0)
			return "not an interval, and not five fields as "
			       "crontab(5) has them";
	}
	s->minutes = bits[0];
	s->hours = (uint32_t)bits[1];
	s->days = (uint32_t)bits[2];
	s->months = (uint32_t)bits[3];
	/* Sunday is 0 and 7. */
	s->weekdays = (uint32_t)(bits[4] | bits[4] >> 7);
	s->any_day = any[2];
	s->any_weekday = any[4];
	if (*at != '\0')
		return read_zone(s, at);
	return NULL;
}

/* "6h" in seconds; 0 if it is no interval. */
static int64_t
read_interval(const char *text)
{
	static const char units[] = "mhdw";
	static const int64_t seconds[] = { MINUTE, HOUR, DAY, 7 * DAY };
	const char *unit;
	int64_t count = 0;

	for (; isdigit((unsigned char)*text) && count < 100000; text++)
		count = count * 10 + (*text - '0');
	unit = *text != '\0' ? strchr(units, *text) : NULL;
	if (unit == NULL || text[1] != '\0')
		return 0;
	return count * seconds[unit - units];
}

const char *
schedule_read(struct schedule *s, const char *text)
{
	static const char *const words[][2] = { { "@hourly", "0 * * * *" },
		{ "@daily", "0 0 * * *" }, { "@weekly", "0 0 * * 0" },
		{ "@monthly", "0 0 1 * *" } };
	const char *error;

	*s = (struct schedule){ .every = read_interval(text) };
	if (s->every > 365 * (int64_t)DAY)
		return "an interval is a year at most";
	if (s->every > 0)
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (strcmp(text, words[i][0]) == 0)
			text = words[i][1];
	error = read_cron(s, text);
	if (error == NULL && schedule_next(s, 0) < 0)
		return "such a day never comes";
	return error;
}

static bool
is_day(const struct schedule *s, const struct tm *t)
{
	bool day = s->days >> t->tm_mday & 1;
	bool weekday = s->weekdays >> t->tm_wday & 1;

	if ((s->months >> (t->tm_mon + 1) & 1) == 0)
		return false;
	return s->any_day || s->any_weekday ? day && weekday : day || weekday;
}

/* Walk from minute to minute, and over hours in which nothing comes. */
static int64_t
walk(const struct schedule *s, int64_t at)
{
	int64_t end = at + (int64_t)YEARS * 366 * DAY;
	struct tm t;
	time_t now;

	at = at - at % MINUTE + MINUTE;
	while (at < end) {
		now = (time_t)at;
		if (localtime_r(&now, &t) == NULL)
			return -1;
		if (!is_day(s, &t) || (s->hours >> t.tm_hour & 1) == 0)
			at += HOUR - t.tm_min * MINUTE - t.tm_sec;
		else if ((s->minutes >> t.tm_min & 1) == 0)
			at += MINUTE - t.tm_sec;
		else
			return at;
	}
	return -1;
}

int64_t
schedule_next(const struct schedule *s, int64_t after)
{
	const char *was = getenv("TZ");
	char *kept = was != NULL ? mem_string(was) : NULL;
	int64_t next;

	if (s->every > 0) {
		free(kept);
		return after + s->every;
	}
	(void)setenv("TZ", s->zone[0] != '\0' ? s->zone : "UTC0", 1);
	tzset();
	next = walk(s, after);
	if (kept != NULL)
		(void)setenv("TZ", kept, 1);
	else
		(void)unsetenv("TZ");
	tzset();
	free(kept);
	return next;
}

int64_t
schedule_retry(const struct schedule *s, int64_t after, int64_t failures)
{
	int64_t next = schedule_next(s, after), pause = FIRST_PAUSE;

	if (failures <= 0)
		return next;
	while (--failures > 0 && pause < DAY)
		pause *= 2;
	if (pause > DAY)
		pause = DAY;
	return next >= 0 && next < after + pause ? after + pause : next;
}
