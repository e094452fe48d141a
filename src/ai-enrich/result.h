/*
 * result.h - what a job's record gains: an answer, or why there is none
 *
 * Fields of the feed are never touched; only ai_* fields, "ai" and "ai_error"
 * are set.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "rec.h"

enum result_stage { STAGE_INDUSTRY, STAGE_FUNCTION };

#define RESULT_NO_RELEVANCE (-1)

/* What a provider says of one job. */
struct result {
	struct industry_answer industry; /* stage 1 */
	struct function_answer function; /* stage 2 */
	int relevance; /* 0 to 10000, or RESULT_NO_RELEVANCE */
};

/* Where it came from and what it cost. */
struct bill {
	const char *model; /* as the service reported it */
	const char *profile;
	uint64_t tokens_in, tokens_out;
	uint64_t cost; /* picodollars */
	unsigned int attempts;
	unsigned int flags; /* of advert.h */
};

/* "industry" or "function". */
const char *result_stage_name(enum result_stage stage);

/*
 * Whether the stage has to ask about JOB: it has no route, no ai_error, not
 * yet this stage's answer, and what the stage goes by.
 */
bool result_wanted(const struct rec *job, enum result_stage stage);

/* Put the answer of STAGE into JOB. */
void result_answer(struct rec *job, enum result_stage stage,
    const struct result *r, const struct bill *bill);

/*
 * Add to JSON, an object, the members "fields" and "bill": the answer of STAGE
 * that JOB has.
 */
void result_save(const struct rec *job, enum result_stage stage,
    struct buf *json);

/* The reverse, with the flags of the ad; SAVED has both members. */
void result_restore(struct rec *job, enum result_stage stage,
    const struct rec *saved, unsigned int flags);

/* Say in JOB why there is none.  KIND and MESSAGE are ours: no outside text. */
void result_error(struct rec *job, enum result_stage stage, const char *kind,
    const char *message, bool retryable);

#endif
