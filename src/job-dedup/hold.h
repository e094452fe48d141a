/*
 * hold.h - the records at hand, and which of them have the same key
 *
 * Lines are in memory or, of a partition that is larger than it (spill.h), on
 * disk.  Keys are compared byte by byte; their hash only finds them.
 */
#ifndef HOLD_H
#define HOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "scan.h"

#define HOLD_NONE UINT32_MAX
#define HOLD_NO_FEED INT64_MIN

/* Why a job goes into another; see link.h. */
enum join_rule { JOIN_PIN, JOIN_DESCRIPTION, JOIN_WORDS, JOIN_SIMILAR };

/* A stretch of a line. */
struct span {
	uint32_t at, len;
};

struct job {
	uint64_t seq;     /* its place among the records that are held */
	uint64_t hash;    /* of its line, if that is not at hand (order.h) */
	const char *line; /* NULL: it is on disk */
	uint64_t where;   /* there */
	const char *id;   /* source_id, unescaped */
	int64_t feed;     /* feed_id, or HOLD_NO_FEED */
	uint32_t len, id_len;
	struct span description; /* of a string, without its quotes */
	struct span locations;   /* of an array, with its brackets */
	bool escaped;            /* the description */
	uint32_t cost;  /* bytes it adds at most to a record it goes into */
	uint32_t pin;   /* its set (pins.h), or PINS_NONE */
	uint32_t group; /* HOLD_NONE: none yet */
	uint32_t next;  /* of its group; later the next that went into the same
	                 */
	uint32_t into;  /* the one it went into, or itself */
	uint32_t stream, ordinal; /* where it came from (pass.c) */
	uint32_t millionths; /* similarity to that one: JOIN_SIMILAR only */
	enum join_rule rule; /* why it went into that one */
};

/* Jobs with one key, in the order they came in. */
struct group {
	uint64_t hash;
	const char *key;
	uint32_t key_len;
	uint32_t first, last, count;
};

/* Reads a line from disk into ROOM; returns where it stands there. */
typedef const char *hold_reader(void *argument, const struct job *job,
    struct buf *room);

struct hold {
	struct job *jobs;
	uint32_t count, cap;
	struct group *groups;
	uint32_t group_count, group_cap;
	uint32_t *slots; /* by hash: a group and one, or 0 */
	uint32_t mask;
	uint64_t seed;
	struct arena bytes;
	hold_reader *reader;
	void *reader_argument;
};

/* What a rule is called. */
const char *join_name(enum join_rule rule);

/* SEED keeps strangers from choosing keys that collide in the table. */
void hold_open(struct hold *h, uint64_t seed);
void hold_close(struct hold *h);

/* Forget all jobs and groups. */
void hold_clear(struct hold *h);

size_t hold_memory(const struct hold *h);
uint64_t hold_hash(const struct hold *h, const char *key, size_t len);

/*
 * Take in a job: *MODEL with its line, if it has one, and id copied; of no
 * group yet.  Returns its number.
 */
uint32_t hold_add(struct hold *h, const struct job *model);

/* Put a job into the group of a key. */
void hold_join(struct hold *h, uint32_t job, const char *key, size_t len,
    uint64_t hash);

/* A job's line, in memory or read into ROOM. */
const char *hold_line(const struct hold *h, const struct job *job,
    struct buf *room);

/* Numbers of a group's jobs, count of it, in the order of order.h, to OUT. */
void hold_order(const struct hold *h, const struct group *g, uint32_t *out);

#endif
