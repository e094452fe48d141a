/*
 * search.h - the Xano stand-in's search grammar, its short form
 *
 * {"search": {"id|>": 5}, "sort": {"id": "asc"}, "page": 1, "per_page": 50};
 * search is one object or an array of them, all of which have to hold, save
 * that "|or" behind a term starts an alternative.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "table.h"

/*
 * Indices of the rows that match, in order; the caller frees *ROWS.  False and
 * why when the search is not understood.
 */
bool search_rows(const struct table *t, struct json_value body, size_t **rows,
    size_t *count, struct refusal *r);

#endif
