/* watch.c - how long a server may take, and how fast it may be */
#include "watch.h"

#include <inttypes.h>

#include "clock.h"
#include "status.h"

/* What may be made up for after a pause: an eighth of a second. */
#define ARREARS_MS 125

static uint64_t
now_ms(const struct watch *w)
{
	return clock_ms() - w->stopped_ms;
}

struct watch
watch_new(const struct watch_limits *limits)
{
	struct watch w = { .limits = limits, .start_ms = clock_ms() };

	w.window_ms = w.start_ms;
	return w;
}

void
watch_expect(struct watch *w, uint64_t bytes)
{
	w->window_ms = now_ms(w);
	w->window_bytes = bytes;
}

bool
watch_in_time(const struct watch *w, struct fault *why)
{
	uint64_t max = w->limits->max_ms;

	return max == 0 || now_ms(w) - w->start_ms <= max ||
	       fault_set(why, EX_TEMPFAIL,
	           "the fetch takes longer than --max-time", "%" PRIu64 " ms",
	           max);
}

bool
watch_check(struct watch *w, uint64_t bytes, struct fault *why)
{
	const struct watch_limits *l = w->limits;
	uint64_t ms = now_ms(w) - w->window_ms, came = bytes - w->window_bytes;

	if (!watch_in_time(w, why))
		return false;
	if (l->min_rate == 0 || ms < l->stall_ms)
		return true;
	if ((double)came * 1000 < (double)l->min_rate * (double)ms) {
		why->stalled = true;
		return fault_again(why, EX_TEMPFAIL,
		    "the server is too slow, see --min-rate and --stall",
		    "%" PRIu64 " bytes in %" PRIu64 " ms", came, ms);
	}
	watch_expect(w, bytes);
	return true;
}

uint64_t
watch_stop(void)
{
	return clock_ms();
}

void
watch_go_on(struct watch *w, uint64_t stopped_at_ms)
{
	w->stopped_ms += clock_ms() - stopped_at_ms;
}

/* Not by libcurl: its limit (7.88) does not hold in the first seconds. */
void
watch_keep_rate(struct watch *w, size_t len)
{
	double rate = (double)w->limits->limit_rate;
	double now = (double)clock_ms();

	if (rate <= 0)
		return;
	if (w->due_ms < now - ARREARS_MS)
		w->due_ms = now - ARREARS_MS;
	w->due_ms += (double)len * 1000 / rate;
	if (w->due_ms > now)
		clock_sleep_ms((uint64_t)(w->due_ms - now));
}
