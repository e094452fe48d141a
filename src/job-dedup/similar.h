/*
 * similar.h - the similarity of two texts, in whole numbers
 *
 * 2 * LCS / (n + m), where LCS is the number of words in their longest common
 * subsequence and n, m their lengths: one less the normalised Indel distance.
 * The threshold is in millionths, and no division is rounded: the same texts
 * are similar on every machine.
 */
#ifndef SIMILAR_H
#define SIMILAR_H

#include <stddef.h>
#include <stdint.h>

#define SIMILAR_ONE 1000000u

/* Words that must be common for texts of N and M words to reach THRESHOLD. */
static inline size_t
similar_need(uint32_t threshold, size_t n, size_t m)
{
	uint64_t twice = (uint64_t)threshold * (n + m);

	return (size_t)((twice + 2 * SIMILAR_ONE - 1) / (2 * SIMILAR_ONE));
}

/*
 * The fewest words of a text that can be similar to one of N: of it and of the
 * other all words of the shorter one are common at best.
 */
static inline size_t
similar_fewest(uint32_t threshold, size_t n)
{
	uint64_t over = 2 * SIMILAR_ONE - threshold;

	return (size_t)(((uint64_t)threshold * n + over - 1) / over);
}

/* The similarity in millionths, rounded down. */
static inline uint32_t
similar_ratio(size_t common, size_t n, size_t m)
{
	if (n + m == 0)
		return SIMILAR_ONE;
	return (uint32_t)((uint64_t)common * 2 * SIMILAR_ONE / (n + m));
}

#endif
