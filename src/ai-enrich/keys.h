/*
 * keys.h - short random words: the key a job has in one request, and the
 * fence around the ads
 *
 * They are drawn from a secret seed, so that no ad can guess those of a
 * request, and from what is asked, so that with the same seed the same run
 * sends the same bytes (--replay).
 */
#ifndef KEYS_H
#define KEYS_H

#include <stdint.h>

#include "hash.h"

#define KEYS_SEED 32
#define KEYS_KEY 7    /* bytes of a key, with its NUL */
#define KEYS_FENCE 13 /* bytes of a fence */

struct keys {
	unsigned char seed[KEYS_SEED];
	struct hash *hash;
};

/* A seed from the system; exits 71 when it has none.  Free with keys_end(). */
void keys_init(struct keys *k);

/* A seed of one's own: 64 hexadecimal digits; false when it is none. */
int keys_use(struct keys *k, const char *hex);

/* LEN - 1 letters and digits for job SEQ asked for the TRY-th time. */
void keys_draw(struct keys *k, uint64_t seq, uint64_t try, char *out,
    unsigned int len);

void keys_end(struct keys *k);

#endif
