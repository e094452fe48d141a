/*
 * run.h - a stage that asks a service: jobs in, requests out, answers in, jobs
 * out
 */
#ifndef RUN_H
#define RUN_H

#include "batch.h"
#include "exchange.h"
#include "journal.h"
#include "price.h"
#include "prompt.h"
#include "provider.h"
#include "result.h"
#include "stage.h"
#include "throttle.h"
#include "tier.h"
#include "window.h"

#include "backoff.h"

struct run_options {
	enum result_stage stage;
	const struct taxonomy *taxonomy;
	const char *profile;
	struct prompt *prompt;
	struct advert_rules *rules;
	struct price price;
	uint64_t batch, batch_tokens;
	uint64_t in_flight, rpm, tpm, rpd;
	uint64_t tries;         /* of a request, before its jobs fail */
	uint64_t retry_wait_ms; /* before the second try; doubles from there */
	uint64_t patience_ms;   /* without a good answer while it is busy */
	uint64_t timeout_ms, deadline_ms;
	uint64_t budget; /* picodollars; 0: none */
	bool ordered, linger;
	const char *record, *replay;
	const char *journal;  /* keep answers there; NULL: do not */
	const char *ledger;   /* share the limits; NULL: do not */
	const char *tier_dir; /* use the batch tier; NULL: do not */
	uint64_t tier_deadline_ms, tier_poll_ms;
};

/*
 * Ask PROVIDER about the records of S until its input ends; returns the status
 * to close the stage with.
 */
int run(struct stage *s, struct provider *provider,
    const struct run_options *options);

/* Its parts; the rest is for run.c, intake.c, launch.c, settle.c only. */

/* Why nothing more is asked. */
struct run_stop {
	int status;        /* 0: it goes on */
	const char *error; /* kind for ai_error */
	const char *why;
};

struct run {
	const struct run_options *options;
	struct stage *stage;
	struct provider *provider;
	struct exchange *exchange;
	struct journal *journal; /* or NULL */
	struct window window;
	struct shortlist *shortlist; /* NULL: all is offered */
	struct gather *gather;
	struct queue queue;
	struct batch *flying; /* sent, not answered */
	struct tier *tier;    /* or NULL */
	struct throttle throttle;
	struct ledger *ledger;
	struct backoff backoff;
	struct keys keys;
	struct rec *job;      /* a held record that is being finished */
	struct result result; /* room */
	struct verdict verdict;
	struct buf jobs, body, schema; /* room */
	struct run_stop stop;
	bool input_over, leaving, probed;
	uint64_t seq; /* of the next record */
	uint64_t started_ms;
	uint64_t good_ms;  /* when the last good answer came; 0: never */
	uint64_t busy_ms;  /* since when there was none while it was busy */
	uint64_t daily_ms; /* until when a daily quota may still be none */
	uint64_t refused;  /* single jobs, while nothing was ever good */
	uint64_t spent;    /* picodollars */
	uint64_t failed, answered;
};

/* Stop asking, for all that is held and all that comes. */
void run_stop(struct run *r, int status, const char *error, const char *why);

/* The job gets no answer. */
void run_fail(struct run *r, struct item *item, const char *error,
    const char *why, bool retryable);

/*
 * An item for a record that wants an answer; NULL when its industry is none of
 * the taxonomy's.
 */
struct item *run_item(struct run *r, const struct rec *job);

/* Whether anything is asked or waits to be. */
bool run_is_busy(const struct run *r);

/* Take records in, as long as that does not keep answers waiting. */
void run_take_input(struct run *r);

/* Send what may be sent; returns how long to wait for more at the most. */
uint64_t run_launch(struct run *r);

/* What becomes of a batch by the verdict in R; the batch is released. */
void settle(struct run *r, struct batch *b);

#endif
