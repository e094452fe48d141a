/* decode_zstd.c - Zstandard (RFC 8878), any number of frames */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "decode_kind.h"
#include "log.h"
#include "mem.h"
#include "status.h"

/* 128 MiB, the most that the zstd program takes without being asked to. */
#define WINDOW_LOG 27

#define MAGIC_BYTES 4

struct zstd {
	struct decode base;
	ZSTD_DStream *stream;
	char magic[MAGIC_BYTES]; /* of the frame at hand */
	size_t magic_len;        /* 0: between two frames */
	char out[DECODE_ROOM];
};

/*
 * A frame, or one to skip.  libzstd may know older formats as well; their
 * decoders are not for hostile bytes.
 */
static bool
is_frame(const char magic[MAGIC_BYTES])
{
	return memcmp(magic, "\x28\xB5\x2F\xFD", 4) == 0 ||
	       ((magic[0] & 0xF0) == 0x50 &&
	           memcmp(magic + 1, "\x2A\x4D\x18", 3) == 0);
}

/* Decode to the end of the frame or of the bytes. */
static bool
decode_frame(struct zstd *z, const char **bytes, size_t *len, struct fault *why)
{
	ZSTD_inBuffer in = { *bytes, *len, 0 };
	ZSTD_outBuffer out;
	size_t left;

	do {
		out = (ZSTD_outBuffer){ z->out, sizeof z->out, 0 };
		left = ZSTD_decompressStream(z->stream, &out, &in);
		if (ZSTD_isError(left))
			return fault_set(why, EX_DATAERR,
			    "the compressed feed is broken", "%s",
			    ZSTD_getErrorName(left));
		if (out.pos > 0 &&
		    !z->base.sink.take(z->base.sink.self, z->out, out.pos))
			return false;
	} while (left > 0 && (in.pos < in.size || out.pos == out.size));
	if (left == 0)
		z->magic_len = 0;
	*bytes += in.pos;
	*len -= in.pos;
	return true;
}

/* The first bytes of a frame. */
static bool
take_magic(struct zstd *z, const char **bytes, size_t *len, struct fault *why)
{
	const char *magic = z->magic;
	size_t n = MAGIC_BYTES - z->magic_len, four = MAGIC_BYTES;

	if (n > *len)
		n = *len;
	memcpy(z->magic + z->magic_len, *bytes, n);
	z->magic_len += n;
	*bytes += n;
	*len -= n;
	if (z->magic_len < MAGIC_BYTES)
		return true;
	if (!is_frame(z->magic))
		return fault_set(why, EX_DATAERR,
		    "the compressed feed is broken", "%s",
		    "no zstd frame begins where one should");
	return decode_frame(z, &magic, &four, why);
}

static bool
zstd_push(struct decode *base, const char *bytes, size_t len, struct fault *why)
{
	struct zstd *z = (struct zstd *)base;

	while (len > 0)
		if (!(z->magic_len < MAGIC_BYTES
		            ? take_magic(z, &bytes, &len, why)
		            : decode_frame(z, &bytes, &len, why)))
			return false;
	return true;
}

static bool
zstd_end(struct decode *base, struct fault *why)
{
	return ((struct zstd *)base)->magic_len == 0 || decode_cut(why);
}

static void
zstd_close(struct decode *base)
{
	ZSTD_freeDStream(((struct zstd *)base)->stream);
	free(base);
}

struct decode *
decode_zstd_open(void)
{
	static const struct decode_kind kind = { zstd_push, zstd_end,
		zstd_close };
	struct zstd *z = mem_zero(1, sizeof *z);

	z->base.kind = &kind;
	z->stream = ZSTD_createDStream();
	if (z->stream == NULL)
		die(EX_OSERR, "out of memory", LOG_TEXT("for", "zstd"));
	if (ZSTD_isError(ZSTD_DCtx_setParameter(z->stream, ZSTD_d_windowLogMax,
	        WINDOW_LOG)))
		die(EX_SOFTWARE, "libzstd refuses an option");
	return &z->base;
}
