/* fuzz_decode.c - packed bytes: the pieces they come in change nothing */
#include <string.h>

#include "../../src/feed-fetch/decode.h"
#include "buf.h"
#include "fuzz.h"
#include "status.h"

#define MOST ((size_t)1 << 20)

/* A sink that is full at some point, as that of feed-fetch is. */
static bool
take(void *self, const char *bytes, size_t len)
{
	struct buf *out = self;

	hold(len > 0);
	if (len > MOST - out->len)
		return false;
	buf_add(out, bytes, len);
	return true;
}

/* Decode in pieces of at most STEP bytes; whether all went well. */
static bool
decode(enum coding coding, const char *bytes, size_t len, size_t step,
    struct buf *out, struct fault *why)
{
	struct decode_sink sink = { take, out };
	struct decode *d = decode_open(coding, sink);
	bool ok = true;
	size_t n;

	while (ok && len > 0) {
		n = len < step ? len : step;
		ok = decode_push(d, bytes, n, why);
		bytes += n;
		len -= n;
	}
	ok = ok && decode_end(d, why);
	decode_close(d);
	return ok;
}

/*
 * libzstd itself judges some broken frames by the pieces that they come in:
 * then only what comes out can be compared.
 */
static bool
is_zstd(enum coding coding, const char *bytes, size_t size)
{
	return coding == CODING_ZSTD ||
	       (coding == CODING_MAGIC && size >= 4 &&
	           memcmp(bytes, "\x28\xB5\x2F\xFD", 4) == 0);
}

static void
compare(enum coding coding, const char *bytes, size_t size, size_t step)
{
	struct fault one = { .status = EX_OK }, other = { .status = EX_OK };
	struct buf whole = { 0 }, pieces = { 0 };
	bool ok = decode(coding, bytes, size, SIZE_MAX, &whole, &one);
	bool as_well = decode(coding, bytes, size, step, &pieces, &other);
	size_t common;

	if (!is_zstd(coding, bytes, size)) {
		hold(as_well == ok);
		hold(one.status == other.status);
	}
	common = whole.len < pieces.len ? whole.len : pieces.len;
	/* Before a fault, more or less of it may be out. */
	hold(!ok || !as_well || whole.len == pieces.len);
	hold(common == 0 || memcmp(whole.data, pieces.data, common) == 0);
	buf_free(&whole);
	buf_free(&pieces);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	size_t step = size > 0 ? 1 + data[size / 2] % 37 : 1;
	int coding;

	for (coding = CODING_IDENTITY; coding <= CODING_MAGIC; coding++)
		compare((enum coding)coding, bytes, size, step);
	return 0;
}
