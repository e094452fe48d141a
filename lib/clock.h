/*
 * clock.h - time that only goes forward, and time of day
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>

/* Milliseconds of the monotonic clock: for time-outs, pacing, durations. */
uint64_t clock_ms(void);

/* Sleep; returns early when a signal asks to stop. */
void clock_sleep_ms(uint64_t ms);

/* Now, as RFC 3339 UTC to the second: 2026-11-23T18:04:05Z. */
#define CLOCK_STAMP 21
void clock_stamp(char out[CLOCK_STAMP]);

/*
 * Seconds since 1970 of an RFC 3339 date-time ("2026-11-23T18:04:05.25+01:00")
 * of LEN bytes; false if it is none.  Years 1 to 9999, leap seconds count as
 * the second before.
 */
int clock_parse(const char *text, unsigned long len, int64_t *seconds);

/* The reverse, UTC to the second. */
void clock_format(int64_t seconds, char out[CLOCK_STAMP]);

#endif
