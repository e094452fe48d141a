/*
 * words.h - what words of feeds mean
 *
 * Tables from share/words.json: of each kind (employment_type, status, remote,
 * …) the words in all languages that were seen, and what each stands for.
 * Words are compared folded: without case, '-', '_', '.' and blanks.
 */
#ifndef WORDS_H
#define WORDS_H

#include <cjson/cJSON.h>
#include <stddef.h>

enum word_kind {
	WORD_TYPE,        /* employment_type: schema.org's word */
	WORD_STATUS,      /* "open" or "closed" */
	WORD_REMOTE,      /* "yes", "no" or "part" */
	WORD_PERIOD,      /* salary_period */
	WORD_CURRENCY,    /* its code */
	WORD_COUNTRY,     /* ISO 3166-1 alpha-2 */
	WORD_STATE,       /* "US", "CA", "AU": the country of a state */
	WORD_PLACEHOLDER, /* "-": no value at all */
	WORD_LOAD,        /* snapshot, delta, window */
	WORD_KINDS
};

struct words;

/* The tables that all maps share.  Exits 66 or 78. */
struct words *words_load(void);

/* A map's own words before those of COMMON, which has to outlive it. */
struct words *words_new(const struct words *common);
void words_free(struct words *w);

/* Add {"meaning": ["word", …], …}; NULL, or what is wrong with it. */
const char *words_add(struct words *w, enum word_kind kind, const cJSON *table);

/* What a word stands for, or NULL. */
const char *words_find(const struct words *w, enum word_kind kind,
    const char *utf8, size_t len);

/* The kind that is called so, or WORD_KINDS. */
enum word_kind words_kind(const char *name);

#endif
