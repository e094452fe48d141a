/*
 * body.h - the bytes of a feed as they come in: counted, kept for replay,
 * unpacked, bounded, and delivered
 */
#ifndef BODY_H
#define BODY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "decode.h"
#include "deliver.h"
#include "fault.h"

struct body_options {
	uint64_t max_bytes;    /* as they come in */
	uint64_t max_inflated; /* unpacked */
	uint64_t max_ratio;    /* unpacked to incoming; 0: any */
	bool as_is;            /* take even a .gz for the feed itself */
	const char *snapshot;  /* file for the incoming bytes, or NULL */
	struct deliver_options deliver;
};

struct body;

/* OPTIONS have to outlive it.  Never NULL: exits 73, 75. */
struct body *body_open(const struct body_options *options);

/*
 * A body begins, at its first byte: what came before it is forgotten, which is
 * possible until body_began().  CODING is what it is wrapped in for the way;
 * LENGTH its bytes, if known, else UINT64_MAX.  A fault when that is too long
 * (65).
 */
bool body_start(struct body *b, enum coding coding, uint64_t length,
    struct fault *why);

/*
 * Take the next bytes.  A fault when they are too many, broken or no feed (65).
 * Exits 74 when they can't be written.
 */
bool body_take(struct body *b, const char *bytes, size_t len,
    struct fault *why);

/*
 * That was all.  A fault when something is missing (75), the checksum is (65),
 * or there was nothing (80).
 */
bool body_end(struct body *b, struct fault *why);

/* Bytes taken since body_start(). */
uint64_t body_bytes(const struct body *b);

/* Whether any byte of the feed went out. */
bool body_began(const struct body *b);

/* As deliver_result(). */
const struct delivered *body_result(const struct body *b);

/*
 * Release B.  KEEP: the bytes taken are a whole feed, and the snapshot gets its
 * name; otherwise it goes.  Takes NULL.
 */
void body_close(struct body *b, bool keep);

#endif
