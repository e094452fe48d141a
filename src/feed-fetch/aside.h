/*
 * aside.h - bytes that are put aside on disk while a feed comes in
 *
 * Either a nameless file to be copied out later, or one that gets its name when
 * all of it is there.
 */
#ifndef ASIDE_H
#define ASIDE_H

#include <stddef.h>

#include "out.h"

struct aside;

/*
 * A nameless file in $TMPDIR, else /var/tmp, gone with the process.  Never
 * NULL: exits 73.
 */
struct aside *aside_temporary(void);

/*
 * A file that is to replace PATH.  Until then it is PATH.part, which is locked,
 * and begun anew when a fetch that was killed has left one.  Never NULL: exits
 * 73, and 75 when another process is writing it.
 */
struct aside *aside_beside(const char *path);

/* Exits 74 when it can't be written, as after a full disk. */
void aside_add(struct aside *a, const void *bytes, size_t len);

/* Begin anew. */
void aside_clear(struct aside *a);

/* Add all of it to OUT.  Exits 74. */
void aside_copy(struct aside *a, struct out *out);

/* Sync it, give it its name, and release A.  Exits 74.  Takes NULL. */
void aside_keep(struct aside *a);

/* Remove it and release A.  Takes NULL. */
void aside_drop(struct aside *a);

#endif
