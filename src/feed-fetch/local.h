/*
 * local.h - a feed from a file or standard input
 */
#ifndef LOCAL_H
#define LOCAL_H

#include <stdbool.h>

#include "body.h"
#include "fault.h"
#include "out.h"
#include "progress.h"
#include "stats.h"

struct local_parts {
	const char *path; /* "-" is standard input */
	enum coding coding;
	struct body *body;
	struct out *out; /* that body writes to: flushed before a wait */
	struct stats *stats;
	struct progress *progress;
};

/*
 * Read it to its end.  True when it is whole, and after a signal.  A file that
 * is not there is a fault with status 66, a read error with 74, one that is cut
 * with 65.
 */
bool local_run(const struct local_parts *parts, struct fault *why);

#endif
