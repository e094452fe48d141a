/*
 * cut.h - the words of a folded text, one after the other
 *
 * What a word is stands in words.h.  Most are ASCII and no longer than sixteen
 * bytes: such a one is found and cut off with two loads where the machine can
 * do that, and kept as two numbers, so that comparing it compares no bytes one
 * by one.
 */
#ifndef CUT_H
#define CUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Little-endian, as the numbers of a word are put together here. */
#if defined(__x86_64__) && defined(__SSE2__) && !defined(PLAIN_C)
#include <emmintrin.h>
#define HAVE_SSE2 1
#else
#define HAVE_SSE2 0
#endif

#define CUT_SHORT 16 /* bytes of a word that fits into two numbers */

/* A word on its way: its bytes, and if it is short, these as numbers. */
struct token {
	const char *bytes;
	size_t len;
	uint64_t low, high; /* zeros behind its end */
};

static inline struct token
token_of(const char *word, size_t len)
{
	struct token t = { word, len, 0, 0 };

	if (len <= 8) {
		memcpy(&t.low, word, len);
	} else if (len <= CUT_SHORT) {
		memcpy(&t.low, word, 8);
		memcpy(&t.high, word + 8, len - 8);
	}
	return t;
}

/* The next word from *AT on, byte by byte; false when there is none. */
bool cut_slowly(const char **at, const char *end, struct token *t);

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
cut_short(const char **at, const char *end, struct token *t)
{
	const char *p = *at;
	unsigned int bits, n;
	uint64_t low, high;

	if (end - p < 2 * CUT_SHORT + 1)
		return false;
	p += *p == ' ';
	bits = plain_bits(p);
	if ((bits & 1) == 0) {
		n = (unsigned int)__builtin_ctz(bits | 1u << CUT_SHORT);
		if (n == CUT_SHORT || other_bits(p) << (32 - n) != 0)
			return false;
		p += n;
		bits = plain_bits(p);
	}
	n = (unsigned int)__builtin_ctz(~bits);
	if (n >= CUT_SHORT || (unsigned char)p[n] >= 0x80 ||
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
cut_short(const char **at, const char *end, struct token *t)
{
	(void)at;
	(void)end;
	(void)t;
	return false;
}
#endif

/* The next word from *AT on; false when there is none. */
static inline bool
cut_word(const char **at, const char *end, struct token *t)
{
	return cut_short(at, end, t) || cut_slowly(at, end, t);
}

#endif
