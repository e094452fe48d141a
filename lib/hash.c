/* hash.c - SHA-256, by libcrypto */
/*
 * The plain functions, which OpenSSL 3 calls deprecated in favour of EVP: EVP
 * loads a provider first, which costs each of our short-lived programs a
 * millisecond, and crashes when an allocation of that fails.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "hash.h"

#include <openssl/sha.h>
#include <stdlib.h>

#include "mem.h"

struct hash {
	SHA256_CTX context;
};

struct hash *
hash_new(void)
{
	struct hash *h = mem_alloc(sizeof *h);

	hash_start(h);
	return h;
}

void
hash_free(struct hash *h)
{
	free(h);
}

/* None of the three can fail with a context of their own. */
void
hash_start(struct hash *h)
{
	(void)SHA256_Init(&h->context);
}

void
hash_add(struct hash *h, const void *bytes, size_t len)
{
	(void)SHA256_Update(&h->context, bytes, len);
}

void
hash_end(struct hash *h, unsigned char out[HASH_BYTES])
{
	(void)SHA256_Final(out, &h->context);
}

void
hash_hex(const unsigned char digest[HASH_BYTES], char out[HASH_HEX])
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < HASH_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * HASH_BYTES] = '\0';
}

void
hash_once(const void *bytes, size_t len, char out[HASH_HEX])
{
	unsigned char digest[HASH_BYTES];
	struct hash h;

	hash_start(&h);
	hash_add(&h, bytes, len);
	hash_end(&h, digest);
	hash_hex(digest, out);
}
