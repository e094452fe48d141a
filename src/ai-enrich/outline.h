/*
 * outline.h - the sentences of an ad, and what part of it each stands in
 */
#ifndef OUTLINE_H
#define OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "lexicon.h"
#include "words.h"

enum outline_part {
	PART_PLAIN,
	PART_DUTIES,
	PART_REQUIREMENTS,
	PART_BENEFITS,
	PART_ABOUT
};

struct sentence {
	size_t first, count; /* its words in the tokens; at least one */
	size_t at, len;      /* bytes in the text, with its full stop */
	enum outline_part part;
	bool heading; /* a title of a part, no sentence */
	bool item;    /* of a list */
	bool whole;   /* ends with a full stop or the like */
	bool task;    /* begins as tasks do */
	bool idle;    /* boilerplate: says nothing of the job */
	bool chosen;  /* for the use of others; false at first */
};

/* Zeros are an empty outline; release with outline_free(). */
struct outline {
	struct sentence *items;
	size_t count, room;
};

/*
 * Find the sentences of TEXT, whose words are in T; OUT is cleared first.
 */
void outline_of(const struct lexicon *l, const char *text, size_t len,
    const struct tokens *t, struct outline *out);

void outline_free(struct outline *o);

#endif
