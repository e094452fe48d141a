/*
 * loop.h - wait for descriptors, and call who waits for each
 *
 * One thread, epoll, level-triggered.
 */
#ifndef LOOP_H
#define LOOP_H

#include <stdint.h>

struct loop;

/* Its owner's, who keeps it as long as it is in a loop. */
struct watch {
	int fd;
	void (*ready)(void *of, uint32_t events); /* EPOLLIN, EPOLLOUT, ... */
	void *of;
	uint32_t events; /* what is waited for; set by loop_watch() */
};

/* Never NULL: exits 71. */
struct loop *loop_new(void);

/* Wait for EVENTS on W->fd from now on; 0: for none, but keep it. */
void loop_watch(struct loop *l, struct watch *w, uint32_t events);

/* Wait for it no longer; takes one that is not in the loop, too. */
void loop_drop(struct loop *l, struct watch *w);

/* Wait for MS milliseconds at most, and call whom something came for. */
void loop_wait(struct loop *l, int ms);

#endif
