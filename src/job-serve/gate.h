/*
 * gate.h - what is looked at in every request before anybody works for it
 *
 * libmicrohttpd 0.9.75 lets much through that RFC 9112 forbids and that makes
 * two servers in a row see different requests: both lengths, several of them,
 * transfer codings it does not know, names with blanks.  The gate sees the head
 * of a request as the library has cut it, and refuses all of it.
 */
#ifndef GATE_H
#define GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GATE_HEADERS 100              /* fields a request may have */
#define GATE_BYTES ((size_t)32 << 10) /* and bytes, all together */
#define GATE_BODY ((uint64_t)64 << 10)
#define GATE_DRAIN ((uint64_t)1 << 20) /* a longer body is not even read */

struct gate_field {
	const char *name, *value;
	size_t name_len, value_len;
};

/* The head of a request. */
struct gate_head {
	const char *method, *version;
	struct gate_field fields[GATE_HEADERS];
	size_t count; /* may be more than there is room for */
	size_t bytes; /* of all fields */

	/* Found by gate_check(). */
	const char *host, *origin, *fetch_site, *authorization, *cookie,
	    *content_type, *if_none_match, *accept_encoding, *forwarded_for,
	    *forwarded_proto; /* NULL: not there */
	uint64_t length;      /* of the body */
};

struct gate_hosts {
	const char *const *names; /* that we go by, beside addresses */
	size_t count;
};

/* Why a request is refused. */
struct gate_refusal {
	int status;
	const char *name, *detail; /* of the problem; constants */
};

/* Add a field as it came. */
void gate_add(struct gate_head *head, const char *name, size_t name_len,
    const char *value, size_t value_len);

/* NULL when the request may pass. */
const struct gate_refusal *gate_check(struct gate_head *head,
    const struct gate_hosts *hosts);

/*
 * Whether a browser sent it on behalf of a page that is not ours: by
 * Sec-Fetch-Site, else by Origin, which has to name the host that was asked.
 */
bool gate_is_foreign(const struct gate_head *head);

/* Whether the media type of the body is JSON. */
bool gate_is_json(const struct gate_head *head);

#endif
