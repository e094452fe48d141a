/*
 * fuzz.h - what fuzz targets share
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "utf8.h"

/* What libFuzzer and replay.c call, and each target is. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold whatever came: otherwise there is a bug in the program. */
static inline void
hold(bool it)
{
	if (!it)
		abort();
}

static inline void
hold_same(const struct buf *a, const struct buf *b)
{
	hold(a->len == b->len);
	hold(a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

/* Up to the first line end: bytes that are UTF-8, as all of a record's are. */
static inline void
take_line(struct buf *out, const char **at, const char *end)
{
	const char *stop = memchr(*at, '\n', (size_t)(end - *at));
	size_t len = (size_t)((stop != NULL ? stop : end) - *at);

	buf_add(out, *at, utf8_valid(*at, len));
	*at += len + (stop != NULL);
}

#endif
