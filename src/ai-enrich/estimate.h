/*
 * estimate.h - what a run would ask and cost
 */
#ifndef ESTIMATE_H
#define ESTIMATE_H

#include "run.h"

/*
 * Read all of S, ask nothing, pass nothing on, and write one JSON line to its
 * output.  Returns the status to close it with.
 */
int estimate(struct stage *s, const char *model,
    const struct run_options *options);

#endif
