/*
 * store.h - ask the store, by `pg-store ask`
 *
 * Two of them run: a quick one for what is found by its key, a patient one for
 * lists and statistics, so that nobody waits behind a long answer.  One that
 * dies is started again, later each time.
 */
#ifndef STORE_H
#define STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "child.h"

struct store;

enum store_lane { STORE_QUICK, STORE_PATIENT, STORE_LANES };

struct store_answer {
	int status;       /* 0, or as an exit status: 75 the store is away */
	const char *rows; /* JSON values divided by commas */
	size_t len;
	const char *error;
};

struct store *store_new(struct children *children);

/* Start what has died, give up what takes too long; often. */
void store_tick(struct store *s, uint64_t now_ms);

/* Send what was asked since: once, after many questions. */
void store_flush(struct store *s);

/* Begin a question in Q, which is empty; members come next, by buf_json_…(). */
void store_question(struct buf *q, const char *ask);
void store_number(struct buf *q, const char *name, int64_t value);

/*
 * Ask it; Q is emptied.  ANSWERED is called once, maybe at once when the store
 * is away; what it is given is good until it returns.
 */
void store_ask(struct store *s, enum store_lane lane, struct buf *q,
    void (*answered)(void *of, const struct store_answer *a), void *of);

/* For metrics: questions asked, that failed, and that are under way. */
struct store_counts {
	uint64_t asked, failed, restarts;
	size_t pending;
	bool up;
};

struct store_counts store_counts(const struct store *s, enum store_lane lane);

#endif
