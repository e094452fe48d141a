/*
 * title_split.h - the pieces of a title
 *
 *     Nurse (RN) - Austin, TX
 *
 * are four: signs part them that stand between words of a title, but not
 * those inside one ("Employe(e)", "Lehrer*in", "130,000", "Tief- und Hochbau").
 */
#ifndef TITLE_SPLIT_H
#define TITLE_SPLIT_H

#include <stddef.h>

#include "lexicon.h"

/* How a piece follows the one before; the stronger sign counts. */
enum title_joint {
	JOINT_NONE,
	JOINT_SPACE,
	JOINT_COMMA,
	JOINT_BRACKET,
	JOINT_DASH
};

struct title_piece {
	size_t from, to; /* its words among the tokens */
	enum title_joint joint;
};

/* Zeros are an empty list; release with title_pieces_free(). */
struct title_pieces {
	struct title_piece *items;
	size_t count, room;
};

/* Find the pieces of TEXT, whose words are in T; OUT is cleared first. */
void title_split(const struct lexicon *l, const char *text,
    const struct tokens *t, struct title_pieces *out);

void title_pieces_free(struct title_pieces *p);

#endif
