/*
 * exchange.h - one HTTP request and its answer, by libcurl
 *
 * Speaks http and https only, checks certificates, follows no redirect, decodes
 * no content coding, and connects to public addresses only: the check is on the
 * address that the socket is made for.  Through a proxy it is on the host that
 * the proxy is asked for, see guard.h.
 */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"
#include "fault.h"
#include "url.h"

struct exchange;

struct exchange_options {
	uint64_t connect_ms;
	uint64_t piece; /* most bytes given to the user at once; 0: any */
	bool allow_private;
	const char *user_agent;
	const char *ca_file; /* or NULL: the system's */
};

/*
 * What is done with an answer.  False of any ends the exchange; it has to have
 * set the fault that the exchange was given, or the exchange ends well.
 */
struct exchange_user {
	/* The head is complete; interim answers are not shown. */
	bool (*head)(void *self, const struct answer *a);
	bool (*body)(void *self, const char *bytes, size_t len);
	/* Many times a second while bytes come, once a second at least. */
	bool (*tick)(void *self);
	void *self;
};

/* OPTIONS have to outlive it.  Never NULL: exits 71. */
struct exchange *exchange_open(const struct exchange_options *options);

/*
 * Ask for U with the header fields of the list.  True when the answer came
 * whole or USER ended it without a fault; *A is filled in as far as it came in
 * any case.
 */
bool exchange_run(struct exchange *x, const struct url *u,
    struct curl_slist *fields, const struct exchange_user *user,
    struct answer *a, struct fault *why);

void exchange_close(struct exchange *x);

#endif
