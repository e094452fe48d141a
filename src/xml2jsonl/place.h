/*
 * place.h - where a job is
 *
 * Free text is read when it has one reading: "City, ST", "City, ST 12345",
 * "City, ST, US", "City, Country", "US, ST, City"; several places may be
 * divided by ';', '|', line ends or " / ".  What has none stays the text of a
 * place, and nothing is guessed into a country.  Words that say "remote" are
 * no place; what stands beside them is the scope.
 */
#ifndef PLACE_H
#define PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"
#include "tree.h"
#include "words.h"

#define PLACES_MAX 1000

struct place {
	struct text city, state, country, postal_code, text; /* len 0: none */
};

struct places {
	struct place *items;
	size_t count, cap;
	bool remote;       /* a text said so */
	bool many;         /* a text says "several" and not which */
	struct text scope; /* from where remote work is done */
};

void places_clear(struct places *p);
void places_free(struct places *p);

/* Add a place unless it is there; its texts have to stay where they are. */
void places_add(struct places *p, const struct place *place);

/* Read free text, which has to stay where it is. */
void places_read(struct places *p, const struct words *words, struct text text);

/* The code of a country, in constant memory; NULL if it is none. */
const char *place_country(const struct words *words, struct text name);

/* Whether a city is none, but says that the job is remote. */
bool place_is_remote(const struct words *words, struct text city);

#endif
