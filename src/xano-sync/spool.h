/*
 * spool.h - bytes kept in a temporary file that has no name
 *
 * Rows are larger than memory should be; what is kept of them is where they
 * stand here.  In $TMPDIR, else /tmp.  Every call exits 73 or 74 when the file
 * does not do.
 */
#ifndef SPOOL_H
#define SPOOL_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct spool;

struct span {
	uint64_t at; /* offset in bytes */
	uint32_t len;
};

struct spool *spool_open(void);

struct span spool_put(struct spool *s, const void *bytes, size_t len);

/* Add what was put to OUT. */
void spool_get(struct spool *s, struct span where, struct buf *out);

/* Forget all that was put. */
void spool_clear(struct spool *s);

/* Takes NULL. */
void spool_close(struct spool *s);

#endif
