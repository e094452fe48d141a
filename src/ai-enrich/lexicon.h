/*
 * lexicon.h - what the local provider knows of words: taxonomy(5)
 */
#ifndef LEXICON_H
#define LEXICON_H

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

#include "hash.h"
#include "score.h"
#include "taxonomy.h"
#include "terms.h"

/* What a phrase is good for besides telling industries, in the order of the
 * lexicon's "marks". */
enum mark {
	MARK_DUTIES = 1 << 0, /* headings of the parts of an ad */
	MARK_REQUIREMENTS = 1 << 1,
	MARK_BENEFITS = 1 << 2,
	MARK_ABOUT = 1 << 3,
	MARK_BOILERPLATE = 1 << 4,  /* its sentence says nothing of the job */
	MARK_VERB = 1 << 5,         /* begins a task */
	MARK_ABBREVIATION = 1 << 6, /* its full stop ends no sentence */
	MARK_NOISE = 1 << 7,        /* no part of a title, at its ends */
	MARK_LEVEL = 1 << 8,        /* no part of what a title is about */
	MARK_PLACE = 1 << 9,        /* a place in a title */
	MARK_SMALL = 1 << 10,       /* lower case in a title */
	MARK_TAIL = 1 << 11         /* no part of a title, behind others */
};

struct marks {
	struct terms *terms;
	uint16_t *mask; /* by term */
	size_t room;
};

/* Phrases that stand for a name: "pivot tables" for "Microsoft Excel". */
struct labels {
	struct terms *terms;
	uint16_t *label; /* by term */
	size_t room;
	const char **names; /* by label, from 1 */
	size_t count;
};

struct lexicon {
	struct vocab *vocab;
	struct scorer *industries; /* classes: ids of the taxonomy's */
	struct scorer *functions;  /* classes: ids of its functions */
	int function_share; /* percent of a title's functions for industries */
	struct marks marks;
	struct labels skills;
	struct labels soft_skills;
	struct labels tags;
	struct labels acronyms; /* words as they are written in titles */
	char digest[HASH_HEX];
	cJSON *tree; /* all names are its */
};

/* As local_open(). */
struct lexicon *lexicon_load(const struct taxonomy *taxonomy, const char *path);
void lexicon_free(struct lexicon *l);

/*
 * The mark of the longest phrase that begins at the first of LEFT tokens; 0
 * when there is none, and *COUNT, the tokens it takes, is 1 then.
 */
unsigned int lexicon_mark(const struct lexicon *l, const struct token *from,
    size_t left, size_t *count);

/* The same for a label: the index of its name, 0 when there is none. */
uint16_t lexicon_label(const struct labels *labels, const struct token *from,
    size_t left, size_t *count);

#endif
