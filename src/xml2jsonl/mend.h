/*
 * mend.h - the usual sins of feeds, put right byte by byte
 *
 * Works on a stretch of UTF-8 that no XML parser takes: a bare '&' or '<' is
 * escaped, HTML's entities and those that the DOCTYPE declares are replaced by
 * their characters, control characters by a blank, bytes that are not UTF-8 by
 * what they mean in windows-1252, surrogates put together; "]]>" is kept from
 * ending anything by accident; an end tag is spelt like its start tag where
 * they differ in case only.  Comments and processing instructions go.  What is
 * well-formed stays as it is.
 */
#ifndef MEND_H
#define MEND_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

struct mended {
	uint64_t ampersands, entities, controls, bytes, marks, tags;
};

/* What a declared entity stands for, or NULL; USER as given to mend(). */
typedef const char *mend_entity(void *user, const char *name, size_t len);

/* Add the mended form of LEN bytes to OUT; counts in DONE what was done. */
void mend(struct buf *out, const char *bytes, size_t len, struct mended *done,
    mend_entity *entity, void *user);

/* How many of all kinds. */
uint64_t mended_sum(const struct mended *m);

#endif
