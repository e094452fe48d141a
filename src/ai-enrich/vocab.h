/*
 * vocab.h - the words that somebody waits for
 *
 * All others are word 0, so that looking at a text costs one lookup a word
 * whatever is waited for.  An entry that ends or begins with '*' stands for
 * all words that begin or end so, by at least VOCAB_WILD letters.
 */
#ifndef VOCAB_H
#define VOCAB_H

#include "folded.h"

#define VOCAB_WILD 4

enum vocab_kind { VOCAB_WORD, VOCAB_PREFIX, VOCAB_SUFFIX };

#define VOCAB_SETS 8 /* of words, over one vocabulary */

struct vocab;

/* What is known of a word: zeros if nothing. */
struct vocab_word {
	uint32_t word; /* its number; 0: unknown */
	uint32_t alt;  /* the longest entry with '*' that fits it; 0: none */
	uint8_t sets;  /* a bit for each set that has either */
};

struct vocab *vocab_new(void);
void vocab_free(struct vocab *v);

/*
 * The number of a word, which is added if it is new: from 1, without holes.
 * One with '*' has at least VOCAB_WILD bytes.
 */
uint32_t vocab_add(struct vocab *v, const struct folded *w,
    enum vocab_kind kind);

/* How many words there are. */
size_t vocab_size(const struct vocab *v);

/* The bit of a new set; at most VOCAB_SETS times. */
uint8_t vocab_new_set(struct vocab *v);

/* When all are added: let the words know which entries with '*' fit them. */
void vocab_seal(struct vocab *v);

/* Put a word into the set of BIT; after vocab_seal(). */
void vocab_join(struct vocab *v, uint32_t word, uint8_t bit);

/* When all sets are complete; vocab_find() only after that. */
void vocab_settle(struct vocab *v);

/* Look a word up; of two entries with '*' as long the one for beginnings. */
struct vocab_word vocab_find(const struct vocab *v, const struct folded *w);

#endif
