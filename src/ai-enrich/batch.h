/*
 * batch.h - jobs that are asked about in one request, and where they come
 * together and wait
 */
#ifndef BATCH_H
#define BATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "item.h"
#include "ledger.h"
#include "shortlist.h"

struct batch {
	struct item **items; /* theirs is the window */
	size_t count;
	const struct taxonomy_industry *industry; /* in stage function */
	uint64_t tokens;                          /* about, of the ads */
	unsigned int tries; /* requests that failed, those of its parents too */
	unsigned int busy;  /* how often the service had no room for it */
	unsigned int scale; /* how often the limit of tokens was doubled */
	uint64_t not_before_ms, sent_ms;
	uint64_t first_ms; /* when it, or its first parent, was first sent */
	struct ledger_order order; /* of the request that is out */
	bool fresh;                /* asked about for the first time */
	bool tier; /* the request that is out is one of the batch tier */
	struct choices *choices;   /* offered by it; NULL: all of a stage */
	char fence[KEYS_FENCE];    /* of it */
	struct batch *prev, *next; /* in the queue, or among those sent */
};

/* A batch of one item, and one more in it. */
struct batch *batch_new(struct item *item);
void batch_join(struct batch *b, struct item *item);

void batch_free(struct batch *b);

/* Batches that wait to be sent, the oldest job first. */
struct queue {
	struct batch *first;
	size_t count;
};

void queue_add(struct queue *q, struct batch *b);

/* Take the first one that is due; NULL if none, and *DUE_MS says when. */
struct batch *queue_take(struct queue *q, uint64_t now_ms, uint64_t *due_ms);

/* Put COUNT items into a batch of their own, after its PARENT if any. */
void queue_put(struct queue *q, struct item *const *items, size_t count,
    const struct batch *parent, uint64_t not_before_ms);

/*
 * Where items come together by industry, until there are MOST of them or
 * MOST_TOKENS, or until the input is HORIZON jobs past the first of them, so
 * that none waits for company for ever.
 */
struct gather;

struct gather *gather_new(size_t industries, size_t most, uint64_t most_tokens,
    uint64_t horizon);
void gather_free(struct gather *g);

/* An item joins; what is ready goes to Q.  ALONE: it goes at once. */
void gather_add(struct gather *g, struct item *item, bool alone,
    struct queue *q);

/* The input has come to job SEQ: what has waited long enough goes to Q. */
void gather_pass(struct gather *g, uint64_t seq, struct queue *q);

/* All go to Q. */
void gather_flush(struct gather *g, struct queue *q);

#endif
