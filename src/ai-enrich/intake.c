/* intake.c - records on their way in: asked about, or passed on */
#include "run.h"
#include "sig.h"

/* Records that pass before answers are looked at again. */
#define TURN 32
#define FENCE_TOKENS 40 /* of a job beside its ad */

/* Put a record that needs no answer on its way. */
static void
pass(struct run *r, const struct rec *job)
{
	const char *line;
	struct item *item;
	size_t len;

	if (r->window.count == 0 || !r->options->ordered) {
		stage_pass(r->stage, job);
		return;
	}
	line = rec_line(job, &len);
	item = item_new(r->seq, line, len);
	if (rec_changed(job))
		item_finish(item, job);
	item->done = true;
	window_add(&r->window, item);
}

/* The industry that stage function goes by; NULL when it is none of ours. */
static const struct taxonomy_industry *
industry_of(struct run *r, const struct rec *job)
{
	struct json_value code = json_get(rec_get(job, "ai_industry"), "code");
	struct buf room = { 0 };
	const struct taxonomy_industry *industry = NULL;
	const char *text;
	size_t len;

	if (code.type == JSON_STRING) {
		text = json_text(code, &room, &len);
		industry = taxonomy_industry(r->options->taxonomy, text, len);
	}
	buf_free(&room);
	return industry;
}

static void
pass_failed(struct run *r, struct rec *job, const char *error, const char *why)
{
	result_error(job, r->options->stage, error, why, true);
	r->failed++;
	stats_add(stage_stats(r->stage), "failed", 1);
	pass(r, job);
}

struct item *
run_item(struct run *r, const struct rec *job)
{
	const struct taxonomy_industry *industry = NULL;
	struct item *item;
	const char *line;
	size_t len;

	if (r->options->stage == STAGE_FUNCTION) {
		industry = industry_of(r, job);
		if (industry == NULL)
			return NULL;
	}
	line = rec_line(job, &len);
	item = item_new(r->seq, line, len);
	item->industry = industry;
	advert_read(&item->ad, job);
	advert_guard(r->options->rules, &item->ad);
	if (r->shortlist != NULL)
		item->ranked = shortlist_rank(r->shortlist, &item->ad);
	item->tokens = advert_tokens(item->ad.text.data, item->ad.text.len) +
	               advert_tokens(item->ad.title.data, item->ad.title.len) +
	               FENCE_TOKENS;
	return item;
}

/* A record came in. */
static void
admit(struct run *r, struct rec *job)
{
	struct item *item;

	gather_pass(r->gather, r->seq, &r->queue);
	if (!result_wanted(job, r->options->stage)) {
		pass(r, job);
		return;
	}
	if (r->stop.status != 0 && r->journal == NULL) {
		pass_failed(r, job, r->stop.error, r->stop.why);
		return;
	}
	item = run_item(r, job);
	if (item == NULL) {
		pass_failed(r, job, "invalid",
		    "its industry is not in the taxonomy");
		return;
	}
	if (r->journal != NULL && journal_take(r->journal, item, job)) {
		item_free(item);
		stats_add(stage_stats(r->stage), "kept", 1);
		pass(r, job);
		return;
	}
	if (r->stop.status != 0) {
		item_free(item);
		pass_failed(r, job, r->stop.error, r->stop.why);
		return;
	}
	if (item->ad.flags != 0)
		stats_add(stage_stats(r->stage), "flagged", 1);
	window_add(&r->window, item);
	if (r->tier != NULL && tier_claim(r->tier, item))
		return;
	gather_add(r->gather, item, item->ad.flags != 0, &r->queue);
}

void
run_take_input(struct run *r)
{
	for (int i = 0; i < TURN && !r->input_over && !sig_stop(); i++) {
		bool ready = stage_ready(r->stage);
		struct rec *job;

		if (window_full(&r->window))
			break;
		if (!ready && r->options->linger)
			gather_flush(r->gather, &r->queue);
		if (!ready && run_is_busy(r))
			break;
		job = stage_read(r->stage);
		if (job == NULL) {
			r->input_over = true;
			break;
		}
		admit(r, job);
		r->seq++;
	}
	/* Nothing else will come to join those that wait. */
	if (r->input_over || (window_full(&r->window) && !run_is_busy(r)))
		gather_flush(r->gather, &r->queue);
}
