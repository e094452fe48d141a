/* inflater.c - zlib's inflate with room for what comes out */
#include "inflater.h"

#include <limits.h>
#include <string.h>

#include "log.h"
#include "status.h"

void
inflater_start(struct inflater *f, enum inflater_form form)
{
	int code;

	if (f->open) {
		code = inflateReset2(&f->z, form);
	} else {
		memset(&f->z, 0, sizeof f->z);
		code = inflateInit2(&f->z, form);
	}
	if (code == Z_MEM_ERROR)
		die(EX_OSERR, "out of memory", LOG_TEXT("for", "inflating"));
	if (code != Z_OK)
		die(EX_SOFTWARE, "zlib does not start");
	f->open = true;
	f->past_blocks = false;
	f->crc = 0;
	f->bytes = 0;
}

static bool
hand_on(struct inflater *f, const struct decode_sink *sink)
{
	size_t n = DECODE_ROOM - f->z.avail_out;

	if (f->checked) {
		f->crc = (uint32_t)crc32(f->crc, f->out, (uInt)n);
		f->bytes += n;
	}
	return n == 0 || sink->take(sink->self, (const char *)f->out, n);
}

/* A code of zlib's that is an error. */
static enum inflater_result
failed(const struct inflater *f, int code, struct fault *why)
{
	const char *reason = f->z.msg != NULL ? f->z.msg : "";

	if (code == Z_MEM_ERROR)
		fault_set(why, EX_OSERR, "out of memory", "%s", "inflating");
	else if (strstr(reason, "check") != NULL &&
	         strcmp(reason, "incorrect header check") != 0)
		fault_set(why, EX_DATAERR,
		    "the checksum of the compressed feed is wrong", "%s",
		    reason);
	else
		fault_set(why, EX_DATAERR, "the compressed feed is broken",
		    "%s", reason);
	return INFLATER_FAILED;
}

/* Whether the call just made came to the end of the last block. */
static bool
passes_blocks(struct inflater *f)
{
	/* zlib.h, inflate(): 128 is an end of block, 64 the last one. */
	bool now = !f->past_blocks && (f->z.data_type & 192) == 192;

	f->past_blocks |= now;
	return now;
}

enum inflater_result
inflater_run(struct inflater *f, const struct decode_sink *sink,
    const char **bytes, size_t *len, struct fault *why)
{
	uInt given;
	int code;

	do {
		given = *len < UINT_MAX ? (uInt)*len : UINT_MAX;
		f->z.next_in = (const Bytef *)*bytes;
		f->z.avail_in = given;
		f->z.next_out = f->out;
		f->z.avail_out = DECODE_ROOM;
		code = inflate(&f->z, Z_BLOCK);
		*bytes += given - f->z.avail_in;
		*len -= given - f->z.avail_in;
		if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
			return failed(f, code, why);
		if (!hand_on(f, sink))
			return INFLATER_FAILED;
		if (code == Z_STREAM_END)
			return INFLATER_ENDED;
		/* Bare deflate ends there, and one more call says so. */
	} while (passes_blocks(f) || *len > 0 || f->z.avail_out == 0);
	return INFLATER_MORE;
}

bool
inflater_lacks_trailer(const struct inflater *f)
{
	return f->past_blocks;
}

void
inflater_end(struct inflater *f)
{
	if (f->open)
		inflateEnd(&f->z);
	f->open = false;
}
