/*
 * planfile.h - plans and backups, written and read
 *
 * Both are NDJSON.  A plan starts with {"_plan":{...}}, which names what it is
 * for, a backup has rows alone; both end with {"_done":{"records":N}}.
 */
#ifndef PLANFILE_H
#define PLANFILE_H

#include "out.h"
#include "plan.h"
#include "stage.h"

/* What a plan is for: hexadecimal, of the table and of the profile. */
struct plan_header {
	char target[HASH_HEX], profile[HASH_HEX], table[DIGEST_HEX];
};

/* Write the plan; for people, as a table, when PRETTY. */
void planfile_write(const struct plan *plan, const struct plan_header *header,
    enum order order, bool pretty, struct out *out);

/*
 * Read a plan: rows to add and to change become wanted, ids to delete (keys, if
 * the profile has no ids) go into DELETIONS.  EX_OK, or the status to exit with
 * when it is cut short (65) or for something else (78).  TABLE in *HEADER is
 * the one in the plan.
 */
int planfile_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows, struct plan_header *header,
    struct idset *deletions);

/* A backup that is being written, in one round or more. */
struct backup {
	const char *path;
	uint64_t rows; /* in it so far */
	bool there;    /* made by this run */
};

/*
 * Add rows that will be deleted or changed, as they are, and see that they are
 * on the disk; exits 73, 74.  The file must not exist at first.
 */
void backup_write(struct backup *b, const struct plan *plan);

/* Read a backup: all its rows become wanted. */
int backup_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows);

#endif
