/* run.c - a stage that asks a service */
#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "sig.h"
#include "status.h"

/* Jobs held at most: so many times what can be in flight. */
#define WINDOW_TIMES 4
#define WINDOW_BYTES ((size_t)256 << 20)
/* After a signal, for answers that are paid for. */
#define LEAVE_MS 4000
#define SLICE_MS 1000
/* Of requests in a job of the batch tier: the service takes 20 MB. */
#define TIER_BYTES ((uint64_t)15 << 20)
#define TIER_WINDOW ((size_t)1 << 20)

static void
land(struct run *r, struct batch *b)
{
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		r->flying = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	b->prev = b->next = NULL;
}

static void
receive(struct run *r, struct http_answer *a)
{
	struct batch *b = a->user;

	provider_decode(r->provider, a, &r->verdict);
	log_debug("answer", LOG_UINT("jobs", b->count),
	    LOG_SINT("status", a->status), LOG_UINT("ms", a->took_ms),
	    LOG_TEXT("why", r->verdict.why));
	land(r, b);
	http_answer_free(a);
	settle(r, b);
}

/* Wait for an answer, for input if it is wanted, or for the time. */
static void
wait_for(struct run *r, uint64_t wait)
{
	bool input = !r->input_over && !window_full(&r->window) &&
	             !stage_ready(r->stage);
	uint64_t tier = r->tier != NULL ? tier_wait(r->tier) : UINT64_MAX;
	struct http_answer *a;

	if (!r->input_over && !window_full(&r->window) && !input)
		wait = 0;
	if (tier < wait)
		wait = tier;
	if (wait > 0)
		out_flush(stage_out(r->stage));
	if (exchange_in_flight(r->exchange) == 0 && !input) {
		if (r->queue.count > 0 || tier != UINT64_MAX)
			clock_sleep_ms(wait);
		return;
	}
	a = exchange_next(r->exchange, wait, input ? stage_fd(r->stage) : -1);
	for (; a != NULL; a = exchange_next(r->exchange, 0, -1)) {
		receive(r, a);
		run_launch(
		    r); /* its place is free: no other answer is sooner */
	}
}

/* A signal came: take what is on its way, hand all on as it is. */
static void
leave(struct run *r)
{
	uint64_t end = clock_ms() + LEAVE_MS, now;
	struct http_answer *a;

	log_info("stopping", LOG_UINT("held", r->window.count),
	    LOG_UINT("in_flight", exchange_in_flight(r->exchange)));
	while (
	    exchange_in_flight(r->exchange) > 0 && (now = clock_ms()) < end) {
		a = exchange_finish(r->exchange, end - now);
		if (a != NULL)
			receive(r, a);
	}
	window_emit(&r->window, r->stage, true);
}

/* Submit what is complete, take what is answered; true if there was any. */
static bool
use_tier(struct run *r)
{
	bool any = false;
	struct batch *b;

	if (r->input_over || window_full(&r->window))
		tier_submit(r->tier, true);
	while ((b = tier_next(r->tier, &r->verdict)) != NULL) {
		settle(r, b);
		any = true;
	}
	return any;
}

static void
turn(struct run *r)
{
	r->started_ms = clock_ms();
	while (!r->input_over || r->window.count > 0) {
		uint64_t wait;

		run_take_input(r);
		wait = run_launch(r);
		if (r->tier != NULL && use_tier(r))
			wait = 0;
		window_emit(&r->window, r->stage, false);
		if (sig_stop()) {
			leave(r);
			return;
		}
		if (r->window.count > 0)
			wait_for(r, wait);
		window_emit(&r->window, r->stage, false);
	}
}

static void
scrub(const void *provider, struct buf *text)
{
	provider_scrub(provider, text);
}

static void
start_tier(struct run *r)
{
	const struct run_options *o = r->options;
	const struct tier_options options = { .dir = o->tier_dir,
		.profile = o->profile,
		.provider = r->provider,
		.deadline_ms = o->tier_deadline_ms,
		.poll_ms = o->tier_poll_ms,
		.timeout_ms = o->timeout_ms,
		.max_bytes = TIER_BYTES };

	r->tier = tier_open(&options);
	/* Answers take hours: as much is held as memory allows. */
	r->window.most = TIER_WINDOW;
}

static void
start(struct run *r, const struct run_options *o)
{
	size_t most = WINDOW_TIMES * o->in_flight * o->batch;
	struct exchange_options exchange = { .record = o->record,
		.replay = o->replay,
		.timeout_ms = o->timeout_ms,
		.scrub = scrub,
		.user = r->provider };
	struct ledger_limits limits = { .rpm = o->rpm,
		.tpm = o->tpm,
		.rpd = o->rpd,
		.budget = o->budget };
	static const char *const names[] = { "requests", "retries", "reasked",
		"answered", "kept", "failed", "flagged", "tokens_in",
		"tokens_cached", "tokens_out" };

	r->options = o;
	keys_init(&r->keys);
	r->exchange = exchange_open(&exchange, &r->keys);
	window_init(&r->window, most, WINDOW_BYTES, o->ordered);
	r->gather =
	    gather_new(o->stage == STAGE_FUNCTION ? o->taxonomy->count : 1,
	        o->batch, o->batch_tokens, most / 2);
	if (o->stage == STAGE_INDUSTRY)
		r->shortlist = shortlist_new(o->taxonomy);
	if (o->journal != NULL)
		r->journal = journal_open(o->journal, o->stage, o->profile);
	if (o->tier_dir != NULL)
		start_tier(r);
	throttle_init(&r->throttle, o->in_flight);
	r->ledger = ledger_open(o->ledger, &limits, clock_ms());
	r->backoff.base_ms = o->retry_wait_ms;
	r->job = rec_new();
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		stats_set(stage_stats(r->stage), names[i], 0);
	stats_set_text(stage_stats(r->stage), "cost_usd", "0.000000");
}

static void
finish(struct run *r)
{
	struct batch *b;

	while ((b = r->queue.first) != NULL) {
		r->queue.first = b->next;
		batch_free(b);
	}
	while ((b = r->flying) != NULL) {
		land(r, b);
		batch_free(b);
	}
	tier_close(r->tier, r->stop.status == 0 && !sig_stop());
	exchange_close(r->exchange);
	journal_close(r->journal);
	ledger_close(r->ledger);
	gather_free(r->gather);
	keys_end(&r->keys);
	rec_free(r->job);
	answer_free(&r->result.industry);
	verdict_free(&r->verdict);
	buf_free(&r->jobs);
	buf_free(&r->body);
	buf_free(&r->schema);
	shortlist_free(r->shortlist);
}

int
run(struct stage *s, struct provider *provider,
    const struct run_options *options)
{
	struct run r = { .stage = s, .provider = provider };

	start(&r, options);
	turn(&r);
	finish(&r);
	if (r.stop.status != 0)
		return r.stop.status;
	return r.failed > 0 ? EX_SOME_BAD : EX_OK;
}
