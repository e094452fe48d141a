/* arena.c - bytes that stay where they are until all of them go */
#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "mem.h"

#define BLOCK ((size_t)16 << 10)

struct arena_block {
	struct arena_block *before;
	size_t size;
	char bytes[];
};

char *
arena_room(struct arena *a, size_t len)
{
	struct arena_block *block = a->block;
	size_t size = len > BLOCK ? len : BLOCK;

	if (block == NULL || block->size - a->used < len) {
		block = mem_alloc(sizeof(*block) + size);
		block->before = a->block;
		block->size = size;
		a->block = block;
		a->used = 0;
	}
	a->used += len;
	return block->bytes + a->used - len;
}

char *
arena_copy(struct arena *a, const char *bytes, size_t len)
{
	char *to = arena_room(a, len);

	if (len > 0)
		memcpy(to, bytes, len);
	return to;
}

void
arena_clear(struct arena *a)
{
	while (a->block != NULL && a->block->before != NULL) {
		struct arena_block *before = a->block->before;

		free(a->block);
		a->block = before;
	}
	a->used = 0;
}

void
arena_free(struct arena *a)
{
	arena_clear(a);
	free(a->block);
	a->block = NULL;
}
