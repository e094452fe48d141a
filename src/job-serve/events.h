/*
 * events.h - follow a run as server-sent events (HTML, 9.2)
 *
 * Any number of clients that follow one run cost one question to the store
 * twice a second.
 */
#ifndef EVENTS_H
#define EVENTS_H

#include "request.h"

struct events;

struct events *events_new(struct server *s);

/* Ask about the runs that are followed, and tell what is new; often. */
void events_tick(struct events *all, uint64_t now_ms);

/* The server ends: so do all streams. */
void events_stop(struct events *all);

size_t events_count(const struct events *all);

/* GET /runs/{run_id}/events */
void events_follow(struct request *r);

#endif
