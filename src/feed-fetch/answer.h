/*
 * answer.h - the head of an HTTP answer, as far as a fetch needs it
 *
 * Fields that are longer than their room are left out, as if they had not
 * come; so are fields of interim answers (1xx) and trailers.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"

#define ANSWER_TAG 1024

struct answer {
	long status;   /* 0: there was no answer */
	bool complete; /* its head is, and is none of an interim answer */
	bool has_length, chunked;
	bool multiplexed; /* HTTP/2 or later: a body has an end of its own */
	uint64_t length;  /* Content-Length */
	char etag[ANSWER_TAG];
	char last_modified[64], date[64];
	char content_type[128], content_encoding[64], content_range[96];
	char retry_after[64];
	char location[8192];
	uint64_t bytes, lines; /* of all heads seen */
};

/*
 * Take a line of the head as it was received; the empty line completes it.
 * False with a fault (76) past 256 KiB or 1000 lines.
 */
bool answer_line(struct answer *a, const char *line, size_t len,
    struct fault *why);

/* Whether the status and a Location say to go somewhere else. */
bool answer_redirects(const struct answer *a);

/*
 * What to put into If-Range so that a server goes on with this version and no
 * other: the entity tag if it is a strong one, else the time of the last change
 * if it lies a minute or more before the answer's (RFC 9110, 8.8.2.2, asks for
 * a second; RFC 7232 did for a minute).  NULL when there is neither.
 */
const char *answer_strong(const struct answer *a);

/*
 * Of a 206: "bytes 200-999/1000".  Total is UINT64_MAX for '*'.  False when it
 * is anything else.
 */
bool answer_range(const struct answer *a, uint64_t *first, uint64_t *last,
    uint64_t *total);

#endif
