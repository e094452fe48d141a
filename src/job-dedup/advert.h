/*
 * advert.h - the text of a job as it is compared
 */
#ifndef ADVERT_H
#define ADVERT_H

#include "hold.h"
#include "places.h"
#include "words.h"

struct advert; /* what one thread needs */

struct advert *advert_new(const struct places *places);
void advert_free(struct advert *a);

/*
 * The words of a job's description into OUT, which is cleared: as text
 * (text.h), folded (fold.h), the names of its own places masked.
 */
void advert_words(struct advert *a, const struct job *job, const char *line,
    struct words *w, struct ids *out);

#endif
