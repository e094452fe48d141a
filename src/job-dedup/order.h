/*
 * order.h - which job comes first: the one that survives
 *
 * By source_id: those that are all digits by their value and before the others,
 * fewer leading zeros first; the others by their bytes.  Then by feed_id, then
 * by the line: its length, then its hash (XXH3).  Two lines that are equal to
 * the end are the same bytes, or made to look so; either way nothing is lost.
 */
#ifndef ORDER_H
#define ORDER_H

#include "hold.h"

/* The hash of a job's line, which is made anew while the line is at hand. */
uint64_t order_hash(const struct job *job);

int order_jobs(const struct job *a, const struct job *b);

/* Sort N numbers of JOBS; ROOM has space for as many. */
void order_sort(const struct job *jobs, uint32_t *numbers, uint32_t *room,
    size_t n);

#endif
