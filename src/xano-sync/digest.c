/* digest.c - 128 bits that two rows have in common only if they are equal */
#include "digest.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "log.h"
#include "status.h"

/* The secret: digests of the salt and a number, one behind the other. */
static void
spread(struct digest *d)
{
	struct hash *h = hash_new();
	unsigned char i;

	for (i = 0; i < DIGEST_SECRET / HASH_BYTES; i++) {
		hash_start(h);
		hash_add(h, d->salt, sizeof d->salt);
		hash_add(h, &i, 1);
		hash_end(h, d->secret + (size_t)i * HASH_BYTES);
	}
	hash_free(h);
}

void
digest_draw(struct digest *d)
{
	unsigned char bytes[HASH_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
		die(EX_OSERR, "the system gives no random bytes",
		    LOG_TEXT("error", strerror(errno)));
	hash_hex(bytes, d->salt);
	spread(d);
}

void
digest_use(struct digest *d, const char salt[HASH_HEX])
{
	memcpy(d->salt, salt, sizeof d->salt);
	spread(d);
}

void
digest_of(const struct digest *d, const void *bytes, size_t len,
    unsigned char out[DIGEST_BYTES])
{
	XXH128_canonical_t canonical;

	XXH128_canonicalFromHash(&canonical,
	    XXH3_128bits_withSecret(bytes, len, d->secret, sizeof d->secret));
	memcpy(out, canonical.digest, DIGEST_BYTES);
}

void
digest_hex(const unsigned char digest[DIGEST_BYTES], char out[DIGEST_HEX])
{
	size_t i;

	for (i = 0; i < DIGEST_BYTES; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
