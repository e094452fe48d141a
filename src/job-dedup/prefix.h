/*
 * prefix.h - which of many texts can be similar to one, without trying all
 *
 * Prefix filtering (R. J. Bayardo, Y. Ma, R. Srikant, "Scaling up all pairs
 * similarity search", 2007; C. Xiao, W. Wang, X. Lin, J. X. Yu, "Efficient
 * similarity joins for near duplicate detection", 2008).  Words are ordered by
 * how many of the texts have them, the rarest first.  Let A be the fewest words
 * that a text and any similar one have in common.  The prefix of the text are
 * its first distinct words in that order, so many that of those left out,
 * counted with their repetitions, there are at most A - K.  Of two similar
 * texts take the prefix that ends first: behind its end at most A - K words are
 * common, so at least K before it, and those stand in both prefixes.  So whose
 * prefixes share fewer than K words, repetitions counted, are not similar.
 * With K = 1 this is the filter of the papers; more make it sharper.  A text
 * with A below K is its own prefix, and then all that is common is shared.
 *
 * Any order is right, a good one is fast; so the order is made anew from the
 * texts at hand each time their number has doubled.
 */
#ifndef PREFIX_H
#define PREFIX_H

#include <stddef.h>
#include <stdint.h>

#include "words.h"

/* A text in the index, or to be looked up: its words as ids. */
struct prefix_text {
	const uint32_t *ids;
	size_t n;
};

struct prefix;

/* THRESHOLD, above 0, is that of similar.h. */
struct prefix *prefix_new(uint32_t threshold);
void prefix_free(struct prefix *p);

/*
 * Add a text, whose ids, below ID_COUNT, have to stay.  NUMBER is above that of
 * any text added before.
 */
void prefix_add(struct prefix *p, uint32_t number, struct prefix_text text,
    size_t id_count);

/*
 * Put into OUT, which is cleared, the numbers of all texts added that may have
 * as much in common with TEXT as they need, rising.
 */
void prefix_find(struct prefix *p, struct prefix_text text, size_t id_count,
    struct ids *out);

/* Texts in it, and memory in use. */
size_t prefix_count(const struct prefix *p);
size_t prefix_memory(const struct prefix *p);

#endif
