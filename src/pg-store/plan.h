/*
 * plan.h - what a commit does to each job of its feed
 *
 * Worked out by the server, in temporary tables of the transaction: one row a
 * staged record or live job, with what is to be done about it.
 *
 *     new      a job that the store does not know
 *     same     nothing differs: no row is written
 *     change   its record, its route or whether it lives differs
 *     stale    its new text could not be enriched: it keeps what it has
 *     gone     it is not in the feed any more
 *     merged   all its ads belong to other jobs now
 *     missed   it is not in the feed, and stays for now
 *     spared   an ad of it is over, or another job's, and another may live
 *     joined   of several ads, one that does not speak for it differs
 *     kept     it is not in the feed, and nothing is concluded from that
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"

struct plan {
	const char *table;      /* of the staged records */
	const char *run, *feed; /* numbers as text */
	bool empty;             /* nothing is to be done: by plan_start() */
};

/* How many jobs are concerned; see struct plan. */
struct plan_counts {
	int64_t live;   /* jobs that lived before the run */
	int64_t staged; /* records of the run */
	int64_t gone;   /* live jobs that the feed lacks, or says are closed */
};

/*
 * Begin with what is plain; nothing but temporary tables is written.  Returns
 * how many records the run's table has.
 */
int64_t plan_start(struct db *db, struct plan *p);

/* Work the plan out; which job each ad belongs to is settled and written. */
void plan_make(struct db *db, const struct plan *p, struct plan_counts *counts);

/*
 * What is to be done about jobs that the feed lacks: close those that are
 * missed for the MISSES-th time, or leave them as they are, and those that it
 * says are closed as well if NAMED.
 */
void plan_close(struct db *db, const struct plan *p, int64_t misses);
void plan_keep(struct db *db, const struct plan *p, bool named);

/*
 * The feed tells only what changed: what it names closes, if no ad is left; and
 * the ads of a job that it does not name stay as they are.
 */
void plan_spare(struct db *db, const struct plan *p);

/* Do what the plan says; the jobs, their ads and their events. */
void plan_apply(struct db *db, const struct plan *p);

/* Write what was done into the run's report. */
void plan_report(struct db *db, const struct plan *p);

#endif
