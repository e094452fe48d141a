/* plain.c - characters that an answer may have, see plain.h */
#include "plain.h"

#include <string.h>

#include "utf8.h"

/* How many bytes at the start are plain ASCII, with single spaces. */
static size_t
clean_bytes(const struct buf *text)
{
	unsigned char before = ' ';
	size_t i;

	for (i = 0; i < text->len; i++) {
		const unsigned char c = (unsigned char)text->data[i];

		if (c < ' ' || c >= 0x7F || (c == ' ' && before == ' '))
			break;
		before = c;
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
