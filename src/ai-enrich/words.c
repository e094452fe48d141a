/* words.c - text as words of a vocabulary */
#include "words.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "utf8.h"

/* A text on its way to words. */
struct reader {
	const unsigned char *text;
	size_t len;
	size_t at;
	enum words_gap gap; /* before the word to come */
};

static bool
is_letter(unsigned char c)
{
	return (unsigned int)((c | 0x20) - 'a') < 26;
}

static bool
is_digit(unsigned char c)
{
	return (unsigned int)(c - '0') < 10;
}

static bool
is_end(const struct reader *r, size_t at)
{
	return at >= r->len || r->text[at] <= ' ' || r->text[at] == ')' ||
	       r->text[at] == '"' || r->text[at] == '\'';
}

/* ".net": a dot before a letter and behind nothing. */
static bool
is_dotted(const struct reader *r)
{
	unsigned char before = r->at > 0 ? r->text[r->at - 1] : ' ';

	return r->at + 1 < r->len && is_letter(r->text[r->at + 1]) &&
	       (before <= ' ' || before == ',' || before == '(' ||
	           before == '/');
}

/* "the end.The next" are two sentences, "ASP.NET" and "node.js" are not. */
static enum words_gap
gap_of_dot(const struct reader *r)
{
	if (is_end(r, r->at + 1))
		return GAP_SENTENCE;
	return r->at > 0 && r->text[r->at - 1] >= 'a' &&
	               r->text[r->at - 1] <= 'z' && r->text[r->at + 1] >= 'A' &&
	               r->text[r->at + 1] <= 'Z'
	           ? GAP_SENTENCE
	           : GAP_SPACE;
}

/* How strong an ASCII sign parts the words around it. */
static enum words_gap
gap_of(const struct reader *r)
{
	unsigned char c = r->text[r->at];

	switch (c) {
	case '\n':
		return GAP_LINE;
	case '.':
		return gap_of_dot(r);
	case '!':
	case '?':
		return GAP_SENTENCE;
	case '-':
		return is_end(r, r->at + 1) || r->at == 0 ||
		               r->text[r->at - 1] <= ' '
		           ? GAP_CLAUSE
		           : GAP_SPACE;
	case '/':
	case '&':
	case '\'':
	case '*':
		return GAP_SPACE;
	default:
		return c <= ' ' ? GAP_SPACE : GAP_CLAUSE;
	}
}

/*
 * Step over one character that begins no word; 0 if it begins one.  What
 * parts words more than a space is noted.
 */
static size_t
step_over(struct reader *r)
{
	unsigned char c = r->text[r->at];
	struct folded w = { 0 };
	enum words_gap gap = GAP_SPACE;
	uint32_t code;
	size_t n = 1;

	if (is_letter(c) || is_digit(c) || (c == '.' && is_dotted(r)))
		return 0;
	if (c < 0x80) {
		gap = gap_of(r);
	} else {
		n = utf8_decode((const char *)r->text + r->at, r->len - r->at,
		    &code);
		if (n == 0)
			return 1;
		switch (folded_add(&w, code)) {
		case SIGN_LETTER:
			return 0;
		case SIGN_CLAUSE:
			gap = GAP_CLAUSE;
			break;
		default:
			break;
		}
	}
	if (gap > r->gap)
		r->gap = gap;
	return n;
}

/* "c++", "c#": signs behind a single letter. */
static bool
is_sign_letter(const struct folded *w, unsigned char c)
{
	return (c == '+' || c == '#') && w->len > 0 && w->len < 3 &&
	       is_letter((unsigned char)w->bytes[0]) &&
	       !is_letter((unsigned char)w->bytes[1]) &&
	       !is_digit((unsigned char)w->bytes[1]);
}

/* Add a character of a word; its bytes, 0 when the word is over. */
static size_t
step_into(const struct reader *r, struct folded *w)
{
	unsigned char c = r->text[r->at];
	uint32_t code;
	size_t n;

	if (c < 0x80) {
		if (is_letter(c))
			c |= 0x20;
		else if (!is_digit(c) && !is_sign_letter(w, c))
			return 0;
		if (w->len < WORD_BYTES)
			w->bytes[w->len] = (char)c;
		w->len++;
		return 1;
	}
	n = utf8_decode((const char *)r->text + r->at, r->len - r->at, &code);
	if (n == 0)
		return 0;
	switch (folded_add(w, code)) {
	case SIGN_LETTER:
	case SIGN_NOTHING:
		return n;
	default:
		return 0;
	}
}

