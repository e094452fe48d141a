/* settle.c - what becomes of a request by its answer */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "reply.h"
#include "reset.h"
#include "run.h"
#include "status.h"

/* A reply that is no reply is asked for so often, then in parts. */
#define ODD_TRIES 2
/* And a job alone so often. */
#define ALONE_TRIES 2
/* So many single jobs refused, and nothing ever answered: it is us. */
#define MOST_REFUSED 10

void
run_stop(struct run *r, int status, const char *error, const char *why)
{
	if (r->stop.status != 0)
		return;
	r->stop = (struct run_stop){ status, error, why };
	if (r->verdict.detail.len > 0)
		log_error(why, LOG_BYTES("service", r->verdict.detail.data,
		                   r->verdict.detail.len));
	else
		log_error(why);
}

static void
finish(struct run *r, struct item *item)
{
	item_finish(item, r->job);
}

static void
parse(struct run *r, struct item *item)
{
	size_t at;

	/* It was a record when it came; it is the same bytes. */
	if (rec_parse(r->job, item->line, item->len, &at) != NULL)
		die(EX_SOFTWARE, "a record that is held has changed");
}

void
run_fail(struct run *r, struct item *item, const char *error, const char *why,
    bool retryable)
{
	struct buf name = { 0 };

	parse(r, item);
	result_error(r->job, r->options->stage, error, why, retryable);
	log_write(r->stop.status != 0 ? LOG_DEBUG : LOG_WARNING,
	    "job not enriched", LOG_TEXT("job", rec_id(r->job, &name)),
	    LOG_TEXT("kind", error), LOG_TEXT("reason", why),
	    (const struct log_field *)NULL);
	buf_free(&name);
	finish(r, item);
	r->failed++;
	stats_add(stage_stats(r->stage), "failed", 1);
}

static void
succeed(struct run *r, struct item *item)
{
	struct bill bill = { .model = r->verdict.model,
		.profile = r->options->profile,
		.tokens_in = item->tokens_in,
		.tokens_out = item->tokens_out,
		.cost = item->cost,
		.attempts = item->attempts,
		.flags = item->ad.flags };

	if (*bill.model == '\0')
		bill.model = provider_model(r->provider);
	parse(r, item);
	result_answer(r->job, r->options->stage, &r->result, &bill);
	if (r->journal != NULL)
		journal_keep(r->journal, item, r->job);
	finish(r, item);
	r->answered++;
	stats_add(stage_stats(r->stage), "answered", 1);
}

/* The part of WHOLE that is the I-th of N's; all of them add up to it. */
static uint64_t
share(uint64_t whole, size_t i, size_t n)
{
	return whole / n + (i < whole % n);
}

/* What a request cost is borne by its jobs, and counted. */
static void
charge(struct run *r, struct batch *b)
{
	const struct usage *u = &r->verdict.usage;
	uint64_t cost = price_cost(&r->options->price, u);
	struct stats *stats = stage_stats(r->stage);
	struct buf text = { 0 };

	if (b->tier)
		cost = cost / 100 * r->options->price.batch_percent;
	b->tier = false;
	for (size_t i = 0; i < b->count; i++) {
		b->items[i]->attempts++;
		b->items[i]->tokens_in += share(u->in, i, b->count);
		b->items[i]->tokens_out += share(u->out, i, b->count);
		b->items[i]->cost += share(cost, i, b->count);
	}
	r->spent += cost;
	stats_add(stats, "tokens_in", u->in);
	stats_add(stats, "tokens_cached", u->cached);
	stats_add(stats, "tokens_out", u->out);
	price_text(&text, r->spent);
	stats_set_text(stats, "cost_usd", buf_string(&text));
	buf_free(&text);
	ledger_settle(r->ledger, &b->order, u->in, cost, clock_ms());
}

/* Ask again about COUNT items, in parts of at most SIZE. */
static void
ask_parts(struct run *r, struct batch *b, struct item **items, size_t count,
    size_t size)
{
	stats_add(stage_stats(r->stage), "reasked", count);
	for (size_t i = 0; i < count; i += size)
		queue_put(&r->queue, items + i,
		    count - i < size ? count - i : size, b, 0);
}

