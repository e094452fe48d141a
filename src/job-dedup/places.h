/*
 * places.h - the names of a job's own places, out of its text
 *
 * "Join us in Austin" and "Join us in Denver" are one text.  From the job's
 * locations come the names: city, state, country, postal code, and the parts of
 * text between commas; share/dedup/places.json adds what a state or country is
 * called besides (TX and Texas, DE and Germany and Deutschland), and says which
 * words in such a field are no place (remote).  Each name in the text, and each
 * row of them, becomes one WORDS_PLACE.  A name of one short word ("IN", "OR")
 * counts only right behind another: in most texts it is a word.
 */
#ifndef PLACES_H
#define PLACES_H

#include "scan.h"
#include "words.h"

struct places;
struct places_room; /* what one thread needs */

/* From share/dedup/places.json; exits 78 or 66. */
struct places *places_load(void);
void places_free(struct places *p);

struct places_room *places_room_new(const struct places *p);
void places_room_free(struct places_room *r);

/*
 * Replace in TEXT, words of W, the names in LOCATIONS, a job's array (anything
 * else has none).
 */
void places_mask(struct places_room *r, const struct words *w,
    struct json_value locations, struct ids *text);

#endif
