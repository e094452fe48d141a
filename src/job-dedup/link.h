/*
 * link.h - which jobs of one key are one: star linkage
 *
 * In the order of order.h each job goes into the first survivor it is the same
 * as, or survives.  It is compared with survivors only, so no chain of friends
 * of friends joins strangers, and the outcome does not depend on the order of
 * the input.  Two jobs are the same if
 *
 *   1. they are pinned the same (pins.h), and never if they are pinned apart;
 *   2. or their descriptions are the same bytes;
 *   3. or their texts are the same words, places masked (advert.h);
 *   4. or both texts have LINK_SHORT to LINK_LONG words (or short ones count
 *      too),
 *      their similarity (similar.h) reaches the threshold, and no word makes
 *      another role of one of them (veto.h);
 *
 * and if the survivor's record has room for one more within record_max.
 */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "explain.h"
#include "hold.h"
#include "pins.h"
#include "places.h"
#include "veto.h"

#define LINK_SHORT 60    /* words; texts below need equality */
#define LINK_LONG 20000u /* texts above, too: they are no ads, but work */

struct link_rules {
	uint32_t threshold; /* millionths */
	bool shorts;        /* short texts are judged by the threshold too */
	const struct veto *veto; /* or NULL */
	const struct places *places;
	const struct pins *pins; /* or NULL */
	bool explain;
	size_t memory;       /* for the texts of one group; more in turns */
	uint64_t record_max; /* bytes of a record */
	uint64_t seed;
};

/* What was done, summed up over all groups. */
struct link_counts {
	uint64_t groups; /* of more than one job */
	uint64_t pairs;  /* of jobs in them */
	uint64_t texts;  /* descriptions made text */
	uint64_t bags;   /* pairs whose bags of words were compared */
	uint64_t lcs;    /* pairs compared word by word */
	uint64_t merged;
	uint64_t veto[VETO_REASONS]; /* pairs kept apart */
};

struct link; /* what one thread needs */

struct link *link_new(const struct link_rules *rules);
void link_free(struct link *l);

/*
 * Judge the N jobs of a group, given in their order.  Sets .into of each job
 * that goes into another, and .next of survivors and of those that went into
 * them to the next one that did, HOLD_NONE at the end.  Returns false if a
 * signal stopped it; then the group is to be taken as never judged.
 */
bool link_group(struct link *l, struct hold *h, const uint32_t *order,
    uint32_t n);

const struct link_counts *link_counts(const struct link *l);
struct explain *link_explain(struct link *l);

#endif
