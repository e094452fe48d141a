/*
 * request.h - a request, from its first line to its answer
 *
 * A handler either answers at once or leaves the request to who will: it waits
 * then, for as long as it takes, and stays valid until it is answered.
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "gate.h"
#include "server.h"
#include "target.h"

struct MHD_Connection;
struct MHD_Response;
struct route;

enum role { ROLE_NONE, ROLE_READ, ROLE_WRITE };

enum method {
	METHOD_GET,
	METHOD_POST,
	METHOD_PUT,
	METHOD_PATCH,
	METHOD_DELETE,
	METHOD_OPTIONS,
	METHOD_OTHER
};

/* A number or a name that stands in the path. */
#define REQUEST_ID 64

struct request {
	struct server *server;
	struct conn *conn;
	struct MHD_Connection *connection;
	enum method method;
	bool is_head;
	char method_name[16];
	char *raw; /* the target as it came */
	size_t raw_len;
	struct target target;
	struct gate_head head;
	const struct route *route;
	char id[REQUEST_ID]; /* from the path; "" without one */
	int64_t number;      /* the same, if it is a number */
	enum role role;      /* of who asks */
	char who[128];       /* for the log and for reviews */
	struct buf body;

	/* The answer, once there is one. */
	struct MHD_Response *response;
	unsigned int status;
	bool shared;  /* the response is not this request's own */
	bool streams; /* it may take as long as it likes */
	bool suspended, checked, drained;
	uint64_t started_ms;

	/* What a handler keeps until it answers; freed by RELEASE. */
	void *work;
	void (*release)(void *work);
};

/* Callbacks for libmicrohttpd are in request.c; this starts the daemon. */
void request_listen(struct server *s, int listening);

/* Answered elsewhere: the connection goes on. */
void request_resume(struct request *r);

#endif
