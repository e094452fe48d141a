/* builtin.c - a stage that asks nobody */
#include "builtin.h"

#include "advert.h"
#include "log.h"
#include "status.h"

struct builtin {
	struct local *local;
	const struct taxonomy *taxonomy;
	enum result_stage stage;
	struct advert ad;     /* room */
	struct result result; /* room */
	struct buf code;      /* room */
};

/* False when the record's industry is none of the taxonomy's. */
static bool
answer(struct builtin *b, const struct rec *job)
{
	const struct taxonomy_industry *industry;
	struct json_value code;
	struct ad ad;
	const char *text;
	size_t len;

	advert_read(&b->ad, job);
	ad = advert_view(&b->ad);
	if (b->stage == STAGE_INDUSTRY) {
		local_industry(b->local, &ad, &b->result.industry);
		return true;
	}
	code = json_get(rec_get(job, "ai_industry"), "code");
	if (code.type != JSON_STRING)
		return false;
	text = json_text(code, &b->code, &len);
	industry = taxonomy_industry(b->taxonomy, text, len);
	if (industry != NULL)
		local_function(b->local, &ad, industry, &b->result.function);
	return industry != NULL;
}

int
builtin_run(struct stage *s, struct local *local,
    const struct taxonomy *taxonomy, enum result_stage stage,
    const char *profile)
{
	struct builtin b = { .local = local,
		.taxonomy = taxonomy,
		.stage = stage,
		.result = { .relevance = RESULT_NO_RELEVANCE } };
	const struct bill bill = { .model = "local",
		.profile = profile,
		.attempts = 1 };
	uint64_t answered = 0, failed = 0;
	struct rec *job;

	while ((job = stage_read(s)) != NULL) {
		if (result_wanted(job, stage) && answer(&b, job)) {
			result_answer(job, stage, &b.result, &bill);
			answered++;
		} else if (result_wanted(job, stage)) {
			result_error(job, stage, "invalid",
			    "its industry is not in the taxonomy", true);
			failed++;
		}
		stage_pass(s, job);
	}
	stats_set(stage_stats(s), "requests", 0);
	stats_set(stage_stats(s), "retries", 0);
	stats_set(stage_stats(s), "answered", answered);
	stats_set(stage_stats(s), "failed", failed);
	stats_set(stage_stats(s), "tokens_in", 0);
	stats_set(stage_stats(s), "tokens_out", 0);
	stats_set_text(stage_stats(s), "cost_usd", "0.000000");
	if (failed > 0)
		log_warning("jobs not enriched: their industry is not in the "
		            "taxonomy",
		    LOG_UINT("jobs", failed));
	advert_free(&b.ad);
	answer_free(&b.result.industry);
	buf_free(&b.code);
	return failed > 0 ? EX_SOME_BAD : EX_OK;
}
