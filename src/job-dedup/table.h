/*
 * table.h - a number for a hash; who asks compares what the hash is of
 *
 * A struct table of zeros is an empty one.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdint.h>

#define TABLE_NONE UINT32_MAX

struct table_slot {
	uint64_t hash;
	uint32_t number; /* and one; 0: free */
};

struct table {
	struct table_slot *slots;
	uint32_t cap, count;
};

/* Forget all. */
void table_clear(struct table *t);
void table_free(struct table *t);

/* Add a number; others of the same hash stay. */
void table_add(struct table *t, uint64_t hash, uint32_t number);

/*
 * The numbers of a hash, in the order they were added: *AT is 0 for the first
 * call; TABLE_NONE when there are no more.
 */
uint32_t table_next(const struct table *t, uint64_t hash, uint32_t *at);

#endif
