/*
 * reads.h - routes that are one question to the store
 */
#ifndef READS_H
#define READS_H

#include "request.h"
#include "store.h"

/* For store_ask(): the one row is the body; none is 404; OF is the request. */
void reads_answer(void *of, const struct store_answer *a);

/* Whether the store has answered; if not, the request was. */
bool reads_good(struct request *r, const struct store_answer *a);

/* What GET /jobs?q= looks for: words, or a job_id. */
void reads_add_words(struct buf *q, const char *text, size_t len);

void reads_feeds(struct request *r);
void reads_feed(struct request *r);
void reads_runs(struct request *r);
void reads_letters(struct request *r);
void reads_jobs(struct request *r);
void reads_job(struct request *r);
void reads_overview(struct request *r);
void reads_days(struct request *r);
void reads_confidence(struct request *r);
void reads_healthz(struct request *r);
void reads_readyz(struct request *r);

#endif
