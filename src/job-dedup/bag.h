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
 * The L1 distance.  bag_distance_plain() is the same without the machine's
 * vector instructions, which bag_distance() takes when there are some.
 */
uint32_t bag_distance(const struct bag *a, const struct bag *b);
uint32_t bag_distance_plain(const struct bag *a, const struct bag *b);

#endif
