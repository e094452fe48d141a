/* outcome.c - what an answer means for the rows it was for */
#include <stdio.h>

#include "actor.h"
#include "log.h"
#include "status.h"

#define PATIENCE 10   /* 429s in a row that are not held against Xano */
#define HALVE_AFTER 2 /* failures of a batch before it is halved */
#define HOPELESS 50   /* rows refused and none taken: it is not the rows */
#define FATAL_ROWS 10 /* single rows in a row, each tried twice */

void
actor_stop(struct actor *a, int status)
{
	if (a->status == EX_OK)
		a->status = status;
}

/* The reply without what it points to. */
static struct reply
plain(const struct reply *r)
{
	struct reply copy = *r;

	copy.answer = NULL;
	copy.user = NULL;
	copy.body.type = JSON_NONE;
	copy.members = NULL;
	copy.member_count = 0;
	return copy;
}

void
actor_put(struct actor *a, struct batch *b)
{
	queue_front(b->back ? &a->backs : &a->queue, b);
}

void
actor_put_back(struct actor *a, size_t want)
{
	struct batch *back = batch_back(a->plan, want);

	if (back != NULL)
		actor_put(a, back);
}

static void
all_done(struct actor *a, struct batch *b)
{
	size_t i;

	a->taken += b->back ? 0 : b->count;
	for (i = 0; i < b->count; i++)
		batch_done(b, a->plan, i, a->report);
	batch_free(b);
}

void
outcome_failed(struct actor *a, struct batch *b, const struct reply *why)
{
	const struct act_options *o = a->options;
	size_t i;

	for (i = 0; i < b->count; i++) {
		batch_failed(b, a->plan, i, why, a->report);
		a->refused += !b->back;
		if (b->op == OP_ADD && !b->back)
			actor_put_back(a, b->rows[i]);
	}
	batch_free(b);
	if (a->status != EX_OK)
		return;
	if (a->refused >= HOPELESS && a->taken == 0) {
		log_error("row after row is refused and none is taken, giving "
		          "up",
		    LOG_UINT("rows", a->refused));
		actor_stop(a, EX_UNAVAILABLE);
		a->gave_up = true;
	} else if (o->max_failed > 0 && a->report->failed >= o->max_failed) {
		log_error("too many rows are refused, giving up",
		    LOG_UINT("max_failed", o->max_failed));
		actor_stop(a, EX_UNAVAILABLE);
		a->gave_up = true;
	}
}

/* Two halves, or, of a single row, the end of it. */
void
outcome_split(struct actor *a, struct batch *b, const struct reply *why)
{
	struct batch *second;

	if (b->count <= 1) {
		outcome_failed(a, b, why);
		return;
	}
	second = batch_halve(b);
	actor_put(a, second);
	actor_put(a, b);
}

static void
again(struct actor *a, struct batch *b, enum look look, const struct reply *r)
{
	b->look = look;
	b->why = plain(r);
	actor_put(a, b);
}

static size_t
length(struct json_value array)
{
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (array.type != JSON_ARRAY)
		return 0;
	for (w = json_walk(array); json_next(&w, &m);)
		n++;
	return n;
}

/* Take the ids that a bulk insert gave its rows. */
static void
take_ids(struct actor *a, struct batch *b, struct json_value ids)
{
	struct json_walk w;
	struct json_member m;
	size_t i = 0;

	for (w = json_walk(ids); json_next(&w, &m); i++)
		plan_keep_id(a->plan, b->rows[i], m.value);
}

/* How many rows an answer says it was done to; SIZE_MAX: it does not say. */
static size_t
success_total(struct json_value body)
{
	struct json_value total;
	long long n;

	if (body.type != JSON_OBJECT)
		return SIZE_MAX; /* null or empty, as deletes may answer */
	total = json_get(body, "success_total");
	if (total.type == JSON_NUMBER && json_int64(total, &n) && n >= 0)
		return (size_t)n;
	return length(json_get(body, "success"));
}

void
outcome_accepted(struct actor *a, struct batch *b, const struct reply *r)
{
	const struct endpoint *e = batch_endpoint(a->plan->p, b->op);
	bool good = true;

	a->throttled = a->failures = a->fatal = 0;
	a->table_seen = true;
	switch (e->answer) {
	case ANSWER_IDS:
		good = length(r->body) == b->count;
		if (good)
			take_ids(a, b, r->body);
		break;
	case ANSWER_ROW:
		good = r->body.type == JSON_OBJECT;
		if (good && b->op == OP_ADD && a->plan->p->id != NULL)
			plan_keep_id(a->plan, b->rows[0],
			    json_get(r->body, a->plan->p->id));
		break;
	case ANSWER_SUCCESS:
		good = success_total(r->body) >= b->count;
		break;
	default:
		break;
	}
	if (good) {
		all_done(a, b);
	} else {
		struct reply why = plain(r);

		snprintf(why.message, sizeof why.message,
		    "the answer does not say that it was done");
		again(a, b, LOOK_FINAL, &why);
	}
}

