/* hash.c - SHA-256, by libcrypto */
#include "hash.h"

#include <openssl/evp.h>
#include <stdlib.h>

#include "log.h"
#include "mem.h"
#include "status.h"

struct hash {
	EVP_MD_CTX *context;
};

static void
check(int ok)
{
	if (ok != 1)
		die(EX_SOFTWARE, "SHA-256 is not to be had from libcrypto");
}

struct hash *
hash_new(void)
{
	struct hash *h = mem_alloc(sizeof *h);

	h->context = EVP_MD_CTX_new();
	if (h->context == NULL)
		die(EX_OSERR, "out of memory");
	check(EVP_DigestInit_ex(h->context, EVP_sha256(), NULL));
	return h;
}

void
hash_free(struct hash *h)
{
	if (h == NULL)
		return;
	EVP_MD_CTX_free(h->context);
	free(h);
}

void
hash_start(struct hash *h)
{
	/* NULL: the same digest again, without looking it up. */
	check(EVP_DigestInit_ex(h->context, NULL, NULL));
}

void
hash_add(struct hash *h, const void *bytes, size_t len)
{
	check(EVP_DigestUpdate(h->context, bytes, len));
}

void
hash_end(struct hash *h, unsigned char out[HASH_BYTES])
{
	check(EVP_DigestFinal_ex(h->context, out, NULL));
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
	struct hash *h = hash_new();

	hash_start(h);
	hash_add(h, bytes, len);
	hash_end(h, digest);
	hash_free(h);
	hash_hex(digest, out);
}
