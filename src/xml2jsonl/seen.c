/* seen.c - which ids a feed had already */
#include <stdlib.h>

#include "mem.h"
#include "seen.h"

#define FIRST ((size_t)1 << 12)
#define MOST ((size_t)1 << 19)

static uint64_t
hash_of(const char *id, size_t len)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)id[i]) * UINT64_C(1099511628211);
	hash ^= hash >> 32;
	hash *= UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 29;
}

static uint64_t *
slot_of(struct seen *s, uint64_t print)
{
	size_t at = print & (s->cap - 1);

	while (s->slots[at] != 0 && s->slots[at] != print)
		at = (at + 1) & (s->cap - 1);
	return &s->slots[at];
}

static void
grow(struct seen *s)
{
	uint64_t *old = s->slots;
	size_t cap = s->cap;

	s->cap = cap == 0 ? FIRST : cap * 2;
	s->slots = mem_zero(s->cap, sizeof(*s->slots));
	for (size_t i = 0; i < cap; i++)
		if (old[i] != 0)
			*slot_of(s, old[i]) = old[i];
	free(old);
}

bool
seen_before(struct seen *s, const char *id, size_t len)
{
	uint64_t print = hash_of(id, len);
	uint64_t *slot;

	if (print == 0)
		print = 1;
	if (s->count >= s->cap / 4 * 3 && s->cap < MOST)
		grow(s);
	slot = slot_of(s, print);
	if (*slot == print)
		return true;
	if (s->count < MOST / 4 * 3) {
		*slot = print;
		s->count++;
	}
	return false;
}

void
seen_free(struct seen *s)
{
	free(s->slots);
}
