/* triggers.c - start, stop and accept runs over HTTP */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "answer.h"
#include "body.h"
#include "changes.h"
#include "live.h"
#include "reads.h"
#include "run_list.h"
#include "status.h"
#include "store.h"

/* Room that a run folder has to find. */
#define LEAST_FREE ((uint64_t)1 << 20)

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
	    run->id, run->feed, run->state == RUN_WAITING ? "true" : "false",
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

/* For who triggered the feed first: the run is theirs. */
static void
first_begun(void *of, const struct run *run, const struct child_end *end)
{
	if (end == NULL)
		answer_started(of, run);
	else
		answer_not_begun(of, end);
}

/* For who came while it was being begun. */
static void
also_begun(void *of, const struct run *run, const struct child_end *end)
{
	if (end == NULL)
		answer_under_way(of, run->id);
	else
		answer_not_begun(of, end);
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
	run = run_of_feed(all, r->number);
	if (run != NULL && run->id > 0) {
		answer_under_way(r, run->id);
	} else if (run != NULL) {
		run_when_begun(run, also_begun, r);
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
		run = run_begin(all, r->number);
		run->full = body_flag(values[0], false);
		run->no_sync = !body_flag(values[1], true);
		run_when_begun(run, first_begun, r);
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
		run_abort(r->server->runs, r->number, "cancelled",
		    buf_string(&reason), cancelled, r);
		buf_free(&reason);
	}
}

void
runs_cancel(struct request *r)
{
	struct runs *all = r->server->runs;
	struct run *run = run_by_id(all, r->number);
	struct buf q = { 0 };

	if (run == NULL) {
		store_question(&q, "run");
		store_number(&q, "run_id", r->number);
		store_ask(r->server->store, STORE_QUICK, &q, other_known, r);
	} else if (run->state == RUN_WAITING) {
		run_abort(all, run->id, "cancelled", "cancelled in the queue",
		    cancelled, r);
		run_forget(run);
	} else {
		run_stop(run);
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
