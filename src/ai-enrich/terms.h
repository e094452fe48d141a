/*
 * terms.h - phrases over the words of a vocabulary
 *
 * At each word of a text the longest phrase that begins there is found, in a
 * step a word.  A phrase does not reach over a comma, a bracket or the end of a
 * sentence.
 */
#ifndef TERMS_H
#define TERMS_H

#include <stddef.h>
#include <stdint.h>

#include "words.h"

struct terms;

/* V must outlive it; one of its VOCAB_SETS sets. */
struct terms *terms_new(struct vocab *v);
void terms_free(struct terms *t);

/*
 * The number of a phrase in *TERM, from 1 without holes, the same for the same
 * words.  NULL, or what is wrong with it, a constant.
 */
const char *terms_add(struct terms *t, const char *phrase, uint32_t *term);

/* How many phrases there are. */
size_t terms_size(const struct terms *t);

/* When all sets over the vocabulary are complete and it is sealed. */
void terms_seal(struct terms *t);

/* The bit that the tokens have with which one of its phrases may begin. */
uint8_t terms_bit(const struct terms *t);

/*
 * The longest phrase that begins at the first of LEFT tokens: how many of them
 * it takes, and its number in *TERM; 0 when there is none.
 */
size_t terms_match(const struct terms *t, const struct token *from, size_t left,
    uint32_t *term);

#endif
