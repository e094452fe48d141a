/* throttle.c - how much may be asked now */
#include "throttle.h"

#define MINUTE 60000
#define SHRINK 0.7

void
throttle_init(struct throttle *t, uint64_t in_flight, uint64_t rpm,
    uint64_t tpm, uint64_t now_ms)
{
	t->most = (double)in_flight;
	t->in_flight = t->most;
	t->requests = pace_new((double)rpm, MINUTE, now_ms);
	t->tokens = pace_new((double)tpm, MINUTE, now_ms);
	t->slowed_ms = 0;
}

uint64_t
throttle_wait(struct throttle *t, uint64_t flying, uint64_t tokens,
    uint64_t now_ms)
{
	uint64_t requests, others;

	if ((double)(flying + 1) > t->in_flight)
		return UINT64_MAX;
	requests = pace_wait(&t->requests, 1, now_ms);
	others = pace_wait(&t->tokens, (double)tokens, now_ms);
	return requests > others ? requests : others;
}

void
throttle_sent(struct throttle *t, uint64_t tokens, uint64_t now_ms)
{
	pace_take(&t->requests, 1, now_ms);
	pace_take(&t->tokens, (double)tokens, now_ms);
}

void
throttle_counted(struct throttle *t, uint64_t tokens, uint64_t actual,
    uint64_t now_ms)
{
	pace_take(&t->tokens, (double)actual - (double)tokens, now_ms);
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

void
throttle_pause(struct throttle *t, uint64_t ms, uint64_t now_ms)
{
	pace_pause(&t->requests, ms, now_ms);
}
