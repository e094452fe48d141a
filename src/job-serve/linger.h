/*
 * linger.h - let an answer arrive at a client that is still sending
 *
 * A socket that is closed with unread bytes is reset, and the reset takes the
 * answer along that says why nobody reads them (RFC 9112 9.6).  So a copy of
 * the descriptor is kept, and read into nothing, until the client is done or
 * two seconds have passed.
 */
#ifndef LINGER_H
#define LINGER_H

#include <stdint.h>

#include "loop.h"

struct lingering;

struct lingering *linger_new(struct loop *loop);

/* The connection of FD is about to be closed; FD stays the caller's. */
void linger_after(struct lingering *l, int fd);

/* Give up those that take too long; every fraction of a second. */
void linger_tick(struct lingering *l, uint64_t now_ms);

#endif
