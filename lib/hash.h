/*
 * hash.h - SHA-256 (FIPS 180-4), by libcrypto
 */
#ifndef HASH_H
#define HASH_H

#include <stddef.h>

#define HASH_BYTES 32
#define HASH_HEX 65 /* with the NUL */

struct hash; /* a running digest, used again and again */

struct hash *hash_new(void);
void hash_free(struct hash *h);
void hash_start(struct hash *h);
void hash_add(struct hash *h, const void *bytes, size_t len);
void hash_end(struct hash *h, unsigned char out[HASH_BYTES]);

/* Lower-case hexadecimal. */
void hash_hex(const unsigned char digest[HASH_BYTES], char out[HASH_HEX]);

/* All in one, for a few bytes now and then. */
void hash_once(const void *bytes, size_t len, char out[HASH_HEX]);

#endif
