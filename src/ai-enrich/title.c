/* title.c - a job's title as a person would write it */
#include "title.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "plain.h"
#include "title_case.h"
#include "title_split.h"

#define NOISE_WORDS 5   /* of the longest phrase looked for at an end */
#define LONG_NUMBER 4   /* digits that make a number a reference */
#define SHORT_LEVEL 3   /* bytes of a level behind the rest */
#define CHATTER_WORDS 3 /* of a piece in lower case that says nothing */

struct title_room {
	struct tokens tokens;
	struct title_pieces pieces;
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
	title_pieces_free(&r->pieces);
	buf_free(&r->raw);
	free(r);
}

static size_t
end_of(const struct token *t)
{
	return (size_t)t->at + t->len;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t
digits_in(const struct work *w, const struct token *t)
{
	size_t i, n = 0;

	for (i = 0; i < t->len; i++)
		n += is_digit(w->text[t->at + i]);
	return n;
}

/* Whether the text at AT is this sign. */
static bool
is_sign(const struct work *w, size_t at, const char *sign)
{
	size_t n = strlen(sign);

	return at + n <= w->len && memcmp(w->text + at, sign, n) == 0;
}

/* Whether the text before AT ends with this sign. */
static bool
is_behind(const struct work *w, size_t at, const char *sign)
{
	size_t n = strlen(sign);

	return at >= n && is_sign(w, at - n, sign);
}

/* Pay, or a reference number. */
static bool
is_figure(const struct work *w, size_t i)
{
	const struct token *t = &w->tokens[i];
	size_t digits = digits_in(w, t), at = t->at, end = end_of(t);

	if (digits == 0)
		return false;
	if (digits >= LONG_NUMBER)
		return true;
	if (is_behind(w, at, "$") || is_behind(w, at, "#") ||
	    is_behind(w, at, "\u00a3") || is_behind(w, at, "\u20ac") ||
	    is_sign(w, end, "$") || is_sign(w, end, "%") ||
	    is_sign(w, end, "\u20ac") || is_sign(w, end, " \u20ac"))
		return true;
	if (digits >= 2 && digits + 1 == t->len &&
	    (w->text[end - 1] | 0x20) == 'k')
		return true;
	/* the second half of "$18.50" or "130,000" */
	return i > 0 && digits == t->len && at == end_of(t - 1) + 1 &&
	       (is_behind(w, at, ".") || is_behind(w, at, ",")) &&
	       is_figure(w, i - 1);
}

static bool
has_letter(const struct work *w, const struct title_piece *p)
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
		        (MARK_NOISE | MARK_TAIL) &&
		    n == k)
			return k;
	return 0;
}

/* "13 weeks", "4 day work week": a number and what it counts. */
static bool
is_span(const struct work *w, const struct title_piece *p)
{
	const struct token *t = &w->tokens[p->from];
	size_t n;

	return digits_in(w, t) == t->len && p->to - p->from > 1 &&
	       (lexicon_mark(w->lexicon, t + 1, 1, &n) & MARK_TAIL) != 0;
}

/* How many tokens a figure takes: "7719/PC-22" is one. */
static size_t
figure_tokens(const struct work *w, size_t from, size_t to)
{
	const struct token *t = &w->tokens[from];
	size_t n = 1;

	if (!is_figure(w, from))
		return 0;
	while (from + n < to && t[n].at == end_of(&t[n - 1]) + 1 &&
	       w->text[t[n].at - 1] != ' ')
		n++;
	return n;
}

