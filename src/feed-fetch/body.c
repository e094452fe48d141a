/* body.c - the bytes of a feed as they come in */
#include "body.h"

#include <inttypes.h>
#include <stdlib.h>

#include "aside.h"
#include "mem.h"
#include "status.h"

/* Little may be blown up as much as it likes: design's limits, as in expat. */
#define RATIO_FROM ((uint64_t)8 << 20)

struct body {
	const struct body_options *options;
	struct deliver *deliver;
	struct aside *snapshot;
	struct decode *outer; /* the coding for the way */
	struct decode *inner; /* what the feed is packed in itself */
	uint64_t length;      /* bytes that are to come in, if known */
	uint64_t bytes;       /* that came in */
	uint64_t middle;      /* between the two */
	struct fault *why;    /* of the call under way */
};

/* Whether LEN more unpacked bytes are not too many. */
static bool
is_bounded(const struct body *b, uint64_t had, size_t len)
{
	const struct body_options *o = b->options;

	if (len > o->max_inflated || had > o->max_inflated - len)
		return fault_set(b->why, EX_DATAERR,
		    "the feed is larger than --max-inflated allows",
		    "%" PRIu64 " bytes", o->max_inflated);
	had += len;
	if (o->max_ratio > 0 && had > RATIO_FROM &&
	    had / o->max_ratio > b->bytes)
		return fault_set(b->why, EX_DATAERR,
		    "the feed inflates more than --max-ratio allows",
		    "%" PRIu64 " bytes became %" PRIu64, b->bytes, had);
	return true;
}

static bool
take_middle(void *self, const char *bytes, size_t len)
{
	struct body *b = self;

	if (!is_bounded(b, b->middle, len))
		return false;
	b->middle += len;
	return decode_push(b->inner, bytes, len, b->why);
}

static bool
take_plain(void *self, const char *bytes, size_t len)
{
	struct body *b = self;
	uint64_t had = deliver_result(b->deliver)->length;

	if (had == 0 && b->outer == NULL && decode_is_plain(b->inner))
		deliver_expect(b->deliver, b->length);
	return is_bounded(b, had, len) &&
	       deliver_add(b->deliver, bytes, len, b->why);
}

struct body *
body_open(const struct body_options *options)
{
	struct body *b = mem_zero(1, sizeof *b);

	b->options = options;
	b->deliver = deliver_open(&options->deliver);
	/* Last: it leaves something behind when a later step exits. */
	if (options->snapshot != NULL)
		b->snapshot = aside_beside(options->snapshot);
	return b;
}

static bool
is_short_enough(const struct body *b, uint64_t length, struct fault *why)
{
	return length <= b->options->max_bytes ||
	       fault_set(why, EX_DATAERR,
	           "the feed is larger than --max-bytes allows",
	           "%" PRIu64 " bytes", b->options->max_bytes);
}

bool
body_start(struct body *b, enum coding coding, uint64_t length,
    struct fault *why)
{
	struct decode_sink middle = { take_middle, b };
	struct decode_sink plain = { take_plain, b };

	decode_close(b->outer);
	decode_close(b->inner);
	b->inner = decode_open(
	    b->options->as_is ? CODING_IDENTITY : CODING_MAGIC, plain);
	b->outer = NULL;
	if (coding != CODING_IDENTITY)
		b->outer = decode_open(coding, middle);
	b->bytes = b->middle = 0;
	deliver_restart(b->deliver);
	if (b->snapshot != NULL)
		aside_clear(b->snapshot);
	b->length = length;
	return length == UINT64_MAX || is_short_enough(b, length, why);
}

bool
body_take(struct body *b, const char *bytes, size_t len, struct fault *why)
{
	if (!is_short_enough(b, b->bytes + len, why))
		return false;
	b->bytes += len;
	b->why = why;
	if (b->snapshot != NULL)
		aside_add(b->snapshot, bytes, len);
	return decode_push(b->outer != NULL ? b->outer : b->inner, bytes, len,
	    why);
}

bool
body_end(struct body *b, struct fault *why)
{
	b->why = why;
	return (b->outer == NULL || decode_end(b->outer, why)) &&
	       decode_end(b->inner, why) && deliver_end(b->deliver, why);
}

uint64_t
body_bytes(const struct body *b)
{
	return b->bytes;
}

bool
body_began(const struct body *b)
{
	return deliver_began(b->deliver);
}

const struct delivered *
body_result(const struct body *b)
{
	return deliver_result(b->deliver);
}

void
body_close(struct body *b, bool keep)
{
	if (b == NULL)
		return;
	if (keep)
		aside_keep(b->snapshot);
	else
		aside_drop(b->snapshot);
	decode_close(b->outer);
	decode_close(b->inner);
	deliver_close(b->deliver);
	free(b);
}
