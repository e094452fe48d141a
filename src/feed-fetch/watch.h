/*
 * watch.h - how long a server may take, and how fast it may be
 *
 * Only its own time counts: what the reader of standard output takes stops the
 * clock, or a slow reader would look like a server that stalls.
 */
#ifndef WATCH_H
#define WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

struct watch_limits {
	uint64_t stall_ms;   /* less than min_rate for so long is a fault */
	uint64_t min_rate;   /* bytes a second; 0: none */
	uint64_t max_ms;     /* in all; 0: none */
	uint64_t limit_rate; /* take no more bytes a second; 0: any */
};

struct watch {
	const struct watch_limits *limits;
	uint64_t start_ms;
	uint64_t stopped_ms; /* how long the clock stood */
	uint64_t window_ms, window_bytes;
	double due_ms; /* when limit_rate lets more bytes come */
};

/* Start the clock; LIMITS have to outlive it. */
struct watch watch_new(const struct watch_limits *limits);

/* Wait for bytes from now on; BYTES have come so far. */
void watch_expect(struct watch *w, uint64_t bytes);

/*
 * Whether all is well, now that BYTES have come.  Faults (75): too slow, which
 * may be better at the next try, and too long, which is final.
 */
bool watch_check(struct watch *w, uint64_t bytes, struct fault *why);

/* Only whether it does not take too long in all. */
bool watch_in_time(const struct watch *w, struct fault *why);

/* Stop the clock: returns when.  Start it again: give that back. */
uint64_t watch_stop(void);
void watch_go_on(struct watch *w, uint64_t stopped_at_ms);

/* Having taken LEN bytes, wait as long as limit_rate has it. */
void watch_keep_rate(struct watch *w, size_t len);

#endif
