/*
 * scratch.h - a file of a fuzz target, for what reads files, and a folder
 *
 * Nothing is synced: fsync() does nothing where this is linked in.
 */
#ifndef SCRATCH_H
#define SCRATCH_H

#include <stddef.h>

/*
 * Write the bytes to a file of this process in $TMPDIR or /tmp, over what it
 * had; its path.  Whoever is through with it calls scratch_remove().
 */
const char *scratch_file(const void *bytes, size_t len);
void scratch_remove(void);

/* A folder of this process there; it is taken away at the end, if empty. */
const char *scratch_folder(void);

#endif
