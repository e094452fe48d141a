/* runs.c - start runs, a few at a time, and stop them */
#include "runs.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "answer.h"
#include "body.h"
#include "changes.h"
#include "clock.h"
#include "live.h"
#include "log.h"
#include "mem.h"
#include "reads.h"
#include "status.h"
#include "store.h"

/* The store takes a run for dead after two minutes. */
#define BEAT_MS 20000

/* Between asking a run to end and making it. */
#define PATIENCE_MS 15000

/* A program of one statement has this long. */
#define SHORT_MS 30000

#define SMALL ((size_t)1 << 16)

/* Room that a run folder has to find. */
#define LEAST_FREE ((uint64_t)1 << 20)

enum state { BEGINNING, WAITING, RUNNING, ENDING };

struct run {
	struct runs *all;
	int64_t id; /* 0: not yet */
	int64_t feed;
	enum state state;
	bool full, no_sync, again; /* AGAIN: it was told to end before */
	struct child *child;
	struct waiter *waiters; /* for the number */
	uint64_t told_ms;       /* when it was told to end; 0: not */
	struct run *next;
};

/* A request that triggered a feed whose run is being begun. */
struct waiter {
	struct request *request;
	bool first; /* it was the one */
	struct waiter *next;
};

struct runs {
	struct server *server;
	struct run *first; /* in the order they came */
	uint64_t beat_ms;
	bool stopping;
};

struct runs *
runs_new(struct server *s)
{
	struct runs *all = mem_zero(1, sizeof *all);

	all->server = s;
	all->beat_ms = clock_ms();
	return all;
}

void
runs_free(struct runs *all)
{
	struct run *run;

	if (all == NULL)
		return;
	while ((run = all->first) != NULL) {
		all->first = run->next;
		free(run);
	}
	free(all);
}

static size_t
count(const struct runs *all, enum state from, enum state to)
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
	return count(all, BEGINNING, ENDING);
}

size_t
runs_running(const struct runs *all)
{
	return count(all, RUNNING, RUNNING);
}

size_t
runs_waiting(const struct runs *all)
{
	return count(all, WAITING, WAITING);
}

bool
runs_has_room(const struct runs *all)
{
	const struct settings *s = all->server->settings;

	return !all->stopping &&
	       count(all, BEGINNING, RUNNING) < s->max_runs + s->max_queue;
}

static struct run *
find_feed(const struct runs *all, int64_t feed)
{
	struct run *run = all->first;

	while (run != NULL && run->feed != feed)
		run = run->next;
	return run;
}

static struct run *
find_run(const struct runs *all, int64_t id)
{
	struct run *run = all->first;

	while (run != NULL && run->id != id)
		run = run->next;
	return run;
}

bool
runs_has(const struct runs *all, int64_t feed)
{
	return find_feed(all, feed) != NULL;
}

void
runs_add_queued(const struct runs *all, struct buf *q)
{
	const struct run *run;

	buf_json_key(q, "queued");
	buf_byte(q, '[');
	for (run = all->first; run != NULL; run = run->next) {
		if (run->state != WAITING)
			continue;
		if (q->data[q->len - 1] != '[')
			buf_byte(q, ',');
		buf_json_int(q, run->id);
	}
	buf_byte(q, ']');
}

static void
forget(struct run *run)
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

