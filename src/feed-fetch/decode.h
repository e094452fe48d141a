/*
 * decode.h - compressed bytes in, plain bytes out, as a stream
 *
 * Decoded by zlib, libbrotli and libzstd with our own loop around them, since
 * libcurl's takes half a stream for a whole one.  Memory is bounded: 32 KiB of
 * window for deflate, 16 MiB for brotli, 128 MiB for zstd.  How much comes out
 * is for the sink to bound.
 */
#ifndef DECODE_H
#define DECODE_H

#include <stdbool.h>
#include <stddef.h>

#include "fault.h"

enum coding {
	CODING_IDENTITY,
	CODING_GZIP,    /* any number of members */
	CODING_DEFLATE, /* in zlib's wrapping as it ought to be, or bare */
	CODING_BR,
	CODING_ZSTD,
	CODING_ZIP,  /* the first XML file of the archive */
	CODING_MAGIC /* gzip, zstd, zip or identity, as the bytes say */
};

struct decode;

/* Where the plain bytes go; false, having set the fault, stops the decoding. */
struct decode_sink {
	bool (*take)(void *self, const char *bytes, size_t len);
	void *self;
};

/* Never NULL: exits 71. */
struct decode *decode_open(enum coding coding, struct decode_sink sink);

/* Decode further bytes; a fault is of bad data (65). */
bool decode_push(struct decode *d, const char *bytes, size_t len,
    struct fault *why);

/*
 * No more bytes will come.  A stream that has not reached its end is a fault
 * that may be over at the next try (75); one that lacks but its checksum is bad
 * data (65).  No bytes at all are no fault.
 */
bool decode_end(struct decode *d, struct fault *why);

/* Whether bytes come out as they go in, as far as is known. */
bool decode_is_plain(const struct decode *d);

void decode_close(struct decode *d);

/*
 * The coding that a Content-Encoding list names; false when it is none of ours
 * or more than one.
 */
bool decode_named(const char *list, enum coding *coding);

#endif
