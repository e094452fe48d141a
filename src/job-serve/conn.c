/* conn.c - connections, how many there are, and how long they may take */
#include "conn.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"

/* An answer has to be taken within this long. */
#define ANSWER_MS 60000

static struct in6_addr
address_of(const struct sockaddr *from)
{
	struct in6_addr address = { .s6_addr = { 0 } };

	if (from != NULL && from->sa_family == AF_INET6) {
		address = ((const struct sockaddr_in6 *)from)->sin6_addr;
	} else if (from != NULL && from->sa_family == AF_INET) {
		address.s6_addr[10] = address.s6_addr[11] = 0xFF;
		memcpy(address.s6_addr + 12,
		    &((const struct sockaddr_in *)from)->sin_addr, 4);
	}
	return address;
}

static bool
is_this_machine(const struct in6_addr *a)
{
	return IN6_IS_ADDR_LOOPBACK(a) ||
	       (IN6_IS_ADDR_V4MAPPED(a) && a->s6_addr[12] == 127);
}

/* The one that has waited longest for a request is the one to go. */
static bool
make_room(struct conns *all)
{
	struct conn *c, *oldest = NULL;

	for (c = all->first; c != NULL; c = c->next)
		if (!c->late &&
		    (c->state == CONN_WAITS || c->state == CONN_BODY) &&
		    (oldest == NULL || c->since_ms < oldest->since_ms))
			oldest = c;
	if (oldest == NULL)
		return false;
	oldest->late = true;
	shutdown(oldest->fd, SHUT_RDWR);
	all->evicted++;
	return true;
}

bool
conn_may_come(struct conns *all, const struct sockaddr *from)
{
	struct in6_addr address = address_of(from);
	uint64_t same = 0;
	struct conn *c;

	/* A proxy on this machine speaks for many. */
	if (all->each_is_set || !is_this_machine(&address))
		for (c = all->first; c != NULL; c = c->next)
			if (memcmp(&c->address, &address, sizeof address) == 0)
				same++;
	if (same >= all->most_each ||
	    (all->count >= all->most && !make_room(all))) {
		all->refused++;
		return false;
	}
	return true;
}

struct conn *
conn_open(struct conns *all, int fd, const struct sockaddr *from)
{
	struct conn *c = mem_zero(1, sizeof *c);

	c->fd = fd;
	c->address = address_of(from);
	if (IN6_IS_ADDR_V4MAPPED(&c->address))
		inet_ntop(AF_INET, c->address.s6_addr + 12, c->text,
		    sizeof c->text);
	else
		inet_ntop(AF_INET6, &c->address, c->text, sizeof c->text);
	c->prev = all->last;
	if (all->last != NULL)
		all->last->next = c;
	else
		all->first = c;
	all->last = c;
	all->count++;
	conn_enter(all, c, CONN_WAITS);
	return c;
}

void
conn_close(struct conns *all, struct conn *c)
{
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		all->first = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	else
		all->last = c->prev;
	all->count--;
	free(c);
}

void
conn_enter(struct conns *all, struct conn *c, enum conn_state state)
{
	uint64_t limit[] = { [CONN_WAITS] = all->head_ms,
		[CONN_BODY] = all->body_ms,
		[CONN_WORKS] = 0,
		[CONN_ANSWERS] = ANSWER_MS,
		[CONN_STREAMS] = 0 };

	c->state = state;
	c->since_ms = clock_ms();
	c->deadline_ms = limit[state] > 0 ? c->since_ms + limit[state] : 0;
}

static void
end_late(struct conns *all, struct conn *c)
{
	static const char words[] = "HTTP/1.1 408 Request Timeout\r\n"
	                            "Connection: close\r\n"
	                            "Content-Length: 0\r\n\r\n";

	/* The library has not begun to answer, and never will. */
	if (c->state == CONN_BODY)
		(void)send(c->fd, words, sizeof words - 1,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
	c->late = true;
	all->late++;
	shutdown(c->fd, SHUT_RDWR);
}

void
conn_tick(struct conns *all, uint64_t now_ms)
{
	struct conn *c;

	for (c = all->first; c != NULL; c = c->next)
		if (!c->late && c->deadline_ms != 0 && now_ms >= c->deadline_ms)
			end_late(all, c);
}
