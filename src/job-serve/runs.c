/* runs.c - runs take their turn, a few at a time */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "mem.h"
#include "run_list.h"
#include "status.h"

/* The store takes a run for dead after two minutes. */
#define BEAT_MS 20000

/* Between asking a run to end and making it. */
#define PATIENCE_MS 15000

/* A program of one statement has this long. */
#define SHORT_MS 30000

#define SMALL ((size_t)1 << 16)

/* Who waits for the number of a run. */
struct run_waiter {
	void (*begun)(void *of, const struct run *run,
	    const struct child_end *end);
	void *of;
	struct run_waiter *next;
};

struct runs *
runs_new(struct server *s)
{
	struct runs *all = mem_zero(1, sizeof *all);

	all->server = s;
	all->beat_ms = clock_ms();
	return all;
}

static size_t
count(const struct runs *all, enum run_state from, enum run_state to)
{
	const struct run *run;
	size_t n = 0;

	for (run = all->first; run != NULL; run = run->next)
		n += run->state >= from && run->state <= to;
	return n;
}

size_t
runs_count(const struct runs *all)
{
	return count(all, RUN_BEGINNING, RUN_RUNNING);
}

size_t
runs_running(const struct runs *all)
{
	return count(all, RUN_RUNNING, RUN_RUNNING);
}

size_t
runs_waiting(const struct runs *all)
{
	return count(all, RUN_WAITING, RUN_WAITING);
}

bool
runs_has_room(const struct runs *all)
{
	const struct settings *s = all->server->settings;

	return !all->stopping && count(all, RUN_BEGINNING, RUN_RUNNING) <
	                             s->max_runs + s->max_queue;
}

struct run *
run_of_feed(const struct runs *all, int64_t feed)
{
	struct run *run = all->first;

	while (run != NULL && run->feed != feed)
		run = run->next;
	return run;
}

struct run *
run_by_id(const struct runs *all, int64_t id)
{
	struct run *run = all->first;

	while (run != NULL && run->id != id)
		run = run->next;
	return run;
}

bool
runs_has(const struct runs *all, int64_t feed)
{
	return run_of_feed(all, feed) != NULL;
}

void
runs_add_queued(const struct runs *all, struct buf *q)
{
	const struct run *run;

	buf_json_key(q, "queued");
	buf_byte(q, '[');
	for (run = all->first; run != NULL; run = run->next) {
		if (run->state != RUN_WAITING)
			continue;
		if (q->data[q->len - 1] != '[')
			buf_byte(q, ',');
		buf_json_int(q, run->id);
	}
	buf_byte(q, ']');
}

void
run_forget(struct run *run)
{
	struct run **at = &run->all->first;

	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	free(run);
}

/* A program of the suite that nobody waits for. */
static void
noted(void *of, const struct child_end *end)
{
	(void)of;
	if (end->status != EX_OK)
		log_warning("the store was not told of a run",
		    LOG_TEXT("error", end->error));
}

void
run_abort(struct runs *all, int64_t id, const char *status, const char *reason,
    void (*ended)(void *of, const struct child_end *end), void *of)
{
	const struct child_order order = { .program = PROGRAM_ABORT,
		.of = of,
		.ended = ended != NULL ? ended : noted,
		.max_out = SMALL,
		.timeout_ms = SHORT_MS };
	struct buf args = { 0 };

	child_option(&args, "status", status);
	child_option(&args, "reason", reason);
	child_number(&args, "", id);
	child_start(all->server->children, &order, &args);
	buf_free(&args);
}

void
runs_end_dead(struct runs *all, int64_t id)
{
	run_abort(all, id, "failed", "interrupted: its process is gone", NULL,
	    NULL);
}

static void start_waiting(struct runs *all);

/*
 * process-feed has ended.  One that did not end in order may have left its run
 * open, whatever its status; ending one that has ended changes nothing.
 */
static void
run_ended(void *of, const struct child_end *end)
{
	struct run *run = of;
	struct runs *all = run->all;
	struct buf reason = { 0 };

	if (end->status != EX_OK) {
		buf_printf(&reason, "process-feed ended with %d%s%s",
		    end->status, *end->error != '\0' ? ": " : "", end->error);
		run_abort(all, run->id, "failed", buf_string(&reason), NULL,
		    NULL);
	}
	log_info("a run has ended", LOG_SINT("run", run->id),
	    LOG_SINT("feed", run->feed), LOG_SINT("status", end->status),
	    LOG_TEXT("error", end->error));
	buf_free(&reason);
	run_forget(run);
	start_waiting(all);
}

