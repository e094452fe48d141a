/* title_split.c - the pieces of a title */
#include "title_split.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How one sign before the word B parts it from what is before. */
static enum title_joint
sign_joint(const struct lexicon *l, const char *c, const struct token *b,
    bool *open)
{
	size_t n;

	switch (*c) {
	case '(':
	case '[':
		*open = true;
		return JOINT_BRACKET;
	case ')':
	case ']':
		if (!*open)
			return JOINT_NONE;
		*open = false;
		return JOINT_SPACE;
	case ',':
		return *open ? JOINT_NONE : JOINT_COMMA;
	case '-': /* not "Tief- und Hochbau" */
		if (c[-1] == ' ' && c[1] == ' ')
			return JOINT_DASH;
		return (c[-1] == ' ' || c[1] == ' ') &&
		               !(lexicon_mark(l, b, 1, &n) & MARK_SMALL)
		           ? JOINT_DASH
		           : JOINT_NONE;
	default:
		if (strchr("!?|:;~<>*\"\n\t", *c) != NULL)
			return JOINT_DASH;
		/* dashes, bullets, pictures; an apostrophe is none of them */
		return (unsigned char)*c >= 0xe2 && memcmp(c, "\u2019", 3) != 0
		           ? JOINT_DASH
		           : JOINT_NONE;
	}
}

/*
 * What stands between two words.  A bracket that touches the words around it,
 * "Employe(e)", is part of them: OPEN says whether a real one is open.
 * "Lehrer*in", "Lehrer:in" and "130,000" are one.
 */
static enum title_joint
joint_between(const struct lexicon *l, const char *text, const struct token *a,
    const struct token *b, bool *open)
{
	const char *c = text + a->at + a->len, *end = text + b->at;
	enum title_joint found = JOINT_NONE, here;

	if (end - c == 1 && strchr("(*:,", *c) != NULL &&
	    (*c != ',' || (is_digit(c[-1]) && is_digit(c[1])))) {
		*open = *open && *c != '(';
		return JOINT_NONE;
	}
	for (; c < end; c++) {
		here = sign_joint(l, c, b, open);
		if (here > found)
			found = here;
	}
	return found;
}

static void
add_piece(struct title_pieces *out, struct title_piece piece)
{
	if (out->count == out->room) {
		out->room = out->room == 0 ? 16 : out->room * 2;
		out->items =
		    mem_resize(out->items, out->room, sizeof *out->items);
	}
	out->items[out->count++] = piece;
}

void
title_split(const struct lexicon *l, const char *text, const struct tokens *t,
    struct title_pieces *out)
{
	struct title_piece piece = { 0 };
	bool open = false;
	enum title_joint joint;
	size_t i;

	out->count = 0;
	for (i = 1; i < t->count; i++) {
		joint = joint_between(l, text, &t->items[i - 1], &t->items[i],
		    &open);
		if (joint == JOINT_NONE)
			continue;
		piece.to = i;
		add_piece(out, piece);
		piece = (struct title_piece){ .from = i, .joint = joint };
	}
	piece.to = t->count;
	if (piece.to > piece.from)
		add_piece(out, piece);
}

void
title_pieces_free(struct title_pieces *p)
{
	free(p->items);
	*p = (struct title_pieces){ 0 };
}
