/* launch.c - requests on their way out: which, when, and what is in them */
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "run.h"
#include "status.h"

#define MOST_TOKENS 65536
#define CHOICE_TOKENS 15 /* of an industry in the list, about */
#define SLICE_MS 1000

/* Is the key right, is there such a model: before the first job is sent. */
static bool
probe(struct run *r)
{
	struct verdict *v = &r->verdict;

	if (r->probed || r->options->replay != NULL)
		return true;
	r->probed = true;
	provider_probe(r->provider, exchange_http(r->exchange), v);
	if (v->kind != VERDICT_STOP)
		return true;
	run_stop(r, v->status, v->error != NULL ? v->error : "denied",
	    v->why != NULL ? v->why : "the service denies access");
	return false;
}

bool
run_is_busy(const struct run *r)
{
	return r->queue.count > 0 || exchange_in_flight(r->exchange) > 0 ||
	       (r->tier != NULL && tier_wait(r->tier) != UINT64_MAX);
}

static uint64_t
answer_limit(struct run *r, const struct batch *b)
{
	/* Three times what is expected, and room for thinking. */
	uint64_t limit =
	    (3 * prompt_answer_tokens(r->options->prompt) * b->count + 1024)
	    << b->scale;

	return limit < MOST_TOKENS ? limit : MOST_TOKENS;
}

/* Give each job its key for this request; the same again for a repetition. */
static void
draw_keys(struct run *r, struct batch *b)
{
	uint64_t salt = 0;

	keys_draw(&r->keys, b->items[0]->seq, b->items[0]->asks, b->fence,
	    KEYS_FENCE);
	for (size_t i = 0; i < b->count; i++) {
		struct item *item = b->items[i];
		bool twice = false;

		keys_draw(&r->keys, item->seq, item->asks + (salt << 32),
		    item->key, KEYS_KEY);
		for (size_t j = 0; j < i; j++)
			twice |= strcmp(b->items[j]->key, item->key) == 0;
		if (twice) {
			salt++;
			i--;
		}
	}
}

/* What the request offers, when that is not all there is. */
static void
offer(struct run *r, struct batch *b)
{
	const uint16_t **ranked;
	bool wide = false;

	if (r->shortlist == NULL)
		return;
	ranked = mem_zero(b->count, sizeof(const uint16_t *));
	for (size_t i = 0; i < b->count; i++) {
		ranked[i] = b->items[i]->ranked;
		wide |= b->items[i]->wide;
	}
	free(b->choices);
	b->choices = mem_zero(1, sizeof(*b->choices));
	choices_merge(b->choices, r->options->taxonomy, ranked, b->count,
	    wide ? SHORTLIST_MOST : SHORTLIST_FIRST);
	free(ranked);
}

/* The request's body, out of its constant part and its jobs. */
static void
write_body(struct run *r, struct batch *b)
{
	const struct prompt_part *part =
	    prompt_part(r->options->prompt, b->industry);
	struct prompt_part own = *part;

	offer(r, b);
	draw_keys(r, b);
	buf_clear(&r->jobs);
	buf_clear(&r->body);
	prompt_jobs(&r->jobs, b);
	if (b->choices != NULL) {
		buf_clear(&r->schema);
		prompt_schema(r->options->prompt, b->choices, &r->schema);
		own.schema = r->schema;
	}
	provider_encode(r->provider, &own, &r->jobs, answer_limit(r, b),
	    &r->body);
}

static void
fly(struct run *r, struct batch *b)
{
	b->prev = NULL;
	b->next = r->flying;
	if (b->next != NULL)
		b->next->prev = b;
	r->flying = b;
}

static void
send(struct run *r, struct batch *b)
{
	uint64_t now = clock_ms();
	const char *const *headers = NULL;

	b->sent_ms = now;
	if (b->first_ms == 0)
		b->first_ms = now;
	verdict_clear(&r->verdict);
	if (!exchange_replays(r->exchange))
		headers = provider_headers(r->provider, &r->verdict);
	if (headers == NULL && !exchange_replays(r->exchange)) {
		settle(r, b);
		return;
	}
	write_body(r, b);
	exchange_send(r->exchange, provider_url(r->provider), headers, &r->body,
	    b);
	fly(r, b);
	stats_add(stage_stats(r->stage), "requests", 1);
}

