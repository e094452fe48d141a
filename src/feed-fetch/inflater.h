/*
 * inflater.h - zlib's inflate with room for what comes out
 */
#ifndef INFLATER_H
#define INFLATER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#define ZLIB_CONST /* next_in points to const bytes */
#include <zlib.h>

#include "decode_kind.h"

/* What a stream of deflate is wrapped in: zlib's windowBits. */
enum inflater_form {
	INFLATER_BARE = -MAX_WBITS,
	INFLATER_ZLIB = MAX_WBITS,
	INFLATER_GZIP = MAX_WBITS + 16
};

enum inflater_result {
	INFLATER_MORE,  /* all input was used, and more is wanted */
	INFLATER_ENDED, /* the stream is whole */
	INFLATER_FAILED /* with a fault, also that of the sink */
};

struct inflater {
	z_stream z;
	bool open;
	bool past_blocks; /* all there is to inflate is out */
	bool checked;     /* keep crc and bytes of what comes out */
	uint32_t crc;
	uint64_t bytes;
	unsigned char out[DECODE_ROOM];
};

/* Start a stream, also after another one.  Exits 71 without memory. */
void inflater_start(struct inflater *f, enum inflater_form form);

/* Inflate; *BYTES and *LEN are moved past the input used. */
enum inflater_result inflater_run(struct inflater *f,
    const struct decode_sink *sink, const char **bytes, size_t *len,
    struct fault *why);

/* Whether all there is lacks but the checksum behind the last block. */
bool inflater_lacks_trailer(const struct inflater *f);

void inflater_end(struct inflater *f);

#endif
