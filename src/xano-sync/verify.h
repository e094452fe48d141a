/*
 * verify.h - after acting: is the table what it was to be
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "listing.h"
#include "plan.h"
#include "report.h"

/*
 * Read the table again and compare; more than once if what is shown may be
 * older than what was done.  What can be mended stays in the plan:
 * rows that are missing, that somebody else changed, or that are there twice
 * since we added them.  What can't be is reported as drift; with LAST, all.
 * WITHHOLD: deletions that were withheld are no drift.  EX_OK, or the status to
 * exit with when it could not be read.
 */
int verify(struct plan *plan, struct listing *l, bool withhold, bool last,
    struct report *report);

#endif