static void
fail_all(struct run *r, struct batch *b, bool retryable)
{
	for (size_t i = 0; i < b->count; i++)
		run_fail(r, b->items[i], r->verdict.error, r->verdict.why,
		    retryable);
	batch_free(b);
}

/* In halves, until what does not work stands alone. */
static void
halve(struct run *r, struct batch *b)
{
	ask_parts(r, b, b->items, b->count, (b->count + 1) / 2);
	batch_free(b);
}

/* The same request again, later. */
static void
again(struct run *r, struct batch *b, uint64_t wait_ms)
{
	if (exchange_replays(r->exchange))
		wait_ms = 0;
	b->not_before_ms = clock_ms() + wait_ms;
	stats_add(stage_stats(r->stage), "retries", 1);
	queue_add(&r->queue, b);
}

/*
 * It failed.  All tries used up while nothing at all was answered since the
 * first one: then the service is down, and the others need not find out.
 */
static void
settle_fault(struct run *r, struct batch *b)
{
	bool heavy = r->verdict.kind == VERDICT_HEAVY;

	b->tries++;
	if (b->tries >= r->options->tries) {
		if (r->good_ms < b->first_ms)
			run_stop(r, EX_TEMPFAIL, "unavailable",
			    "the service is down");
		fail_all(r, b, true);
		return;
	}
	throttle_slow(&r->throttle, b->sent_ms, clock_ms());
	if (heavy && b->tries >= 2 && b->count > 1)
		halve(r, b);
	else
		again(r, b,
		    backoff_wait(&r->backoff, b->tries, r->verdict.wait_ms));
}

/* 429: all wait, and fewer go at once. */
static void
settle_busy(struct run *r, struct batch *b)
{
	uint64_t now = clock_ms(), wait, since = r->busy_ms;
	bool replay = exchange_replays(r->exchange);

	if (since < r->good_ms || since == 0)
		since = r->busy_ms = now;
	if (r->verdict.daily && r->daily_ms != 0 && b->sent_ms >= r->daily_ms) {
		reset_say();
		r->verdict.why = "the quota of the day is spent";
		run_stop(r, EX_TEMPFAIL, "quota", r->verdict.why);
	} else if (now - since > r->options->patience_ms) {
		run_stop(r, EX_TEMPFAIL, "unavailable",
		    "the service has been busy for too long");
	}
	if (r->stop.status != 0) {
		fail_all(r, b, true);
		return;
	}
	wait = backoff_wait(&r->backoff, ++b->busy, r->verdict.wait_ms);
	if (r->verdict.wait_ms > 0) /* not all at the same moment */
		wait += backoff_wait(&r->backoff, 1, 0);
	if (r->verdict.daily)
		r->daily_ms = now + r->verdict.wait_ms;
	throttle_slow(&r->throttle, b->sent_ms, now);
	if (!replay)
		ledger_pause(r->ledger,
		    r->verdict.wait_ms > 0 ? r->verdict.wait_ms : wait, now);
	again(r, b, wait);
}

/* Nothing came that could be read, or the tokens did not do. */
static void
settle_odd(struct run *r, struct batch *b)
{
	b->tries++;
	if (b->count == 1 && b->tries >= r->options->tries)
		fail_all(r, b, true);
	else if (b->count > 1 && b->tries >= ODD_TRIES)
		halve(r, b);
	else
		again(r, b, backoff_wait(&r->backoff, b->tries, 0));
}

static void
settle_refused(struct run *r, struct batch *b)
{
	if (b->count > 1) {
		halve(r, b);
		return;
	}
	if (r->verdict.kind == VERDICT_REFUSED && r->good_ms == 0 &&
	    ++r->refused >= MOST_REFUSED)
		run_stop(r, EX_UNAVAILABLE, "refused",
		    "the service refuses every request");
	fail_all(r, b, false);
}

/* The item of B with this key; NULL if it has none or lost it already. */
static struct item **
item_of(struct batch *b, const char *key)
{
	for (size_t i = 0; i < b->count; i++)
		if (strcmp(b->items[i]->key, key) == 0)
			return &b->items[i];
	return NULL;
}

