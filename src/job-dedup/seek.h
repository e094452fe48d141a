/*
 * seek.h - the job at hand, and the survivor that it goes into
 *
 * Private to link.c and seek.c, which share the state of a thread.
 */
#ifndef SEEK_H
#define SEEK_H

#include "advert.h"
#include "lcs.h"
#include "link.h"
#include "similar.h"
#include "survivors.h"

/* How far below the threshold a pair is worth a line of --explain. */
#define NEAR_MISS (SIMILAR_ONE / 10)

/* Where the jobs of a pinned set went, in the group at hand. */
struct placed {
	uint32_t survivor;
	bool known;
	bool waits; /* one of them is left for the next turn */
};

struct link {
	struct link_rules rules;
	struct link_counts counts;
	struct explain explain;
	struct hold *hold; /* of the group at hand */
	struct words *words;
	struct advert *advert;
	struct veto_room *veto;
	struct lcs *lcs;
	struct survivors survivors;
	struct placed *placed; /* by set of pins */
	struct ids touched;    /* sets that have something there */
	bool first_waits;      /* the first survivor's text is not made yet */
	bool turn_over;        /* no room for more survivors in this turn */
	uint32_t *turn;        /* jobs to judge, then those left for the next */
	size_t turn_cap;
	/* The job at hand: */
	uint32_t number;
	struct job *job;
	const char *line;
	uint32_t known; /* words before its own */
	struct ids ids;
	struct seeker text;
	uint64_t text_hash, description_hash;
	bool has_text; /* the four above are made */
	struct halves halves;
	bool has_halves;
	bool taken; /* by lcs */
	struct ids marks, other_marks;
	bool has_marks;
	struct buf room, other; /* lines that are on disk */
};

/* Turn to the next job. */
void seek_job(struct link *l, uint32_t number);

/*
 * Make the text of the job at hand.  It is put off as long as the description
 * alone may settle it, and that of the first survivor until there is another
 * to compare it with.
 */
void seek_text(struct link *l);

/* The text that was made last is that of survivor I, and stays. */
void seek_keep_text(struct link *l, uint32_t i);

/*
 * The first survivor that the job is the same as, or SURVIVORS_NONE;
 * seek_pinned() for a job that is pinned: survivor by survivor, without
 * shortcuts.
 */
uint32_t seek_survivor(struct link *l);
uint32_t seek_pinned(struct link *l);

#endif
