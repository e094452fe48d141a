/*
 * words.h - texts as sequences of words, words as small numbers
 *
 * A word is a run of letters, digits and marks; in scripts that are written
 * without spaces (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each code point
 * is one.  "c++", "c#" and "f#" are words: what stands behind a single letter
 * tells one language from another.
 *
 * Words are numbered in the order in which they were first seen; the same bytes
 * are always the same number (bytes are compared, no hash is trusted).  The
 * numbers given last can be taken back, so that a text that is not kept leaves
 * nothing behind.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "buf.h"

#define WORDS_PLACE 0 /* stands for the name of a place, whichever it is */
#define WORDS_NONE UINT32_MAX

/* A sequence that grows; zeros are an empty one. */
struct ids {
	uint32_t *at;
	size_t len, cap;
};

struct words;

/* SEED keeps strangers from choosing words that collide in the table. */
struct words *words_new(uint64_t seed);
void words_free(struct words *w);

/* Numbers in use: all below it, WORDS_PLACE among them. */
uint32_t words_count(const struct words *w);

/* Take back all numbers from COUNT (at least 1) on. */
void words_cut(struct words *w, uint32_t count);

/* The number of a word, or WORDS_NONE; the second one numbers it if need be. */
uint32_t words_find(const struct words *w, const char *word, size_t len);
uint32_t words_add(struct words *w, const char *word, size_t len);

/* The bytes of a word; good until the next one is added. */
const char *words_text(const struct words *w, uint32_t id, size_t *len);

/*
 * Add the words of a folded text (fold.h), in order, to OUT;
 * words_split_known() gives WORDS_NONE for those that have no number.
 */
void words_split(struct words *w, const char *folded, size_t len,
    struct ids *out);
void words_split_known(const struct words *w, const char *folded, size_t len,
    struct ids *out);

/* For each number, the place of its word in a bag (bag.h). */
const uint16_t *words_buckets(const struct words *w);

/* Memory in use. */
size_t words_memory(const struct words *w);

void ids_add(struct ids *list, uint32_t id);
void ids_free(struct ids *list);

#endif
