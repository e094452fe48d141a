/*
 * lexicon_read.h - the values of a lexicon, each checked
 *
 * What is wrong ends the program: exit 78, with one line that names the file,
 * the place in it and the reason.
 */
#ifndef LEXICON_READ_H
#define LEXICON_READ_H

#include <cjson/cJSON.h>

#include "score.h"

/* Where in the file we are. */
struct lexicon_place {
	const char *file;
	const char *part, *key; /* "" above it */
};

_Noreturn void lexicon_wrong(const struct lexicon_place *p, const char *error,
    const char *value);

/* OBJECT has to be an object with all of NAMES, ended by NULL, and no other. */
void lexicon_keys(const struct lexicon_place *p, const cJSON *object,
    const char *const *names);

/* A whole number. */
int lexicon_number(const struct lexicon_place *p, const cJSON *item, int min,
    int max);

/* A string. */
const char *lexicon_phrase(const struct lexicon_place *p, const cJSON *item);

/* The first item of an array; NULL when it is empty. */
const cJSON *lexicon_list(const struct lexicon_place *p, const cJSON *array);

/* How a scorer decides: "fields", "repeat", "evidence" and "curve" of PART. */
struct score_rules lexicon_rules(struct lexicon_place *p, const cJSON *part);

#endif
