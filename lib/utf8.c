/* utf8.c - UTF-8 as RFC 3629 has it: no overlong forms, no surrogates */
#include "utf8.h"

#include <string.h>

/*
 * The length of the sequence that starts with byte C, and the bounds of its
 * second byte: RFC 3629 section 4.  0 for a byte that starts none.
 */
static size_t
lead(unsigned char c, unsigned char *low, unsigned char *high)
{
	*low = c == 0xE0 ? 0xA0 : c == 0xF0 ? 0x90 : 0x80;
	*high = c == 0xED ? 0x9F : c == 0xF4 ? 0x8F : 0xBF;
	if (c < 0x80)
		return 1;
	if (c < 0xC2)
		return 0;
	return c < 0xE0 ? 2 : c < 0xF0 ? 3 : c < 0xF5 ? 4 : 0;
}

size_t
utf8_decode(const char *bytes, size_t len, uint32_t *code)
{
	const unsigned char *p = (const unsigned char *)bytes;
	unsigned char low, high;
	size_t n = lead(p[0], &low, &high), i;
	uint32_t c;

	if (n == 0 || n > len)
		return 0;
	if (n == 1) {
		*code = p[0];
		return 1;
	}
	if (p[1] < low || p[1] > high)
		return 0;
	c = p[0] & (0xFFu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xC0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3Fu);
	}
	*code = c;
	return n;
}

size_t
utf8_valid(const char *bytes, size_t len)
{
	size_t at = 0, n;
	uint64_t word;
	uint32_t code;

	while (at < len) {
		if (len - at >= sizeof word) {
			memcpy(&word, bytes + at, sizeof word);
			if ((word & 0x8080808080808080u) == 0) {
				at += sizeof word;
				continue;
			}
		}
		n = utf8_decode(bytes + at, len - at, &code);
		if (n == 0)
			break;
		at += n;
	}
	return at;
}

size_t
utf8_encode(uint32_t code, char out[4])
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		out[0] = (char)(0xC0 | code >> 6);
		out[1] = (char)(0x80 | (code & 0x3F));
		return 2;
	}
	if (code < 0x10000) {
		out[0] = (char)(0xE0 | code >> 12);
		out[1] = (char)(0x80 | (code >> 6 & 0x3F));
		out[2] = (char)(0x80 | (code & 0x3F));
		return 3;
	}
	out[0] = (char)(0xF0 | code >> 18);
	out[1] = (char)(0x80 | (code >> 12 & 0x3F));
	out[2] = (char)(0x80 | (code >> 6 & 0x3F));
	out[3] = (char)(0x80 | (code & 0x3F));
	return 4;
}
