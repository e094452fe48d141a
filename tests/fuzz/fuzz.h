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

#endif
