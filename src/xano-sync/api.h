/*
 * api.h - requests to Xano: paced, retried, and judged
 *
 * A request that may be repeated is, with growing waits; what may not is the
 * caller's to look into.
 */
#ifndef API_H
#define API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "profile.h"
#include "reply.h"
#include "template.h"

struct api_options {
	const char *base; /* URL, with the path up to the API: ".../api:meta" */
	const char *workspace, *table, *data_source, *branch; /* or NULL */
	char *token;                                          /* or NULL */
	uint64_t rate, rate_ms; /* requests in a span; 0: no limit */
	uint64_t retries;
	uint64_t wait_ms;     /* before the first repetition */
	uint64_t max_wait_ms; /* never longer, whatever is asked for */
	uint64_t timeout_ms;  /* of a request */
	uint64_t parallel;    /* requests in flight that write */
};

struct api;

/* What was done, for the summary. */
struct api_count {
	uint64_t requests, retries, throttled;
};

/*
 * OPTIONS and the profile have to outlive it.  SCOPES fill {scope.COLUMN}.
 * Exits 78 when an endpoint needs what is not given.
 */
struct api *api_open(const struct api_options *options, const struct profile *p,
    const struct var *scopes, size_t scope_count);
void api_close(struct api *a);

/*
 * One request, waited for, and repeated as long as that may help.  With
 * requests that write only if they may be repeated blindly.
 */
void api_call(struct api *a, const struct endpoint *e, const struct vars *vars,
    struct reply *out);

/*
 * Start a request; its answer comes from api_next() with USER.  Wait until
 * api_wait() is 0 before.
 */
void api_start(struct api *a, const struct endpoint *e, const struct vars *vars,
    void *user);
uint64_t api_wait(struct api *a);
size_t api_in_flight(const struct api *a);

/* False when none came within WAIT_MS, or a signal asks to stop. */
bool api_next(struct api *a, uint64_t wait_ms, struct reply *out);

/* The same after a signal: what is in flight may still come in. */
bool api_last(struct api *a, uint64_t wait_ms, struct reply *out);

/* How long to wait before try N (from 1) after such a reply. */
uint64_t api_backoff(struct api *a, const struct reply *reply, unsigned int n);

/* Nothing goes out for so long. */
void api_pause(struct api *a, uint64_t ms);

const struct api_options *api_options(const struct api *a);
struct api_count api_count(const struct api *a);

#endif
