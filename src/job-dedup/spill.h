/*
 * spill.h - streams of frames on disk, all in one file without a name
 *
 * The file is made in TMPDIR (/tmp) and never has a name, or loses it at once
 * where the file system can't do that: nothing is left of it when the process
 * ends, however it ends.  It is cut into blocks, a stream is a list of them,
 * and the blocks of a stream that was dropped are used again.  A frame is any
 * bytes, with a checksum.
 *
 * What fails exits: 73 if the file can't be made, 74 if it can't be written
 * (the disk is full) or does not hold what was written.
 */
#ifndef SPILL_H
#define SPILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct spill;
struct spill_stream;
struct spill_reader;

/* BLOCK is bytes of memory for each stream that is written or read. */
struct spill *spill_open(size_t block);
void spill_close(struct spill *s);

/* Bytes written so far. */
uint64_t spill_bytes(const struct spill *s);

struct spill_stream *spill_stream(struct spill *s);
void spill_drop(struct spill *s, struct spill_stream *t);

/* Add a frame put together of COUNT pieces; returns where it is. */
struct spill_piece {
	const void *bytes;
	size_t len;
};

uint64_t spill_add(struct spill *s, struct spill_stream *t,
    const struct spill_piece *pieces, size_t count);

/* No more frames: gives back the memory. */
void spill_seal(struct spill *s, struct spill_stream *t);

/* Bytes of all frames of a stream. */
uint64_t spill_size(const struct spill_stream *t);

/*
 * Read frames of a sealed stream in order: the next one into BODY, and where it
 * is in *WHERE; false at the end.
 */
struct spill_reader *spill_reader(struct spill *s,
    const struct spill_stream *t);
bool spill_next(struct spill_reader *r, struct buf *body, uint64_t *where);
void spill_reader_free(struct spill_reader *r);

/* One frame of a sealed stream; from any thread. */
void spill_get(const struct spill *s, const struct spill_stream *t,
    uint64_t where, struct buf *body);

#endif
