/*
 * verdict.h - whether a run may close what its feed lacks
 *
 * The guards of guard.h look at what came in.  One that trips is lifted for
 * this run or for good by a person, or by itself: a second complete run that
 * comes late enough and shows the same is believed.
 */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "db.h"
#include "limits.h"
#include "plan.h"

/* What came in. */
struct evidence {
	int64_t seen, dead; /* records of the feed, and how many were refused */
	int64_t records;    /* of these FILL tells */
	const char *fill;   /* how many had each field: a JSON object */
};

struct verdict {
	unsigned int tripped; /* guards that stop the closing: a bit each */
	bool confirmed;       /* they are lifted by what an earlier run saw */
	struct buf json;      /* what each saw, for the report */
	struct buf words;     /* the same, for people */
};

/*
 * Let the guards look at a complete run, and keep on the feed what waits for
 * a confirmation, and how its fields were filled.  The caller releases it
 * with verdict_free().
 */
void verdict_reach(struct verdict *v, struct db *db, const char *feed,
    const char *run, const struct limits *limits,
    const struct plan_counts *counts, const struct evidence *evidence);
void verdict_free(struct verdict *v);

#endif
