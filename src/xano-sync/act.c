/* act.c - carry a plan out */
#include "act.h"

#include <stdlib.h>

#include "actor.h"
#include "clock.h"
#include "log.h"
#include "lookup.h"
#include "mem.h"
#include "sig.h"
#include "status.h"

#define SLICE_MS 500
#define LAST_MS 5000 /* for answers that are under way when a signal comes */

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
	outcome(a, landed(a, r), r);
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
		actor_stop(a, status);
		batch_free(b);
		return;
	}
	if (look != LOOK_NOT)
		a->table_seen = a->table_seen || wants_look(b);
	b->look = LOOK_NOT;
	if (b->count == 0)
		batch_free(b);
	else if (look == LOOK_SPLIT)
		outcome_split(a, b, &b->why);
	else if (look == LOOK_FINAL)
		outcome_failed(a, b, &b->why);
	else
		actor_put(a, b);
}

/* The queue whose turn it is. */
static struct queue *
turn(struct actor *a)
{
	if (a->backs.first != NULL)
		return &a->backs;
	return a->status == EX_OK && a->queue.first != NULL ? &a->queue : NULL;
}

/* Send what may be sent now; milliseconds until more may. */
static uint64_t
send_some(struct actor *a)
{
	struct queue *queue;
	uint64_t wait = 0;

	while ((queue = turn(a)) != NULL &&
	       api_in_flight(a->api) < api_options(a->api)->parallel) {
		struct batch *b = queue->first;

		if (b->look != LOOK_NOT) {
			/* A look-up has the line for itself. */
			if (api_in_flight(a->api) > 0)
				return SLICE_MS;
			look_up(a, queue_take(queue));
			continue;
		}
		wait = api_wait(a->api);
		if (wait > 0)
			return wait < SLICE_MS ? wait : SLICE_MS;
		fly(a, queue_take(queue));
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
			outcome_accepted(a, b, &r);
		else
			batch_free(b);
		reply_free(&r);
	}
	for (i = 0; i < ACT_PARALLEL; i++) {
		batch_free(a->flying[i]);
		a->flying[i] = NULL;
	}
}

/* Whether there is something to wait for. */
static bool
goes_on(struct actor *a)
{
	size_t i;

	if (sig_stop())
		return false;
	if (turn(a) != NULL)
		return true;
	if (a->status == EX_OK)
		return api_in_flight(a->api) > 0;
	for (i = 0; i < ACT_PARALLEL; i++)
		if (a->flying[i] != NULL && a->flying[i]->back)
			return true;
	return false;
}

/* See everything in the queues to its end. */
static void
drain(struct actor *a)
{
	struct reply r;

	while (goes_on(a)) {
		uint64_t wait = send_some(a);

		if (api_in_flight(a->api) == 0) {
			if (turn(a) != NULL)
				clock_sleep_ms(wait);
			continue;
		}
		if (api_next(a->api, wait, &r))
			handle(a, &r);
	}
	if (sig_stop())
		actor_stop(a, EX_TEMPFAIL);
	come_to_rest(a);
}

static void
act_phase(struct actor *a, enum op op, enum part part)
{
	if (a->status != EX_OK)
		return;
	a->refused = a->taken = 0;
	queue_fill(&a->queue, a->plan, op, part);
	drain(a);
}

/*
 * Some rows are replaced: deleted, then what comes in their place is added.
 * When too much of that is refused, what is not replaced by then comes back.
 */
static void
replace_some(struct actor *a, const size_t *removals, size_t count)
{
	size_t i;

	queue_replace(&a->queue, a->plan, OP_DELETE, removals, count);
	drain(a);
	if (a->status != EX_OK)
		return;
	queue_replace(&a->queue, a->plan, OP_ADD, removals, count);
	drain(a);
	if (!a->gave_up)
		return;
	queue_free(&a->queue);
	for (i = 0; i < count; i++) {
		size_t want =
		    plan_successor(a->plan, &a->plan->removals[removals[i]]);
		const struct want *w = &a->plan->wanted->items[want];

		if (!w->written && !w->failed)
			actor_put_back(a, want);
	}
	drain(a);
}

/*
 * Where rows can't be changed in place: as many at a time as calls can be in
 * flight, so that a table never lacks more than those.
 */
static void
act_replace(struct actor *a)
{
	const struct plan *plan = a->plan;
	size_t *removals = mem_zero(plan->removal_count + 1, sizeof *removals);
	size_t count = 0, at, some, i;
	uint64_t most = plan->p->add.rows < plan->p->remove.rows
	                    ? plan->p->add.rows
	                    : plan->p->remove.rows;

	most *= api_options(a->api)->parallel;
	for (i = 0; i < plan->removal_count; i++)
		if (plan->removals[i].why == REMOVAL_REPLACED)
			removals[count++] = i;
	a->refused = a->taken = 0;
	for (at = 0; at < count && a->status == EX_OK; at += some) {
		some = count - at < most ? count - at : (size_t)most;
		replace_some(a, removals + at, some);
	}
	free(removals);
}

int
act(const struct act_options *options, struct plan *plan, struct api *api,
    struct listing *l, struct report *report)
{
	struct actor a = { .options = options,
		.plan = plan,
		.api = api,
		.listing = l,
		.report = report };

	queue_open(&a.queue);
	queue_open(&a.backs);
	if (options->order == ORDER_ADD_FIRST) {
		act_phase(&a, OP_ADD, PART_ALL);
		act_phase(&a, OP_CHANGE, PART_ALL);
		act_phase(&a, OP_DELETE, PART_ALL);
	} else {
		act_phase(&a, OP_DELETE, PART_OTHERS);
		act_replace(&a);
		act_phase(&a, OP_ADD, PART_OTHERS);
		act_phase(&a, OP_CHANGE, PART_ALL);
	}
	queue_free(&a.queue);
	queue_free(&a.backs);
	return a.status;
}
