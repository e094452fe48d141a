/*
 * reply.h - what an answer of Xano means
 *
 * Sorted by the status first and the body second, and never by its words: an
 * answer may be a gateway's page, cut off, or an error that calls itself 200.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http.h"
#include "scan.h"

enum verdict {
	VERDICT_OK,
	VERDICT_THROTTLED, /* 429: not run */
	VERDICT_NOT_RUN,   /* no connection: not run */
	VERDICT_LOST,      /* broken off or timed out: outcome unknown */
	VERDICT_AILING,    /* 408, 5xx: outcome unknown */
	VERDICT_FATAL,     /* 500 by Xano's own word: outcome unknown, and the
	                      same again for the same rows */
	VERDICT_ODD,       /* no answer as it should be: outcome unknown */
	VERDICT_REFUSED,   /* 4xx for what was asked */
	VERDICT_TOO_LARGE, /* 413, or an answer beyond our bound */
	VERDICT_ABSENT,    /* 404 */
	VERDICT_DENIED,    /* 401, 403 */
	VERDICT_STOPPED    /* a signal came */
};

struct reply {
	enum verdict verdict;
	long status;                 /* HTTP's; 0: none came */
	char code[64];               /* Xano's error code, or "" */
	char param[80];              /* the parameter it names, or "" */
	char message[200];           /* its words or ours, or "" */
	struct json_value body;      /* scanned; JSON_NONE when it is empty */
	struct json_member *members; /* of it, if an object; in its order */
	size_t member_count;
	uint64_t retry_after_ms;
	void *user;
	struct http_answer *answer; /* whose body that is */
};

/*
 * Judge an answer, which belongs to the reply from then on; SCAN is room.
 */
void reply_judge(struct reply *r, struct http_answer *answer,
    struct scan *scan);

/* Takes one that has no answer. */
void reply_free(struct reply *r);

/* The exit status that a verdict amounts to. */
int verdict_status(enum verdict v);

/* Whether trying again may help. */
bool verdict_passing(enum verdict v);

/* Tell people what came back: an error line that starts with WHAT. */
void reply_complain(const struct reply *r, const char *what);

#endif
