/*
 * throttle.h - how many requests may be in flight now
 *
 * They grow by one a round of good answers and shrink by a third when the
 * service is overloaded: additive increase, multiplicative decrease.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

struct throttle {
	double in_flight; /* allowed now */
	double most;
	uint64_t slowed_ms; /* when it last shrank */
};

void throttle_init(struct throttle *t, uint64_t in_flight);

/* Whether a request more may go while FLYING others are out. */
bool throttle_allows(const struct throttle *t, uint64_t flying);

void throttle_good(struct throttle *t);

/* The service was overloaded by a request sent at SENT_MS. */
void throttle_slow(struct throttle *t, uint64_t sent_ms, uint64_t now_ms);

#endif
