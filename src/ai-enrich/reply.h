/*
 * reply.h - read what a model wrote: find its items, and believe none of it
 * that does not hold
 *
 * A reply is looked through for a JSON array of objects, fenced or among prose;
 * one that is cut off gives its whole items.  Each item is checked against the
 * table of schema.h, the taxonomy and rules for text; what fails is refused as
 * a whole: nothing is mended, filled in or cut to fit.
 */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"
#include "result.h"
#include "shortlist.h"
#include "taxonomy.h"

struct reply {
	cJSON **items; /* objects */
	size_t count;
	bool whole; /* the array was closed */
};

/* Never fails: a reply without items has none.  Free with reply_free(). */
void reply_read(struct reply *r, const char *text, size_t len);
void reply_free(struct reply *r);

/* Its "id", or NULL. */
const char *reply_id(const cJSON *item);

struct reply_rules {
	enum result_stage stage;
	bool with_relevance;
	const struct taxonomy *taxonomy;
	const struct taxonomy_industry *industry; /* in stage function */
	const struct choices *choices; /* offered; NULL: the whole taxonomy */
	const char *prompt;            /* text that no answer may repeat */
	const char *fence;
};

/* The model says that none of the choices fits. */
extern const char reply_none[];

/*
 * Check an item and take it over into OUT.  NULL, or what is wrong with it, a
 * constant, reply_none among them.
 */
const char *reply_take(const cJSON *item, const struct reply_rules *rules,
    struct result *out);

#endif
