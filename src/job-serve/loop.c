/* loop.c - wait for descriptors, and call who waits for each */
#include "loop.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "status.h"

#define AT_ONCE 64

/* Bit beside those of epoll: the watch is in the loop. */
#define IN_LOOP ((uint32_t)1 << 27)

struct loop {
	int fd;
	int count; /* of what came */
	struct epoll_event came[AT_ONCE];
};

struct loop *
loop_new(void)
{
	struct loop *l = mem_zero(1, sizeof *l);

	l->fd = epoll_create1(EPOLL_CLOEXEC);
	if (l->fd < 0)
		die(EX_OSERR, "cannot wait for descriptors",
		    LOG_TEXT("error", strerror(errno)));
	return l;
}

void
loop_watch(struct loop *l, struct watch *w, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = w };
	int op = (w->events & IN_LOOP) != 0 ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	if (w->events == (events | IN_LOOP))
		return;
	if (epoll_ctl(l->fd, op, w->fd, &e) < 0)
		die(EX_OSERR, "cannot wait for a descriptor",
		    LOG_TEXT("error", strerror(errno)));
	w->events = events | IN_LOOP;
}

void
loop_drop(struct loop *l, struct watch *w)
{
	int i;

	if ((w->events & IN_LOOP) == 0)
		return;
	epoll_ctl(l->fd, EPOLL_CTL_DEL, w->fd, NULL);
	w->events = 0;
	/* Something may have come for it that was not told yet. */
	for (i = 0; i < l->count; i++)
		if (l->came[i].data.ptr == w)
			l->came[i].data.ptr = NULL;
}

void
loop_wait(struct loop *l, int ms)
{
	int i;

	l->count = epoll_wait(l->fd, l->came, AT_ONCE, ms);
	if (l->count < 0 && errno != EINTR)
		die(EX_OSERR, "cannot wait for descriptors",
		    LOG_TEXT("error", strerror(errno)));
	for (i = 0; i < l->count; i++) {
		struct watch *w = l->came[i].data.ptr;

		if (w != NULL)
			w->ready(w->of, l->came[i].events);
	}
	l->count = 0;
}
