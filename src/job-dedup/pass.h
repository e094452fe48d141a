/*
 * pass.h - one pass over a stream: hold, judge, hand on
 *
 * Records that can't be folded go out at once; the others are held until the
 * input ends, in memory or, past the bound, on disk (parts.h), and go out in
 * the order they came in.
 */
#ifndef PASS_H
#define PASS_H

#include <stdint.h>

#include "key.h"
#include "link.h"
#include "out.h"
#include "pins.h"
#include "stage.h"

struct pass_options {
	struct link_rules rules; /* but for memory and seed */
	const struct pins *pins; /* or NULL */
	struct key *key;
	uint64_t memory; /* bytes, for all */
	unsigned int threads;
	struct out *explain; /* or NULL */
};

/* Read S to its end and write it; the caller closes it. */
void pass_run(const struct pass_options *options, struct stage *s);

#endif
