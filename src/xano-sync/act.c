/* act.c - carry a plan out */
#include "act.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "lookup.h"
#include "sig.h"
#include "status.h"

#define PATIENCE 10   /* 429s in a row that are not held against Xano */
#define HALVE_AFTER 2 /* failures of a batch before it is halved */
#define HOPELESS 50   /* rows refused and none taken: it is not the rows */
#define FATAL_ROWS 10 /* single rows in a row, each tried twice */
#define SLICE_MS 500
#define LAST_MS 5000 /* for answers that are under way when a signal comes */

struct actor {
	const struct act_options *options;
	struct plan *plan;
	struct api *api;
	struct listing *listing;
	struct report *report;
	struct queue queue;
	unsigned int throttled;  /* 429s in a row */
	unsigned int failures;   /* in a row, of those that may pass */
	unsigned int fatal;      /* rows in a row that Xano failed over */
	uint64_t refused, taken; /* rows of this phase */
	struct batch *flying[ACT_PARALLEL];
	bool table_seen; /* it answered in this run: a 404 is for the row */
	int status;      /* of stopping; EX_OK while it goes on */
};

static void
stop(struct actor *a, int status)
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
	return copy;
}

static void
all_done(struct actor *a, struct batch *b)
{
	size_t i;

	a->taken += b->count;
	for (i = 0; i < b->count; i++)
		batch_done(b, a->plan, i, a->report);
	batch_free(b);
}

static void
all_failed(struct actor *a, struct batch *b, const struct reply *why)
{
	const struct act_options *o = a->options;
	size_t i;

	for (i = 0; i < b->count; i++) {
		batch_failed(b, a->plan, i, why, a->report);
		a->refused++;
	}
	batch_free(b);
	if (a->status != EX_OK)
		return;
	if (a->refused >= HOPELESS && a->taken == 0) {
		log_error("row after row is refused and none is taken, giving "
		          "up",
		    LOG_UINT("rows", a->refused));
		stop(a, EX_UNAVAILABLE);
	} else if (o->max_failed > 0 && a->report->failed >= o->max_failed) {
		log_error("too many rows are refused, giving up",
		    LOG_UINT("max_failed", o->max_failed));
		stop(a, EX_UNAVAILABLE);
	}
}

/* Two halves, or, of a single row, the end of it. */
static void
split(struct actor *a, struct batch *b, const struct reply *why)
{
	struct batch *second;

	if (b->count <= 1) {
		all_failed(a, b, why);
		return;
	}
	second = batch_halve(b);
	queue_front(&a->queue, second);
	queue_front(&a->queue, b);
}

