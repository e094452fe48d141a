/* fold.c - text as it is compared: NFKC, case folded, spaces collapsed */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

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

/*
 * Eight bytes of ASCII without controls and without two blanks in a row, in
 * lower case; false if they are not such.  WORD is loaded as they stand.
 */
static bool
lower_word(uint64_t *word)
{
	uint64_t w = *word, blank, upper;

	if ((w & HIGHS) != 0)
		return false;
	/* no byte has its high bit, so no sum carries into the next one */
	if (((w + ONES * (0x80 - 0x20)) & HIGHS) != HIGHS ||
	    ((w + ONES) & HIGHS) != 0)
		return false;
	blank = ~((w ^ ONES * ' ') + ONES * 0x7f) & HIGHS;
	if ((blank & (blank >> 8)) != 0)
		return false;
	upper = (w + ONES * (0x80 - 'A')) & ~(w + ONES * (0x7f - 'Z')) & HIGHS;
	*word = w | upper >> 2;
	return true;
}

/* Fold ASCII from P on; returns the first byte that is none, or END. */
static const char *
fold_ascii(struct buf *out, size_t start, const char *p, const char *end)
{
	while (p < end && is_ascii(*p)) {
		char *to = buf_room(out, (size_t)(end - p)), *from = to;
		bool blank = out->len == start || to[-1] == ' ';
		uint64_t word;

		while (end - p >= (ptrdiff_t)sizeof(word)) {
			memcpy(&word, p, sizeof(word));
			if ((blank && *p == ' ') || !lower_word(&word))
				break;
			memcpy(to, &word, sizeof(word));
			p += sizeof(word);
			to += sizeof(word);
			blank = to[-1] == ' ';
		}
		out->len += (size_t)(to - from);
		/* what stopped it, and up to where it may go on */
		for (int i = 0; i < 8 && p < end && is_ascii(*p); i++, p++)
			put_ascii(out, start, *p);
	}
	return p;
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
		next = p;
		while (next < end && is_ascii(*next))
			next++;
		if (next == end) {
			fold_ascii(out, start, p, end);
			break;
		}
		/* the last ASCII character may compose with what follows */
		if (next > p)
			fold_ascii(out, start, p, --next);
		p = piece_end(next, end);
		fold_piece(out, start, next, (size_t)(p - next));
	}
	if (out->len > start && out->data[out->len - 1] == ' ')
		out->len--;
}
