/*
 * key.h - what two jobs must share before their texts are looked at
 *
 * The values of some fields, folded (fold.h): title, company_name and
 * employment_type unless others are asked for.  A record without a title or a
 * company_name, or without any other field of the key but employment_type, has
 * no key.
 */
#ifndef KEY_H
#define KEY_H

#include <stdbool.h>
#include <stddef.h>

#include "rec.h"

struct key;

/*
 * FIELDS are names with commas between; NULL if one of them is empty.  With
 * FOLD_COMPANY the legal form at the end of company_name does not count (Inc,
 * Ltd, GmbH: share/dedup/company.json, exits 78 or 66).
 */
struct key *key_new(const char *fields, bool fold_company);
void key_free(struct key *k);

/* The key of a job, good until the next call; NULL if it has none. */
const char *key_of(struct key *k, const struct rec *job, size_t *len);

#endif
