/*
 * runs.h - start runs, a few at a time, and stop them
 *
 * A run is claimed in the store (pg-store begin) before it has its turn: so its
 * number is known at once, and no other host starts one of the same feed.  Then
 * process-feed goes on with it.  While it waits, the server keeps its claim
 * alive.
 */
#ifndef RUNS_H
#define RUNS_H

#include "request.h"

struct runs;

struct runs *runs_new(struct server *s);

/* Heartbeats of those that wait; often. */
void runs_tick(struct runs *all, uint64_t now_ms);

/*
 * The server ends: those that wait are given up, those that run are told.
 * When HURRY, they are killed.
 */
void runs_stop(struct runs *all, bool hurry);

/* How many run, are being begun or ended, or wait. */
size_t runs_count(const struct runs *all);
size_t runs_running(const struct runs *all);
size_t runs_waiting(const struct runs *all);

/* A member "queued" for a question: the runs that wait. */
void runs_add_queued(const struct runs *all, struct buf *q);

/* A run of this host whose process is gone: end it in the store. */
void runs_end_dead(struct runs *all, int64_t id);

/* Whether a run of the feed is there, and whether one more could be. */
bool runs_has(const struct runs *all, int64_t feed);
bool runs_has_room(const struct runs *all);

/* POST /trigger-feed/{feed_id}, /runs/{run_id}/cancel, /runs/{run_id}/accept */
void runs_trigger(struct request *r);
void runs_cancel(struct request *r);
void runs_accept(struct request *r);

#endif
