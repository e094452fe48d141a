/*
 * words.c - texts as sequences of words, words as small numbers
 *
 * Most words are ASCII and no longer than sixteen bytes: such a one is found
 * and cut off with one load where the machine can do that, and kept as two
 * numbers, so that looking it up compares no bytes one by one.
 */
#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#include <utf8proc.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/* Little-endian, as the numbers of a word are put together here. */
#if defined(__x86_64__) && defined(__SSE2__) && !defined(PLAIN_C)
#include <emmintrin.h>
#define HAVE_SSE2 1
#else
#define HAVE_SSE2 0
#endif

#include "bag.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "utf8.h"

#define FIRST_SLOTS 1024 /* a power of two */

#define SHORT 16 /* bytes of a word that fits into two numbers */

/* A word on its way: its bytes, and if it is short, these as numbers. */
struct token {
	const char *bytes;
	size_t len;
	uint64_t low, high; /* zeros behind its end */
};

struct word {
	size_t at; /* in text */
	uint32_t len, hash;
	uint64_t low, high; /* of a short one */
};

struct slot {
	uint32_t hash;
	uint32_t id; /* 0, which is never looked up: free */
};

struct words {
	uint64_t seed;
	struct word *words;
	uint16_t *buckets;
	uint32_t count, cap;
	struct slot *slots; /* open addressing, linear probing */
	uint32_t mask;
	struct buf text;
};

struct words *
words_new(uint64_t seed)
{
	struct words *w = mem_zero(1, sizeof(*w));

	w->seed = seed;
	w->cap = FIRST_SLOTS / 2;
	w->words = mem_resize(NULL, w->cap, sizeof(*w->words));
	w->buckets = mem_resize(NULL, w->cap, sizeof(*w->buckets));
	w->slots = mem_zero(FIRST_SLOTS, sizeof(*w->slots));
	w->mask = FIRST_SLOTS - 1;
	w->words[WORDS_PLACE] = (struct word){ .len = 0 };
	w->buckets[WORDS_PLACE] = 0;
	w->count = 1;
	return w;
}

void
words_free(struct words *w)
{
	if (w == NULL)
		return;
	free(w->words);
	free(w->buckets);
	free(w->slots);
	buf_free(&w->text);
	free(w);
}

uint32_t
words_count(const struct words *w)
{
	return w->count;
}

static void
put_slot(struct words *w, uint32_t id)
{
	uint32_t hash = w->words[id].hash, i = hash & w->mask;

	while (w->slots[i].id != 0)
		i = (i + 1) & w->mask;
	w->slots[i] = (struct slot){ hash, id };
}

/*
 * With linear probing the word that came last can simply be taken out, as long
 * as all before it stand as they did when it came; grow() keeps that order.
 */
void
words_cut(struct words *w, uint32_t count)
{
	uint32_t i;

	while (w->count > count) {
		w->count--;
		i = w->words[w->count].hash & w->mask;
		while (w->slots[i].id != w->count)
			i = (i + 1) & w->mask;
		w->slots[i].id = 0;
		w->text.len = w->words[w->count].at;
	}
}

static void
grow(struct words *w)
{
	uint32_t id;

	if (w->cap > UINT32_MAX / 4)
		die(EX_OSERR, "too many distinct words in one group");
	w->cap *= 2;
	w->words = mem_resize(w->words, w->cap, sizeof(*w->words));
	w->buckets = mem_resize(w->buckets, w->cap, sizeof(*w->buckets));
	free(w->slots);
	w->slots = mem_zero((size_t)w->cap * 2, sizeof(*w->slots));
	w->mask = w->cap * 2 - 1;
	for (id = 1; id < w->count; id++)
		put_slot(w, id);
}

/* Two rounds of a multiplication that strangers do not know the start of. */
static inline uint32_t
hash_of(const struct words *w, const struct token *t)
{
	uint64_t h;

	if (t->len > SHORT)
		return (
		    uint32_t)XXH3_64bits_withSeed(t->bytes, t->len, w->seed);
	h = (t->low ^ w->seed) * UINT64_C(0x9E3779B97F4A7C15);
	h = (h ^ h >> 32 ^ t->high) * UINT64_C(0xD6E8FEB86659FD93);
	return (uint32_t)(h >> 32);
}

static inline bool
is_word(const struct words *w, const struct word *at, const struct token *t)
{
	if (at->len != t->len)
		return false;
	if (t->len <= SHORT)
		return at->low == t->low && at->high == t->high;
	return memcmp(w->text.data + at->at, t->bytes, t->len) == 0;
}

/* The slot of a word, or the free one where it would go. */
static inline struct slot *
look_up(const struct words *w, const struct token *t, uint32_t hash)
{
	uint32_t i = hash & w->mask;

	for (; w->slots[i].id != 0; i = (i + 1) & w->mask)
		if (w->slots[i].hash == hash &&
		    is_word(w, &w->words[w->slots[i].id], t))
			break;
	return &w->slots[i];
}

