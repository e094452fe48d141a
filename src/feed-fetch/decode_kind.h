/*
 * decode_kind.h - what the decoders of decode.h have in common
 *
 * Each kind embeds a struct decode as its first member.
 */
#ifndef DECODE_KIND_H
#define DECODE_KIND_H

#include "decode.h"

/* Room for plain bytes: within a core's own cache. */
#define DECODE_ROOM ((size_t)128 << 10)

struct decode_kind {
	bool (*push)(struct decode *d, const char *bytes, size_t len,
	    struct fault *why);
	bool (*end)(struct decode *d, struct fault *why);
	void (*close)(struct decode *d); /* frees all */
};

struct decode {
	const struct decode_kind *kind;
	struct decode_sink sink;
	bool began; /* bytes were pushed */
};

struct decode *decode_deflate_open(enum coding coding);
struct decode *decode_zip_open(void);
struct decode *decode_zstd_open(void);
struct decode *decode_br_open(void);

/* The fault of a stream that does not reach its end; always false. */
bool decode_cut(struct fault *why);

#endif
