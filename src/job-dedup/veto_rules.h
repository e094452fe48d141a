/*
 * veto_rules.h - the rules of veto.h as they are kept: read, not matched
 */
#ifndef VETO_RULES_H
#define VETO_RULES_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"
#include "veto.h"
#include "words.h"

#define NAME_MOST 3    /* words of a <name> */
#define PHRASE_MOST 12 /* elements of a phrase */
#define STEM_MOST 64   /* bytes of a stem */

enum element_kind {
	ELEMENT_WORD,   /* one of a list */
	ELEMENT_NUMBER, /* digits or a word for a number: captured */
	ELEMENT_CODE,   /* a word of one or two bytes: captured */
	ELEMENT_NAME    /* one to three words that are not generic: captured */
};

struct element {
	enum element_kind kind;
	bool optional;
	struct ids words; /* numbers in struct veto.words */
};

struct rule {
	int reason; /* VETO_NONE: what it matches makes no mark */
	bool both;  /* counts where both texts have such a mark */
	struct buf value;
	struct element elements[PHRASE_MOST];
	size_t count;
	size_t anchor; /* the element that is looked for first: a word */
	size_t before_min, before_max; /* words in front of it */
};

/* What a word of the lists is, by its number there. */
struct meaning {
	struct ids anchors; /* rules that are looked for at it */
	bool generic;
	bool number;
	uint32_t value; /* of a number */
};

struct veto {
	struct words *words; /* of the lists; a stem with a star behind it */
	size_t stem_shortest, stem_longest; /* bytes, without the star */
	struct meaning *meanings;
	size_t meaning_cap;
	struct rule *rules;
	size_t rule_count, rule_cap;
	char *reasons[VETO_REASONS];
	size_t reason_count;
	struct buf path;
};

/*
 * What the lists have for a word of a text: itself, else the longest stem that
 * it begins with; 0 if there is neither.
 */
uint32_t veto_listed(const struct veto *v, const char *word, size_t len);

#endif
