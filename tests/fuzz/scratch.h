/*
 * scratch.h - a file of a fuzz target, for what reads files
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

#endif
