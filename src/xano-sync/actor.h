/*
 * actor.h - the state of carrying a plan out, shared by act.c, which sends, and
 * outcome.c, which judges what comes back
 */
#ifndef ACTOR_H
#define ACTOR_H

#include "act.h"
#include "queue.h"

struct actor {
	const struct act_options *options;
	struct plan *plan;
	struct api *api;
	struct listing *listing;
	struct report *report;
	struct queue queue, backs; /* the latter: what is put back */
	unsigned int throttled;    /* 429s in a row */
	unsigned int failures;     /* in a row, of those that may pass */
	unsigned int fatal;        /* rows in a row that Xano failed over */
	uint64_t refused, taken;   /* rows of this phase */
	bool gave_up;              /* for so many were refused */
	struct batch *flying[ACT_PARALLEL];
	bool table_seen; /* it answered in this run: a 404 is for the row */
	int status;      /* of stopping; EX_OK while it goes on */
};

/* Stop for this reason, if there is none yet. */
void actor_stop(struct actor *a, int status);

/* Take a batch, to be sent first. */
void actor_put(struct actor *a, struct batch *b);

/* Put back the row that a wanted one was to replace, if it is deleted. */
void actor_put_back(struct actor *a, size_t want);

/* Do with a batch as the answer to its call says; takes the batch. */
void outcome(struct actor *a, struct batch *b, struct reply *r);

/* It was done; WHY refuses all its rows; or a part of them.  All take it. */
void outcome_accepted(struct actor *a, struct batch *b, const struct reply *r);
void outcome_failed(struct actor *a, struct batch *b, const struct reply *why);
void outcome_split(struct actor *a, struct batch *b, const struct reply *why);

#endif
