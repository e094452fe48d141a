/*
 * fetch.h - a feed from a web server: redirects, repetitions, resumption
 *
 * A transfer that breaks is gone on with from the byte where it broke, if the
 * server says by a strong validator that it is the same version; it is begun
 * anew only if nothing of it was handed on yet.  Otherwise the fetch fails:
 * what was handed on is never a mixture of two versions.
 */
#ifndef FETCH_H
#define FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "answer.h"
#include "body.h"
#include "exchange.h"
#include "fault.h"
#include "headers.h"
#include "progress.h"
#include "state.h"
#include "stats.h"
#include "url.h"
#include "watch.h"

struct fetch_options {
	struct exchange_options exchange;
	uint64_t max_redirects;
	uint64_t retries;  /* in a row, without progress */
	uint64_t retry_ms; /* the first wait is a random part of this */
	struct watch_limits watch;
};

/* What a fetch works with; all of it is the caller's. */
struct fetch_parts {
	const struct url *url;
	const struct headers *headers;
	const struct state *last; /* or NULL */
	struct body *body;
	struct out *out; /* that body writes to: flushed when bytes are slow */
	struct stats *stats;
	struct progress *progress;
};

struct fetched {
	bool not_modified; /* the server says: 304 */
	long status;       /* of the last answer; 0: none came */
	char etag[ANSWER_TAG], last_modified[64];
	char content_type[128];
	const char *proof; /* of a whole body: a constant, for the stats */
};

/*
 * Fetch.  True when all of it came and went into the body, or nothing because
 * it is not modified; also true, with sig_stop(), after a signal.
 */
bool fetch_run(const struct fetch_options *options,
    const struct fetch_parts *parts, struct fetched *got, struct fault *why);

#endif
