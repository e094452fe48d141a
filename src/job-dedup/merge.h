/*
 * merge.h - several records that are one job, as one record
 *
 * The survivor keeps its fields and their bytes, but for these:
 *
 *   locations          its own and those of the members, each once
 *   is_multi_location  true if there is more than one
 *   salary_min, _max   the widest range, where currency and period agree
 *   expires_at         the latest
 *   merged             one entry a member: source_id, url, cpc, locations,
 *                      feed_id if it is another, and of salary and expires_at
 *                      what differs from the survivor's; the rule by which it
 *                      went in (link.h), with "similar" how similar the texts
 *                      are; its position in the feed; after it those that had
 *                      gone into the member before
 *   merged_own         what was the survivor's own where that was widened:
 *                      how many of the locations, its salary, its expires_at
 */
#ifndef MERGE_H
#define MERGE_H

#include <stddef.h>

#include "buf.h"
#include "hold.h"

struct merge;

struct merge *merge_new(void);
void merge_free(struct merge *m);

/* Start with the survivor's line, which has to stay until merge_end(). */
void merge_start(struct merge *m, const char *line, size_t len);

/* A member and its line, which may go after the call. */
void merge_add(struct merge *m, const struct job *job, const char *line);

/* Add the record to OUT, without '\n'. */
void merge_end(struct merge *m, struct buf *out);

/* All in one: a survivor of a hold and those that went into it. */
void merge_job(struct merge *m, const struct hold *h,
    const struct job *survivor, struct buf *out);

#endif
