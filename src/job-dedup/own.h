/*
 * own.h - what was a record's own before others went into it
 *
 * A survivor that was widened by what went into it says in merged_own what it
 * had itself; of any other record it is what its fields say.
 */
#ifndef OWN_H
#define OWN_H

#include <stddef.h>

#include "buf.h"
#include "rec.h"

struct own {
	size_t places; /* the first so many of locations */
	struct json_value salary_min, salary_max, currency, period, expires;
};

struct own own_of(const struct rec *job);

/* A value as JSON text, its quotes with it. */
void own_add_raw(struct buf *b, struct json_value v);

/* A member of an object, if there is such a value. */
void own_add_member(struct buf *b, const char *name, struct json_value v);

/* "locations": the first PLACES of an array, if it is one. */
void own_add_places(struct buf *b, struct json_value locations, size_t places);

#endif
