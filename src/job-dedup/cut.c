/* cut.c - the words of a folded text, one after the other */
#include "cut.h"

#include <utf8proc.h>

#include "utf8.h"

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

bool
cut_slowly(const char **at, const char *end, struct token *t)
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
