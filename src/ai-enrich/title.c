/* title.c - a job's title as a person would write it */
#include "title.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "title_case.h"

#define NOISE_WORDS 5   /* of the longest phrase looked for at an end */
#define LONG_NUMBER 4   /* digits that make a number a reference */
#define CHATTER_WORDS 3 /* of a piece in lower case that says nothing */

/* How a piece of a title follows the one before. */
enum joint { JOINT_NONE, JOINT_SPACE, JOINT_COMMA, JOINT_BRACKET, JOINT_DASH };

struct piece {
	size_t from, to; /* tokens */
	enum joint joint;
	bool comma; /* a comma stood before it */
};

struct title_room {
	struct tokens tokens;
	struct piece *pieces;
	size_t count, room;
	struct buf raw;
};

/* What the parts of the work share. */
struct work {
	const struct lexicon *lexicon;
	const char *text;
	size_t len;
	const struct token *tokens;
	const struct ad *ad;
};

struct title_room *
title_new(void)
{
	return mem_zero(1, sizeof(struct title_room));
}

void
title_free(struct title_room *r)
{
	if (r == NULL)
		return;
	tokens_free(&r->tokens);
	free(r->pieces);
	buf_free(&r->raw);
	free(r);
}

static size_t
end_of(const struct token *t)
{
	return (size_t)t->at + t->len;
}

/*
 * What stands between two words.  A bracket that touches the word before it,
 * "Employe(e)", is part of it: OPEN says that one is open that is none.
 */
static enum joint
joint_between(const struct work *w, const struct token *a,
    const struct token *b, bool *open)
{
	const char *c = w->text + end_of(a), *end = w->text + b->at;
	enum joint found = JOINT_NONE, here;

	if (end - c == 1 && *c == '(') {
		*open = false;
		return JOINT_NONE;
	}
	for (; c < end; c++) {
		here = JOINT_NONE;
		if (*c == '(' || *c == '[') {
			here = JOINT_BRACKET;
			*open = true;
		} else if (*c == ')' || *c == ']') {
			here = *open ? JOINT_SPACE : JOINT_NONE;
		} else if (*c == ',') {
			here = JOINT_COMMA;
		} else if (strchr("!?|:;~<>*\"\n\t", *c) != NULL ||
		           (*c == '-' && (c[-1] == ' ' || c[1] == ' '))) {
			here = JOINT_DASH;
		} else if ((unsigned char)*c >= 0xe2 &&
		           memcmp(c, "\xe2\x80\x99", 3) != 0) {
			here = JOINT_DASH; /* dashes, bullets, pictures */
		}
		if (here > found)
			found = here;
	}
	return found;
}

static void
add_piece(struct title_room *r, struct piece piece)
{
	if (r->count == r->room) {
		r->room = r->room == 0 ? 16 : r->room * 2;
		r->pieces = mem_resize(r->pieces, r->room, sizeof *r->pieces);
	}
	r->pieces[r->count++] = piece;
}

static void
split(struct title_room *r, const struct work *w)
{
	struct piece piece = { 0 };
	bool open = false;
	enum joint joint;
	size_t i;

	r->count = 0;
	for (i = 1; i < r->tokens.count; i++) {
		joint =
		    joint_between(w, &w->tokens[i - 1], &w->tokens[i], &open);
		if (joint == JOINT_NONE)
			continue;
		piece.to = i;
		add_piece(r, piece);
		piece = (struct piece){ .from = i,
			.joint = joint,
			.comma = joint == JOINT_COMMA };
	}
	piece.to = r->tokens.count;
	if (piece.to > piece.from)
		add_piece(r, piece);
}

static size_t
digits_in(const struct work *w, const struct token *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->len; i++)
		n += w->text[t->at + i] >= '0' && w->text[t->at + i] <= '9';
	return n;
}

/* Pay, or a reference number. */
static bool
is_figure(const struct work *w, const struct token *t)
{
	const char *before = w->text + t->at;
	size_t digits = digits_in(w, t), end = end_of(t);

	if (digits == 0)
		return false;
	if (digits >= LONG_NUMBER)
		return true;
	if (t->at > 0 && (before[-1] == '$' || before[-1] == '#'))
		return true;
	if (t->at > 1 && memcmp(before - 2, "\u00a3", 2) == 0)
		return true;
	if (t->at > 2 && memcmp(before - 3, "\u20ac", 3) == 0)
		return true;
	if (digits >= 2 && digits + 1 == t->len &&
	    (w->text[end - 1] | 0x20) == 'k')
		return true;
	return end < w->len && (w->text[end] == '$' || w->text[end] == '%');
}

static bool
has_letter(const struct work *w, const struct piece *p)
{
	size_t i;

	for (i = p->from; i < p->to; i++)
		if (digits_in(w, &w->tokens[i]) < w->tokens[i].len)
			return true;
	return false;
}

/* The tokens of noise that end at TO, not before FROM. */
static size_t
noise_before(const struct work *w, size_t from, size_t to)
{
	size_t k, n;

	for (k = NOISE_WORDS; k > 0; k--)
		if (k <= to - from &&
		    lexicon_mark(w->lexicon, &w->tokens[to - k], k, &n) &
		        MARK_NOISE &&
		    n == k)
			return k;
	return 0;
}