static void
again(struct actor *a, struct batch *b, enum look look, const struct reply *r)
{
	b->look = look;
	b->why = plain(r);
	queue_front(&a->queue, b);
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

static void
accepted(struct actor *a, struct batch *b, const struct reply *r)
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
	if (a->failures > o->retries) {
		reply_complain(r,
		    "Xano does not answer as it should, stopping");
		stop(a, verdict_status(r->verdict));
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

/*
 * Xano itself says that it failed, which most often is one row's fault: once
 * more, then in halves.
 */
static void
fatal(struct actor *a, struct batch *b, const struct reply *r)
{
	b->tries++;
	if (b->count == 1 && ++a->fatal > FATAL_ROWS) {
		reply_complain(r, "Xano fails over row after row, stopping");
		stop(a, EX_TEMPFAIL);
	}
	if (b->tries < HALVE_AFTER) {
		api_pause(a->api, api_backoff(a->api, r, 1));
		again(a, b, LOOK_RESEND, r);
	} else {
		again(a, b, LOOK_SPLIT, r);
	}
}

/*
 * A row that is not there: deleted before, if the table answers at all; of a
 * change, for the next reading to add it anew.
 */
static void
absent(struct actor *a, struct batch *b, const struct reply *r)
{
	if (b->op == OP_ADD)
		again(a, b, LOOK_SPLIT, r);
	else if (b->count == 1 && b->op == OP_DELETE && a->table_seen)
		all_done(a, b);
	else
		again(a, b, b->count > 1 ? LOOK_SPLIT : LOOK_FINAL, r);
}

/* The batch that a reply is for: it is with us again. */
static struct batch *
landed(struct actor *a, const struct reply *r)
{
	size_t i;

	for (i = 0; i < ACT_PARALLEL; i++)
		if (a->flying[i] == r->user)
			a->flying[i] = NULL;
	return r->user;
}

static void
fly(struct actor *a, struct batch *b)
{
	size_t i = 0;

	while (a->flying[i] != NULL)
		i++;
	a->flying[i] = b;
	batch_send(b, a->plan, a->api);
}

static void
handle(struct actor *a, struct reply *r)
{
	struct batch *b = landed(a, r);

	switch (r->verdict) {
	case VERDICT_OK:
		accepted(a, b, r);
		break;
	case VERDICT_THROTTLED:
		throttled(a, b, r);
		break;
	case VERDICT_FATAL:
		fatal(a, b, r);
		break;
	case VERDICT_REFUSED:
	case VERDICT_TOO_LARGE:
		again(a, b, LOOK_SPLIT, r);
		break;
	case VERDICT_ABSENT:
		absent(a, b, r);
		break;
	case VERDICT_DENIED:
		reply_complain(r, "Xano does not allow it, stopping");
		stop(a, EX_NOPERM);
		batch_free(b);
		break;
	default:
		ailing(a, b, r);
	}
	reply_free(r);
}

/* Whether there is something to be found out: not of what is repeatable. */
static bool
wants_look(const struct batch *b)
{
	if (b->look == LOOK_NOT)
		return false;
	if (b->op == OP_ADD)
		return true;
	return b->look == LOOK_FINAL;
}

/* Find out what became of a batch, and go on with what is left of it. */
static void
look_up(struct actor *a, struct batch *b)
{
	enum look look = b->look;
	int status = EX_OK;

	if (wants_look(b))
		status = lookup(b, a->plan, a->listing, a->report);
	if (status != EX_OK) {
		stop(a, status);
		batch_free(b);
		return;
	}
	if (look != LOOK_NOT)
		a->table_seen = a->table_seen || wants_look(b);
	b->look = LOOK_NOT;
	if (b->count == 0)
		batch_free(b);
	else if (look == LOOK_SPLIT)
		split(a, b, &b->why);
	else if (look == LOOK_FINAL)
		all_failed(a, b, &b->why);
	else
		queue_front(&a->queue, b);
}

/* Send what may be sent now; milliseconds until more may. */
static uint64_t
send_some(struct actor *a)
{
	uint64_t wait = 0;

	while (a->status == EX_OK && a->queue.first != NULL &&
	       api_in_flight(a->api) < api_options(a->api)->parallel) {
		struct batch *b = a->queue.first;

		if (b->look != LOOK_NOT) {
			/* A look-up has the line for itself. */
			if (api_in_flight(a->api) > 0)
				return SLICE_MS;
			look_up(a, queue_take(&a->queue));
			continue;
		}
		wait = api_wait(a->api);
		if (wait > 0)
			return wait < SLICE_MS ? wait : SLICE_MS;
		fly(a, queue_take(&a->queue));
	}
	return SLICE_MS;
}

/* A signal came, or there is no sense in going on: see what is under way. */
static void
come_to_rest(struct actor *a)
{
	uint64_t end = clock_ms() + LAST_MS, now;
	struct reply r;
	size_t i;

	while (api_in_flight(a->api) > 0 && (now = clock_ms()) < end &&
	       api_last(a->api, end - now, &r)) {
		struct batch *b = landed(a, &r);

		/* Without a batch it is a look-up that the signal broke off. */
		if (b != NULL && r.verdict == VERDICT_OK)
			accepted(a, b, &r);
		else
			batch_free(b);
		reply_free(&r);
	}
	for (i = 0; i < ACT_PARALLEL; i++) {
		batch_free(a->flying[i]);
		a->flying[i] = NULL;
	}
}

static void
act_phase(struct actor *a, enum op op)
{
	struct reply r;

	a->refused = a->taken = 0;
	queue_open(&a->queue);
	queue_fill(&a->queue, a->plan, op);
	while (a->status == EX_OK && !sig_stop() &&
	       (a->queue.first != NULL || api_in_flight(a->api) > 0)) {
		uint64_t wait = send_some(a);

		if (api_in_flight(a->api) == 0) {
			if (a->queue.first != NULL && a->status == EX_OK)
				clock_sleep_ms(wait);
			continue;
		}
		if (api_next(a->api, wait, &r))
			handle(a, &r);
	}
	if (sig_stop())
		stop(a, EX_TEMPFAIL);
	come_to_rest(a);
	queue_free(&a->queue);
}

int
act(const struct act_options *options, struct plan *plan, struct api *api,
    struct listing *l, struct report *report)
{
	static const enum op orders[2][3] = {
		[ORDER_DELETE_FIRST] = { OP_DELETE, OP_ADD, OP_CHANGE },
		[ORDER_ADD_FIRST] = { OP_ADD, OP_CHANGE, OP_DELETE },
	};
	struct actor a = { .options = options,
		.plan = plan,
		.api = api,
		.listing = l,
		.report = report };
	size_t i;

	for (i = 0; i < 3 && a.status == EX_OK; i++)
		act_phase(&a, orders[options->order][i]);
	return a.status;
}