static size_t
times(const struct reply *reply, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < reply->count; i++)
		n += strcmp(reply_id(reply->items[i]), key) == 0;
	return n;
}

/* Take what holds; the rest of B's items moves to its front and is counted. */
static size_t
take_items(struct run *r, struct batch *b, const struct reply *reply,
    const char **wrong, bool *widened)
{
	struct reply_rules rules = {
		.stage = r->options->stage,
		.with_relevance = prompt_rates_relevance(r->options->prompt),
		.taxonomy = r->options->taxonomy,
		.industry = b->industry,
		.choices = b->choices,
		.prompt =
		    prompt_part(r->options->prompt, b->industry)->text.data,
		.fence = b->fence,
	};
	size_t left = 0;

	for (size_t i = 0; i < reply->count; i++) {
		const char *key = reply_id(reply->items[i]);
		struct item **item = item_of(b, key);

		if (item == NULL) {
			*wrong = "an answer about a job that was not asked";
			continue;
		}
		if (times(reply, key) > 1) {
			*wrong = "two answers about one job";
			continue;
		}
		const char *bad =
		    reply_take(reply->items[i], &rules, &r->result);
		if (bad == NULL)
			succeed(r, *item);
		else
			*wrong = bad;
		/* The first "none" only asks for the longer list. */
		if (bad == reply_none && !(*item)->wide) {
			(*item)->wide = true;
			(*item)->alone = 0;
			*widened = true;
		}
	}
	for (size_t i = 0; i < b->count; i++)
		if (!b->items[i]->done)
			b->items[left++] = b->items[i];
	return left;
}

/*
 * What was not answered well is asked again in a third of the company, then
 * alone, then given up.
 */
static void
settle_text(struct run *r, struct batch *b)
{
	bool cut = r->verdict.kind == VERDICT_CUT;
	const char *wrong = NULL;
	size_t asked = b->count, left;
	bool widened = false;
	struct reply reply;

	reply_read(&reply, r->verdict.text.data, r->verdict.text.len);
	left = take_items(r, b, &reply, &wrong, &widened);
	reply_free(&reply);
	if (left < asked) {
		r->good_ms = clock_ms();
		throttle_good(&r->throttle);
	}
	if (left > 0 && wrong == NULL)
		wrong = cut ? r->verdict.why : "no answer about this job";
	if (left > 0)
		log_debug("answers to ask for again", LOG_UINT("jobs", left),
		    LOG_UINT("of", asked), LOG_TEXT("reason", wrong));
	b->count = left;
	b->scale += cut && b->scale < 4;
	r->verdict.error = "invalid";
	r->verdict.why = wrong;
	if (left > 0 && asked == 1 && !widened &&
	    ++b->items[0]->alone >= ALONE_TRIES) {
		fail_all(r, b, true);
		return;
	}
	if (left > 0)
		ask_parts(r, b, b->items, left, asked > 3 ? asked / 3 : 1);
	batch_free(b);
}

void
settle(struct run *r, struct batch *b)
{
	struct verdict *v = &r->verdict;

	charge(r, b);
	if (v->kind == VERDICT_TEXT || v->kind == VERDICT_CUT) {
		settle_text(r, b);
	} else if (v->kind == VERDICT_STOP) {
		if (strcmp(v->error, "quota") == 0)
			reset_say();
		run_stop(r, v->status, v->error, v->why);
		fail_all(r, b, true);
	} else if (v->kind == VERDICT_TOKEN &&
	           provider_renew(r->provider, b->sent_ms)) {
		again(r, b, 0);
	} else if (v->kind == VERDICT_TOKEN) {
		run_stop(r, EX_NOPERM, "denied", v->why);
		fail_all(r, b, true);
	} else if (v->kind == VERDICT_BUSY) {
		settle_busy(r, b);
	} else if (v->kind == VERDICT_FAULT || v->kind == VERDICT_HEAVY) {
		settle_fault(r, b);
	} else if (v->kind == VERDICT_ODD) {
		settle_odd(r, b);
	} else {
		settle_refused(r, b);
	}
}
