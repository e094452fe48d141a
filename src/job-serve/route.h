/*
 * route.h - which request is answered by whom
 *
 * The table is that of share/www/openapi.json: a test compares them.
 */
#ifndef ROUTE_H
#define ROUTE_H

#include "request.h"

/* What a value behind '?' may be. */
enum param_kind {
	PARAM_COUNT,  /* digits, min to max */
	PARAM_SHARE,  /* 0 to 1 */
	PARAM_TEXT,   /* 1 to max bytes */
	PARAM_CHOICE, /* one of choices */
	PARAM_FLAG    /* true or false */
};

struct param {
	const char *name; /* NULL ends a list */
	enum param_kind kind;
	int64_t min, max;
	const char *const *choices;
	const char *otherwise; /* when it is not given; NULL: nothing */
	bool apart;            /* a handler reads it: no part of a question */
};

struct route {
	enum method method;
	const char *pattern; /* "/runs/{run_id}/events" */
	enum role role;
	const struct param *params;
	void (*handle)(struct request *r);
	bool takes_json, needs_json;
};

/*
 * Find the route of a request, and what stands in its path.  NULL when there is
 * none: then *ALLOWED is a set of methods (1 << METHOD_GET, ...) that the path
 * has; none: the path is unknown.  *WRONG names an id that is not what it
 * should be; then a route was found but for that.
 */
const struct route *route_find(struct request *r, unsigned int *allowed,
    const char **wrong);

/* Whether a text has the form of a job_id. */
bool route_is_uuid(const char *text, size_t len);

/* All of them; ended by one without a pattern. */
extern const struct route routes[];

/* "GET, HEAD, OPTIONS" for a set of methods, in OUT. */
#define ROUTE_METHODS 64
void route_methods(unsigned int allowed, char out[ROUTE_METHODS]);
const char *route_method_name(enum method m);

/*
 * Check all values of a request against its route.  False: it was answered.
 */
bool route_check_values(struct request *r);

/* Add them to a question. */
void route_add_values(const struct request *r, struct buf *question);

#endif
