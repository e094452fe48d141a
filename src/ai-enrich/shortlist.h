/*
 * shortlist.h - which industries to offer when there are too many
 *
 * A schema's enum has its limits: some hundred short codes.  A taxonomy with
 * more industries is ranked for each ad by the words its names and functions
 * share with the ad, rare words counting more (inverse document frequency:
 * Spärck Jones 1972); a request offers the best of its jobs' and "none of
 * these", and a job for which none fits is asked about again with a longer
 * list.
 */
#ifndef SHORTLIST_H
#define SHORTLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "advert.h"
#include "taxonomy.h"

#define SHORTLIST_MOST 250 /* choices a schema may have */
#define SHORTLIST_FIRST 60 /* at the first ask */
#define SHORTLIST_NONE "none"

struct shortlist;

/* NULL when the taxonomy fits into a schema as it is. */
struct shortlist *shortlist_new(const struct taxonomy *t);
void shortlist_free(struct shortlist *s);

/* Room for the best SHORTLIST_MOST industries' ids, best first; one's own. */
uint16_t *shortlist_rank(struct shortlist *s, const struct advert *ad);

/* What a request offers. */
struct choices {
	const struct taxonomy_industry *list[SHORTLIST_MOST];
	size_t count;
};

/* Add the best industries of RANKED that are not in C yet, until COUNT. */
void choices_merge(struct choices *c, const struct taxonomy *t,
    const uint16_t *const *ranked, size_t jobs, size_t count);

/* The one with this code, if it is offered. */
const struct taxonomy_industry *choices_find(const struct choices *c,
    const char *code);

#endif
