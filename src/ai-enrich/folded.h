/*
 * folded.h - one word as it is compared
 */
#ifndef FOLDED_H
#define FOLDED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

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
void folded_drop_plural(struct folded *w);

static inline void
folded_singular(struct folded *w)
{
	if (w->len > 3 && w->len <= WORD_BYTES && w->bytes[w->len - 1] == 's')
		folded_drop_plural(w);
}

/*
 * Mixes eight bytes at a time, sixteen at least, so that words of all usual
 * lengths take the same path; the zeros behind a word count as well.
 */
static inline uint64_t
folded_hash(const struct folded *w)
{
	uint64_t h = w->len * 0x9e3779b97f4a7c15, part[2];
	size_t i = 0;

	do {
		memcpy(part, w->bytes + i, sizeof part);
		h = (h ^ part[0]) * 0xff51afd7ed558ccd;
		h = (h ^ h >> 32 ^ part[1]) * 0xff51afd7ed558ccd;
		h ^= h >> 32;
		i += sizeof part;
	} while (i < w->len);
	return h;
}

#endif
