/*
 * feed.h - a web server that serves files and breaks HTTP on demand
 *
 * It writes its answers on the bare socket, since what they have to show is
 * what no HTTP library would send.  GET /NAME?KEY=VALUE... answers with the
 * file NAME of the --root folder; ranges, If-Range and conditions are honoured;
 * one request a connection.  The keys say what is different:
 *
 *     etag=TEXT      ETag: "TEXT"; with weak=1 a weak one; with flip=1 TEXT
 *                    gets the number of the request
 *     modified=DATE  Last-Modified; date=DATE: Date, which is now else, or no
 *     type=, coding= Content-Type, Content-Encoding
 *     always=1       conditions are not looked at
 *     status=N       that status and a page of HTML; retry_after=TEXT
 *     to=URL         a redirect (302, or status=N); to=. comes back here
 *     auth=TEXT      401 unless that is the Authorization
 *     range=no       ranges are ignored; range=wrong: another one is sent;
 *                    range=short: a byte of it at a time; range=any:
 *                    If-Range is not looked at; range=bare: with no more
 *                    fields than it must have
 *     length=no      none is told; length=chunked; length=N: that, a lie
 *     cut=N          the connection ends after N bytes of the body; reset=1: by
 *                    a reset
 *     stall=N        after N bytes nothing comes any more
 *     drip=MS        a byte, then a pause
 *     endless=1      the body begins again and again
 *     junk=N         N more fields in the head; long=N: one of N bytes
 *     garbage=1      no HTTP at all
 *     times=N        all of this for the first N requests of this path, or of
 *                    id=TEXT; the file as it is from then on
 *
 * A request in absolute form, as a proxy gets it, is answered like one for its
 * path.  GET /_log gives the requests so far, a JSON object a line, and POST
 * /_reset forgets them.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

#define FEED_KEYS 32

struct pair {
	char *name, *value;
};

struct request {
	char *method, *target; /* as received */
	char *path;            /* decoded, with its slash */
	struct pair keys[FEED_KEYS], fields[FEED_KEYS];
	size_t key_count, field_count;
	unsigned long number; /* from 1 */
};

/* Read the head of a request; false when it is none.  Free it either way. */
bool request_read(int fd, struct request *r);
void request_free(struct request *r);

/* A key of the query, a field of the head; NULL when it has none. */
const char *request_key(const struct request *r, const char *name);
const char *request_field(const struct request *r, const char *name);

/* A key that is a number. */
unsigned long request_number(const struct request *r, const char *name,
    unsigned long otherwise);

/* Answer with FILE, or 404 when it is NULL; FAULTS: do as the keys say. */
void answer(int fd, const struct request *r, const struct buf *file,
    bool faults);

/* Answer with TEXT of that status, and nothing odd. */
void answer_plain(int fd, int status, const char *type, const struct buf *text);

#endif
