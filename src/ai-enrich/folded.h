/*
 * folded.h - one word as it is compared
 */
#ifndef FOLDED_H
#define FOLDED_H

#include <stddef.h>
#include <stdint.h>

#define WORD_BYTES 56
#define FOLDED_ROOM 64 /* WORD_BYTES, and zeros up to a multiple of 8 */

/* Zeros stand behind its bytes. */
struct folded {
	char bytes[FOLDED_ROOM];
	size_t len; /* more than WORD_BYTES: too long, not all there */
};

/* What a character beyond ASCII is. */
enum sign { SIGN_LETTER, SIGN_NOTHING, SIGN_BETWEEN, SIGN_CLAUSE };

/* Fold a character beyond ASCII to the end of W, if it is a letter. */
enum sign folded_add(struct folded *w, uint32_t code);

/* Drop an English plural: what else varies has a '*' in its term. */
void folded_singular(struct folded *w);

uint64_t folded_hash(const struct folded *w);

#endif
