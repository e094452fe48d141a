/*
 * answer.h - answers: JSON, problems (RFC 9457), and nothing
 *
 * Each is given once for a request, by its handler or by who was asked to; the
 * request must not be touched afterwards.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "request.h"

/*
 * A body of JSON; BODY is emptied.  LOCATION may be NULL.
 */
void answer_json(struct request *r, unsigned int status, struct buf *body,
    const char *location);

/* A body of another type. */
void answer_bytes(struct request *r, unsigned int status, struct buf *body,
    const char *type);

/* A response that goes on for long; it becomes the request's. */
void answer_stream(struct request *r, struct MHD_Response *response);

/* 204. */
void answer_nothing(struct request *r);

/* What there is more to say of a problem; zeros: nothing. */
struct answer_problem {
	unsigned int status;
	const char *name;     /* urn:jobmill:problem:NAME */
	const char *title;    /* NULL: that of the status */
	const char *detail;   /* what, where, what to do */
	const char *pointer;  /* what of the request is wrong */
	const char *location; /* header */
	const char *allow;    /* header */
	int64_t run_id;
	unsigned int retry_after_s;
};

void answer_problem(struct request *r, const struct answer_problem *p);

/* The usual ones. */
void answer_not_found(struct request *r, const char *what);
void answer_bad_parameter(struct request *r, const char *name,
    const char *detail);
void answer_unprocessable(struct request *r, const char *pointer,
    const char *detail);
void answer_away(struct request *r, const char *detail);

/* A problem from the exit status of a program of the suite and its words. */
void answer_failure(struct request *r, int status, const char *words);

/* Headers that every answer has; STATUS tells whether it may be kept. */
void answer_usual_headers(struct MHD_Response *response);

#endif
