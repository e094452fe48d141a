/* session.c - a login without memory: a cookie that says who and until when */
#include "session.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "hash.h"
#include "log.h"
#include "status.h"

#define MAC_HEX 64
#define NONCE 8

static void
mac(const unsigned char *key, size_t key_len, const void *text, size_t len,
    unsigned char out[HASH_BYTES])
{
	unsigned int n = HASH_BYTES;

	if (HMAC(EVP_sha256(), key, (int)key_len, text, len, out, &n) == NULL)
		die(EX_SOFTWARE, "libcrypto has no HMAC-SHA-256");
}

void
session_key(const char *token, unsigned char key[SESSION_KEY])
{
	static const char purpose[] = "jobmill session 1";

	mac((const unsigned char *)token, strlen(token), purpose,
	    strlen(purpose), key);
}

void
session_make(const unsigned char key[SESSION_KEY], char role, int64_t end,
    char out[SESSION_MAX])
{
	unsigned char nonce[NONCE], digest[HASH_BYTES];
	char hex[HASH_HEX];
	int len;

	if (RAND_bytes(nonce, NONCE) != 1)
		die(EX_OSERR, "the system has no random bytes");
	len = snprintf(out, SESSION_MAX, "1.%c.%" PRId64 ".", role, end);
	for (int i = 0; i < NONCE; i++)
		len += snprintf(out + len, SESSION_MAX - (size_t)len, "%02x",
		    nonce[i]);
	mac(key, SESSION_KEY, out, (size_t)len, digest);
	hash_hex(digest, hex);
	snprintf(out + len, SESSION_MAX - (size_t)len, ".%s", hex);
}

/* The role of one value of LEN bytes, 0 if it is not good. */
static char
check(const unsigned char key[SESSION_KEY], const char *value, size_t len,
    int64_t now)
{
	unsigned char digest[HASH_BYTES];
	char hex[HASH_HEX];
	const char *end_text = value + 4;
	int64_t end = 0;
	size_t signed_len, digits;

	if (len <= MAC_HEX + 1 || len >= SESSION_MAX)
		return 0;
	signed_len = len - MAC_HEX - 1;
	if (value[signed_len] != '.' || signed_len < 8)
		return 0;
	mac(key, SESSION_KEY, value, signed_len, digest);
	hash_hex(digest, hex);
	if (CRYPTO_memcmp(hex, value + signed_len + 1, MAC_HEX) != 0)
		return 0;
	/* From here on it is our own text. */
	if (memcmp(value, "1.", 2) != 0 || value[3] != '.' ||
	    (value[2] != 'r' && value[2] != 'w'))
		return 0;
	digits = strspn(end_text, "0123456789");
	if (digits == 0 || digits > 18 || end_text[digits] != '.')
		return 0;
	end = strtoll(end_text, NULL, 10);
	return end > now ? value[2] : 0;
}

char
session_find(const unsigned char key[SESSION_KEY], const char *cookies,
    int64_t now)
{
	static const char name[] = SESSION_COOKIE "=";
	const char *at = cookies;
	char role = 0;

	/* Another page of the host may have set one of the same name. */
	while (role == 0 && *at != '\0') {
		size_t len = strcspn(at, ";");

		if (len > strlen(name) && strncmp(at, name, strlen(name)) == 0)
			role = check(key, at + strlen(name), len - strlen(name),
			    now);
		at += len;
		at += strspn(at, "; ");
	}
	return role;
}
