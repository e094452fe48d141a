/*
 * tier.h - the batch tier: many requests in one job of the service, at half
 * the price, answered within a day
 *
 * A job is paid for when it is submitted, so what was submitted is written to
 * a folder first, and again with the name the service gave it: a run that was
 * killed is taken up where it was, by the text of the ads and not by their
 * place.  A job that fails, expires, or takes longer than the deadline gives
 * its requests back, to be asked one by one.
 *
 * Gemini's Developer API only (batchGenerateContent, requests in line).
 */
#ifndef TIER_H
#define TIER_H

#include <stdbool.h>
#include <stdint.h>

#include "batch.h"
#include "provider.h"

struct tier;

struct tier_options {
	const char *dir;     /* of what was submitted; made if need be */
	const char *profile; /* jobs of another one are left alone */
	struct provider *provider;
	uint64_t deadline_ms; /* from submission, by the clock of the day */
	uint64_t poll_ms;
	uint64_t timeout_ms; /* of one call */
	uint64_t max_bytes;  /* of requests in a job */
};

/* Never NULL: exits 73 or 78. */
struct tier *tier_open(const struct tier_options *options);

/*
 * Whether ITEM was asked about by an earlier run; then it is answered by
 * tier_next() in time.
 */
bool tier_claim(struct tier *t, struct item *item);

/* Add a batch, which belongs to T then, with its request. */
void tier_add(struct tier *t, struct batch *b, const struct buf *request);

/* Whether the job that is being filled has no room for another request. */
bool tier_full(const struct tier *t);

/*
 * Submit the job that is being filled, if there is one; what went wrong comes
 * back as the verdict on its batches.  Nothing more will be claimed if LAST:
 * what an earlier run left may be collected.
 */
void tier_submit(struct tier *t, bool last);

/*
 * The next batch that is answered or given back, with the verdict on it; it
 * belongs to the caller.  NULL when there is none now.
 */
struct batch *tier_next(struct tier *t, struct verdict *v);

/* Any batch that is still out, given back unanswered; NULL: there is none. */
struct batch *tier_drop(struct tier *t);

/* Milliseconds until it is worth looking again; UINT64_MAX: nothing is out. */
uint64_t tier_wait(const struct tier *t);

/* FINISHED: all answers were passed on, so what was kept can go. */
void tier_close(struct tier *t, bool finished);

#endif
