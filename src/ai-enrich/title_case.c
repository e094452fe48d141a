/* title_case.c - upper and lower case of a title */
#include "title_case.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

#include "utf8.h"

#define LOUD_PERCENT 70 /* of a title's letters that are upper case */
#define LOUD_LETTERS 4  /* fewest letters of a title that can shout */
#define LOUD_WORD 6     /* the same of a word among quiet ones */

struct letters {
	size_t upper, lower;
};

static struct letters
count_letters(const char *text, size_t len)
{
	struct letters n = { 0 };
	uint32_t code;
	size_t i, step;

	for (i = 0; i < len; i += step) {
		step = utf8_decode(text + i, len - i, &code);
		if (step == 0) {
			step = 1;
			continue;
		}
		if (utf8proc_isupper((utf8proc_int32_t)code))
			n.upper++;
		else if (utf8proc_islower((utf8proc_int32_t)code))
			n.lower++;
	}
	return n;
}

/* Add a word with a capital, or with none. */
static void
add_word(struct buf *out, const char *text, size_t len, bool capital)
{
	char bytes[4];
	uint32_t code;
	size_t i, step;

	for (i = 0; i < len; i += step) {
		step = utf8_decode(text + i, len - i, &code);
		if (step == 0) {
			step = 1;
			continue;
		}
		code =
		    (uint32_t)(capital
		                   ? utf8proc_toupper((utf8proc_int32_t)code)
		                   : utf8proc_tolower((utf8proc_int32_t)code));
		buf_add(out, bytes, utf8_encode(code, bytes));
		capital = false;
	}
}

/*
 * Whether a name has no letter that the text has not: to the lexicon a word and
 * its plural are one, and "SAA" is no "SaaS".
 */
static bool
is_spelled(const char *name, const char *text, size_t len)
{
	size_t at = 0;

	for (; *name != '\0'; name++) {
		if (!isalnum((unsigned char)*name))
			continue;
		while (at < len && tolower((unsigned char)text[at]) !=
		                       tolower((unsigned char)*name))
			at++;
		if (at++ >= len)
			return false;
	}
	return true;
}

/* One word of a title that is written anew; how many tokens it took. */
static size_t
add_anew(const struct lexicon *l, const struct tokens *t, size_t i,
    const struct buf *text, struct buf *out)
{
	const struct token *from = &t->items[i];
	size_t n;
	uint16_t name = lexicon_label(&l->acronyms, from, t->count - i, &n);
	bool small;

	if (name != 0 &&
	    is_spelled(l->acronyms.names[name], text->data + from->at,
	        (size_t)from[n - 1].at + from[n - 1].len - from->at)) {
		buf_text(out, l->acronyms.names[name]);
		return n;
	}
	small = i > 0 && (lexicon_mark(l, from, 1, &n) & MARK_SMALL) != 0;
	/* the e of "Employe(e)" and the in of "Lehrer/in" */
	if (from->at > 0 && from->len <= 2 &&
	    strchr("(/:*", text->data[from->at - 1]) != NULL)
		small = true;
	add_word(out, text->data + from->at, from->len, !small);
	return 1;
}

void
title_case(const struct lexicon *l, struct tokens *room, const struct buf *text,
    struct buf *out)
{
	struct letters all = count_letters(text->data, text->len), own;
	size_t letters = all.upper + all.lower, i, n, at = 0;
	bool anew =
	    letters >= LOUD_LETTERS &&
	    (all.upper == 0 || all.upper * 100 >= letters * LOUD_PERCENT);
	const struct token *t;

	words_of(l->vocab, text->data, text->len, room);
	for (i = 0; i < room->count; i += n) {
		t = &room->items[i];
		n = 1;
		buf_add(out, text->data + at, t->at - at);
		own = count_letters(text->data + t->at, t->len);
		if (anew || (own.lower == 0 && own.upper >= LOUD_WORD))
			n = add_anew(l, room, i, text, out);
		else
			buf_add(out, text->data + t->at, t->len);
		at = (size_t)room->items[i + n - 1].at +
		     room->items[i + n - 1].len;
	}
	buf_add(out, text->data + at, text->len - at);
}
