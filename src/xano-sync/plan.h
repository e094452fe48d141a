/*
 * plan.h - what has to be done to make the table equal to what is wanted
 */
#ifndef PLAN_H
#define PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idset.h"
#include "listing.h"
#include "wanted.h"

enum order { ORDER_DELETE_FIRST, ORDER_ADD_FIRST };

/* What to do with rows that have no key, and with the second of a key. */
enum policy { POLICY_KEEP, POLICY_DELETE, POLICY_REFUSE };

enum removal_why {
	REMOVAL_ORPHAN,  /* its key is not wanted */
	REMOVAL_DOUBLE,  /* its key came before, with a lower id */
	REMOVAL_FOREIGN, /* it has no key */
	REMOVAL_REPLACED /* it can't be changed: it is added anew */
};

/* Bytes in the plan's own room. */
struct text {
	size_t at;
	uint32_t len;
};

struct removal {
	struct text id, key; /* id is JSON; of length 0 when there is none */
	struct span row;     /* as it was read, in old */
	enum removal_why why;
	bool done;
};

struct change {
	size_t want; /* index */
	struct text id;
	struct span old;
};

struct plan_options {
	enum policy foreign, doubles;
	bool keep_all;            /* deletes nothing (restore) */
	const struct idset *only; /* ids, or keys, that may be deleted; NULL:
	                             all */
	bool fingerprint;         /* take the table's fingerprint too */
};

struct plan {
	const struct profile *p;
	const struct plan_options *options;
	struct wanted *wanted;
	struct row_reader *rows;
	struct spool *old; /* rows to be changed or deleted, as they are */
	struct buf texts;
	struct text *ids; /* by want: the row that has the key */
	struct removal *removals;
	size_t removal_count, removal_cap;
	struct change *changes;
	size_t change_count, change_cap;
	size_t missing;
	uint64_t read; /* rows in the table */
	uint64_t ours; /* of them in scope and with a key */
	uint64_t same, foreign, doubles, out_of_scope;
	struct row row;
	unsigned char print[DIGEST_BYTES]; /* the fingerprint: rows' digests
	                                      added up, whatever their order */
	struct buf room;
};

void plan_open(struct plan *plan, const struct plan_options *options,
    const struct profile *p, struct wanted *w, struct row_reader *rows);
void plan_close(struct plan *plan);

/* Read the table and plan; EX_OK, or the status after saying why not. */
int plan_make(struct plan *plan, struct listing *l);

/* Whether a row is to be added. */
bool plan_adds(const struct want *want);

/* Deletions that take something away, and not only replace it. */
size_t plan_deletions(const struct plan *plan);

/* The wanted row that comes in the place of one that is replaced. */
size_t plan_successor(const struct plan *plan, const struct removal *r);

/* The row that a wanted one replaces; NULL if none. */
const struct removal *plan_replaced(const struct plan *plan, size_t want);

/* Whether there is nothing to do. */
bool plan_is_empty(const struct plan *plan);

/* Drop all deletions that take something away; returns how many. */
size_t plan_withhold(struct plan *plan);

/* The id of the row that a wanted one has become. */
void plan_keep_id(struct plan *plan, size_t want, struct json_value id);

const char *plan_text(const struct plan *plan, struct text t);

/* JSON of an id or a key: `null` when there is none. */
void plan_add_id(const struct plan *plan, struct text id, struct buf *out);
void plan_add_key(const struct plan *plan, struct text key, struct buf *out);

#endif
