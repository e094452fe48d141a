/* decode_br.c - brotli (RFC 7932) */
#include <brotli/decode.h>
#include <stdlib.h>

#include "decode_kind.h"
#include "log.h"
#include "mem.h"
#include "status.h"

struct br {
	struct decode base;
	BrotliDecoderState *state;
	bool ended;
	uint8_t out[DECODE_ROOM];
};

static bool
br_push(struct decode *base, const char *bytes, size_t len, struct fault *why)
{
	struct br *b = (struct br *)base;
	const uint8_t *in = (const uint8_t *)bytes;
	BrotliDecoderResult result;
	uint8_t *out;
	size_t room;

	do {
		if (b->ended)
			return fault_set(why, EX_DATAERR,
			    "there are bytes behind the end of the compressed "
			    "feed",
			    "%s", "");
		out = b->out;
		room = sizeof b->out;
		result = BrotliDecoderDecompressStream(b->state, &len, &in,
		    &room, &out, NULL);
		if (result == BROTLI_DECODER_RESULT_ERROR)
			return fault_set(why, EX_DATAERR,
			    "the compressed feed is broken", "%s",
			    BrotliDecoderErrorString(
			        BrotliDecoderGetErrorCode(b->state)));
		b->ended = result == BROTLI_DECODER_RESULT_SUCCESS;
		if (room < sizeof b->out &&
		    !base->sink.take(base->sink.self, (const char *)b->out,
		        sizeof b->out - room))
			return false;
	} while (len > 0 || result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
	return true;
}

static bool
br_end(struct decode *base, struct fault *why)
{
	return ((struct br *)base)->ended || decode_cut(why);
}

static void
br_close(struct decode *base)
{
	BrotliDecoderDestroyInstance(((struct br *)base)->state);
	free(base);
}

struct decode *
decode_br_open(void)
{
	static const struct decode_kind kind = { br_push, br_end, br_close };
	struct br *b = mem_zero(1, sizeof *b);

	b->base.kind = &kind;
	b->state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	if (b->state == NULL)
		die(EX_OSERR, "out of memory", LOG_TEXT("for", "brotli"));
	return &b->base;
}
