/*
 * star.h - the groups that job-dedup has to come out with, found the plain way
 *
 * An oracle: every job is compared with every survivor before it by the table
 * of all prefixes, without bags, index, band, caches, turns or threads.
 */
#ifndef STAR_H
#define STAR_H

#include "../../src/job-dedup/hold.h"
#include "../../src/job-dedup/link.h"
#include "rec.h"

#define STAR_WORDS 2000 /* of the longest text */

/* Jobs of one key. */
struct star {
	struct hold hold;
	struct places *places;
	struct veto *veto;
	uint32_t *order;    /* of the N jobs, as order.h has it */
	uint32_t *expected; /* by job: the one it goes into, or itself */
	uint32_t n;
};

/* Empty, with the places and vetoes of share/. */
void star_open(struct star *s);
void star_close(struct star *s);

/* Forget all jobs. */
void star_clear(struct star *s);

/* What job-dedup goes by if it is told nothing. */
struct link_rules star_rules(const struct star *s);

/* Add the job of a record; false if it is one that can't be folded. */
bool star_add(struct star *s, const struct rec *rec, const struct pins *pins);

/* All are there: find out what has to come out by RULES. */
void star_expect(struct star *s, const struct link_rules *rules);

/* Whether that is what job-dedup comes out with by RULES. */
bool star_holds(struct star *s, const struct link_rules *rules);

#endif