/* The same for the batch tier: it goes when there are enough, or no more. */
static void
hand_in(struct run *r, struct batch *b)
{
	b->fresh = false;
	write_body(r, b);
	stats_add(stage_stats(r->stage), "requests", 1);
	tier_add(r->tier, b, &r->body);
	if (tier_full(r->tier))
		tier_submit(r->tier, false);
}

/* What the request may take at the most. */
static void
write_order(struct run *r, struct batch *b)
{
	struct ledger_order *order = &b->order;
	struct usage u = { .out = answer_limit(r, b) };

	u.in = prompt_part(r->options->prompt, b->industry)->tokens + b->tokens;
	if (r->shortlist != NULL)
		u.in += SHORTLIST_MOST * CHOICE_TOKENS;
	order->tokens = u.in;
	order->cost = price_cost(&r->options->price, &u);
	order->unpaced = r->tier != NULL && b->fresh;
	if (order->unpaced)
		order->cost =
		    order->cost / 100 * r->options->price.batch_percent;
}

/* There may be less left than it costs; what is out may turn out cheaper. */
static void
wait_for_money(struct run *r)
{
	if (r->tier != NULL)
		tier_submit(r->tier, false);
	if (exchange_in_flight(r->exchange) == 0 &&
	    (r->tier == NULL || tier_wait(r->tier) == UINT64_MAX))
		run_stop(r, EX_SOME_BAD, "budget", "the budget is spent");
}

/* May it go now?  Else *WAIT_MS says when to look again. */
static bool
may_send(struct run *r, struct batch *b, uint64_t now, uint64_t *wait_ms)
{
	verdict_clear(&r->verdict);
	write_order(r, b);
	if (!b->order.unpaced &&
	    !throttle_allows(&r->throttle, exchange_in_flight(r->exchange))) {
		*wait_ms = UINT64_MAX;
		return false;
	}
	if (r->options->deadline_ms > 0 &&
	    now - r->started_ms >= r->options->deadline_ms) {
		run_stop(r, EX_TEMPFAIL, "unavailable",
		    "the time of --deadline is over");
		return false;
	}
	if (!probe(r))
		return false;
	switch (ledger_take(r->ledger, &b->order, now, wait_ms)) {
	case LEDGER_TAKEN:
		return true;
	case LEDGER_DAY:
		run_stop(r, EX_TEMPFAIL, "quota",
		    "all requests of --rpd are used");
		return false;
	case LEDGER_BUDGET:
		wait_for_money(r);
		return false;
	default:
		return false;
	}
}

/* Once stopped, what waits for its turn fails. */
static void
fail_waiting(struct run *r)
{
	struct batch *b;

	gather_flush(r->gather, &r->queue);
	while (r->tier != NULL && (b = tier_drop(r->tier)) != NULL)
		queue_add(&r->queue, b);
	while ((b = r->queue.first) != NULL) {
		r->queue.first = b->next;
		r->queue.count--;
		for (size_t i = 0; i < b->count; i++)
			run_fail(r, b->items[i], r->stop.error, r->stop.why,
			    true);
		batch_free(b);
	}
}

uint64_t
run_launch(struct run *r)
{
	uint64_t now, due, wait = SLICE_MS;
	struct batch *b;

	while (r->stop.status == 0) {
		now = clock_ms();
		b = queue_take(&r->queue, now, &due);
		if (b == NULL) {
			if (due != UINT64_MAX && due - now < wait)
				wait = due - now;
			return wait;
		}
		due = SLICE_MS;
		if (!may_send(r, b, now, &due)) {
			queue_add(&r->queue, b);
			if (r->stop.status == 0)
				return due < wait ? due : wait;
			break;
		}
		if (r->tier != NULL && b->fresh)
			hand_in(r, b);
		else
			send(r, b);
	}
	fail_waiting(r);
	return 0;
}
