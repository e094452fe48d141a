/*
 * score.h - a linear classifier over weighted terms
 *
 * A term has a weight for one or more classes, in some of the fields of an ad.
 * A class's score is the sum over all fields of weight * share of the field *
 * share of the repetition, in ten-thousandths of a weight; integers only, so
 * that it is the same on every machine.
 */
#ifndef SCORE_H
#define SCORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "terms.h"

enum score_field { SCORE_TITLE, SCORE_COMPANY, SCORE_TEXT, SCORE_FIELDS };

#define SCORE_REPEATS 4
#define SCORE_POINTS 16
#define SCORE_WEIGHT 9        /* largest weight either way */
#define SCORE_SHARE 1000      /* largest share, percent */
#define SCORE_NOBODY SIZE_MAX /* class of terms that only hide others */

/* How a sum becomes a decision; data of the lexicon. */
struct score_rules {
	int field[SCORE_FIELDS];   /* share, percent */
	int repeat[SCORE_REPEATS]; /* of the 1st, 2nd... time; the last is for
	                              all after it */
	int evidence; /* weights, in hundredths: half of what makes sure */
	size_t point_count;
	struct {
		unsigned int x, y; /* ten-thousandths, both growing */
	} points[SCORE_POINTS];
};

struct scorer;

struct scorer *scorer_new(struct vocab *v, size_t classes,
    const struct score_rules *rules);
void scorer_free(struct scorer *s);

/*
 * Give PHRASE a weight for CLASS in FIELDS, a mask of 1 << enum score_field.
 * NULL, or what is wrong, a constant.
 */
const char *scorer_add(struct scorer *s, size_t class, unsigned int fields,
    int weight, const char *phrase);

/* Whether any term was added for CLASS. */
bool scorer_knows(const struct scorer *s, size_t class);

/* When all words of the vocabulary are there. */
void scorer_seal(struct scorer *s);

/* Forget the ad before. */
void scorer_start(struct scorer *s);

/* Count the terms among COUNT tokens of a field. */
void scorer_count(struct scorer *s, enum score_field field,
    const struct token *from, size_t count);

/* What was counted for CLASS; may be below 0. */
int64_t scorer_score(const struct scorer *s, size_t class);

/*
 * How sure one can be, 0 to 10000, of a class with score BEST when the next
 * best has NEXT: the curve at (BEST - NEXT) / (BEST + evidence).
 */
unsigned int scorer_confidence(const struct scorer *s, int64_t best,
    int64_t next);

/* The x of the curve, for fitting it. */
unsigned int scorer_margin(const struct scorer *s, int64_t best, int64_t next);

#endif
