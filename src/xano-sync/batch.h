/*
 * batch.h - rows that go to Xano in one call
 */
#ifndef BATCH_H
#define BATCH_H

#include "api.h"
#include "plan.h"
#include "report.h"

/* What has to be looked up before it goes on. */
enum look {
	LOOK_NOT,
	LOOK_RESEND, /* which rows arrived, and the others again */
	LOOK_SPLIT,  /* the same, and the others in two halves */
	LOOK_FINAL   /* which rows it was done to; the others have failed */
};

struct batch {
	enum op op;
	bool back; /* rows as they were, for what was to replace them is refused
	            */
	size_t *rows; /* indices of wanted rows, changes or removals */
	size_t count;
	unsigned int tries;
	bool unsure; /* one of them may have been carried out */
	enum look look;
	struct reply why; /* without its answer: of LOOK_FINAL */
	struct batch *next;
};

struct batch *batch_new(enum op op, size_t room);
void batch_free(struct batch *b);

/* Give the second half of the rows to a new batch. */
struct batch *batch_halve(struct batch *b);

/*
 * A batch that puts back the row that a wanted one was to replace, as it was;
 * NULL when that was not deleted.
 */
struct batch *batch_back(struct plan *plan, size_t want);

const struct endpoint *batch_endpoint(const struct profile *p, enum op op);

/* The wanted row, SIZE_MAX for a deletion; key and id as JSON. */
size_t batch_want(const struct batch *b, const struct plan *plan, size_t i);
void batch_key(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out);
void batch_id(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out);

/* Keys, or ids, of all rows as a JSON array. */
void batch_keys(const struct batch *b, const struct plan *plan,
    struct buf *out);
void batch_ids(const struct batch *b, const struct plan *plan, struct buf *out);

/* Report row I: it is done, or WHY refuses it. */
void batch_done(const struct batch *b, struct plan *plan, size_t i,
    struct report *report);
void batch_failed(const struct batch *b, struct plan *plan, size_t i,
    const struct reply *why, struct report *report);

/* Send it; the answer comes from api_next() with B. */
void batch_send(struct batch *b, const struct plan *plan, struct api *a);

#endif
