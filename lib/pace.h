/*
 * pace.h - token buckets: at most N units in a span of time
 *
 * A bucket holds BURST units at most and fills evenly at RATE units a span.
 * Units are requests, tokens, bytes.  Monotonic clock.
 */
#ifndef PACE_H
#define PACE_H

#include <stdint.h>

struct pace {
	double rate_per_ms; /* 0: no limit */
	double burst;
	double level;
	uint64_t last_ms;
};

/* N units every SPAN_MS, all of which may be used at once; N 0: no limit. */
struct pace pace_new(double n, uint64_t span_ms, uint64_t now_ms);

/* Milliseconds until N units are there; 0: now.  More than burst waits full. */
uint64_t pace_wait(struct pace *p, double n, uint64_t now_ms);

/* Take N units; the level may go below zero (a bill that came later). */
void pace_take(struct pace *p, double n, uint64_t now_ms);

/* Nothing for this long: a peer said so. */
void pace_pause(struct pace *p, uint64_t ms, uint64_t now_ms);

#endif