/* Take figures and noise from both ends, and all that is behind a figure. */
static void
strip(const struct work *w, struct piece *p)
{
	size_t i, n;

	while (p->from < p->to) {
		if (is_figure(w, &w->tokens[p->from]))
			n = 1;
		else if (!(lexicon_mark(w->lexicon, &w->tokens[p->from],
		               p->to - p->from, &n) &
		             MARK_NOISE))
			break;
		p->from += n;
	}
	for (i = p->from; i < p->to; i++)
		if (is_figure(w, &w->tokens[i]))
			p->to = i;
	while (p->from < p->to && (n = noise_before(w, p->from, p->to)) > 0)
		p->to -= n;
	if (!has_letter(w, p))
		p->to = p->from;
}

static bool
is_listed(const struct ad_part *lines, const char *text, size_t len)
{
	const char *line = lines->utf8, *end, *stop;

	if (lines->len == 0)
		return false;
	end = line + lines->len;
	for (; line < end; line = stop + 1) {
		stop = memchr(line, '\n', (size_t)(end - line));
		if (stop == NULL)
			stop = end;
		if (stop > line &&
		    words_equal(line, (size_t)(stop - line), text, len))
			return true;
	}
	return false;
}

/* Whether all its words are names of places. */
static bool
is_place(const struct work *w, const struct piece *p)
{
	size_t i, n;

	for (i = p->from; i < p->to; i += n)
		if (!(lexicon_mark(w->lexicon, &w->tokens[i], p->to - i, &n) &
		        MARK_PLACE))
			return false;
	return true;
}

/* "we have the members": words in lower case behind a title in upper case. */
static bool
is_chatter(const struct work *w, const struct piece *p)
{
	unsigned char first = (unsigned char)w->text[w->tokens[0].at];
	unsigned char own = (unsigned char)w->text[w->tokens[p->from].at];

	return p->to - p->from >= CHATTER_WORDS && p->from > 0 &&
	       (first < 'a' || first > 'z') && own >= 'a' && own <= 'z';
}

/* Empty the pieces that are no part of a title: places, the company. */
static void
drop(struct title_room *r, const struct work *w)
{
	struct piece *p;
	const char *text;
	size_t i, len;

	for (i = 0; i < r->count; i++) {
		p = &r->pieces[i];
		strip(w, p);
		if (p->from == p->to)
			continue;
		text = w->text + w->tokens[p->from].at;
		len = end_of(&w->tokens[p->to - 1]) - w->tokens[p->from].at;
		if (is_listed(&w->ad->places, text, len) ||
		    is_listed(&w->ad->company, text, len) || is_chatter(w, p)) {
			p->to = p->from;
		} else if (i > 0 && is_place(w, p)) {
			p->to = p->from;
			/* "Austin, TX": the city goes with its state. */
			if (i > 1 && p->comma &&
			    r->pieces[i - 1].joint != JOINT_NONE)
				r->pieces[i - 1].to = r->pieces[i - 1].from;
		}
	}
}

static void
add_words(const struct work *w, const struct piece *p, struct buf *out)
{
	size_t at = w->tokens[p->from].at, end = end_of(&w->tokens[p->to - 1]);

	/* "Employe(e)" */
	if (end < w->len && w->text[end] == ')' &&
	    memchr(w->text + at, '(', end - at) != NULL)
		end++;
	buf_add(out, w->text + at, end - at);
}

static void
join(const struct title_room *r, const struct work *w, struct buf *out)
{
	static const char *const before[] = { " ", " ", ", ", " (", " - " };
	const struct piece *p;
	size_t i, len;

	for (i = 0; i < r->count; i++) {
		p = &r->pieces[i];
		if (p->from == p->to)
			continue;
		len = end_of(&w->tokens[p->to - 1]) - w->tokens[p->from].at;
		if (out->len == 0) {
			add_words(w, p, out);
			continue;
		}
		if (out->len + len > TITLE_MAX)
			break;
		buf_text(out, before[p->joint]);
		add_words(w, p, out);
		if (p->joint == JOINT_BRACKET)
			buf_byte(out, ')');
	}
}

void
title_clean(struct title_room *r, const struct lexicon *l, const struct ad *ad,
    struct buf *out)
{
	struct work w = { .lexicon = l,
		.text = ad->title.utf8,
		.len = ad->title.len,
		.ad = ad };

	buf_clear(out);
	buf_clear(&r->raw);
	words_of(l->vocab, w.text, w.len, &r->tokens);
	w.tokens = r->tokens.items;
	if (r->tokens.count == 0)
		return;
	split(r, &w);
	drop(r, &w);
	join(r, &w, &r->raw);
	if (r->raw.len == 0) { /* nothing but noise: better than nothing */
		struct piece all = { .to = r->tokens.count };

		add_words(&w, &all, &r->raw);
	}
	title_case(l, &r->tokens, &r->raw, out);
}

void
title_core(struct title_room *r, const struct lexicon *l,
    const struct buf *clean, struct buf *out)
{
	struct work w = { .lexicon = l,
		.text = clean->data,
		.len = clean->len };
	const struct token *t;
	size_t from = 0, to, n;

	buf_clear(out);
	words_of(l->vocab, clean->data, clean->len, &r->tokens);
	w.tokens = t = r->tokens.items;
	if (r->tokens.count == 0)
		return;
	split(r, &w);
	to = r->pieces[0].to;
	while (
	    from < to && lexicon_mark(l, &t[from], to - from, &n) & MARK_LEVEL)
		from += n;
	while (to > from && lexicon_mark(l, &t[to - 1], 1, &n) & MARK_LEVEL)
		to--;
	if (from < to)
		buf_add(out, clean->data + t[from].at,
		    end_of(&t[to - 1]) - t[from].at);
	else
		buf_add(out, clean->data, clean->len);
}
