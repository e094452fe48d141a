/* fold.c - text as it is compared: NFKC, case folded, spaces collapsed */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "fold.h"

/*
 * The longest piece handed to utf8proc, whose ordering of marks is quadratic:
 * a base with more than a hundred marks on it is cut, always at the same place.
 */
#define PIECE 512

#define OPTIONS                                                                \
	(UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_CASEFOLD |              \
	    UTF8PROC_IGNORE | UTF8PROC_STABLE)

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

static bool
is_ascii(char c)
{
	return (unsigned char)c < 0x80;
}

/* A blank is due before the next character; never at the start. */
static void
put_blank(struct buf *out, size_t start)
{
	if (out->len > start && out->data[out->len - 1] != ' ')
		buf_byte(out, ' ');
}

static void
put_ascii(struct buf *out, size_t start, char c)
{
	if (c == ' ' || (c >= '\t' && c <= '\r'))
		put_blank(out, start);
	else if (c >= 'A' && c <= 'Z')
		buf_byte(out, (char)(c - 'A' + 'a'));
	else if (c > ' ' && c != 0x7f)
		buf_byte(out, c);
}

/* How many bytes from P on are ASCII. */
static size_t
ascii_len(const char *p, const char *end)
{
	const char *start = p;
	uint64_t word;

#ifdef __SSE2__
	for (; end - p >= 32; p += 32) {
		__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i y =
		    _mm_loadu_si128((const __m128i *)(const void *)(p + 16));

		if (_mm_movemask_epi8(_mm_or_si128(x, y)) != 0)
			break;
	}
#endif
	for (; end - p >= (ptrdiff_t)sizeof(word); p += sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		if ((word & HIGHS) != 0)
			break;
	}
	while (p < end && is_ascii(*p))
		p++;
	return (size_t)(p - start);
}

#ifdef __SSE2__
#define STRIDE 16
/*
 * Sixteen bytes of P in lower case to TO, line ends as blanks; how many of them
 * stand so: up to the first that is another control, no ASCII, or a blank
 * behind a blank.
 */
static size_t
lower_stride(char *to, const char *p, bool blank_before)
{
	__m128i raw = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i line = _mm_cmpeq_epi8(raw, _mm_set1_epi8('\n'));
	__m128i x =
	    _mm_xor_si128(raw, _mm_and_si128(line, _mm_set1_epi8('\n' ^ ' ')));
	__m128i upper = _mm_and_si128(_mm_cmpgt_epi8(x, _mm_set1_epi8('A' - 1)),
	    _mm_cmplt_epi8(x, _mm_set1_epi8('Z' + 1)));
	unsigned int blanks, stop;

	_mm_storeu_si128((__m128i *)(void *)to,
	    _mm_or_si128(x, _mm_and_si128(upper, _mm_set1_epi8(0x20))));
	blanks = (unsigned int)_mm_movemask_epi8(
	    _mm_cmpeq_epi8(x, _mm_set1_epi8(' ')));
	/* below a blank by signed comparison: controls and what is no ASCII */
	stop = (unsigned int)_mm_movemask_epi8(
	    _mm_or_si128(_mm_cmplt_epi8(x, _mm_set1_epi8(' ')),
	        _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f))));
	stop |= blanks & (blanks << 1 | blank_before);
	return stop == 0 ? STRIDE : (size_t)__builtin_ctz(stop);
}
#else
#define STRIDE 8
/* The same, eight bytes at a time: all of them or none. */
static size_t
lower_stride(char *to, const char *p, bool blank_before)
{
	uint64_t w, blank, upper;

	memcpy(&w, p, sizeof(w));
	if ((w & HIGHS) != 0)
		return 0;
	/* no byte has its high bit, so no sum carries into the next one */
	if (((w + ONES * (0x80 - 0x20)) & HIGHS) != HIGHS ||
	    ((w + ONES) & HIGHS) != 0)
		return 0;
	blank = ~((w ^ ONES * ' ') + ONES * 0x7f) & HIGHS;
	if ((blank & (blank >> 8)) != 0 || (blank_before && *p == ' '))
		return 0;
	upper = (w + ONES * (0x80 - 'A')) & ~(w + ONES * (0x7f - 'Z')) & HIGHS;
	w |= upper >> 2;
	memcpy(to, &w, sizeof(w));
	return STRIDE;
}
#endif

/* Fold what is ASCII from P to END. */
static void
fold_ascii(struct buf *out, size_t start, const char *p, const char *end)
{
	while (p < end) {
		char *to = buf_room(out, (size_t)(end - p)), *from = to;
		bool blank = out->len == start || to[-1] == ' ';
		size_t n = STRIDE;

		while (end - p >= STRIDE && n == STRIDE) {
			n = lower_stride(to, p, blank);
			p += n;
			to += n;
			if (n > 0)
				blank = to[-1] == ' ';
		}
		out->len += (size_t)(to - from);
		/* what stopped it, and as far as a stride does not reach */
		do
			if (p < end)
				put_ascii(out, start, *p++);
		while (p < end && end - p < STRIDE);
	}
}

/*
 * Where the piece that starts at P ends: before the next ASCII character,
 * which composes with nothing before it, or before a character once there are
 * PIECE bytes.
 */
static const char *
piece_end(const char *p, const char *end)
{
	const char *start = p++;

	while (p < end && !is_ascii(*p) &&
	       (p - start < PIECE || ((unsigned char)*p & 0xc0) == 0x80))
		p++;
	return p;
}

static bool
is_blank(utf8proc_int32_t c)
{
	utf8proc_category_t category = utf8proc_category(c);

	return (c >= '\t' && c <= '\r') || c == 0x85 ||
	       category == UTF8PROC_CATEGORY_ZS ||
	       category == UTF8PROC_CATEGORY_ZL ||
	       category == UTF8PROC_CATEGORY_ZP;
}

/* Fold a piece that has more than ASCII in it. */
static void
fold_piece(struct buf *out, size_t start, const char *p, size_t len)
{
	utf8proc_int32_t room[PIECE * 4], *codes = room;
	utf8proc_ssize_t count,
	    cap = (utf8proc_ssize_t)(sizeof(room) / sizeof(room[0]));

	count = utf8proc_decompose((const utf8proc_uint8_t *)p,
	    (utf8proc_ssize_t)len, codes, cap, OPTIONS);
	if (count > cap) {
		codes = mem_resize(NULL, (size_t)count, sizeof(*codes));
		count = utf8proc_decompose((const utf8proc_uint8_t *)p,
		    (utf8proc_ssize_t)len, codes, count, OPTIONS);
	}
	if (count > 0)
		count = utf8proc_normalize_utf32(codes, count, OPTIONS);
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		utf8proc_uint8_t text[4];

		if (is_blank(codes[i]))
			put_blank(out, start);
		else if (utf8proc_category(codes[i]) != UTF8PROC_CATEGORY_CC)
			buf_add(out, text,
			    (size_t)utf8proc_encode_char(codes[i], text));
	}
	if (codes != room)
		free(codes);
}

void
fold_text(struct buf *out, const char *utf8, size_t len)
{
	const char *p = utf8, *end = utf8 + len, *next;
	size_t start = out->len;

	while (p < end) {
		next = p + ascii_len(p, end);
		/* the last ASCII character may compose with what follows */
		if (next < end && next > p)
			next--;
		fold_ascii(out, start, p, next);
		if (next == end)
			break;
		p = piece_end(next, end);
		fold_piece(out, start, next, (size_t)(p - next));
	}
	if (out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
}
