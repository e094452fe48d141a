/*
 * act.h - carry a plan out
 */
#ifndef ACT_H
#define ACT_H

#include "batch.h"

#define ACT_PARALLEL 16 /* most requests in flight */

struct act_options {
	enum order order;
	uint64_t max_failed; /* rows refused before it gives up; 0: none */
};

/*
 * Delete, add and change what the plan says, and report each row.  EX_OK when
 * all of it was tried, whether rows were refused or not; else the status to
 * exit with, after it was said why.  Stops in good order at a signal.
 */
int act(const struct act_options *options, struct plan *plan, struct api *a,
    struct listing *l, struct report *report);

#endif
