/*
 * profile.h - what an answer depends on beside the ad, as one short string
 *
 * Answers are stored under it (pg-store recall, remember): the same profile
 * means that asking again would only pay again.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include "buf.h"
#include "result.h"

struct profile {
	enum result_stage stage;
	const char *service; /* gemini and vertex are one */
	const char *model;
	const char *thinking; /* or NULL */
	const char *prompt;   /* digest; of the lexicon for local */
	const char *taxonomy; /* digest */
};

/* "industry-MODEL-" and 16 hexadecimal digits, in OUT. */
const char *profile_write(struct buf *out, const struct profile *p);

#endif
