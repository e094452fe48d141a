/* When a feed is due, against a walk through every minute. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "log.h"
#include "../../src/pg-store/schedule.h"

static int64_t
seconds_of(const char *stamp)
{
	int64_t at;

	assert_true(clock_parse(stamp, strlen(stamp), &at));
	return at;
}

/* After AFTER, TEXT comes at NEXT. */
static void
comes(const char *text, const char *after, const char *next)
{
	struct schedule s;
	char stamp[CLOCK_STAMP];

	assert_null(schedule_read(&s, text));
	clock_format(schedule_next(&s, seconds_of(after)), stamp);
	assert_string_equal(stamp, next);
}

static void
refused(const char *text)
{
	struct schedule s;

	assert_non_null(schedule_read(&s, text));
}

static void
intervals_follow_the_last_run(void **state)
{
	(void)state;
	comes("15m", "2026-11-27T12:00:30Z", "2026-11-27T12:15:30Z");
	comes("6h", "2026-11-27T22:00:00Z", "2026-11-28T04:00:00Z");
	comes("1w", "2026-11-27T22:00:00Z", "2026-12-04T22:00:00Z");
}

static void
lines_of_a_crontab_are_understood(void **state)
{
	(void)state;
	comes("*/15 * * * *", "2026-11-27T12:00:00Z", "2026-11-27T12:15:00Z");
	comes("0 6,18 * * mon-fri", "2026-11-27T18:00:00Z",
	    "2026-11-30T06:00:00Z");
	comes("0 0 29 feb *", "2026-11-27T00:00:00Z", "2028-02-29T00:00:00Z");
	comes("0 0 * * 7", "2026-11-27T00:00:00Z", "2026-11-29T00:00:00Z");
	/* either the day or the weekday */
	comes("0 0 13 * FRI", "2026-11-27T00:00:00Z", "2026-12-04T00:00:00Z");
	comes("0 0 1-31/2 * *", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z");
	comes("@daily", "2026-11-27T12:00:00Z", "2026-11-28T00:00:00Z");
}

static void
zones_have_their_summer(void **state)
{
	(void)state;
	comes("30 6 * * * Europe/Berlin", "2026-07-01T12:00:00Z",
	    "2026-07-02T04:30:00Z");
	comes("30 6 * * * Europe/Berlin", "2026-12-01T12:00:00Z",
	    "2026-12-02T05:30:00Z");
	/* 02:30 does not come on the 29th of March, and comes twice in October
	 */
	comes("30 2 * * * Europe/Berlin", "2026-03-28T02:00:00Z",
	    "2026-03-30T00:30:00Z");
	comes("30 2 * * * Europe/Berlin", "2026-10-25T00:00:00Z",
	    "2026-10-25T00:30:00Z");
	comes("30 2 * * * Europe/Berlin", "2026-10-25T00:30:00Z",
	    "2026-10-25T01:30:00Z");
}

static void
what_is_no_schedule_is_refused(void **state)
{
	(void)state;
	refused("");
	refused("0m");
	refused("6");
	refused("6h ");
	refused("2000d");
	refused("* * * *");
	refused("60 * * * *");
	refused("* 24 * * *");
	refused("* * 0 * *");
	refused("5/10 * * * *");
	refused("*/0 * * * *");
	refused("9-5 * * * *");
	refused("0 0 30 feb *");
	refused("0 0 * * sunday");
	refused("1,,2 * * * *");
	refused("0 0 * * * Europe/Atlantis");
	refused("0 0 * * * ../../etc/passwd");
	refused("99999999999999999999 * * * *");
}

/* A random field between LOW and HIGH, as text and as the set it stands for. */
static void
random_field(char *text, size_t room, int low, int high, bool set[64])
{
	int from = low + rand() % (high - low + 1);
	int to = from + rand() % (high - from + 1), step = 1 + rand() % 5, i;

	memset(set, 0, 64 * sizeof *set);
	switch (rand() % 4) {
	case 0:
		from = low, to = high, step = 1;
		(void)snprintf(text, room, "*");
		break;
	case 1:
		from = low, to = high;
		(void)snprintf(text, room, "*/%d", step);
		break;
	case 2:
		step = 1;
		(void)snprintf(text, room, "%d-%d", from, to);
		break;
	default:
		(void)snprintf(text, room, "%d,%d", from, to);
		set[from] = set[to] = true;
		return;
	}
	for (i = from; i <= to; i += step)
		set[i] = true;
}

static int64_t
every_minute(bool sets[5][64], const bool any[5], int64_t after, int64_t end)
{
	int64_t at = after - after % 60 + 60;

	for (; at < end; at += 60) {
		time_t now = (time_t)at;
		struct tm t;
		bool day, weekday;

		(void)localtime_r(&now, &t);
		day = sets[2][t.tm_mday];
		weekday = sets[4][t.tm_wday];
		if (sets[0][t.tm_min] && sets[1][t.tm_hour] &&
		    sets[3][t.tm_mon + 1] &&
		    (any[2] || any[4] ? day && weekday : day || weekday))
			return at;
	}
	return -1;
}

static void
next_is_what_a_walk_through_every_minute_finds(void **state)
{
	static const char *const zones[] = { "UTC", "Europe/Berlin",
		"America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu" };
	static const int low[] = { 0, 0, 1, 1, 0 };
	static const int high[] = { 59, 23, 31, 12, 6 };
	const int64_t month = 31 * 86400;

	(void)state;
	srand(7);
	for (int round = 0; round < 400; round++) {
		char text[5][32], line[256];
		bool sets[5][64], any[5];
		const char *zone = zones[rand() % 5];
		int64_t after = 1750000000 + (int64_t)rand() % 63072000, found;
		struct schedule s;

		for (int i = 0; i < 5; i++) {
			random_field(text[i], sizeof text[i], low[i], high[i],
			    sets[i]);
			any[i] = strcmp(text[i], "*") == 0;
		}
		(void)snprintf(line, sizeof line, "%s %s %s %s %s %s", text[0],
		    text[1], text[2], text[3], text[4], zone);
		if (schedule_read(&s, line) != NULL)
			continue; /* a day that never comes */
		(void)setenv("TZ", zone, 1);
		tzset();
		found = every_minute(sets, any, after, after + month);
		(void)unsetenv("TZ");
		tzset();
		if (found >= 0)
			assert_int_equal(schedule_next(&s, after), found);
		else
			assert_true(schedule_next(&s, after) >= after + month);
	}
}

static void
failures_make_it_wait(void **state)
{
	struct schedule s;

	(void)state;
	assert_null(schedule_read(&s, "1m"));
	assert_int_equal(schedule_retry(&s, 1000, 0), 1060);
	assert_int_equal(schedule_retry(&s, 1000, 1), 1300);
	assert_int_equal(schedule_retry(&s, 1000, 3), 1000 + 1200);
	assert_int_equal(schedule_retry(&s, 1000, INT64_MAX), 1000 + 86400);
	assert_null(schedule_read(&s, "1w"));
	assert_int_equal(schedule_retry(&s, 1000, 9), 1000 + 7 * 86400);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_follow_the_last_run),
		cmocka_unit_test(lines_of_a_crontab_are_understood),
		cmocka_unit_test(zones_have_their_summer),
		cmocka_unit_test(what_is_no_schedule_is_refused),
		cmocka_unit_test(
		    next_is_what_a_walk_through_every_minute_finds),
		cmocka_unit_test(failures_make_it_wait),
	};

	log_init("test_schedule");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
