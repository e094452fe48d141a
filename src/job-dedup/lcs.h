/*
 * lcs.h - the longest common subsequence of two sequences of words
 *
 * Bit-parallel over the words of one text (M. Crochemore, C. S. Iliopoulos,
 * Y. J. Pinzon, J. F. Reid, "A fast and practical bit-vector algorithm for the
 * longest common subsequence problem", 2001; H. Hyyro, "Bit-parallel
 * LCS-length computation revisited", 2004), 64 of them a step, in the blocks
 * that a band around the diagonal touches: an alignment that keeps NEED words
 * leaves out at most n - NEED of one text and m - NEED of the other, and so
 * never goes further from it.  It ends as soon as too many words were left out.
 */
#ifndef LCS_H
#define LCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lcs;

struct lcs *lcs_new(void);
void lcs_free(struct lcs *l);

/*
 * The text that others are compared with; it has to stay until the next call.
 * All ids of it and of the others are below ID_COUNT.
 */
void lcs_take(struct lcs *l, const uint32_t *ids, size_t n, size_t id_count);

/* Whether at least NEED words are common. */
bool lcs_reaches(struct lcs *l, const uint32_t *ids, size_t m, size_t need);

/* How many are common if at least NEED are; else a number below NEED. */
size_t lcs_length(struct lcs *l, const uint32_t *ids, size_t m, size_t need);

#endif