/* Take figures and noise from both ends, and all that is behind a figure. */
static void
strip(const struct work *w, struct title_piece *p)
{
	const struct token *t = w->tokens;
	size_t i, n;

	while (p->from < p->to) {
		n = figure_tokens(w, p->from, p->to);
		if (n == 0 && !(lexicon_mark(w->lexicon, &t[p->from],
		                    p->to - p->from, &n) &
		                  MARK_NOISE))
			break;
		p->from += n;
	}
	for (i = p->from; i < p->to; i++)
		if (is_figure(w, i))
			p->to = i;
	while (p->from < p->to && (n = noise_before(w, p->from, p->to)) > 0)
		p->to -= n;
	if (!has_letter(w, p) || (p->from > 0 && is_span(w, p)))
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
is_place(const struct work *w, const struct title_piece *p)
{
	size_t i, n;

	for (i = p->from; i < p->to; i += n)
		if (!(lexicon_mark(w->lexicon, &w->tokens[i], p->to - i, &n) &
		        MARK_PLACE))
			return false;
	return true;
}

/* "(Austin, TX)": a state of two letters at the end of a bracket. */
static bool
is_state_behind_comma(const struct work *w, const struct title_piece *p)
{
	const struct token *last = &w->tokens[p->to - 1];
	size_t n;

	return p->joint == JOINT_BRACKET && p->to - p->from > 1 &&
	       last->len == 2 && last->gap == GAP_CLAUSE &&
	       (lexicon_mark(w->lexicon, last, 1, &n) & MARK_PLACE) != 0;
}

/* "we have the members": words in lower case behind a title in upper case. */
static bool
is_chatter(const struct work *w, const struct title_piece *p)
{
	unsigned char first = (unsigned char)w->text[w->tokens[0].at];
	unsigned char own = (unsigned char)w->text[w->tokens[p->from].at];

	return p->to - p->from >= CHATTER_WORDS && p->from > 0 &&
	       (first < 'a' || first > 'z') && own >= 'a' && own <= 'z';
}

/* Cut "at Acme" from the end. */
static void
cut_company(const struct work *w, struct title_piece *p)
{
	const struct ad_part *company = &w->ad->company;
	size_t i, n, at, end = end_of(&w->tokens[p->to - 1]);

	for (i = p->from + 2; company->len > 0 && i < p->to; i++) {
		at = w->tokens[i].at;
		if (lexicon_mark(w->lexicon, &w->tokens[i - 1], 1, &n) &
		        MARK_SMALL &&
		    words_equal(w->text + at, end - at, company->utf8,
		        company->len)) {
			p->to = i - 1;
			return;
		}
	}
}

/* Whether what is left of a piece is a place, the company, or talk. */
static bool
is_no_part(const struct work *w, const struct title_piece *p)
{
	const char *text = w->text + w->tokens[p->from].at;
	size_t len = end_of(&w->tokens[p->to - 1]) - w->tokens[p->from].at;

	return is_listed(&w->ad->places, text, len) ||
	       is_listed(&w->ad->company, text, len) || is_chatter(w, p) ||
	       (p->from > 0 && is_state_behind_comma(w, p));
}

/* Empty the pieces that are no part of a title. */
static void
drop(struct title_room *r, const struct work *w)
{
	struct title_piece *p;
	size_t i;

	for (i = 0; i < r->pieces.count; i++) {
		p = &r->pieces.items[i];
		strip(w, p);
		if (p->from == p->to)
			continue;
		cut_company(w, p);
		if (is_no_part(w, p))
			p->to = p->from;
		if (i == 0 || p->from == p->to || !is_place(w, p))
			continue;
		p->to = p->from;
		/* "Austin, TX": the city goes with its state. */
		if (i > 1 && p->joint == JOINT_COMMA)
			p[-1].to = p[-1].from;
	}
}

static void
add_words(const struct work *w, const struct title_piece *p, struct buf *out)
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
	const struct title_piece *p;
	size_t i, len;

	for (i = 0; i < r->pieces.count; i++) {
		p = &r->pieces.items[i];
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
	title_split(l, w.text, &r->tokens, &r->pieces);
	drop(r, &w);
	join(r, &w, &r->raw);
	if (r->raw.len == 0) { /* nothing but noise: better than nothing */
		struct title_piece all = { .to = r->tokens.count };

		add_words(&w, &all, &r->raw);
	}
	title_case(l, &r->tokens, &r->raw, out);
	plain_text(out);
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
	title_split(l, w.text, &r->tokens, &r->pieces);
	to = r->pieces.items[0].to;
	while (
	    from < to && lexicon_mark(l, &t[from], to - from, &n) & MARK_LEVEL)
		from += n;
	/* behind the rest only "II", "Sr.": an associate is one */
	while (to > from && t[to - 1].len <= SHORT_LEVEL &&
	       lexicon_mark(l, &t[to - 1], 1, &n) & MARK_LEVEL)
		to--;
	if (from < to)
		buf_add(out, clean->data + t[from].at,
		    end_of(&t[to - 1]) - t[from].at);
	else
		buf_add(out, clean->data, clean->len);
}
