/*
 * pgcopy.h - rows in PostgreSQL's binary COPY format
 *
 * See "COPY", File Formats, Binary Format in PostgreSQL's manual.  Binary,
 * since it needs no escaping on our side and no parsing on the server's.
 */
#ifndef PGCOPY_H
#define PGCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

/* What comes first and last in the stream. */
void pgcopy_start(struct buf *b);
void pgcopy_end(struct buf *b);

/* A row of COLUMNS fields, which follow in order. */
void pgcopy_row(struct buf *b, int columns);

void pgcopy_null(struct buf *b);
void pgcopy_bytes(struct buf *b, const void *bytes, size_t len);
void pgcopy_bool(struct buf *b, bool value);
void pgcopy_int64(struct buf *b, int64_t value);

/* timestamptz, from seconds since 1970. */
void pgcopy_time(struct buf *b, int64_t seconds);

/*
 * numeric, from 0 to 1 in ten-thousandths (8600 is 0.86), without trailing
 * zeros.
 */
void pgcopy_share(struct buf *b, int ten_thousandths);

/*
 * text[]: the count of its items, then each by pgcopy_bytes(); close it with
 * what pgcopy_array() returned.
 */
size_t pgcopy_array(struct buf *b, size_t count);
void pgcopy_array_end(struct buf *b, size_t started);

#endif
