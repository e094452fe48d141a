/*
 * arena.h - bytes that stay where they are until all are given back at once
 *
 * A struct arena of zeros is an empty one.  Exits 71 without memory.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena {
	struct arena_chunk *chunks; /* the newest first */
	size_t left;                /* bytes free in the newest */
	size_t memory;              /* of all chunks */
	size_t chunk;               /* bytes of the next one; 0: 64 KiB */
};

/* LEN bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t len);

/* A copy of LEN bytes, aligned for none. */
char *arena_copy(struct arena *a, const void *bytes, size_t len);

/* Give all back; the newest chunk of usual size is kept for the next time. */
void arena_clear(struct arena *a);
void arena_free(struct arena *a);

#endif
