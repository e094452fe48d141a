/*
 * connect.h - reach the store, and say why not
 */
#ifndef CONNECT_H
#define CONNECT_H

#include <libpq-fe.h>

struct connect_error {
	char sqlstate[6];  /* "" when there is none */
	char message[300]; /* one line, no secret */
};

/*
 * Connect as DATABASE_URL or the PG* variables say, trying again while the
 * server is away.  The connection does not block, see PQsetnonblocking().
 * Exits 75, 77, 78.
 */
PGconn *connect_store(void);

/* One attempt only; NULL when it failed, and why. */
PGconn *connect_once(struct connect_error *error);

/* Keep the first line of what libpq says. */
void connect_say(struct connect_error *error, const char *message);

/* The status to exit with; OTHERWISE for what no rule names. */
int connect_status(const struct connect_error *error, int otherwise);

/* What a person can do about it; "" when there is nothing to say. */
const char *connect_hint(const struct connect_error *error);

#endif
