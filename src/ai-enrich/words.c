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

/* ASCII letters and digits in lower case; 0 for all other bytes. */
static const char plain[256] = { ['0'] = '0',
	['1'] = '1',
	['2'] = '2',
	['3'] = '3',
	['4'] = '4',
	['5'] = '5',
	['6'] = '6',
	['7'] = '7',
	['8'] = '8',
	['9'] = '9',
	['a'] = 'a',
	['b'] = 'b',
	['c'] = 'c',
	['d'] = 'd',
	['e'] = 'e',
	['f'] = 'f',
	['g'] = 'g',
	['h'] = 'h',
	['i'] = 'i',
	['j'] = 'j',
	['k'] = 'k',
	['l'] = 'l',
	['m'] = 'm',
	['n'] = 'n',
	['o'] = 'o',
	['p'] = 'p',
	['q'] = 'q',
	['r'] = 'r',
	['s'] = 's',
	['t'] = 't',
	['u'] = 'u',
	['v'] = 'v',
	['w'] = 'w',
	['x'] = 'x',
	['y'] = 'y',
	['z'] = 'z',
	['A'] = 'a',
	['B'] = 'b',
	['C'] = 'c',
	['D'] = 'd',
	['E'] = 'e',
	['F'] = 'f',
	['G'] = 'g',
	['H'] = 'h',
	['I'] = 'i',
	['J'] = 'j',
	['K'] = 'k',
	['L'] = 'l',
	['M'] = 'm',
	['N'] = 'n',
	['O'] = 'o',
	['P'] = 'p',
	['Q'] = 'q',
	['R'] = 'r',
	['S'] = 's',
	['T'] = 't',
	['U'] = 'u',
	['V'] = 'v',
	['W'] = 'w',
	['X'] = 'x',
	['Y'] = 'y',
	['Z'] = 'z' };

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

/* The run of ASCII letters and digits, which is nearly all of nearly all. */
static void
take_plain(struct reader *r, struct folded *w)
{
	const unsigned char *from = r->text + r->at, *end = r->text + r->len;
	const unsigned char *s = from;
	size_t len = w->len;
	char c;

	while (s < end && (c = plain[*s]) != 0) {
		if (len < WORD_BYTES)
			w->bytes[len] = c;
		len++;
		s++;
	}
	w->len = len;
	r->at += (size_t)(s - from);
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
		n = r->at < r->len ? take_other(r, w) : 0;
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
