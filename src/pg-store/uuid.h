/*
 * uuid.h - UUIDs of version 7 (RFC 9562): the time first, so that new ones
 * sort behind old ones
 */
#ifndef UUID_H
#define UUID_H

#include <stdint.h>

#define UUID_BYTES 16

/* What keeps those of one maker in order; starts as zeros. */
struct uuid_maker {
	uint64_t last; /* milliseconds and a count below them */
};

/*
 * A fresh one, above all that this maker made.  Exits 71 when the system has
 * no random bytes.
 */
void uuid_make(struct uuid_maker *m, unsigned char out[UUID_BYTES]);

#endif
