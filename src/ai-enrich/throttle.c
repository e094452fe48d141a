/* throttle.c - how many requests may be in flight now */
#include "throttle.h"

#define SHRINK 0.7

void
throttle_init(struct throttle *t, uint64_t in_flight)
{
	t->most = (double)in_flight;
	t->in_flight = t->most;
	t->slowed_ms = 0;
}

bool
throttle_allows(const struct throttle *t, uint64_t flying)
{
	return (double)(flying + 1) <= t->in_flight;
}

void
throttle_good(struct throttle *t)
{
	t->in_flight += 1 / t->in_flight;
	if (t->in_flight > t->most)
		t->in_flight = t->most;
}

void
throttle_slow(struct throttle *t, uint64_t sent_ms, uint64_t now_ms)
{
	/* What was sent before the last cut says nothing about it. */
	if (sent_ms < t->slowed_ms)
		return;
	t->slowed_ms = now_ms;
	t->in_flight *= SHRINK;
	if (t->in_flight < 1)
		t->in_flight = 1;
}