static void
take_word(struct reader *r, struct folded *w)
{
	size_t n;

	memset(w, 0, sizeof *w);
	if (r->text[r->at] == '.') {
		w->bytes[w->len++] = '.';
		r->at++;
	}
	while (r->at < r->len && (n = step_into(r, w)) > 0)
		r->at += n;
}

/* The s of "driver's": no word of its own. */
static bool
is_possessive(const struct reader *r, const struct folded *w, size_t at)
{
	static const unsigned char quote[3] = { 0xe2, 0x80, 0x99 };

	return w->len == 1 && w->bytes[0] == 's' &&
	       ((at >= 1 && r->text[at - 1] == '\'') ||
	           (at >= 3 && memcmp(r->text + at - 3, quote, 3) == 0));
}

/* The next word, folded but for its number; false at the end. */
static bool
next_word(struct reader *r, struct folded *w, struct token *t)
{
	size_t n;

	do {
		for (;;) {
			if (r->at >= r->len)
				return false;
			if ((n = step_over(r)) == 0)
				break;
			r->at += n;
		}
		t->at = (uint32_t)r->at;
		take_word(r, w);
	} while (is_possessive(r, w, t->at));
	n = r->at - t->at;
	t->len = (uint16_t)(n > UINT16_MAX ? UINT16_MAX : n);
	t->gap = (uint8_t)r->gap;
	r->gap = GAP_SPACE;
	return true;
}

static struct token *
one_more(struct tokens *out)
{
	if (out->count == out->room) {
		out->room = out->room == 0 ? 256 : out->room * 2;
		out->items =
		    mem_resize(out->items, out->room, sizeof *out->items);
	}
	return &out->items[out->count++];
}

void
words_of(const struct vocab *v, const char *utf8, size_t len,
    struct tokens *out)
{
	struct reader r = { .text = (const unsigned char *)utf8,
		.len = len,
		.gap = GAP_LINE };
	struct folded w;
	struct token t;

	out->count = 0;
	while (next_word(&r, &w, &t)) {
		folded_singular(&w);
		t.word = t.alt = 0;
		if (w.len <= WORD_BYTES)
			t.word = vocab_find(v, &w, &t.alt);
		*one_more(out) = t;
	}
}

const char *
words_add(struct vocab *v, const char *phrase, struct tokens *out)
{
	size_t len = strlen(phrase);
	struct reader r = { .text = (const unsigned char *)phrase,
		.len = len,
		.gap = GAP_LINE };
	enum vocab_kind kind;
	struct folded w;
	struct token t;

	out->count = 0;
	while (next_word(&r, &w, &t)) {
		kind = t.at > 0 && phrase[t.at - 1] == '*' ? VOCAB_SUFFIX
		       : r.at < len && phrase[r.at] == '*' ? VOCAB_PREFIX
		                                           : VOCAB_WORD;
		if (kind !=
		    VOCAB_PREFIX) /* what is cut off is not at its end */
			folded_singular(&w);
		if (w.len > WORD_BYTES)
			return "a word is too long";
		if (kind != VOCAB_WORD && w.len < VOCAB_WILD)
			return "too few letters beside '*'";
		t.alt = 0;
		t.word = vocab_add(v, &w, kind);
		*one_more(out) = t;
	}
	return out->count > 0 ? NULL : "no word in it";
}

/* The next word as it is compared; one of no bytes at the end. */
static void
next_folded(struct reader *r, struct folded *w)
{
	struct token t;

	if (next_word(r, w, &t))
		folded_singular(w);
	else
		w->len = 0;
}

bool
words_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
	struct reader ra = { .text = (const unsigned char *)a, .len = a_len };
	struct reader rb = { .text = (const unsigned char *)b, .len = b_len };
	struct folded wa, wb;

	do {
		next_folded(&ra, &wa);
		next_folded(&rb, &wb);
		if (wa.len != wb.len || wa.len > WORD_BYTES ||
		    memcmp(wa.bytes, wb.bytes, wa.len) != 0)
			return false;
	} while (wa.len > 0);
	return true;
}

void
tokens_free(struct tokens *t)
{
	free(t->items);
	*t = (struct tokens){ 0 };
}