static void
abort_run(struct runs *all, int64_t id, const char *status, const char *reason,
    void (*ended)(void *of, const struct child_end *end), void *of)
{
	const struct child_order order = { .program = PROGRAM_ABORT,
		.of = of,
		.ended = ended,
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
	abort_run(all, id, "failed", "interrupted: its process is gone", noted,
	    NULL);
}

static void start_waiting(struct runs *all);

/*
 * process-feed has ended.  One that did not end in order may have left its run
 * open; ending one that has ended changes nothing.
 */
static void
run_ended(void *of, const struct child_end *end)
{
	struct run *run = of;
	struct runs *all = run->all;
	struct buf reason = { 0 };

	if (end->status != EX_OK && end->status != EX_SOME_BAD) {
		buf_printf(&reason, "process-feed ended with %d%s%s",
		    end->status, *end->error != '\0' ? ": " : "", end->error);
		abort_run(all, run->id, "failed", buf_string(&reason), noted,
		    NULL);
	}
	log_info("a run has ended", LOG_SINT("run", run->id),
	    LOG_SINT("feed", run->feed), LOG_SINT("status", end->status),
	    LOG_TEXT("error", end->error));
	buf_free(&reason);
	forget(run);
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
	run->state = RUNNING;
	run->child = child_start(run->all->server->children, &order, &args);
	buf_free(&args);
}

/* Those that wait get their turn in the order they came. */
static void
start_waiting(struct runs *all)
{
	struct run *run;

	for (run = all->first; run != NULL && !all->stopping; run = run->next)
		if (run->state == WAITING &&
		    runs_running(all) < all->server->settings->max_runs)
			start_process(run);
}

static void
answer_under_way(struct request *r, int64_t id)
{
	char location[40] = "";

	snprintf(location, sizeof location, "/runs/%" PRId64, id);
	answer_problem(r, &(struct answer_problem){ .status = 409,
	                      .name = "already-running",
	                      .detail = "a run of this feed is under way",
	                      .run_id = id,
	                      .location = id > 0 ? location : NULL });
}

static void
answer_started(struct request *r, const struct run *run)
{
	struct buf body = { 0 };
	char location[40];

	snprintf(location, sizeof location, "/runs/%" PRId64, run->id);
	buf_printf(&body,
	    "{\"run_id\":%" PRId64 ",\"feed_id\":%" PRId64
	    ",\"queued\":%s,\"location\":\"%s\"}",
	    run->id, run->feed, run->state == WAITING ? "true" : "false",
	    location);
	answer_json(r, 202, &body, location);
}

/* The number behind "run=" in what pg-store begin said; 0 without one. */
static int64_t
run_in(const char *words)
{
	const char *at = strstr(words, " run=");

	return at != NULL ? strtoll(at + strlen(" run="), NULL, 10) : 0;
}

static void
answer_not_begun(struct request *r, const struct child_end *end)
{
	int64_t other = run_in(end->error);

	if (end->status == EX_TEMPFAIL && other > 0)
		answer_under_way(r, other);
	else
		answer_failure(r, end->status, end->error);
}

/* The store has given the run its number, or has said why not. */
static void
begun(void *of, const struct child_end *end)
{
	struct run *run = of;
	struct runs *all = run->all;
	struct waiter *w;

	run->child = NULL;
	if (end->status == EX_OK)
		run->id = strtoll(end->out, NULL, 10);
	if (run->id > 0) {
		run->state = WAITING;
		start_waiting(all);
		if (all->stopping)
			abort_run(all, run->id, "cancelled",
			    "the server stopped", noted, NULL);
	}
	while ((w = run->waiters) != NULL) {
		run->waiters = w->next;
		if (run->id == 0)
			answer_not_begun(w->request, end);
		else if (w->first)
			answer_started(w->request, run);
		else
			answer_under_way(w->request, run->id);
		free(w);
	}
	if (run->id == 0 || all->stopping)
		forget(run);
}

/* Claim a run in the store. */
static struct run *
begin(struct runs *all, int64_t feed)
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
	run->state = BEGINNING;
	while (*at != NULL)
		at = &(*at)->next;
	*at = run;
	child_number(&args, "", feed);
	run->child = child_start(all->server->children, &order, &args);
	buf_free(&args);
	return run;
}

static void
wait_for(struct run *run, struct request *r, bool first)
{
	struct waiter *w = mem_alloc(sizeof *w), **at = &run->waiters;

	while (*at != NULL)
		at = &(*at)->next;
	*w = (struct waiter){ r, first, NULL };
	*at = w;
}

void
runs_start_due(struct runs *all, int64_t feed)
{
	if (find_feed(all, feed) == NULL && runs_has_room(all))
		begin(all, feed);
}

/* Why no run folder can be made; NULL: it can, as far as is known. */
static const char *
no_folder(const struct server *s)
{
	struct statvfs st;

	if (access(s->settings->runs, W_OK) < 0)
		return errno == ENOENT ? NULL
		                       : "run folders can't be made here";
	if (statvfs(s->settings->runs, &st) == 0 &&
	    (uint64_t)st.f_bavail * st.f_frsize < LEAST_FREE)
		return "the disk of the run folders is full";
	return NULL;
}

