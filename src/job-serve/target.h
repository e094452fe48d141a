/*
 * target.h - what a request asks for: its path, and the values behind '?'
 *
 * Read from the bytes of the request line themselves (RFC 3986, RFC
 * 9112 3.2.1), before anybody has decoded them.  No path of ours needs an
 * escape, so none is taken; "." and ".." are names like others.
 */
#ifndef TARGET_H
#define TARGET_H

#include <stddef.h>

#include "buf.h"

#define TARGET_MAX ((size_t)8192)
#define TARGET_VALUES 24

struct target_value {
	const char *name;  /* small letters and '_' */
	const char *value; /* valid UTF-8 without control characters */
	size_t len;
};

struct target {
	const char *path;
	size_t path_len;
	struct target_value values[TARGET_VALUES];
	size_t count;
	struct buf text; /* all of it lies here */
};

/*
 * Read RAW.  0, or the status to answer with (400, 414) and in *WHY a constant
 * that says why.  The caller frees it in any case.
 */
int target_read(struct target *t, const char *raw, size_t len,
    const char **why);
void target_free(struct target *t);

/* A value by its name; NULL when it was not given. */
const struct target_value *target_value(const struct target *t,
    const char *name);

#endif
