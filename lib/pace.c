/* pace.c - token buckets */
#include <math.h>

#include "pace.h"

static void
refill(struct pace *p, uint64_t now_ms)
{
	if (now_ms <= p->last_ms)
		return;
	p->level += p->rate_per_ms * (double)(now_ms - p->last_ms);
	if (p->level > p->burst)
		p->level = p->burst;
	p->last_ms = now_ms;
}

struct pace
pace_new(double n, uint64_t span_ms, uint64_t now_ms)
{
	struct pace p = { .last_ms = now_ms };

	if (n > 0 && span_ms > 0) {
		p.rate_per_ms = n / (double)span_ms;
		p.burst = n;
		p.level = n;
	}
	return p;
}

uint64_t
pace_wait(struct pace *p, double n, uint64_t now_ms)
{
	uint64_t paused = p->last_ms > now_ms ? p->last_ms - now_ms : 0;
	double missing;

	if (p->rate_per_ms <= 0)
		return paused;
	refill(p, now_ms);
	/* What can never fit goes when the bucket is full. */
	missing = (n < p->burst ? n : p->burst) - p->level;
	if (missing <= 0)
		return paused;
	return paused + (uint64_t)ceil(missing / p->rate_per_ms);
}

void
pace_take(struct pace *p, double n, uint64_t now_ms)
{
	if (p->rate_per_ms <= 0)
		return;
	refill(p, now_ms);
	p->level -= n;
}

void
pace_pause(struct pace *p, uint64_t ms, uint64_t now_ms)
{
	/* Time stands still until then, so nothing fills up meanwhile. */
	refill(p, now_ms);
	if (now_ms + ms > p->last_ms)
		p->last_ms = now_ms + ms;
}
