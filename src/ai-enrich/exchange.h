/*
 * exchange.h - requests out, answers in; kept on a cassette, or taken from one
 *
 * A cassette is a folder with a file for each exchange, named by the SHA-256
 * of its address and request, and by how often the same was asked.  Headers,
 * and so keys, are not part of it.  With the seed that lies beside them, the
 * same input makes the same requests, and the same answers come back.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <stdbool.h>

#include "http.h"
#include "keys.h"

struct exchange;

struct exchange_options {
	const char *record; /* a folder, made if need be; or NULL */
	const char *replay; /* a folder; then nothing is sent; or NULL */
	uint64_t timeout_ms;
	/* Take secrets out of what is kept. */
	void (*scrub)(const void *user, struct buf *text);
	const void *user;
};

/*
 * Never NULL: exits 66, 73 or 78.  KEYS gets the seed of the cassette, if there
 * is one.
 */
struct exchange *exchange_open(const struct exchange_options *options,
    struct keys *keys);
void exchange_close(struct exchange *x);

/* Whether answers come from a cassette: then there is nothing to wait for. */
bool exchange_replays(const struct exchange *x);

/* For what is never kept: the probe. */
struct http *exchange_http(struct exchange *x);

/* POST BODY to URL.  USER comes back with the answer. */
void exchange_send(struct exchange *x, const char *url,
    const char *const *headers, const struct buf *body, void *user);

size_t exchange_in_flight(const struct exchange *x);

/* As http_next_or() and http_finish(). */
struct http_answer *exchange_next(struct exchange *x, uint64_t wait_ms, int fd);
struct http_answer *exchange_finish(struct exchange *x, uint64_t wait_ms);

#endif
