/*
 * digest.h - 128 bits that two rows have in common only if they are equal
 *
 * XXH3 (Yann Collet) under a secret, which is drawn anew for each run: it is as
 * fast as memory, and who writes the texts can't make two of them look alike,
 * for he does not know the secret.  A plan carries its salt, so that the rows
 * can be compared when it is applied.
 */
#ifndef DIGEST_H
#define DIGEST_H

#include <stddef.h>

#include "hash.h"

#define DIGEST_BYTES 16
#define DIGEST_HEX 33 /* with the NUL */
#define DIGEST_SECRET 192

struct digest {
	char salt[HASH_HEX]; /* hexadecimal; the secret comes of it */
	unsigned char secret[DIGEST_SECRET];
};

/* Draw a salt, or take this one; exits 71 when there is no chance to be had. */
void digest_draw(struct digest *d);
void digest_use(struct digest *d, const char salt[HASH_HEX]);

void digest_of(const struct digest *d, const void *bytes, size_t len,
    unsigned char out[DIGEST_BYTES]);

/* Lower-case hexadecimal. */
void digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX]);

#endif
