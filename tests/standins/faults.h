/*
 * faults.h - faults and the rate limit of a stand-in; see standin.h for what
 * the members of a fault mean
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct standin_request;

struct fault {
	char *method, *path, *contains; /* NULL: any */
	uint64_t skip;                  /* matches still to be spared */
	uint64_t times;                 /* hits left; UINT64_MAX: no end */
	cJSON *before, *after;          /* orders, or NULL */
	int status;                     /* 0: the service's own answer */
	char *body, *retry_after;       /* or NULL */
	bool html, apply, reset, late;
	uint64_t delay_ms, stall_ms;
	int64_t cut; /* bytes of the body; -1: all */
};

struct faults {
	struct fault **items;
	size_t count;
};

/* Add one fault; NULL, or what is wrong with ORDER. */
const char *faults_add(struct faults *f, const cJSON *order);

/*
 * The fault that hits this request, NULL if none; counts.  It stays good until
 * faults_clear().
 */
const struct fault *faults_match(struct faults *f,
    const struct standin_request *request);

void faults_clear(struct faults *f);

/* At most N requests in a window, sliding or aligned to the first one. */
struct rate {
	size_t requests; /* 0: no limit */
	uint64_t window_ms;
	bool fixed;
	char retry_after[32];
	uint64_t *times; /* of the last requests that passed, a ring */
	size_t next;
	size_t passed;      /* in all, or in the window when it is fixed */
	uint64_t window_at; /* start of the fixed window */
};

/* Set the limit, or none by null; NULL, or what is wrong with ORDER. */
const char *rate_set(struct rate *r, const cJSON *order);

/* Whether one more request passes now; counts it if it does. */
bool rate_pass(struct rate *r, uint64_t now_ms);

void rate_clear(struct rate *r);

#endif
