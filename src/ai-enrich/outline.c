/* outline.c - the sentences of an ad, and what part of it each stands in */
#include "outline.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define HEADING_WORDS 7 /* most words of one */
#define HEADING_REST 4  /* most of them beside the phrase that makes it one */
#define HEADING_START 3 /* words it begins within: "Your main duties" */

#define MARK_HEADINGS                                                          \
	(MARK_DUTIES | MARK_REQUIREMENTS | MARK_BENEFITS | MARK_ABOUT)

struct walk {
	const struct lexicon *lexicon;
	const char *text;
	size_t len;
	const struct tokens *tokens;
	enum outline_part part; /* of the lines to come */
};

/* Whether the full stop behind token I ends no sentence: "e.g.", "J. Smith".
 */
static bool
is_abbreviation(const struct walk *w, size_t i)
{
	const struct token *t = &w->tokens->items[i];
	size_t n;

	if (t->at + t->len >= w->len || w->text[t->at + t->len] != '.')
		return false;
	return t->len == 1 ||
	       (lexicon_mark(w->lexicon, t, 1, &n) & MARK_ABBREVIATION) != 0;
}

/* How many words the sentence that begins with token FIRST has. */
static size_t
words_in(const struct walk *w, size_t first)
{
	const struct tokens *t = w->tokens;
	size_t i;

	for (i = first + 1; i < t->count; i++) {
		if (t->items[i].gap == GAP_LINE)
			break;
		if (t->items[i].gap == GAP_SENTENCE &&
		    !is_abbreviation(w, i - 1))
			break;
	}
	return i - first;
}

static bool
is_behind_bullet(const char *text, size_t at)
{
	static const char *const bullets[] = { "-", "*", "+", "\u2022",
		"\u00b7", "\u25cf", "\u25aa", "\u2013" };
	size_t i, n;

	while (at > 0 && text[at - 1] == ' ')
		at--;
	if (at == 0 || text[at - 1] == '\n')
		return false;
	for (i = 0; i < sizeof bullets / sizeof *bullets; i++) {
		n = strlen(bullets[i]);
		if (at >= n && memcmp(text + at - n, bullets[i], n) == 0)
			return true;
	}
	return false;
}

/* Set where the sentence begins and ends in the text. */
static void
set_bytes(const struct walk *w, struct sentence *s)
{
	const struct token *first = &w->tokens->items[s->first];
	const struct token *last = first + s->count - 1;
	size_t at = first->at, end = last->at + last->len, next;

	next = s->first + s->count < w->tokens->count ? first[s->count].at
	                                              : w->len;
	while (at > 0 && strchr("(\"$#+.", w->text[at - 1]) != NULL)
		at--;
	while (end < next && strchr(".!?)\"'%+:", w->text[end]) != NULL)
		end++;
	s->at = at;
	s->len = end - at;
	s->whole = strchr(".!?", w->text[end - 1]) != NULL ||
	           (s->len > 2 && w->text[end - 1] == ')' &&
	               strchr(".!?", w->text[end - 2]) != NULL);
	s->item = first->gap == GAP_LINE && is_behind_bullet(w->text, at);
}

static enum outline_part
part_of(unsigned int mark)
{
	return mark & MARK_DUTIES         ? PART_DUTIES
	       : mark & MARK_REQUIREMENTS ? PART_REQUIREMENTS
	       : mark & MARK_BENEFITS     ? PART_BENEFITS
	                                  : PART_ABOUT;
}

/*
 * A line that names a part: "Your responsibilities", "Benefits:".  With more
 * behind a colon, "Benefits: dental, 401k", the line alone is of that part.
 */
static void
check_heading(struct walk *w, struct sentence *s, size_t at, size_t n,
    unsigned int mark)
{
	const struct token *t = &w->tokens->items[s->first];
	const struct token *last = &t[at + n - 1];
	size_t end = last->at + last->len;

	if (t->gap != GAP_LINE || at >= HEADING_START || s->whole)
		return;
	if (s->count <= HEADING_WORDS && s->count - n <= HEADING_REST &&
	    !s->item) {
		s->heading = true;
		s->part = w->part = part_of(mark);
	} else if (end < w->len && w->text[end] == ':') {
		s->part = part_of(mark);
	}
}

/* Look at the marks of a sentence. */
static void
judge(struct walk *w, struct sentence *s)
{
	const struct token *t = &w->tokens->items[s->first];
	uint8_t bit = terms_bit(w->lexicon->marks.terms);
	unsigned int mark;
	size_t i, n;

	s->part = w->part;
	for (i = 0; i < s->count; i += n) {
		n = 1;
		if ((t[i].sets & bit) == 0)
			continue;
		mark = lexicon_mark(w->lexicon, &t[i], s->count - i, &n);
		if (mark & MARK_BOILERPLATE)
			s->idle = true;
		if (mark & MARK_VERB && i == 0)
			s->task = true;
		if (mark & MARK_HEADINGS && !s->heading)
			check_heading(w, s, i, n, mark);
	}
}

static struct sentence *
one_more(struct outline *out)
{
	if (out->count == out->room) {
		out->room = out->room == 0 ? 64 : out->room * 2;
		out->items =
		    mem_resize(out->items, out->room, sizeof *out->items);
	}
	out->items[out->count] = (struct sentence){ 0 };
	return &out->items[out->count++];
}

void
outline_of(const struct lexicon *l, const char *text, size_t len,
    const struct tokens *t, struct outline *out)
{
	struct walk w = { .lexicon = l, .text = text, .len = len, .tokens = t };
	struct sentence *s;
	size_t i;

	out->count = 0;
	for (i = 0; i < t->count; i += s->count) {
		s = one_more(out);
		s->first = i;
		s->count = words_in(&w, i);
		set_bytes(&w, s);
		judge(&w, s);
	}
}

void
outline_free(struct outline *o)
{
	free(o->items);
	*o = (struct outline){ 0 };
}
