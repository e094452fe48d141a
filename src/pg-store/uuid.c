/* uuid.c - UUIDs of version 7 */
#include "uuid.h"

#include <openssl/rand.h>
#include <stdint.h>
#include <time.h>

#include "log.h"
#include "status.h"

void
uuid_make(unsigned char out[UUID_BYTES])
{
	struct timespec now = { 0 };
	uint64_t ms;
	int i;

	if (RAND_bytes(out, UUID_BYTES) != 1)
		die(EX_OSERR, "the system gives no random bytes");
	clock_gettime(CLOCK_REALTIME, &now);
	ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
	for (i = 5; i >= 0; i--, ms >>= 8)
		out[i] = (unsigned char)(ms & 0xFF);
	out[6] = (unsigned char)((out[6] & 0x0F) | 0x70);
	out[8] = (unsigned char)((out[8] & 0x3F) | 0x80);
}
