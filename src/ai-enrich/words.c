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

/* ASCII letters and digits, which all have their own lower case | 0x20. */
static const unsigned char plain[256] = { ['0'] = 1,
	['1'] = 1,
	['2'] = 1,
	['3'] = 1,
	['4'] = 1,
	['5'] = 1,
	['6'] = 1,
	['7'] = 1,
	['8'] = 1,
	['9'] = 1,
	['a'] = 1,
	['b'] = 1,
	['c'] = 1,
	['d'] = 1,
	['e'] = 1,
	['f'] = 1,
	['g'] = 1,
	['h'] = 1,
	['i'] = 1,
	['j'] = 1,
	['k'] = 1,
	['l'] = 1,
	['m'] = 1,
	['n'] = 1,
	['o'] = 1,
	['p'] = 1,
	['q'] = 1,
	['r'] = 1,
	['s'] = 1,
	['t'] = 1,
	['u'] = 1,
	['v'] = 1,
	['w'] = 1,
	['x'] = 1,
	['y'] = 1,
	['z'] = 1,
	['A'] = 1,
	['B'] = 1,
	['C'] = 1,
	['D'] = 1,
	['E'] = 1,
	['F'] = 1,
	['G'] = 1,
	['H'] = 1,
	['I'] = 1,
	['J'] = 1,
	['K'] = 1,
	['L'] = 1,
	['M'] = 1,
	['N'] = 1,
	['O'] = 1,
	['P'] = 1,
	['Q'] = 1,
	['R'] = 1,
	['S'] = 1,
	['T'] = 1,
	['U'] = 1,
	['V'] = 1,
	['W'] = 1,
	['X'] = 1,
	['Y'] = 1,
	['Z'] = 1 };

static bool
is_letter(unsigned char c)
{
	return (unsigned int)((c | 0x20) - 'a') < 26;
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

/* Step over a character beyond ASCII; 0 if it begins a word. */
static size_t
step_over_code(struct reader *r)
{
	struct folded w = { 0 };
	uint32_t code;
	size_t n =
	    utf8_decode((const char *)r->text + r->at, r->len - r->at, &code);

	if (n == 0)
		return 1;
	switch (folded_add(&w, code)) {
	case SIGN_LETTER:
		return 0;
	case SIGN_CLAUSE:
		if (r->gap < GAP_CLAUSE)
			r->gap = GAP_CLAUSE;
		break;
	default:
		break;
	}
	return n;
}

/* Go to where the next word begins; false at the end. */
static bool
find_word(struct reader *r)
{
	enum words_gap gap;
	unsigned char c;
	size_t n;

	while (r->at < r->len) {
		c = r->text[r->at];
		if (plain[c] != 0)
			return true;
		if (c == ' ') {
			r->at++;
		} else if (c >= 0x80) {
			if ((n = step_over_code(r)) == 0)
				return true;
			r->at += n;
		} else if (c == '.' && is_dotted(r)) {
			return true;
		} else {
			gap = gap_of(r);
			if (gap > r->gap)
				r->gap = gap;
			r->at++;
		}
	}
	return false;
}

/* "c++", "c#": signs behind a single letter. */
static bool
is_sign_letter(const struct folded *w, unsigned char c)
{
	return (c == '+' || c == '#') && w->len > 0 && w->len < 3 &&
	       is_letter((unsigned char)w->bytes[0]) &&
	       plain[(unsigned char)w->bytes[1]] == 0;
}

/* Take a letter beyond ASCII, or a sign that goes for one; 0 if it is none. */
static size_t
take_other(const struct reader *r, struct folded *w)
{
	unsigned char c = r->text[r->at];
	enum sign sign;
	uint32_t code;
	size_t n;

	if (c < 0x80) {
		if (!is_sign_letter(w, c))
			return 0;
		w->bytes[w->len++] = (char)c;
		return 1;
	}
	n = utf8_decode((const char *)r->text + r->at, r->len - r->at, &code);
	if (n == 0)
		return 0;
	sign = folded_add(w, code);
	return sign == SIGN_LETTER || sign == SIGN_NOTHING ? n : 0;
}

#define LOWER 0x2020202020202020
#define AT_ONCE (2 * sizeof(uint64_t))

/* From AT_ONCE - N on: N bytes that are kept, and zeros. */
static const unsigned char keep[2 * AT_ONCE] = { 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/*
 * The run of ASCII letters and digits, which is nearly all of nearly all
 * words: sixteen bytes are folded at once where so many are there to read.
 */
static void
take_plain(struct reader *r, struct folded *w)
{
	const unsigned char *from = r->text + r->at, *end = r->text + r->len;
	const unsigned char *s = from;
	uint64_t part[2], mask[2];
	size_t n, i;

	while (s < end && plain[*s] != 0)
		s++;
	n = (size_t)(s - from);
	r->at += n;
	if (w->len == 0 && n <= AT_ONCE && (size_t)(end - from) >= AT_ONCE) {
		memcpy(part, from, sizeof part);
		memcpy(mask, keep + AT_ONCE - n, sizeof mask);
		part[0] = (part[0] | LOWER) & mask[0];
		part[1] = (part[1] | LOWER) & mask[1];
		memcpy(w->bytes, part, sizeof part);
	} else {
		for (i = 0; i < n && w->len + i < WORD_BYTES; i++)
			w->bytes[w->len + i] = (char)(from[i] | 0x20);
	}
	w->len += n;
}

/* Whether a byte behind letters may go on with the word. */
static bool
goes_on(unsigned char c)
{
	return c >= 0x80 || c == '+' || c == '#';
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
	do {
		take_plain(r, w);
		n = r->at < r->len && goes_on(r->text[r->at]) ? take_other(r, w)
		                                              : 0;
		r->at += n;
	} while (n > 0);
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
		if (!find_word(r))
			return false;
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
	struct vocab_word found;
	struct folded w;
	struct token t;

	out->count = 0;
	while (next_word(&r, &w, &t)) {
		folded_singular(&w);
		found = w.len <= WORD_BYTES ? vocab_find(v, &w)
		                            : (struct vocab_word){ 0 };
		t.word = found.word;
		t.alt = found.alt;
		t.sets = found.sets;
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
		t.alt = t.sets = 0;
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
