/*
 * route.h - which way a job goes, by its own facts and two thresholds
 */
#ifndef ROUTE_H
#define ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "rec.h"

struct route_options {
	const char *archive_below; /* decimal text, such as 0.50 */
	const char *approve_from;  /* decimal text, such as 0.86 */
	int64_t now;               /* seconds since 1970 */
	bool final;                /* decide whatever is left */
	bool bypass;               /* the feed is trusted: no gate */
};

/* ROUTE is NULL while the facts do not allow a decision. */
struct route_verdict {
	const char *route;
	const char *reason;
};

/*
 * Decide about a record without a route.  Numbers are compared exactly, as
 * decimal text: 0.8599999 is below 0.86 and 0.860 is not.
 */
struct route_verdict route_decide(const struct route_options *o,
    const struct rec *job);

/* Whether NAME is one of the four routes there are. */
bool route_exists(const char *name);

#endif
