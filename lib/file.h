/*
 * file.h - whole files, their replacement, and where share/ is
 */
#ifndef FILE_H
#define FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/*
 * Read a file of at most MAX bytes into OUT, which is cleared first.  NULL, or
 * why not (a constant or strerror(), good until the next call).
 */
const char *file_read(const char *path, size_t max, struct buf *out);

/*
 * Replace a file as a whole: written beside it, fsync, rename, fsync of the
 * folder.  NULL, or why not; then the old file stands and nothing is left.
 */
const char *file_replace(const char *path, const void *bytes, size_t len);

/*
 * The path of a file under share/: $JOBMILL_SHARE, else share/ or
 * share/jobmill/ beside the bin/ that the program was started from, else the
 * folder compiled in.  In OUT, NUL-terminated; returns its bytes.
 */
const char *file_share(struct buf *out, const char *name);

/*
 * A secret: from the file that the variable NAME_FILE names, else from the
 * variable NAME; white space at both ends dropped.  NULL when neither is set.
 * A file that can't be read or is empty exits 78.  The caller frees it.
 */
char *file_secret(const char *name);

#endif
