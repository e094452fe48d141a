/*
 * plans.h - the folders that plan-sync keeps, see plan-sync(1)
 */
#ifndef PLANS_H
#define PLANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define PLANS_NAME 80
#define PLANS_LIMIT 50

struct plans {
	struct buf folder;       /* with a NUL */
	char active[PLANS_NAME]; /* the one that is under way; "" for none */
	struct buf told;         /* how that one is told of meanwhile */
	char failed[PLANS_NAME]; /* the last that left nothing, and how it is */
	struct buf failure;      /* told of */
};

/* {"syncs":[…]}, the newest first. */
void plans_list(const struct plans *p, struct buf *body);

/* A plan is being made, by that name, of a feed or (0) of all. */
void plans_begin(struct plans *p, const char *name, int64_t feed);

/* A plan is being carried out. */
void plans_apply(struct plans *p, const char *name);

/* The active one has ended; ERROR, or NULL. */
void plans_ended(struct plans *p, const char *error);

/* Whether a plan may be carried out when a person lifts ALLOW. */
enum plans_may { PLANS_MAY, PLANS_UNKNOWN, PLANS_OTHER, PLANS_GUARDED };
enum plans_may plans_may_apply(const struct plans *p, const char *name,
    const char *allow, struct buf *detail);

/* A page of operations. */
struct plans_page {
	size_t limit;
	int64_t after;
	const char *op;  /* only these; NULL: all */
	struct buf rows; /* objects without their '}', one a line */
	struct buf keys; /* of those, that are job_ids: JSON, with commas */
	int64_t next;    /* 0: this is the last page */
};

/* False when there is no such plan. */
bool plans_read_page(const struct plans *p, const char *name,
    struct plans_page *page);
void plans_free_page(void *page);

/*
 * Add a plan to BODY, without operations if PAGE is NULL; else it stays open
 * for plans_add_titles(), which ends it.  TITLES are rows of the question of
 * that name.
 */
bool plans_show(const struct plans *p, const char *name,
    const struct plans_page *page, struct buf *body);
void plans_add_titles(struct buf *body, const struct plans_page *page,
    const char *titles, size_t len);

#endif
