/* decode_zstd.c - Zstandard (RFC 8878), any number of frames */
#include <stdlib.h>
#include <zstd.h>

#include "decode_kind.h"
#include "log.h"
#include "mem.h"
#include "status.h"

/* 128 MiB, the most that the zstd program takes without being asked to. */
#define WINDOW_LOG 27

struct zstd {
	struct decode base;
	ZSTD_DStream *stream;
	bool ended; /* between two frames */
	char out[DECODE_ROOM];
};

static bool
zstd_push(struct decode *base, const char *bytes, size_t len, struct fault *why)
{
	struct zstd *z = (struct zstd *)base;
	ZSTD_inBuffer in = { bytes, len, 0 };
	ZSTD_outBuffer out;
	size_t left;

	do {
		out = (ZSTD_outBuffer){ z->out, sizeof z->out, 0 };
		left = ZSTD_decompressStream(z->stream, &out, &in);
		if (ZSTD_isError(left))
			return fault_set(why, EX_DATAERR,
			    "the compressed feed is broken", "%s",
			    ZSTD_getErrorName(left));
		z->ended = left == 0;
		if (out.pos > 0 &&
		    !base->sink.take(base->sink.self, z->out, out.pos))
			return false;
	} while (in.pos < in.size || (!z->ended && out.pos == out.size));
	return true;
}

static bool
zstd_end(struct decode *base, struct fault *why)
{
	return ((struct zstd *)base)->ended || decode_cut(why);
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
