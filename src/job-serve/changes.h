/*
 * changes.h - routes that change something, by the suite's own programs
 */
#ifndef CHANGES_H
#define CHANGES_H

#include "child.h"
#include "request.h"

/* Feeds: pg-store feed add, set, remove. */
void changes_add_feed(struct request *r);
void changes_set_feed(struct request *r);
void changes_remove_feed(struct request *r);

/* Answer with the feed of a number, as GET /feeds/N would. */
void changes_tell_feed(struct request *r, unsigned int status, int64_t feed);

/*
 * Start a program for a request; ENDED gets the request as OF.  ARGS is freed;
 * INPUT, if it is not NULL, is all that the program reads.
 */
void changes_start(struct request *r, enum program program, struct buf *args,
    const struct buf *input,
    void (*ended)(void *of, const struct child_end *end));

#endif
