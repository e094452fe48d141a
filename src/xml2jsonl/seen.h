/*
 * seen.h - which ids a feed had already, in bounded memory
 *
 * Keeps a fingerprint of 64 bits in a table that grows to 4 MiB and then takes
 * no more: what comes behind some 390,000 ids is not compared.
 */
#ifndef SEEN_H
#define SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct seen {
	uint64_t *slots;
	size_t count, cap;
};

/* Whether the id was there; it is then. */
bool seen_before(struct seen *s, const char *id, size_t len);
void seen_free(struct seen *s);

#endif
