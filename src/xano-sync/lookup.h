/*
 * lookup.h - find out what became of rows whose call was not answered well
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include "batch.h"

/*
 * Look up the rows of a batch.  Those to which it was done are reported and
 * taken out of it.  EX_OK, or the status to exit with.
 */
int lookup(struct batch *b, struct plan *plan, struct listing *l,
    struct report *report);

#endif
