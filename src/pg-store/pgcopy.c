/* pgcopy.c - rows in PostgreSQL's binary COPY format */
#include "pgcopy.h"

#define TEXT_OID 25

/* Seconds from 1970 to 2000, where PostgreSQL's time starts. */
#define EPOCH INT64_C(946684800)

static void
put(char *to, uint64_t value, int bytes)
{
	while (bytes-- > 0) {
		to[bytes] = (char)(value & 0xFF);
		value >>= 8;
	}
}

static void
add(struct buf *b, uint64_t value, int bytes)
{
	put(buf_room(b, (size_t)bytes), value, bytes);
	b->len += (size_t)bytes;
}

void
pgcopy_start(struct buf *b)
{
	static const char signature[11] = "PGCOPY\n\377\r\n";

	buf_add(b, signature, sizeof signature);
	add(b, 0, 4); /* flags */
	add(b, 0, 4); /* no header extension */
}

void
pgcopy_end(struct buf *b)
{
	add(b, 0xFFFF, 2);
}

void
pgcopy_row(struct buf *b, int columns)
{
	add(b, (uint64_t)columns, 2);
}

void
pgcopy_null(struct buf *b)
{
	add(b, 0xFFFFFFFF, 4);
}

void
pgcopy_bytes(struct buf *b, const void *bytes, size_t len)
{
	add(b, len, 4);
	buf_add(b, bytes, len);
}

void
pgcopy_bool(struct buf *b, bool value)
{
	add(b, 1, 4);
	add(b, value, 1);
}

void
pgcopy_int64(struct buf *b, int64_t value)
{
	add(b, 8, 4);
	add(b, (uint64_t)value, 8);
}

void
pgcopy_time(struct buf *b, int64_t seconds)
{
	pgcopy_int64(b, (seconds - EPOCH) * 1000000);
}

void
pgcopy_share(struct buf *b, int ten_thousandths)
{
	int scale = 4, rest = ten_thousandths;

	for (; scale > 0 && rest % 10 == 0; scale--)
		rest /= 10;
	/* Digits to the base 10000, the first of weight 0 or -1. */
	add(b, 8 + (ten_thousandths > 0 ? 2 : 0), 4);
	add(b, ten_thousandths > 0, 2);
	add(b, ten_thousandths < 10000 && ten_thousandths > 0 ? 0xFFFF : 0, 2);
	add(b, 0, 2); /* positive */
	add(b, (uint64_t)scale, 2);
	if (ten_thousandths > 0)
		add(b, ten_thousandths < 10000 ? (uint64_t)ten_thousandths : 1,
		    2);
}

size_t
pgcopy_array(struct buf *b, size_t count)
{
	size_t started = b->len;

	add(b, 0, 4); /* its length, once known */
	add(b, 1, 4); /* dimensions */
	add(b, 0, 4); /* no nulls */
	add(b, TEXT_OID, 4);
	add(b, count, 4);
	add(b, 1, 4); /* first index */
	return started;
}

void
pgcopy_array_end(struct buf *b, size_t started)
{
	put(b->data + started, b->len - started - 4, 4);
}
