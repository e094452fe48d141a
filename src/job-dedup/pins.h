/*
 * pins.h - verdicts of people: which jobs are one, and which are not
 *
 *     {"same":["A-1","A-7"]}
 *     {"apart":["A-1","B-2"]}
 *
 * one a line; two or more source ids each, strings or numbers.  Jobs pinned the
 * same are a set: if A is B and B is C, then A is C.  Whoever is pinned apart
 * from one of a set is apart from all of it; to pin two jobs both ways is a
 * contradiction.
 */
#ifndef PINS_H
#define PINS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PINS_NONE UINT32_MAX

struct pins;

/* Exits 66 when PATH can't be read, 78 when it makes no sense. */
struct pins *pins_load(const char *path);
void pins_free(struct pins *p);

/* The set an id is in, also if alone there; PINS_NONE if it is not pinned. */
uint32_t pins_set(const struct pins *p, const char *id, size_t len);
uint32_t pins_sets(const struct pins *p);

/* Whether a set holds more than one id. */
bool pins_joins(const struct pins *p, uint32_t set);

/* The sets that are apart from one, rising; how many in *COUNT. */
const uint32_t *pins_apart(const struct pins *p, uint32_t set, size_t *count);

#endif
