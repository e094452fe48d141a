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

struct vocab;

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

/* When all are added: let the words know which entries with '*' fit them. */
void vocab_seal(struct vocab *v);

/*
 * The number of a word, or 0; in *ALT the longest entry with '*' that fits it
 * too, or 0; of equally long ones the one for beginnings.
 */
uint32_t vocab_find(const struct vocab *v, const struct folded *w,
    uint32_t *alt);

#endif
