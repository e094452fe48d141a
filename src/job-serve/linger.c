/* linger.c - let an answer arrive at a client that is still sending */
/* For F_DUPFD_CLOEXEC. */
#define _GNU_SOURCE
#include "linger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "mem.h"

#define PATIENCE_MS 2000
#define MOST 64
#define MOST_BYTES ((size_t)4 << 20)

struct guest {
	struct lingering *all;
	struct watch watch;
	uint64_t deadline_ms;
	size_t bytes;
	struct guest *next;
};

struct lingering {
	struct loop *loop;
	struct guest *first;
	unsigned int count;
};

struct lingering *
linger_new(struct loop *loop)
{
	struct lingering *l = mem_zero(1, sizeof *l);

	l->loop = loop;
	return l;
}

static void
leave(struct guest *g)
{
	struct guest **at = &g->all->first;

	while (*at != g)
		at = &(*at)->next;
	*at = g->next;
	g->all->count--;
	loop_drop(g->all->loop, &g->watch);
	close(g->watch.fd);
	free(g);
}

static void
drain(void *of, uint32_t events)
{
	struct guest *g = of;
	char nothing[16384];
	ssize_t n;

	(void)events;
	n = recv(g->watch.fd, nothing, sizeof nothing, MSG_DONTWAIT);
	if (n > 0)
		g->bytes += (size_t)n;
	if (n == 0 || g->bytes > MOST_BYTES ||
	    (n < 0 && errno != EAGAIN && errno != EINTR))
		leave(g);
}

void
linger_after(struct lingering *l, int fd)
{
	struct guest *g;
	int copy;

	if (l->count >= MOST || (copy = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		return;
	g = mem_zero(1, sizeof *g);
	g->all = l;
	g->watch = (struct watch){ .fd = copy, .ready = drain, .of = g };
	g->deadline_ms = clock_ms() + PATIENCE_MS;
	g->next = l->first;
	l->first = g;
	l->count++;
}

void
linger_tick(struct lingering *l, uint64_t now_ms)
{
	struct guest *g, *next;

	for (g = l->first; g != NULL; g = next) {
		next = g->next;
		/* The library has closed its own by now. */
		loop_watch(l->loop, &g->watch, EPOLLIN);
		if (now_ms >= g->deadline_ms)
			leave(g);
	}
}
