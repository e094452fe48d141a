/*
 * queue.h - batches that wait for their turn
 */
#ifndef QUEUE_H
#define QUEUE_H

#include "batch.h"

struct queue {
	struct batch *first, **end;
};

void queue_open(struct queue *q);
struct batch *queue_take(struct queue *q);
void queue_front(struct queue *q, struct batch *b);
void queue_free(struct queue *q);

/* All rows, or those that neither replace one nor are replaced. */
enum part { PART_ALL, PART_OTHERS };

/* All that the plan has of one kind, in batches that the endpoint takes. */
void queue_fill(struct queue *q, const struct plan *plan, enum op op,
    enum part part);

/*
 * Of the rows that are replaced, these, by index of the removal: their
 * deletions, or the additions of those that come in their place.
 */
void queue_replace(struct queue *q, const struct plan *plan, enum op op,
    const size_t *removals, size_t count);

#endif
