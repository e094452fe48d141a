/*
 * recover.h - runs that nobody ended: of a server, or a process-feed, that was
 * killed on this host
 *
 * The store would take them for running until their hearts have not beaten for
 * two minutes.  A run of this host whose process is gone is ended at once, so
 * that its true state shows and its feed can be run again.
 */
#ifndef RECOVER_H
#define RECOVER_H

#include "server.h"

struct recover;

struct recover *recover_new(struct server *s);

/* Ask until the store has answered once; often. */
void recover_tick(struct recover *r, uint64_t now_ms);

#endif
