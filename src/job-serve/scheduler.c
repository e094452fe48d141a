/* scheduler.c - start the runs of feeds that are due */
#include "scheduler.h"

#include <stdlib.h>

#include "clock.h"
#include "log.h"
#include "mem.h"
#include "run_list.h"
#include "status.h"

#define EVERY_MS 10000

/* A look has this long. */
#define SHORT_MS 30000

/* A feed whose run can't even be begun rests so long, and twice that, ... */
#define REST_MS 30000
#define LONGEST_REST_MS 3600000

/* A feed whose last run could not be begun. */
struct resting {
	int64_t feed;
	uint64_t rest_ms, until_ms;
	struct resting *next;
};

struct scheduler {
	struct server *server;
	struct resting *resting;
	uint64_t next_ms;
	bool looks, more; /* more feeds are due than could be started */
	bool failed;      /* the last look; it is told once */
};

/* A run that was asked for. */
struct start {
	struct scheduler *scheduler;
	int64_t feed;
};

struct scheduler *
scheduler_new(struct server *s)
{
	struct scheduler *d = mem_zero(1, sizeof *d);

	d->server = s;
	return d;
}

/* Where the feed is in the list, or the list's end. */
static struct resting **
resting_of(struct scheduler *d, int64_t feed)
{
	struct resting **at = &d->resting;

	while (*at != NULL && (*at)->feed != feed)
		at = &(*at)->next;
	return at;
}

static void
begun(void *of, const struct run *run, const struct child_end *end)
{
	struct start *start = of;
	struct resting **at = resting_of(start->scheduler, start->feed);
	struct resting *rest = *at;

	(void)run;
	if (end == NULL) {
		if (rest != NULL)
			*at = rest->next;
		free(rest);
	} else {
		if (rest == NULL) {
			rest = *at = mem_zero(1, sizeof *rest);
			rest->feed = start->feed;
			rest->rest_ms = REST_MS / 2;
		}
		if (rest->rest_ms < LONGEST_REST_MS)
			rest->rest_ms *= 2;
		rest->until_ms = clock_ms() + rest->rest_ms;
		log_warning("a feed is due, but its run can't begin",
		    LOG_SINT("feed", start->feed),
		    LOG_TEXT("error", end->error),
		    LOG_UINT("again_s", rest->rest_ms / 1000));
	}
	free(start);
}

/* The number that the line is; 0: it is none. */
static int64_t
number_of(const char *line, size_t len)
{
	int64_t n = 0;
	size_t i;

	if (len > 18)
		return 0;
	for (i = 0; i < len; i++) {
		if (line[i] < '0' || line[i] > '9')
			return 0;
		n = n * 10 + line[i] - '0';
	}
	return n;
}

/* A line of what is due: the number of a feed. */
static void
due(void *of, const char *line, size_t len)
{
	struct scheduler *d = of;
	int64_t feed = number_of(line, len);
	const struct resting *rest;
	struct start *start;

	if (feed <= 0 || runs_has(d->server->runs, feed))
		return;
	rest = *resting_of(d, feed);
	if (rest != NULL && clock_ms() < rest->until_ms)
		return;
	if (runs_count(d->server->runs) >= d->server->settings->max_runs) {
		d->more = true;
		return;
	}
	log_info("a feed is due", LOG_SINT("feed", feed));
	start = mem_alloc(sizeof *start);
	*start = (struct start){ d, feed };
	run_when_begun(run_begin(d->server->runs, feed), begun, start);
}

static void
looked(void *of, const struct child_end *end)
{
	struct scheduler *d = of;
	bool failed = end->status != EX_OK;

	d->looks = false;
	if (failed && !d->failed)
		log_warning("what is due can't be seen",
		    LOG_TEXT("error", end->error));
	d->failed = failed;
}

void
scheduler_tick(struct scheduler *d, uint64_t now_ms)
{
	const struct server *s = d->server;
	const struct child_order order = { .program = PROGRAM_DUE,
		.of = d,
		.line = due,
		.ended = looked,
		.max_out = 64,
		.timeout_ms = SHORT_MS };
	struct buf none = { 0 };

	if (!s->settings->schedule || s->stopping_ms != 0 || d->looks ||
	    runs_count(s->runs) >= s->settings->max_runs)
		return;
	if (now_ms < d->next_ms && !d->more)
		return;
	d->next_ms = now_ms + EVERY_MS;
	d->more = false;
	d->looks = true;
	child_start(s->children, &order, &none);
}
