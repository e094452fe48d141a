/*
 * standin.h - what all stand-ins share: a loopback server with a request log,
 * and faults on demand
 *
 * A stand-in is a small program that plays a service in tests and the demo. It
 * listens on 127.0.0.1, prints its port and '\n' on standard output once it
 * answers, and ends on SIGTERM or, with --with-stdin, when its standard input
 * does.  One thread, no locks: requests are handled one after the other, in
 * the order in which their last byte came.
 *
 * Paths that start with "/_" are control; they are neither logged nor faulted:
 *
 *     POST /_control  orders, one JSON object; 400 and why when one is wrong
 *     GET  /_log      the requests so far, one JSON object a line
 *     GET  /_state    what the service says of itself, one JSON value
 *     POST /_reset    log, faults, rate and the service's state as at the start
 *
 * and others that the service itself knows.  Orders the scaffold carries out;
 * all else is given to the service:
 *
 *     "fault": {...}   or an array of them, added behind those there are
 *     "clear_faults": true
 *     "rate": {"requests": 10, "window_ms": 20000, "retry_after": "1",
 *              "fixed": false}      429 beyond it; null: none
 *     "log_bodies": true            requests' bodies go into the log
 *     "kill": PID                   SIGKILL for that process
 *
 * A fault says which requests it is for, and what becomes of them; the first
 * one in line that matches is used:
 *
 *     "method": "POST"     that method only
 *     "path": "/bulk"      somewhere in the path
 *     "contains": "text"   somewhere in the body
 *     "skip": 2            the first two are spared
 *     "times": 1           then so many are hit (1); 0: all
 *     "before": {orders}   carried out before the request is handled
 *     "after": {orders}    and after
 *     "delay_ms": 50       the answer waits; with "late": true the handling too
 *     "status": 503        this answer instead, the request is not handled
 *     "apply": true        handled all the same, its answer thrown away
 *     "body": "...", "html": true, "retry_after": "1"    of that answer
 *     "reset": true        no answer: the connection is reset
 *     "cut": 20            so many bytes of the body, then the end ("stall_ms"
 *                          later); its length was promised in full
 */
#ifndef STANDIN_H
#define STANDIN_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct standin_request {
	const char *method;
	const char *path; /* percent escapes decoded, without the query */
	const char *body; /* NUL-terminated */
	size_t body_len;  /* bytes */
	uint64_t number;  /* in the log, from 1; 0 of control */
	void *connection; /* private */
};

struct standin_reply {
	int status;               /* 200 */
	const char *content_type; /* a constant; application/json */
	char retry_after[32];     /* not sent when empty */
	struct buf body;
	struct buf note; /* members for the log's line: "rows":5,"ids":2 */
};

/* What makes a stand-in a certain service; all get USER first. */
struct standin_service {
	const char *name;
	void *user;
	/* Answer a request. */
	void (*handle)(void *user, const struct standin_request *request,
	    struct standin_reply *reply);
	/* Fill in the service's own error body for a status a fault asks for.
	 */
	void (*fail)(void *user, int status, struct standin_reply *reply);
	/* Carry out an order; NULL, or what is wrong with it. */
	const char *(*order)(void *user, const char *name, const cJSON *value);
	/* Add one JSON value to OUT. */
	void (*state)(void *user, struct buf *out);
	/* As at the start. */
	void (*reset)(void *user);
	/* About to end, or NULL. */
	void (*end)(void *user);
};

struct standin_options {
	uint64_t port;         /* 0: any free one */
	const char *port_file; /* where to write the port too, or NULL */
	bool with_stdin;       /* end when standard input does */
};

/* Its options, for the table of opt.h. */
#define STANDIN_OPTS(o)                                                        \
	{ .name = "port",                                                      \
		.kind = OPT_COUNT,                                             \
		.to = &(o)->port,                                              \
		.arg = "N",                                                    \
		.help = "listen on this port (0: any free one)",               \
		.max = 65535 },                                                \
	    { .name = "port-file",                                             \
		    .kind = OPT_TEXT,                                          \
		    .to = &(o)->port_file,                                     \
		    .arg = "FILE",                                             \
		    .help = "write the port to FILE as well" },                \
	{                                                                      \
		.name = "with-stdin", .kind = OPT_FLAG,                        \
		.to = &(o)->with_stdin, .help = "end when standard input does" \
	}

/* A value of the query string or of a header; NULL when there is none. */
const char *standin_query(const struct standin_request *request,
    const char *name);
const char *standin_header(const struct standin_request *request,
    const char *name);

/* Serve until told to end; returns the status to exit with. */
int standin_run(const struct standin_options *options,
    const struct standin_service *service);

#endif
