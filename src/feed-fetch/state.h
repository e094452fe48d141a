/*
 * state.h - what is remembered of a feed between two fetches
 *
 * A small JSON file.  The URL is in it as a digest only, since it may hold a
 * key; when it is another one than before, what the file says does not count.
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "hash.h"

/* Bytes of a feed that state.head is about. */
#define STATE_HEAD ((uint64_t)64 << 10)

struct state {
	bool known;            /* there is one, of this URL */
	char *etag;            /* of the server; "" for none */
	char *last_modified;   /* the same */
	uint64_t length;       /* bytes of the feed, unpacked */
	char digest[HASH_HEX]; /* SHA-256 of them */
	char head[HASH_HEX];   /* of the first STATE_HEAD, or of all */
};

/*
 * Lock PATH.lock, which stays, until the process ends: exits 75 when another
 * process has it, 73 when it can't be made.
 */
void state_lock(const char *path);

/*
 * Read what PATH says of the feed at URL.  A file that is not there is no
 * knowledge; one that is damaged neither, with a warning: then all is fetched.
 */
void state_load(struct state *s, const char *path, const char *url);

/* Replace PATH as a whole.  Exits 74. */
void state_save(const struct state *s, const char *path, const char *url);

void state_free(struct state *s);

#endif
