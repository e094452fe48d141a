/*
 * preflight.h - does the table fit the profile, before anything is read
 */
#ifndef PREFLIGHT_H
#define PREFLIGHT_H

#include "api.h"
#include "listing.h"

/*
 * Ask for the table's schema and hold the profile against it: every problem is
 * one line.  Decides what an absent value is to be where the profile leaves
 * that to the table, and whether ids can be read in order.  EX_OK, 78 when the
 * profile does not fit, or what the answer amounts to.
 */
int preflight(struct api *a, struct profile *p, struct listing *l);

/* Without the schema: absent values become zeros where the profile is open. */
void preflight_skip(struct profile *p);

#endif