/* Something that may pass: count it, wait, and keep the batch. */
static void
ailing(struct actor *a, struct batch *b, const struct reply *r)
{
	const struct api_options *o = api_options(a->api);
	bool unsure =
	    r->verdict != VERDICT_NOT_RUN && r->verdict != VERDICT_THROTTLED;
	bool heavy = r->verdict == VERDICT_LOST || r->verdict == VERDICT_AILING;

	a->failures++;
	b->tries++;
	b->unsure = b->unsure || unsure;
	/* What is put back when all is over has one try more. */
	if (b->back && a->status != EX_OK) {
		outcome_failed(a, b, r);
		return;
	}
	if (a->failures > o->retries) {
		reply_complain(r,
		    "Xano does not answer as it should, stopping");
		actor_stop(a, verdict_status(r->verdict));
	}
	api_pause(a->api, api_backoff(a->api, r, a->failures));
	log_info("trying again", LOG_TEXT("op", op_names[b->op]),
	    LOG_UINT("rows", b->count), LOG_SINT("status", r->status),
	    LOG_TEXT("why", r->message));
	if (heavy && b->tries >= HALVE_AFTER && b->count > 1)
		again(a, b, LOOK_SPLIT, r);
	else if (unsure)
		again(a, b, LOOK_RESEND, r);
	else
		again(a, b, b->look, r);
}

static void
throttled(struct actor *a, struct batch *b, const struct reply *r)
{
	a->throttled++;
	if (a->throttled > PATIENCE) {
		ailing(a, b, r);
		return;
	}
	api_pause(a->api, api_backoff(a->api, r, a->throttled));
	again(a, b, LOOK_NOT, r);
}

/* Halves; of a single row, what became of it if it is not known. */
static void
refused(struct actor *a, struct batch *b, const struct reply *r)
{
	again(a, b,
	    b->unsure && b->count == 1 && b->op != OP_ADD ? LOOK_FINAL
	                                                  : LOOK_SPLIT,
	    r);
}

/*
 * Xano itself says that it failed, which most often is one row's fault: once
 * more, then in halves.
 */
static void
fatal(struct actor *a, struct batch *b, const struct reply *r)
{
	b->tries++;
	b->unsure = true;
	if (b->count == 1 && ++a->fatal > FATAL_ROWS) {
		reply_complain(r, "Xano fails over row after row, stopping");
		actor_stop(a, EX_TEMPFAIL);
	}
	if (b->tries < HALVE_AFTER) {
		api_pause(a->api, api_backoff(a->api, r, 1));
		again(a, b, LOOK_RESEND, r);
	} else {
		refused(a, b, r);
	}
}

/*
 * A row that is not there: deleted before, if the table answers at all; of a
 * change, for the next reading to add it anew.  One that is to be replaced has
 * to be seen gone, or there would be two.
 */
static void
absent(struct actor *a, struct batch *b, const struct reply *r)
{
	bool replaced = b->op == OP_DELETE &&
	                a->plan->removals[b->rows[0]].why == REMOVAL_REPLACED;

	if (b->op == OP_ADD)
		again(a, b, LOOK_SPLIT, r);
	else if (b->count == 1 && b->op == OP_DELETE && a->table_seen &&
	         !replaced)
		all_done(a, b);
	else
		again(a, b, b->count > 1 ? LOOK_SPLIT : LOOK_FINAL, r);
}

void
outcome(struct actor *a, struct batch *b, struct reply *r)
{
	switch (r->verdict) {
	case VERDICT_OK:
		outcome_accepted(a, b, r);
		break;
	case VERDICT_THROTTLED:
		throttled(a, b, r);
		break;
	case VERDICT_FATAL:
		fatal(a, b, r);
		break;
	case VERDICT_REFUSED:
	case VERDICT_TOO_LARGE:
		refused(a, b, r);
		break;
	case VERDICT_ABSENT:
		absent(a, b, r);
		break;
	case VERDICT_DENIED:
		reply_complain(r, "Xano does not allow it, stopping");
		actor_stop(a, EX_NOPERM);
		batch_free(b);
		break;
	default:
		ailing(a, b, r);
	}
}
