/*
 * http.h - requests to services, several in flight, answers bounded
 *
 * For services that are talked to in whole answers (Gemini, Xano, token
 * servers); feeds are streamed by feed-fetch itself.  libcurl's multi
 * interface, HTTP/2 where the peer has it, connections kept.  Redirects are
 * never followed (headers with keys would travel along), only http and https
 * are spoken, certificates are checked.  Keys go into headers, never into
 * URLs, and are shown nowhere.
 */
#ifndef HTTP_H
#define HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct http;

struct http_options {
	uint64_t connect_ms; /* 0: 15 s */
	uint64_t max_answer; /* bytes; 0: 8 MiB */
	uint64_t buffer;     /* bytes received at once; 0: libcurl's own 16 KiB,
	                        for each that is in flight */
};

struct http_request {
	const char *method; /* "GET", "POST", "PUT", "DELETE" */
	const char *url;
	const char *const *headers; /* "Name: value", ended by NULL; or NULL */
	const char *body;           /* or NULL */
	size_t body_len;
	uint64_t timeout_ms; /* whole attempt; 0: 120 s */
	bool direct;         /* by no proxy, whatever the environment says */
	void *user;          /* given back with the answer */
};

enum http_failure {
	HTTP_OK,        /* an answer came; its status may be anything */
	HTTP_NO_ANSWER, /* could not connect, or TLS: the request was not read
	                 */
	HTTP_LOST,      /* broke after it may have been read: outcome unknown */
	HTTP_TIMEOUT,   /* the same, by time */
	HTTP_TOO_LARGE  /* more than max_answer bytes */
};

struct http_answer {
	enum http_failure failure;
	const char *reason; /* of a failure, one line; NULL otherwise */
	long status;
	struct buf body;
	char content_type[128];
	uint64_t retry_after_ms; /* Retry-After in either form; 0: none */
	uint64_t took_ms;
	void *user;
};

/* Never NULL: exits 71. */
struct http *http_open(const struct http_options *options);

/* Start a request; all of it is copied. */
void http_send(struct http *h, const struct http_request *request);

/* Requests that were sent and whose answers were not yet given out. */
size_t http_in_flight(const struct http *h);

/*
 * The next answer; NULL when none came within WAIT_MS, nothing is in flight,
 * or a signal asks to stop.  The caller frees it with http_answer_free().
 */
struct http_answer *http_next(struct http *h, uint64_t wait_ms);

/*
 * As http_next(), but NULL too as soon as FD can be read: for a caller that
 * takes input while requests are in flight.  Waits even with none in flight.
 */
struct http_answer *http_next_or(struct http *h, uint64_t wait_ms, int fd);

/*
 * As http_next(), but a signal does not end it: for the few seconds after one
 * in which answers that are paid for may still come in.
 */
struct http_answer *http_finish(struct http *h, uint64_t wait_ms);

/* An answer of zeros for a caller that has it from elsewhere. */
struct http_answer *http_answer_new(void);

/* Takes NULL. */
void http_answer_free(struct http_answer *a);

/* One request alone: sent and waited for.  NULL only after a signal. */
struct http_answer *http_call(struct http *h,
    const struct http_request *request);

/* Drops what is in flight. */
void http_close(struct http *h);

#endif
