/*
 * listen.h - the socket that clients connect to
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdbool.h>

#include "buf.h"

/*
 * Open a socket on "address:port", "[address]:port", "port" or "name:port".
 * Exits 64, or 69 with address and port when it can't be had.
 */
int listen_on(const char *where);

/* Whether it can be reached from this machine only. */
bool listen_is_local(int socket);

/* "http://127.0.0.1:8080/", added to URL. */
void listen_url(int socket, struct buf *url);

#endif
