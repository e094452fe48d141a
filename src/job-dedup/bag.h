/*
 * bag.h - how often which words: a bound on the similarity of two texts
 *
 * A bag counts the words of a text in BAG_BUCKETS buckets.  The sum of the
 * differences of two bags (L1) is never more than the number of words that have
 * to be inserted and deleted to make one text of the other (Indel distance):
 * each insertion or deletion changes one count by one.  Words that share a
 * bucket can only make the sum smaller (|a+b - (c+d)| <= |a-c| + |b-d|), and so
 * can counts that stop at 255, for cutting both at a bound never moves them
 * apart.  So who is rejected by it was not similar; nobody else is.
 */
#ifndef BAG_H
#define BAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BAG_BUCKETS 512

struct bag {
	uint8_t count[BAG_BUCKETS];
};

/* Count N words; BUCKETS is as words_buckets() gives it. */
void bag_fill(struct bag *b, const uint32_t *ids, size_t n,
    const uint16_t *buckets);

/*
 * The L1 distance, by the fastest of the ways that this machine has.
 * bag_ways() gives all of them, at most BAG_WAYS, and how many there are; the
 * last is plain C.
 */
#define BAG_WAYS 3

typedef uint32_t bag_way(const struct bag *a, const struct bag *b);

bag_way bag_distance;
size_t bag_ways(bag_way *ways[BAG_WAYS]);

/*
 * The two halves of a text, each as a bag: they tell texts of the same words in
 * another order apart.
 */
struct halves {
	struct bag first, last;
};

void bag_halve(struct halves *h, const uint32_t *ids, size_t n,
    const uint16_t *buckets);

/*
 * Whether texts of N and M words can be at most MOST insertions and deletions
 * apart.  Let an alignment of that cost map the middle of one text to a place
 * of the other, at cost D1 before it and D2 behind it.  It is at most D1 and
 * the difference of the first halves' lengths away from the middle there, and
 * at most D2 and that of the last halves'; each word in between moves one
 * count of each half.  So the sum of both distances is at most twice MOST, and
 * both differences.
 */
bool bag_halves_near(const struct halves *a, size_t n, const struct halves *b,
    size_t m, size_t most);

#endif
