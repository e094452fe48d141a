/*
 * schedule.h - when a feed is due: an interval, or a line as crontab(5) has it
 *
 *   15m, 6h, 1d, 1w        so long after the last run, a minute at least
 *   0 6,18 * * mon-fri     minute, hour, day of the month, month, weekday;
 *                          lists, ranges, steps (* and a-b only), names
 *   30 5 * * * Europe/Rome by the clock there, else by UTC
 *   @hourly @daily @weekly @monthly
 *
 * If both the day and the weekday are restricted, either will do.  Local times
 * that a change of the clock leaves out do not come; those that it repeats
 * come twice.
 */
#ifndef SCHEDULE_H
#define SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

#define SCHEDULE_ZONE 64

struct schedule {
	int64_t every; /* seconds; 0: by the fields below, a bit for each */
	uint64_t minutes;
	uint32_t hours, days, months, weekdays;
	bool any_day, any_weekday;
	char zone[SCHEDULE_ZONE]; /* "" for UTC */
};

/* Read TEXT into S; NULL, or what is wrong with it (a constant). */
const char *schedule_read(struct schedule *s, const char *text);

/*
 * The first time after AFTER, both in seconds since 1970; -1 if none comes in
 * the eight years that follow.  Not for threads: it looks at another zone.
 */
int64_t schedule_next(const struct schedule *s, int64_t after);

/*
 * The same for a feed whose last FAILURES runs have failed: not before five
 * minutes, ten, twenty ... a day at most.
 */
int64_t schedule_retry(const struct schedule *s, int64_t after,
    int64_t failures);

#endif
