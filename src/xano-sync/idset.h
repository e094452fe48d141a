/*
 * idset.h - a set of ids, kept as 64-bit hashes
 *
 * Ids are Xano's own, so nobody picks them to collide; two that do by chance
 * (below one in 10^9 for 100,000 rows) make a reading look as if the table had
 * moved, and no more.
 */
#ifndef IDSET_H
#define IDSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idset;

struct idset *idset_new(void);
void idset_free(struct idset *s);
void idset_clear(struct idset *s);

/* False when it was there. */
bool idset_add(struct idset *s, const char *bytes, size_t len);

bool idset_has(const struct idset *s, const char *bytes, size_t len);

/* XXH3, never 0. */
uint64_t idset_hash(const char *bytes, size_t len);

#endif
