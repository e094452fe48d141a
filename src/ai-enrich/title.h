/*
 * title.h - a job's title as a person would write it
 *
 * Out go pay, places, reference numbers, gender tags, hours and shifts,
 * shouting, calls to apply, the company's name; what is left keeps its words
 * and their order.
 */
#ifndef TITLE_H
#define TITLE_H

#include "answer.h"
#include "lexicon.h"

#define TITLE_MAX 120 /* bytes of a clean one, about */

struct title_room; /* room that is used again */

struct title_room *title_new(void);
void title_free(struct title_room *r);

/*
 * Put the clean title of AD into OUT, which is cleared first.  Empty only when
 * the title has no word; a title of nothing but noise stays as it is.
 */
void title_clean(struct title_room *r, const struct lexicon *l,
    const struct ad *ad, struct buf *out);

/*
 * What a CLEAN title is about: its first part without words of level, in OUT,
 * which is cleared first.
 */
void title_core(struct title_room *r, const struct lexicon *l,
    const struct buf *clean, struct buf *out);

#endif
