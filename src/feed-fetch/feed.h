/*
 * feed.h - one feed, from its name to the bytes on standard output
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>

#include "body.h"
#include "fetch.h"
#include "sandbox.h"

/* How a file or standard input is packed. */
enum feed_encoding {
	FEED_AUTO, /* as its first bytes say */
	FEED_IDENTITY,
	FEED_GZIP,
	FEED_DEFLATE,
	FEED_BR,
	FEED_ZSTD
};

struct feed_options {
	struct body_options body;
	struct fetch_options fetch;
	const char *header_file;       /* or NULL */
	const char *state, *new_state; /* or NULL */
	int expect;                    /* enum deliver_wanted */
	int encoding;                  /* enum feed_encoding */
	bool no_progress;
	struct sandbox sandbox;
};

/*
 * Bring the feed NAME, a URL, a path or "-", to standard output.  Returns the
 * status to exit with, after a message when it is none of success.  Exits by
 * itself for what the parts exit for.
 */
int feed_run(const struct feed_options *options, const char *name);

#endif
