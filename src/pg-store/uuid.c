/* uuid.c - UUIDs of version 7 */
#include "uuid.h"

#include <openssl/rand.h>
#include <stdint.h>
#include <time.h>

#include "log.h"
#include "status.h"

/* Milliseconds since 1970 in 48 bits, and 12 bits to count within one. */
static uint64_t
tick(struct uuid_maker *m)
{
	struct timespec now = { 0 };
	uint64_t ms;

	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	/* A clock that stands still, or goes back, is overtaken. */
	m->last = ms << 12 > m->last ? ms << 12 : m->last + 1;
	return m->last;
}

void
uuid_make(struct uuid_maker *m, unsigned char out[UUID_BYTES])
{
	uint64_t t = tick(m), ms = t >> 12;
	int i;

	if (RAND_bytes(out, UUID_BYTES) != 1)
		die(EX_OSERR, "the system gives no random bytes");
	for (i = 5; i >= 0; i--, ms >>= 8)
		out[i] = (unsigned char)(ms & 0xFF);
	out[6] = (unsigned char)(0x70 | (t >> 8 & 0x0F));
	out[7] = (unsigned char)(t & 0xFF);
	out[8] = (unsigned char)(0x80 | (out[8] & 0x3F));
}
