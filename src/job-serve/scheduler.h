/*
 * scheduler.h - start the runs of feeds that are due, by `pg-store feed due`
 *
 * What is due, and how long a feed rests after failures, the store says.  Such
 * runs start only while fewer than --max-runs are under way: the queue is left
 * to people.
 */
#ifndef SCHEDULER_H
#define SCHEDULER_H

#include "server.h"

struct scheduler;

struct scheduler *scheduler_new(struct server *s);

/* Does nothing unless the settings want it; often. */
void scheduler_tick(struct scheduler *d, uint64_t now_ms);

#endif
