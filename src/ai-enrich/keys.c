/* keys.c - short random words */
#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

void
keys_init(struct keys *k)
{
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, k->seed, KEYS_SEED) != KEYS_SEED)
		die(EX_OSERR, "cannot read /dev/urandom",
		    LOG_TEXT("error", strerror(errno)));
	close(fd);
	k->hash = hash_new();
}

static int
digit(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

int
keys_use(struct keys *k, const char *hex)
{
	for (size_t i = 0; i < KEYS_SEED; i++) {
		int high = digit(hex[2 * i]);
		int low = high < 0 ? -1 : digit(hex[2 * i + 1]);

		if (low < 0)
			return 0;
		k->seed[i] = (unsigned char)(high << 4 | low);
	}
	return 1;
}

void
keys_draw(struct keys *k, uint64_t seq, uint64_t try, char *out,
    unsigned int len)
{
	/* No vowels: nothing that is a word; no 0, 1: nothing misread. */
	static const char letters[] = "bcdfghjkmnpqrstvwxz23456789";
	uint64_t salt[3] = { seq, try, len };
	unsigned char digest[HASH_BYTES];

	hash_start(k->hash);
	hash_add(k->hash, k->seed, sizeof(k->seed));
	hash_add(k->hash, salt, sizeof(salt));
	hash_end(k->hash, digest);
	for (unsigned int i = 0; i + 1 < len; i++)
		out[i] = letters[digest[i] % (sizeof(letters) - 1)];
	out[len - 1] = '\0';
}

void
keys_end(struct keys *k)
{
	hash_free(k->hash);
}