void
runs_trigger(struct request *r)
{
	static const struct body_rule rules[] = {
		{ .name = "full", .kind = BODY_FLAG },
		{ .name = "sync", .kind = BODY_FLAG },
		{ .name = NULL },
	};
	struct runs *all = r->server->runs;
	struct json_value values[BODY_RULES];
	const char *why = no_folder(r->server);
	struct run *run;

	if (!body_read(r, rules, values))
		return;
	run = find_feed(all, r->number);
	if (run != NULL && run->id > 0) {
		answer_under_way(r, run->id);
	} else if (run != NULL) {
		wait_for(run, r, false);
	} else if (why != NULL) {
		answer_away(r, why);
	} else if (!runs_has_room(all)) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 429,
		        .name = "queue-full",
		        .detail = "as many runs as may be are under way or "
		                  "wait",
		        .retry_after_s = 10 });
	} else {
		run = begin(all, r->number);
		run->full = body_flag(values[0], false);
		run->no_sync = !body_flag(values[1], true);
		wait_for(run, r, true);
	}
}

static void
tell_run(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "run");
	store_number(&q, "run_id", r->number);
	runs_add_queued(r->server->runs, &q);
	store_ask(r->server->store, STORE_QUICK, &q, live_answer, r);
}

static void
cancelled(void *of, const struct child_end *end)
{
	struct request *r = of;

	r->status = 202;
	if (end->status == EX_OK)
		tell_run(r);
	else
		answer_failure(r, end->status, end->error);
}

/* A run that is not ours, on this host or another: the store ends it. */
static void
other_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf reason = { 0 };

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "there is no such run");
	} else if (!live_is_running(a->rows, a->len)) {
		answer_problem(r, &(struct answer_problem){ .status = 409,
		                      .name = "run-ended",
		                      .detail = "the run has ended" });
	} else {
		buf_printf(&reason, "cancelled by %s", r->who);
		abort_run(r->server->runs, r->number, "cancelled",
		    buf_string(&reason), cancelled, r);
		buf_free(&reason);
	}
}

void
runs_cancel(struct request *r)
{
	struct runs *all = r->server->runs;
	struct run *run = find_run(all, r->number);
	struct buf q = { 0 };

	if (run == NULL) {
		store_question(&q, "run");
		store_number(&q, "run_id", r->number);
		store_ask(r->server->store, STORE_QUICK, &q, other_known, r);
	} else if (run->state == WAITING) {
		abort_run(all, run->id, "cancelled", "cancelled in the queue",
		    cancelled, r);
		forget(run);
	} else {
		/* Who asks again is in earnest. */
		child_signal(run->child, run->told_ms != 0 ? SIGKILL : SIGTERM);
		run->told_ms = clock_ms();
		r->status = 202;
		tell_run(r);
	}
}

static void
accepted(void *of, const struct child_end *end)
{
	struct request *r = of;

	r->status = 200;
	if (end->status == EX_OK)
		tell_run(r);
	else
		answer_failure(r, end->status, end->error);
}

void
runs_accept(struct request *r)
{
	static const char *const guards[] = { "empty", "shrink", "dead",
		"drift", NULL };
	static const struct body_rule rules[] = {
		{ .name = "guards",
		    .kind = BODY_CHOICES,
		    .required = true,
		    .min = 1,
		    .max = 4,
		    .choices = guards },
		{ .name = "by", .kind = BODY_TEXT, .min = 1, .max = 100 },
		{ .name = NULL },
	};
	struct json_value values[BODY_RULES];
	struct buf args = { 0 };
	char *list;

	if (!body_read(r, rules, values))
		return;
	list = body_list(values[0]);
	child_option(&args, "accept", list);
	free(list);
	child_number(&args, "", r->number);
	changes_start(r, PROGRAM_ACCEPT, &args, NULL, accepted);
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
		if (run->state == WAITING)
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
		if (run->state == RUNNING && run->told_ms != 0 && !run->again &&
		    now_ms >= run->told_ms + PATIENCE_MS) {
			run->again = true;
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
		if (run->state == WAITING && first) {
			abort_run(all, run->id, "cancelled",
			    "the server stopped", noted, NULL);
			forget(run);
		} else if (run->state == RUNNING && (first || hurry)) {
			child_signal(run->child, hurry ? SIGKILL : SIGTERM);
			run->told_ms = clock_ms();
		}
	}
}
