/*
 * item.h - a job that is held while its answer is awaited
 */
#ifndef ITEM_H
#define ITEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advert.h"
#include "hash.h"
#include "keys.h"
#include "taxonomy.h"

struct item {
	uint64_t seq; /* its place in the input, from 0 */
	char *line;   /* the record as it came; as it leaves, once done */
	size_t len;
	bool done, changed;
	struct advert ad;                         /* until it is done */
	uint64_t tokens;                          /* about, of its ad */
	const struct taxonomy_industry *industry; /* stage function */
	uint16_t *ranked;                         /* of shortlist.h, or NULL */
	bool wide;             /* none of the first list fitted */
	char key[KEYS_KEY];    /* in the request it is part of */
	unsigned int asks;     /* in how many different requests it was */
	unsigned int alone;    /* of these alone, and not answered well */
	unsigned int attempts; /* requests it was part of, repetitions too */
	uint64_t tokens_in, tokens_out, cost; /* its share of all of them */
	size_t held;       /* bytes it counts for in the window */
	struct item *next; /* there */
};

struct item *item_new(uint64_t seq, const char *line, size_t len);
void item_free(struct item *item);

/*
 * What tells jobs apart that are asked about differently: a digest of the
 * words that are sent about ITEM, and of its industry in stage function.
 */
void item_id(struct hash *hash, const struct item *item,
    unsigned char id[HASH_BYTES]);

/* The answer is in, or will not come: replace the record by JOB's. */
void item_finish(struct item *item, const struct rec *job);

#endif
