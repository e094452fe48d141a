/* pace.c - a sliding window of slots */
#include "pace.h"

/* Forget the slots that have left the span. */
static void
advance(struct pace *p, uint64_t now_ms)
{
	uint64_t slot = now_ms / p->slot_ms;
	uint64_t steps = slot > p->slot ? slot - p->slot : 0;

	if (steps > PACE_SLOTS + 1)
		steps = PACE_SLOTS + 1;
	for (uint64_t i = 0; i < steps; i++)
		p->used[(slot - i) % (PACE_SLOTS + 1)] = 0;
	if (slot > p->slot)
		p->slot = slot;
}

struct pace
pace_new(double n, uint64_t span_ms, uint64_t now_ms)
{
	struct pace p = { .limit = n > 0 ? n : 0 };

	p.slot_ms = (span_ms + PACE_SLOTS - 1) / PACE_SLOTS;
	if (p.slot_ms == 0)
		p.slot_ms = 1;
	p.slot = now_ms / p.slot_ms;
	return p;
}

uint64_t
pace_wait(struct pace *p, double n, uint64_t now_ms)
{
	uint64_t wait = 0;
	double over;

	if (p->paused_until_ms > now_ms)
		wait = p->paused_until_ms - now_ms;
	if (p->limit <= 0)
		return wait;
	advance(p, now_ms);
	over = (n < p->limit ? n : p->limit) - p->limit;
	for (int i = 0; i <= PACE_SLOTS; i++)
		over += p->used[i];
	/* From the oldest slot on, until enough has left the span. */
	uint64_t slot = p->slot > PACE_SLOTS ? p->slot - PACE_SLOTS : 0;
	for (; over > 0 && slot <= p->slot; slot++) {
		uint64_t end = (slot + PACE_SLOTS + 1) * p->slot_ms;

		over -= p->used[slot % (PACE_SLOTS + 1)];
		if (over <= 0 && end > now_ms && end - now_ms > wait)
			wait = end - now_ms;
	}
	return wait;
}

void
pace_take(struct pace *p, double n, uint64_t now_ms)
{
	if (p->limit <= 0)
		return;
	advance(p, now_ms);
	p->used[p->slot % (PACE_SLOTS + 1)] += n;
}

void
pace_pause(struct pace *p, uint64_t ms, uint64_t now_ms)
{
	if (now_ms + ms > p->paused_until_ms)
		p->paused_until_ms = now_ms + ms;
}