static void
start_process(struct run *run)
{
	const struct child_order order = { .program = PROGRAM_RUN,
		.of = run,
		.ended = run_ended,
		.max_out = SMALL,
		.talks = true };
	struct buf args = { 0 };

	child_number(&args, "run", run->id);
	if (run->full)
		child_option(&args, "full", "");
	if (run->no_sync)
		child_option(&args, "no-sync", "");
	child_number(&args, "", run->feed);
	run->state = RUN_RUNNING;
	run->child = child_start(run->all->server->children, &order, &args);
	buf_free(&args);
}

/* Those that wait get their turn in the order they came. */
static void
start_waiting(struct runs *all)
{
	struct run *run;

	for (run = all->first; run != NULL && !all->stopping; run = run->next)
		if (run->state == RUN_WAITING &&
		    runs_running(all) < all->server->settings->max_runs)
			start_process(run);
}

/* The store has given the run its number, or has said why not. */
static void
begun(void *of, const struct child_end *end)
{
	struct run *run = of;
	struct runs *all = run->all;
	struct run_waiter *w;

	run->child = NULL;
	if (end->status == EX_OK)
		run->id = strtoll(end->out, NULL, 10);
	if (run->id > 0) {
		run->state = RUN_WAITING;
		start_waiting(all);
		if (all->stopping)
			run_abort(all, run->id, "cancelled",
			    "the server stopped", NULL, NULL);
	}
	while ((w = run->waiters) != NULL) {
		run->waiters = w->next;
		w->begun(w->of, run, run->id > 0 ? NULL : end);
		free(w);
	}
	if (run->id == 0 || all->stopping)
		run_forget(run);
}

/* Claim a run in the store. */
struct run *
run_begin(struct runs *all, int64_t feed)
{
	struct run *run = mem_zero(1, sizeof *run), **at = &all->first;
	const struct child_order order = { .program = PROGRAM_BEGIN,
		.of = run,
		.ended = begun,
		.max_out = SMALL,
		.timeout_ms = SHORT_MS };
	struct buf args = { 0 };

	run->all = all;
	run->feed = feed;
	run->state = RUN_BEGINNING;
	while (*at != NULL)
		at = &(*at)->next;
	*at = run;
	child_number(&args, "", feed);
	run->child = child_start(all->server->children, &order, &args);
	buf_free(&args);
	return run;
}

void
run_when_begun(struct run *run,
    void (*tell)(void *of, const struct run *run, const struct child_end *end),
    void *of)
{
	struct run_waiter *w = mem_alloc(sizeof *w), **at = &run->waiters;

	while (*at != NULL)
		at = &(*at)->next;
	*w = (struct run_waiter){ tell, of, NULL };
	*at = w;
}

void
run_stop(struct run *run)
{
	if (run->child != NULL)
		child_signal(run->child, run->told_ms != 0 ? SIGKILL : SIGTERM);
	run->told_ms = clock_ms();
}

/* Keep the claims of those that wait alive. */
static void
beat(struct runs *all)
{
	const struct child_order order = { .program = PROGRAM_HEARTBEAT,
		.ended = noted,
		.max_out = SMALL,
		.timeout_ms = SHORT_MS };
	struct buf args = { 0 };
	const struct run *run;

	for (run = all->first; run != NULL; run = run->next)
		if (run->state == RUN_WAITING)
			child_number(&args, "", run->id);
	if (args.len > 0)
		child_start(all->server->children, &order, &args);
	buf_free(&args);
}

void
runs_tick(struct runs *all, uint64_t now_ms)
{
	struct run *run;

	if (now_ms >= all->beat_ms + BEAT_MS) {
		all->beat_ms = now_ms;
		beat(all);
	}
	for (run = all->first; run != NULL; run = run->next)
		if (run->state == RUN_RUNNING && run->told_ms != 0 &&
		    !run->killed && now_ms >= run->told_ms + PATIENCE_MS) {
			run->killed = true;
			child_signal(run->child, SIGKILL);
		}
}

void
runs_stop(struct runs *all, bool hurry)
{
	struct run *run, *next;
	bool first = !all->stopping;

	all->stopping = true;
	for (run = all->first; run != NULL; run = next) {
		next = run->next;
		if (run->state == RUN_WAITING && first) {
			run_abort(all, run->id, "cancelled",
			    "the server stopped", NULL, NULL);
			run_forget(run);
		} else if (run->state == RUN_RUNNING && (first || hurry)) {
			child_signal(run->child, hurry ? SIGKILL : SIGTERM);
			run->told_ms = clock_ms();
		}
	}
}
