/*
 * arena.h - bytes that stay where they are until all of them go
 *
 * For the texts of one record: taken by the piece, given back together.
 */
#ifndef ARENA_H
#define ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *block; /* the one in use, NULL at first */
	size_t used;
};

/* LEN bytes. */
char *arena_room(struct arena *a, size_t len);

/* A copy of LEN bytes. */
char *arena_copy(struct arena *a, const char *bytes, size_t len);

/* Give all back but one block. */
void arena_clear(struct arena *a);
void arena_free(struct arena *a);

#endif
