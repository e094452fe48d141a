/* estimate.c - what a run would ask and cost */
#include "estimate.h"

#include <string.h>

#include "status.h"

/* What industries' batches have come to. */
struct sum {
	const struct run_options *options;
	uint64_t jobs, calls;
	struct usage usage;
};

/* Batches as they would be made, thrown away as they are ready. */
static void
count_batches(struct sum *sum, struct queue *q)
{
	struct batch *b;

	while ((b = q->first) != NULL) {
		q->first = b->next;
		sum->calls++;
		sum->jobs += b->count;
		sum->usage.in +=
		    prompt_part(sum->options->prompt, b->industry)->tokens +
		    b->tokens;
		sum->usage.out +=
		    prompt_answer_tokens(sum->options->prompt) * b->count;
		for (size_t i = 0; i < b->count; i++)
			item_free(b->items[i]);
		batch_free(b);
	}
	q->count = 0;
}

static void
take(struct run *r, struct rec *job)
{
	struct item *item = run_item(r, job);

	if (item != NULL)
		gather_add(r->gather, item, item->ad.flags != 0, &r->queue);
}

static void
add_money(struct buf *json, const char *name, uint64_t picodollars)
{
	buf_json_key(json, name);
	buf_byte(json, '"');
	price_text(json, picodollars);
	buf_byte(json, '"');
}

static void
report(struct stage *s, const char *model, const struct sum *sum)
{
	const struct price *p = &sum->options->price;
	const char *stage = result_stage_name(sum->options->stage);
	uint64_t cost = price_cost(p, &sum->usage);
	struct buf json = { 0 };

	buf_byte(&json, '{');
	buf_json_member(&json, "stage", stage, strlen(stage));
	buf_json_member(&json, "model", model, strlen(model));
	buf_json_key(&json, "jobs");
	buf_json_uint(&json, sum->jobs);
	buf_json_key(&json, "calls");
	buf_json_uint(&json, sum->calls);
	buf_json_key(&json, "tokens_in");
	buf_json_uint(&json, sum->usage.in);
	buf_json_key(&json, "tokens_out");
	buf_json_uint(&json, sum->usage.out);
	if (p->known) {
		add_money(&json, "cost_usd", cost);
		add_money(&json, "cost_usd_batch_tier",
		    cost / 100 * p->batch_percent);
		buf_json_member(&json, "prices_as_of", p->as_of,
		    strlen(p->as_of));
	}
	buf_byte(&json, '}');
	out_add(stage_out(s), json.data, json.len);
	out_line(stage_out(s));
	buf_free(&json);
}

int
estimate(struct stage *s, const char *model, const struct run_options *options)
{
	struct run r = { .options = options, .stage = s };
	struct sum sum = { .options = options };
	struct rec *job;

	r.gather = gather_new(
	    options->stage == STAGE_FUNCTION ? options->taxonomy->count : 1,
	    options->batch, options->batch_tokens, UINT64_MAX / 2);
	while ((job = stage_read(s)) != NULL) {
		if (result_wanted(job, options->stage))
			take(&r, job);
		stage_merged(s);
		r.seq++;
		count_batches(&sum, &r.queue);
	}
	gather_flush(r.gather, &r.queue);
	count_batches(&sum, &r.queue);
	gather_free(r.gather);
	report(s, model, &sum);
	return EX_OK;
}
