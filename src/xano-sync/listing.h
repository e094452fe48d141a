/*
 * listing.h - read a table whole, or know that one has not
 *
 * A table may change while it is read, an answer may be cut short, a paged
 * list may shift.  What is given on is complete by the table's own totals, or
 * by two readings that agree, or it is not taken for the table.
 */
#ifndef LISTING_H
#define LISTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "api.h"

struct listing;

/* Who looks at the rows. */
struct listing_visitor {
	void *user;
	/* A reading starts, maybe not the first: forget all rows seen. */
	void (*start)(void *user);
	/* A row, good during the call; no id comes twice. */
	void (*row)(void *user, const struct json_members *row);
};

struct listing *listing_new(struct api *a, const struct profile *p,
    uint64_t per_page);
void listing_free(struct listing *l);

/*
 * Read all rows.  EX_OK, or the status to exit with after it was said why not:
 * 80 when the table did not hold still.
 */
int listing_read(struct listing *l, const struct listing_visitor *v);

/*
 * Read the rows whose keys, or ids, are in LIST, a JSON array; through the
 * whole table when the profile has no way to find them, so that other rows may
 * come too.
 */
int listing_find(struct listing *l, const struct buf *list, bool by_id,
    const struct listing_visitor *v);

/* How long to wait before something is looked at again. */
uint64_t listing_wait_ms(const struct listing *l);

/* To be called once it is known that ids are no numbers: no keyset then. */
void listing_no_keyset(struct listing *l);

#endif
