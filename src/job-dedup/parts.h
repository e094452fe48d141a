/*
 * parts.h - more records than memory holds: on disk, parted by key
 *
 * Records of one key are in one part, each part in the order they came in.
 * Parts are worked one after the other: as a whole in memory, or, if one is
 * larger than that, with its lines left on disk.  What becomes of a record is
 * noted; at the end all parts are read side by side and the records handed on
 * in the order they came in, the same bytes as if memory had held them.
 *
 * Records pinned the same as others are kept aside, for their key is not known
 * before the end.
 */
#ifndef PARTS_H
#define PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hold.h"
#include "merge.h"
#include "out.h"
#include "stage.h"
#include "team.h"

struct parts;

/* TMPDIR is tried at once: exits 73.  MEMORY is for a part that is worked. */
struct parts *parts_open(size_t memory, uint64_t seed);
void parts_close(struct parts *p);

/* Whether anything was added; bytes on disk. */
bool parts_used(const struct parts *p);
uint64_t parts_bytes(const struct parts *p);

/*
 * Add a job with its key, whose hash is hold_hash() with the seed; or one that
 * is kept aside, without a key.
 */
void parts_add(struct parts *p, const struct job *job, const char *key,
    size_t len, uint64_t hash);
void parts_add_aside(struct parts *p, const struct job *job);

/* The key of a pinned set, for those kept aside: FIND(ARGUMENT, set). */
struct parts_key {
	const char *text;
	size_t len;
};
typedef struct parts_key parts_find_key(void *argument, uint32_t set);

/*
 * Judge all parts; false if a signal stopped it, and then no verdict counts.
 * Then hand all records on; EXPLAIN may be NULL.
 */
bool parts_judge(struct parts *p, struct team *team, struct merge *merge,
    parts_find_key *find, void *argument);
void parts_hand_on(struct parts *p, struct stage *s, struct out *explain);

#endif