static uint32_t
insert(struct words *w, struct slot *s, const struct token *t, uint32_t hash)
{
	uint32_t id = w->count;

	w->words[id] = (struct word){ w->text.len, (uint32_t)t->len, hash,
		t->low, t->high };
	/* Not by the seed: the same bags, and counters, in every run. */
	w->buckets[id] =
	    (uint16_t)(XXH3_64bits(t->bytes, t->len) % BAG_BUCKETS);
	buf_add(&w->text, t->bytes, t->len);
	*s = (struct slot){ hash, id };
	w->count++;
	if (w->count == w->cap)
		grow(w);
	return id;
}

static inline uint32_t
add_token(struct words *w, const struct token *t)
{
	uint32_t hash = hash_of(w, t);
	struct slot *s = look_up(w, t, hash);

	return s->id != 0 ? s->id : insert(w, s, t, hash);
}

static inline uint32_t
find_token(const struct words *w, const struct token *t)
{
	const struct slot *s = look_up(w, t, hash_of(w, t));

	return s->id != 0 ? s->id : WORDS_NONE;
}

static inline struct token
token_of(const char *word, size_t len)
{
	struct token t = { word, len, 0, 0 };

	if (len <= 8) {
		memcpy(&t.low, word, len);
	} else if (len <= SHORT) {
		memcpy(&t.low, word, 8);
		memcpy(&t.high, word + 8, len - 8);
	}
	return t;
}

uint32_t
words_find(const struct words *w, const char *word, size_t len)
{
	struct token t = token_of(word, len);

	return find_token(w, &t);
}

uint32_t
words_add(struct words *w, const char *word, size_t len)
{
	struct token t = token_of(word, len);

	return add_token(w, &t);
}

const char *
words_text(const struct words *w, uint32_t id, size_t *len)
{
	*len = w->words[id].len;
	return w->text.data + w->words[id].at;
}

const uint16_t *
words_buckets(const struct words *w)
{
	return w->buckets;
}

size_t
words_memory(const struct words *w)
{
	return w->cap * (sizeof(*w->words) + sizeof(*w->buckets) +
	                    2 * sizeof(*w->slots)) +
	       w->text.cap;
}

void
ids_add(struct ids *list, uint32_t id)
{
	if (list->len == list->cap) {
		list->cap = list->cap > 0 ? 2 * list->cap : 1024;
		list->at = mem_resize(list->at, list->cap, sizeof(*list->at));
	}
	list->at[list->len++] = id;
}

void
ids_free(struct ids *list)
{
	free(list->at);
	*list = (struct ids){ NULL, 0, 0 };
}

/* Scripts that are written without spaces between words. */
static bool
is_unspaced(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{ 0x0E00, 0x0EFF },   /* Thai, Lao */
		{ 0x1000, 0x109F },   /* Myanmar */
		{ 0x1780, 0x17FF },   /* Khmer */
		{ 0x1950, 0x19FF },   /* Tai Le, New Tai Lue, Khmer symbols */
		{ 0x1A20, 0x1AAF },   /* Tai Tham */
		{ 0x3005, 0x3007 },   /* iteration mark, zero */
		{ 0x3040, 0x31FF },   /* Hiragana, Katakana, Bopomofo */
		{ 0x3400, 0x4DBF },   /* Han */
		{ 0x4E00, 0x9FFF },   /* Han */
		{ 0xA9E0, 0xA9FF },   /* Myanmar */
		{ 0xAA60, 0xAADF },   /* Myanmar, Tai Viet */
		{ 0xF900, 0xFAFF },   /* Han */
		{ 0x1B000, 0x1B16F }, /* Kana */
		{ 0x20000, 0x3FFFF }, /* Han */
	};
	size_t i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (c <= ranges[i].last)
			return c >= ranges[i].first;
	return false;
}

enum kind { GAP, PART, WHOLE };

static enum kind
kind_of(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_LU:
	case UTF8PROC_CATEGORY_LL:
	case UTF8PROC_CATEGORY_LT:
	case UTF8PROC_CATEGORY_LM:
	case UTF8PROC_CATEGORY_LO:
	case UTF8PROC_CATEGORY_MN:
	case UTF8PROC_CATEGORY_MC:
	case UTF8PROC_CATEGORY_ME:
	case UTF8PROC_CATEGORY_ND:
	case UTF8PROC_CATEGORY_NL:
	case UTF8PROC_CATEGORY_NO:
		return is_unspaced(c) ? WHOLE : PART;
	default:
		return GAP;
	}
}

/* Letters and digits of ASCII: of the rest, which need a look, see below. */
static inline bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       (c >= 'A' && c <= 'Z');
}

