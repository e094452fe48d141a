/*
 * place_parts.h - what the parts between the commas of a place are
 */
#ifndef PLACE_PARTS_H
#define PLACE_PARTS_H

#include <stdbool.h>

#include "place.h"

/*
 * Set city, state, country and postal code of OUT when COUNT parts have one
 * reading; OUT may have a postal code from a part of its own.
 */
void place_parts(const struct words *words, const struct text *parts,
    size_t count, struct place *out);

/* The country of free text; short ones have to be written as codes are. */
const char *place_free_country(const struct words *words, struct text t);

/* Whether a part is a postal code, and nothing else that has a number. */
bool place_is_postal(struct text t);

#endif
