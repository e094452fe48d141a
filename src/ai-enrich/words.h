/*
 * words.h - text as words of a vocabulary
 *
 * A word is a run of letters and digits, folded: lower case, no accents on
 * Latin letters, no English plural ("nurses", "companies"); "c++", "c#" and
 * ".net" are words too.  Longer ones than WORD_BYTES are nobody's.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vocab.h"

/* What stands before a word, the strongest of it. */
enum words_gap { GAP_SPACE, GAP_CLAUSE, GAP_SENTENCE, GAP_LINE };

struct token {
	uint32_t word; /* of the vocabulary; 0: unknown */
	uint32_t alt;  /* the entry with '*' that fits it too; 0: none */
	uint32_t at;   /* bytes from the start of the text */
	uint16_t len;  /* bytes in the text */
	uint8_t gap;   /* enum words_gap; GAP_LINE before the first */
	uint8_t sets;  /* of the vocabulary, with a term that begins so */
};

/* Zeros are an empty list; release with tokens_free(). */
struct tokens {
	struct token *items;
	size_t count;
	size_t room;
};

/*
 * List the words of LEN bytes of valid UTF-8, below 2^32, in OUT, which is
 * cleared first.
 */
void words_of(const struct vocab *v, const char *utf8, size_t len,
    struct tokens *out);

/*
 * Add the words of PHRASE to V and list them in OUT, which is cleared first; a
 * '*' that touches a word makes it an entry for all that begin or end so.
 * NULL, or what is wrong, a constant.
 */
const char *words_add(struct vocab *v, const char *phrase, struct tokens *out);

/* Whether two texts have the same words; no vocabulary plays a part. */
bool words_equal(const char *a, size_t a_len, const char *b, size_t b_len);

void tokens_free(struct tokens *t);

#endif