/* Past the letters, digits and marks from AT on. */
static const char *
word_end(const char *at, const char *end)
{
	uint32_t code;
	size_t n;

	for (;;) {
		while (at < end && is_plain(*at))
			at++;
		if (at == end || (unsigned char)*at < 0x80)
			return at;
		n = utf8_decode(at, (size_t)(end - at), &code);
		if (n == 0 || kind_of(code) != PART)
			return at;
		at += n;
	}
}

/* A single letter takes the signs along that make another name of it. */
static const char *
with_sign(const char *word, const char *at, const char *end)
{
	if (at - word != 1 || at == end)
		return at;
	if (*at == '#')
		return at + 1;
	if (end - at >= 2 && at[0] == '+' && at[1] == '+')
		return at + 2;
	return at;
}

/* The next word from *AT on, byte by byte; false when there is none. */
static bool
next_word(const char **at, const char *end, struct token *t)
{
	const char *p = *at;
	uint32_t code;
	size_t n;

	while (p < end) {
		if ((unsigned char)*p < 0x80) {
			if (!is_plain(*p)) {
				p++;
				continue;
			}
			*at = with_sign(p, word_end(p + 1, end), end);
			break;
		}
		n = utf8_decode(p, (size_t)(end - p), &code);
		switch (n > 0 ? kind_of(code) : GAP) {
		case PART:
			*at = word_end(p + n, end);
			break;
		case WHOLE:
			*at = p + n;
			break;
		default:
			p += n > 0 ? n : 1;
			continue;
		}
		break;
	}
	if (p >= end)
		return false;
	*t = token_of(p, (size_t)(*at - p));
	return true;
}

#if HAVE_SSE2
/* Which of sixteen bytes are letters or digits of ASCII, as bits. */
static inline unsigned int
plain_bits(const char *at)
{
	__m128i x = _mm_loadu_si128((const void *)at);
	__m128i lower = _mm_or_si128(x, _mm_set1_epi8(0x20));
	/* Signed comparisons: bytes above 127 are below all of these. */
	__m128i letter =
	    _mm_and_si128(_mm_cmpgt_epi8(lower, _mm_set1_epi8('a' - 1)),
	        _mm_cmplt_epi8(lower, _mm_set1_epi8('z' + 1)));
	__m128i digit = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('0' - 1)),
	    _mm_cmplt_epi8(x, _mm_set1_epi8('9' + 1)));

	return (unsigned int)_mm_movemask_epi8(_mm_or_si128(letter, digit));
}

/* Which of sixteen bytes are no ASCII, as bits. */
static inline unsigned int
other_bits(const char *at)
{
	return (unsigned int)_mm_movemask_epi8(
	    _mm_loadu_si128((const void *)at));
}

/*
 * The next word if it starts within sixteen bytes from *AT on, behind ASCII
 * alone, and ends with an ASCII character within sixteen more; false: look byte
 * by byte.
 */
static inline bool
next_short(const char **at, const char *end, struct token *t)
{
	const char *p = *at;
	unsigned int bits, n;
	uint64_t low, high;

	if (end - p < 2 * SHORT + 1)
		return false;
	p += *p == ' ';
	bits = plain_bits(p);
	if ((bits & 1) == 0) {
		n = (unsigned int)__builtin_ctz(bits | 1u << SHORT);
		if (n == SHORT || other_bits(p) << (32 - n) != 0)
			return false;
		p += n;
		bits = plain_bits(p);
	}
	n = (unsigned int)__builtin_ctz(~bits);
	if (n >= SHORT || (unsigned char)p[n] >= 0x80 ||
	    (n == 1 && (p[1] == '#' || p[1] == '+')))
		return false;
	memcpy(&low, p, sizeof(low));
	memcpy(&high, p + sizeof(low), sizeof(high));
	if (n < 8) {
		low &= (UINT64_C(1) << 8 * n) - 1;
		high = 0;
	} else {
		high &= (UINT64_C(1) << 8 * (n - 8)) - 1;
	}
	*t = (struct token){ p, n, low, high };
	*at = p + n;
	return true;
}
#else
static inline bool
next_short(const char **at, const char *end, struct token *t)
{
	(void)at;
	(void)end;
	(void)t;
	return false;
}
#endif

void
words_split(struct words *w, const char *folded, size_t len, struct ids *out)
{
	const char *at = folded, *end = len > 0 ? folded + len : folded;
	struct token t;

	while (next_short(&at, end, &t) || next_word(&at, end, &t))
		ids_add(out, add_token(w, &t));
}

void
words_split_known(const struct words *w, const char *folded, size_t len,
    struct ids *out)
{
	const char *at = folded, *end = len > 0 ? folded + len : folded;
	struct token t;

	while (next_word(&at, end, &t))
		ids_add(out, find_token(w, &t));
}
