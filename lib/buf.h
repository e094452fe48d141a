/*
 * buf.h - bytes that grow
 *
 * A struct buf of zeros is an empty buffer.  Its owner frees it with
 * buf_free().  Growing exits 71 without memory.  Bytes may be any; a NUL
 * stands behind the last one after buf_string() only.
 */
#ifndef BUF_H
#define BUF_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "mem.h"

struct buf {
	char *data; /* NULL while nothing was ever added */
	size_t len; /* bytes in use */
	size_t cap; /* bytes there are */
};

/* Make room for MORE bytes behind the last; returns where they go. */
char *buf_room(struct buf *b, size_t more);

static inline void
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *to = b->cap - b->len >= len && b->data != NULL ? b->data + b->len
	                                                     : buf_room(b, len);

	if (len > 0)
		memcpy(to, bytes, len);
	b->len += len;
}

static inline void
buf_byte(struct buf *b, char c)
{
	if (b->len == b->cap)
		buf_room(b, 1);
	b->data[b->len++] = c;
}

static inline void
buf_text(struct buf *b, const char *string)
{
	buf_add(b, string, strlen(string));
}

static inline void
buf_clear(struct buf *b)
{
	b->len = 0;
}

/* Add as printf() would. */
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* The bytes with a NUL behind them; good until the next change. */
const char *buf_string(struct buf *b);

/* Release the bytes; the buffer is empty then and may be used again. */
void buf_free(struct buf *b);

/*
 * JSON text.  Strings are written with their quotes; bytes that are not UTF-8
 * become U+FFFD one by one, so that the result is always valid; control
 * characters are escaped, all else stands as it is.
 */
void buf_json_string(struct buf *b, const char *utf8, size_t len);
void buf_json_uint(struct buf *b, uint64_t number);
void buf_json_int(struct buf *b, int64_t number);

/*
 * A member of an object: a comma if the last byte is not '{', the name, a
 * colon.  NAME is a constant that needs no escaping.  The value comes next.
 */
void buf_json_key(struct buf *b, const char *name);

/* buf_json_key() and a string value in one. */
void buf_json_member(struct buf *b, const char *name, const char *utf8,
    size_t len);

/* RFC 4648 base64 with padding. */
void buf_base64(struct buf *b, const void *bytes, size_t len);

#endif
