/*
 * survivors.h - the texts that survive, and who may be similar to them
 *
 * Survivors are numbered in the order they came, which is that of order.h.
 */
#ifndef SURVIVORS_H
#define SURVIVORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "bag.h"
#include "prefix.h"
#include "table.h"
#include "words.h"

#define SURVIVORS_NONE UINT32_MAX

struct survivor {
	uint32_t job;
	uint32_t last; /* of the jobs that went into it, or itself */
	uint32_t *ids; /* its text */
	size_t n;
	struct halves *halves; /* of its text, once asked for */
	uint32_t *marks;       /* likewise */
	size_t mark_count;
	bool marked;
	bool full;     /* it takes no more */
	bool pinned;   /* and so not known to differ from those before it */
	uint64_t size; /* bytes of its record at most */
};

/* A text that looks for its survivor. */
struct seeker {
	const uint32_t *ids;
	size_t n;
	struct bag bag;
};

struct survivors {
	struct survivor *list;
	struct bag *bags;
	uint32_t count, cap;
	struct table texts, descriptions; /* by hash */
	struct arena bytes;               /* of texts and marks */
	struct prefix *prefix; /* of texts that can be found by similarity */
	uint32_t indexed;      /* survivors that were offered to it */
	uint32_t threshold;
	size_t shortest, longest; /* words of a text that can be found */
	struct ids found;
	uint64_t compared; /* bags */
};

void survivors_open(struct survivors *s, uint32_t threshold, size_t shortest,
    size_t longest);
void survivors_close(struct survivors *s);

/* Forget all. */
void survivors_clear(struct survivors *s);
size_t survivors_memory(const struct survivors *s);

/* Add one, without a text yet; returns its number. */
uint32_t survivors_add(struct survivors *s, uint32_t job);

/* Give it a copy of its text, before any other gets one or is looked for. */
void survivors_text(struct survivors *s, uint32_t i, const struct seeker *text);

/*
 * The first survivor from *FROM on, below LIMIT, that no bound rules out;
 * SURVIVORS_NONE if there is none.  Starts with *FROM 0 after
 * survivors_seek(), which has to be told of all words there are.
 */
void survivors_seek(struct survivors *s, const struct seeker *text,
    size_t id_count);
uint32_t survivors_next(struct survivors *s, const struct seeker *text,
    uint32_t *from, uint32_t limit);

#endif
