/*
 * live.h - where a run is now: the counters of its stages
 *
 * Each stage rewrites STAGE.progress in the run folder while it works and
 * leaves STAGE.stats, see stats.h.
 */
#ifndef LIVE_H
#define LIVE_H

#include "request.h"
#include "store.h"

/* For store_ask(): answer with a run's report, with its counters as they are
 * now if it is under way; the status is that of the request, or 200. */
void live_answer(void *of, const struct store_answer *a);

/* Add a run's report to BODY, as above. */
void live_report(const struct server *s, const char *row, size_t len,
    struct buf *body);

/* Whether a report is of a run that is under way. */
bool live_is_running(const char *row, size_t len);

/* The folder of the run of a report: "runs/feed-1/42". */
void live_folder(const struct server *s, const char *row, size_t len,
    struct buf *path);

/* GET /runs/{run_id}, /execution-status/{feed_id}, /runs/{run_id}/log */
void live_run(struct request *r);
void live_last_run(struct request *r);
void live_log(struct request *r);

#endif
