/*
 * deliver.h - the feed's own bytes, on their way to standard output
 *
 * They are looked at first, so that an error page is refused before the reader
 * has seen any of it.  They are held back, on disk past 64 KiB, as long as they
 * may turn out to be what was fetched the last time: until they differ in the
 * first 64 KiB, or in length, or the digest at the end does.
 */
#ifndef DELIVER_H
#define DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "out.h"
#include "state.h"

enum deliver_wanted { DELIVER_XML, DELIVER_JSON, DELIVER_ANY };

struct deliver_options {
	struct out *out;
	enum deliver_wanted wanted;
	bool may_be_empty;
	bool whole;               /* hold all back until the end */
	bool digest;              /* fill in digest and head */
	const struct state *last; /* what was fetched the last time, or NULL */
};

struct delivered {
	uint64_t length;
	bool unchanged; /* as the last time; nothing went out */
	bool ends_well; /* nothing speaks against the end of an XML document */
	char digest[HASH_HEX], head[HASH_HEX]; /* as in struct state */
};

struct deliver;

/* OPTIONS have to outlive it.  Never NULL: exits 73. */
struct deliver *deliver_open(const struct deliver_options *options);

/*
 * The length that is to be expected, if a server says it and nothing has to be
 * unpacked; UINT64_MAX: unknown.
 */
void deliver_expect(struct deliver *d, uint64_t length);

/* Take bytes.  A fault when they are not what is wanted (65).  Exits 74. */
bool deliver_add(struct deliver *d, const char *bytes, size_t len,
    struct fault *why);

/*
 * That was all.  A fault when there was nothing (80), or the last byte of what
 * is to be XML does not end a tag (75).
 */
bool deliver_end(struct deliver *d, struct fault *why);

/* Whether any byte went out: then there is no way back. */
bool deliver_began(const struct deliver *d);

/* Forget all, before any byte went out. */
void deliver_restart(struct deliver *d);

/* Whole after deliver_end(); length and ends_well at any time. */
const struct delivered *deliver_result(const struct deliver *d);

void deliver_close(struct deliver *d);

#endif
