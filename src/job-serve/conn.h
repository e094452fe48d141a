/*
 * conn.h - connections, how many there are, and how long they may take
 *
 * libmicrohttpd's own time-out is for silence: a client that sends a byte a
 * second lives on.  Here the whole head, and then the whole body, has to be
 * there by a time.  When all connections are in use, the one that has waited
 * longest for a request makes room: slow clients do not shut others out.
 */
#ifndef CONN_H
#define CONN_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define CONN_ADDRESS INET6_ADDRSTRLEN

enum conn_state {
	CONN_WAITS,   /* for the head of a request */
	CONN_BODY,    /* for its body */
	CONN_WORKS,   /* we do; no deadline but our own */
	CONN_ANSWERS, /* the answer goes out */
	CONN_STREAMS  /* events go out, for as long as they come */
};

struct conn {
	int fd;
	enum conn_state state;
	uint64_t since_ms, deadline_ms; /* 0: none */
	struct in6_addr address;        /* v4 is mapped */
	char text[CONN_ADDRESS];        /* the address for people */
	bool late;                      /* was shut down for being so */
	struct conn *prev, *next;
};

struct conns {
	struct conn *first, *last; /* the oldest first */
	size_t count;
	uint64_t most, most_each, head_ms, body_ms;
	bool each_is_set; /* MOST_EACH is for this machine, too */
	uint64_t refused, evicted, late; /* counters */
};

/*
 * Whether one more from that address may come in.  It is asked before the
 * connection is there.
 */
bool conn_may_come(struct conns *all, const struct sockaddr *from);

/* It is there; freed by conn_close(). */
struct conn *conn_open(struct conns *all, int fd, const struct sockaddr *from);
void conn_close(struct conns *all, struct conn *c);

/* What it is up to now. */
void conn_enter(struct conns *all, struct conn *c, enum conn_state state);

/* Shut down those that are late; every fraction of a second. */
void conn_tick(struct conns *all, uint64_t now_ms);

#endif
