/* plain.c - characters that an answer may have, see plain.h */
#include "plain.h"

#include <string.h>

#include "utf8.h"

#define ONES UINT64_C(0x0101010101010101)
#define HIGHS UINT64_C(0x8080808080808080)

/* Whether eight bytes are plain ASCII for sure, no two spaces among them. */
static bool
are_clean(const char *bytes)
{
	uint64_t w, x, spaces;

	memcpy(&w, bytes, sizeof w);
	/* of each term the top bit shows a byte that may be no such one */
	if (((w | (w - ONES * ' ') | (w + ONES)) & HIGHS) != 0)
		return false;
	x = w ^ ONES * ' ';
	spaces = (x - ONES) & ~x & HIGHS;
	return (spaces & (spaces >> 8)) == 0;
}

/* How many bytes at the start are plain ASCII, with single spaces. */
static size_t
clean_bytes(const struct buf *text)
{
	const char *bytes = text->data;
	bool space = true;
	size_t i = 0;

	while (i < text->len) {
		const unsigned char c = (unsigned char)bytes[i];

		if (c < ' ' || c >= 0x7F || (c == ' ' && space))
			break;
		i += text->len - i >= 8 && are_clean(bytes + i) ? 8 : 1;
		space = bytes[i - 1] == ' ';
	}
	return i;
}

void
plain_text(struct buf *text)
{
	size_t to = clean_bytes(text), from, n;
	bool space = false;
	uint32_t c = 0;

	for (from = to; from < text->len; from += n) {
		n = utf8_decode(text->data + from, text->len - from, &c);
		if (n == 0)
			break; /* it is valid */
		if (c <= ' ') {
			space = true;
			continue;
		}
		if (!is_plain_code(c))
			continue;
		if (space && to > 0 && text->data[to - 1] != ' ')
			text->data[to++] = ' ';
		space = false;
		memmove(text->data + to, text->data + from, n);
		to += n;
	}
	if (to > 0 && text->data[to - 1] == ' ')
		to--;
	text->len = to;
}
