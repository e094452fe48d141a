/* table.c - a number for a hash; who asks compares what the hash is of */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define FEW 64 /* a power of two */

void
table_clear(struct table *t)
{
	if (t->cap > FEW)
		table_free(t);
	else if (t->count > 0)
		memset(t->slots, 0, t->cap * sizeof(*t->slots));
	t->count = 0;
}

void
table_free(struct table *t)
{
	free(t->slots);
	*t = (struct table){ NULL, 0, 0 };
}

/* In the order of adding behind one another, since there are no deletions. */
static void
put(struct table *t, struct table_slot slot)
{
	uint32_t i = (uint32_t)slot.hash & (t->cap - 1);

	while (t->slots[i].number != 0)
		i = (i + 1) & (t->cap - 1);
	t->slots[i] = slot;
}

static int
by_number(const void *a, const void *b)
{
	const struct table_slot *x = a, *y = b;

	return (x->number > y->number) - (x->number < y->number);
}

static void
grow(struct table *t)
{
	struct table_slot *old = t->slots;
	uint32_t had = t->cap, i, n = 0;

	for (i = 0; i < had; i++)
		if (old[i].number != 0)
			old[n++] = old[i];
	if (n > 0)
		qsort(old, n, sizeof(*old), by_number);
	t->cap = had > 0 ? 2 * had : FEW;
	t->slots = mem_zero(t->cap, sizeof(*t->slots));
	for (i = 0; i < n; i++)
		put(t, old[i]);
	free(old);
}

void
table_add(struct table *t, uint64_t hash, uint32_t number)
{
	if (t->count >= t->cap / 2)
		grow(t);
	put(t, (struct table_slot){ hash, number + 1 });
	t->count++;
}

uint32_t
table_next(const struct table *t, uint64_t hash, uint32_t *at)
{
	uint32_t i;

	for (; *at < t->cap; ++*at) {
		i = ((uint32_t)hash + *at) & (t->cap - 1);
		if (t->slots[i].number == 0)
			return TABLE_NONE;
		if (t->slots[i].hash == hash) {
			++*at;
			return t->slots[i].number - 1;
		}
	}
	return TABLE_NONE;
}
