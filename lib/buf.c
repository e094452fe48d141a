/* buf.c - bytes that grow */
#include "buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "log.h"
#include "status.h"
#include "utf8.h"

char *
buf_room(struct buf *b, size_t more)
{
	size_t cap = b->cap;

	if (more > SIZE_MAX / 2 - b->len)
		die(EX_OSERR, "out of memory", LOG_UINT("bytes", more));
	if (b->data == NULL || cap - b->len < more) {
		if (cap < 64)
			cap = 64;
		while (cap - b->len < more)
			cap *= 2;
		b->data = mem_resize(b->data, cap, 1);
		b->cap = cap;
	}
	return b->data + b->len;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		die(EX_SOFTWARE, "bad format");
	buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->data + b->len, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->len += (size_t)n;
}

const char *
buf_string(struct buf *b)
{
	*buf_room(b, 1) = '\0';
	return b->data;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	*b = (struct buf){ 0 };
}

/* Whether a byte does not stand in a JSON string as it is. */
static inline bool
needs(unsigned char c)
{
	return c < 0x20 || c == '"' || c == '\\' || c >= 0x7F;
}

#ifdef __SSE2__
#define STRIDE 16
/* Copy sixteen bytes; how many of them stand in a JSON string as they are. */
static inline size_t
copy_stride(char *to, const char *p)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i marks = _mm_or_si128(_mm_cmpeq_epi8(x, _mm_set1_epi8('"')),
	    _mm_cmpeq_epi8(x, _mm_set1_epi8('\\')));
	/* below a blank by signed comparison: controls and what is no ASCII */
	__m128i odd = _mm_or_si128(_mm_cmplt_epi8(x, _mm_set1_epi8(' ')),
	    _mm_cmpeq_epi8(x, _mm_set1_epi8(0x7f)));
	unsigned int stop =
	    (unsigned int)_mm_movemask_epi8(_mm_or_si128(marks, odd));

	_mm_storeu_si128((__m128i *)(void *)to, x);
	return stop == 0 ? STRIDE : (size_t)__builtin_ctz(stop);
}
#else
#define STRIDE 8
/* The same, eight bytes at a time: all of them or none. */
static inline size_t
copy_stride(char *to, const char *p)
{
	const uint64_t ones = 0x0101010101010101u, tops = ones << 7;
	uint64_t w, quote, slash;

	/* the top bit of a byte of each term shows a byte that is not plain */
	memcpy(&w, p, sizeof w);
	memcpy(to, &w, sizeof w);
	quote = w ^ (ones * '"');
	slash = w ^ (ones * '\\');
	return ((w | (w - ones * 0x20) | (quote - ones) | (slash - ones) |
	            (w + ones)) &
	           tops) == 0
	           ? STRIDE
	           : 0;
}
#endif

/*
 * Copy from P what stands in a JSON string as it is, of LEN bytes, for all of
 * which there is room; returns how many.
 */
static size_t
copy_plain(char *to, const char *p, size_t len)
{
	size_t at = 0, n = STRIDE;

	while (len - at >= STRIDE && n == STRIDE) {
		n = copy_stride(to + at, p + at);
		at += n;
	}
	while (at < len && !needs((unsigned char)p[at])) {
		to[at] = p[at];
		at++;
	}
	return at;
}

static void
json_escape(struct buf *b, unsigned char c)
{
	static const char names[] = "\bb\tt\nn\ff\rr\"\"\\\\";
	const char *at;

	for (at = names; *at != '\0'; at += 2)
		if ((unsigned char)*at == c) {
			buf_byte(b, '\\');
			buf_byte(b, at[1]);
			return;
		}
	buf_printf(b, "\\u%04x", (unsigned int)c);
}

/* Copy characters that are not ASCII; returns their bytes. */
static size_t
json_wide(struct buf *b, const char *utf8, size_t len)
{
	size_t at = 0, n;
	uint32_t code;

	while (at < len && (unsigned char)utf8[at] >= 0x80) {
		n = utf8_decode(utf8 + at, len - at, &code);
		if (n > 0)
			buf_add(b, utf8 + at, n);
		else
			buf_text(b, "\xEF\xBF\xBD");
		at += n > 0 ? n : 1;
	}
	return at;
}

void
buf_json_string(struct buf *b, const char *utf8, size_t len)
{
	size_t at = 0, n;

	buf_room(b, len + 2);
	buf_byte(b, '"');
	while (at < len) {
		if (b->cap - b->len < len - at)
			buf_room(b, len - at);
		n = copy_plain(b->data + b->len, utf8 + at, len - at);
		b->len += n;
		at += n;
		if (at == len)
			break;
		if ((unsigned char)utf8[at] >= 0x80)
			at += json_wide(b, utf8 + at, len - at);
		else
			json_escape(b, (unsigned char)utf8[at++]);
	}
	buf_byte(b, '"');
}

void
buf_json_uint(struct buf *b, uint64_t number)
{
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + number % 10);
	while ((number /= 10) > 0);
	buf_add(b, at, (size_t)(digits + sizeof digits - at));
}

void
buf_json_int(struct buf *b, int64_t number)
{
	if (number < 0)
		buf_byte(b, '-');
	buf_json_uint(b, number < 0 ? -(uint64_t)number : (uint64_t)number);
}

void
buf_json_key(struct buf *b, const char *name)
{
	if (b->len > 0 && b->data[b->len - 1] != '{')
		buf_byte(b, ',');
	buf_byte(b, '"');
	buf_text(b, name);
	buf_add(b, "\":", 2);
}

void
buf_json_member(struct buf *b, const char *name, const char *utf8, size_t len)
{
	buf_json_key(b, name);
	buf_json_string(b, utf8, len);
}

void
buf_base64(struct buf *b, const void *bytes, size_t len)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                             "abcdefghijklmnopqrstuvwxyz0123456789+/";
	const unsigned char *p = bytes;
	uint32_t bits;
	size_t i, have;

	for (i = 0; i < len; i += 3) {
		have = len - i < 3 ? len - i : 3;
		bits = (uint32_t)p[i] << 16;
		bits |= have > 1 ? (uint32_t)p[i + 1] << 8 : 0;
		bits |= have > 2 ? (uint32_t)p[i + 2] : 0;
		buf_byte(b, digits[bits >> 18]);
		buf_byte(b, digits[bits >> 12 & 63]);
		buf_byte(b, have > 1 ? digits[bits >> 6 & 63] : '=');
		buf_byte(b, have > 2 ? digits[bits & 63] : '=');
	}
}
