/* idset.c - a set of ids, kept as 64-bit hashes */
#include "idset.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "mem.h"

#define FIRST_SLOTS 1024 /* a power of two */

struct idset {
	uint64_t *slots; /* 0: free */
	size_t size, count;
};

struct idset *
idset_new(void)
{
	struct idset *s = mem_zero(1, sizeof *s);

	s->size = FIRST_SLOTS;
	s->slots = mem_zero(s->size, sizeof *s->slots);
	return s;
}

void
idset_free(struct idset *s)
{
	if (s == NULL)
		return;
	free(s->slots);
	free(s);
}

void
idset_clear(struct idset *s)
{
	memset(s->slots, 0, s->size * sizeof *s->slots);
	s->count = 0;
}

uint64_t
idset_hash(const char *bytes, size_t len)
{
	uint64_t h = XXH3_64bits(bytes, len);

	return h != 0 ? h : 1;
}

/* Where a hash is, or where it would go. */
static size_t
place(const struct idset *s, uint64_t h)
{
	size_t i = h & (s->size - 1);

	while (s->slots[i] != 0 && s->slots[i] != h)
		i = (i + 1) & (s->size - 1);
	return i;
}

static void
grow(struct idset *s)
{
	uint64_t *old = s->slots;
	size_t size = s->size, i;

	s->size *= 2;
	s->slots = mem_zero(s->size, sizeof *s->slots);
	for (i = 0; i < size; i++)
		if (old[i] != 0)
			s->slots[place(s, old[i])] = old[i];
	free(old);
}

bool
idset_add(struct idset *s, const char *bytes, size_t len)
{
	uint64_t h = idset_hash(bytes, len);
	size_t i = place(s, h);

	if (s->slots[i] == h)
		return false;
	s->slots[i] = h;
	if (++s->count > s->size / 2)
		grow(s);
	return true;
}

bool
idset_has(const struct idset *s, const char *bytes, size_t len)
{
	return s->slots[place(s, idset_hash(bytes, len))] != 0;
}
