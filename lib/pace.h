/*
 * pace.h - at most N units in any span of time
 *
 * All N may be used at once; a unit comes back when the span has passed since
 * it was used.  A bucket that fills evenly would let nearly 2 N through in the
 * first span, which services that count by the minute answer with 429.  Time is
 * counted in PACE_SLOTS parts of the span, rounded so that the limit always
 * holds.  Units are requests, tokens, bytes.  Monotonic clock.
 */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>

#define PACE_SLOTS 64

struct pace {
	double limit;     /* units in a span; 0: no limit */
	uint64_t slot_ms; /* length of a slot */
	uint64_t slot;    /* the newest one, counted from time 0 */
	double used[PACE_SLOTS + 1];
	uint64_t paused_until_ms;
};

/* N units every SPAN_MS, all of which may be used at once; N 0: no limit. */
struct pace pace_new(double n, uint64_t span_ms, uint64_t now_ms);

/*
 * Milliseconds until N units are there; 0: now.  More than there ever are waits
 * until all are.
 */
uint64_t pace_wait(struct pace *p, double n, uint64_t now_ms);

/*
 * Take N units, there or not (a bill that came later); N below 0 gives back
 * what was taken too much.
 */
void pace_take(struct pace *p, double n, uint64_t now_ms);

/* Nothing for this long: a peer said so. */
void pace_pause(struct pace *p, uint64_t ms, uint64_t now_ms);

#endif
