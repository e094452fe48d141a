/*
 * fuzz_store.c - a record as a row for the store: it is refused, or each column
 * is one that PostgreSQL takes
 */
#include <string.h>

#include "../../src/pg-store/row.h"
#include "fuzz.h"

#define FEED 21
#define SEQ 7

/* Years 1 to 9999 and a zone, in microseconds from 2000 on. */
#define FIRST_TIME ((INT64_C(-63113904000) - 86400) * 1000000)
#define LAST_TIME ((INT64_C(252455616000) + 86400) * 1000000)

/* A value of the row, as PostgreSQL reads it. */
struct value {
	const unsigned char *bytes;
	size_t len;
	bool null;
};

struct reader {
	const unsigned char *at, *end;
};

static struct reader
read_value(struct value v)
{
	hold(!v.null);
	return (struct reader){ v.bytes, v.bytes + v.len };
}

static uint64_t
take(struct reader *r, size_t bytes)
{
	uint64_t n = 0;

	hold((size_t)(r->end - r->at) >= bytes);
	for (; bytes > 0; bytes--)
		n = n << 8 | *r->at++;
	return n;
}

static struct value
take_value(struct reader *r)
{
	const uint64_t len = take(r, 4);
	struct value v = { .null = len == UINT32_MAX };

	if (v.null)
		return v;
	hold(len <= (size_t)(r->end - r->at));
	v.bytes = r->at;
	v.len = (size_t)len;
	r->at += len;
	return v;
}

static void
hold_text(struct value v, size_t most)
{
	if (v.null)
		return;
	hold(v.len <= most);
	hold(utf8_valid((const char *)v.bytes, v.len) == v.len);
	hold(v.len == 0 || memchr(v.bytes, '\0', v.len) == NULL);
}

static void
hold_time(struct value v)
{
	struct reader r;
	int64_t time;

	if (v.null)
		return;
	hold(v.len == 8);
	r = read_value(v);
	time = (int64_t)take(&r, 8);
	hold(time >= FIRST_TIME && time < LAST_TIME && time % 1000000 == 0);
}

/* A numeric from 0 to 1: at most one digit, to the base 10000. */
static void
hold_share(struct value v)
{
	struct reader r;
	uint64_t digits, weight, digit;

	if (v.null)
		return;
	r = read_value(v);
	digits = take(&r, 2);
	weight = take(&r, 2);
	hold(take(&r, 2) == 0);
	hold(take(&r, 2) <= 4);
	hold(digits <= 1 && v.len == 8 + 2 * digits);
	if (digits == 0)
		return;
	digit = take(&r, 2);
	hold(weight == 0 ? digit == 1
	                 : weight == 0xFFFF && digit > 0 && digit < 10000);
}

static void
hold_members(struct value v, struct value id)
{
	struct reader r = read_value(v);
	uint64_t count;

	hold(take(&r, 4) == 1 && take(&r, 4) == 0);
	hold(take(&r, 4) == 25); /* text */
	count = take(&r, 4);
	hold(count >= 1 && take(&r, 4) == 1);
	for (uint64_t i = 0; i < count; i++) {
		struct value one = take_value(&r);

		hold(!one.null && one.len > 0);
		hold_text(one, ROW_MOST_ID);
		if (i == 0)
			hold(one.len == id.len &&
			     memcmp(one.bytes, id.bytes, id.len) == 0);
	}
	hold(r.at == r.end);
}

static void
hold_row(const struct buf *row, const char *line, size_t len)
{
	struct reader r = { (const unsigned char *)row->data,
		(const unsigned char *)row->data + row->len };
	struct value v, id;

	hold(take(&r, 2) == 19);
	hold(take(&r, 4) == 8 && take(&r, 8) == SEQ);
	id = take_value(&r);
	hold(!id.null && id.len > 0);
	hold_text(id, ROW_MOST_ID);
	hold_members(take_value(&r), id);
	hold(take_value(&r).len == 16);
	v = take_value(&r);
	hold(!v.null && v.len > 0);
	hold_text(v, 100);
	hold_text(take_value(&r), 100);
	hold(take(&r, 4) == 1 && take(&r, 1) <= 1);
	hold(take(&r, 4) == 1 && take(&r, 1) <= 1);
	hold_text(take_value(&r), 100);
	hold(take_value(&r).len == HASH_BYTES);
	hold_time(take_value(&r));
	hold_time(take_value(&r));
	hold_share(take_value(&r));
	hold_text(take_value(&r), 100);
	hold_text(take_value(&r), 100);
	for (int i = 0; i < 3; i++)
		hold_text(take_value(&r), 1000);
	v = take_value(&r);
	hold(!v.null && v.len == len && memcmp(v.bytes, line, len) == 0);
	hold(r.at == r.end);
}

/* The same fields from the last to the first, without who answered. */
static void
turn(const struct rec *job, struct buf *out)
{
	struct json_member fields[64], m;
	size_t at = 0, count = 0;

	while (rec_field(job, &at, &m) && count < 64)
		if (m.name_len != 2 || memcmp(m.name, "ai", 2) != 0)
			fields[count++] = m;
	buf_byte(out, '{');
	while (count-- > 0) {
		const struct json_value v = fields[count].value;
		const char *quote = v.type == JSON_STRING ? "\"" : "";

		buf_byte(out, '"');
		buf_add(out, fields[count].name, fields[count].name_len);
		buf_text(out, "\":");
		buf_text(out, quote);
		buf_add(out, v.text, v.len);
		buf_text(out, quote);
		buf_text(out, count > 0 ? "," : "");
	}
	buf_byte(out, '}');
}

/* What a record says is the same in whatever order it says it. */
static void
hold_hash(struct row *rows, const struct rec *job)
{
	unsigned char one[HASH_BYTES], other[HASH_BYTES];
	struct rec *turned = rec_new();
	struct json_member m;
	struct buf line = { 0 };
	size_t at = 0, count = 0;

	while (rec_field(job, &at, &m))
		count++;
	if (count <= 64) {
		turn(job, &line);
		hold(rec_parse(turned, line.data, line.len, &at) == NULL);
		row_hash(rows, job, one);
		row_hash(rows, turned, other);
		hold(memcmp(one, other, sizeof one) == 0);
	}
	buf_free(&line);
	rec_free(turned);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct row *rows;
	struct rec *job = rec_new();
	struct buf row = { 0 };
	size_t at, len;
	const char *line;

	if (rows == NULL)
		rows = row_new();
	buf_byte(&row, 'x'); /* what stood there before */
	if (rec_parse(job, (const char *)data, size, &at) == NULL) {
		hold_hash(rows, job);
		line = rec_line(job, &len);
		if (row_add(rows, &row, job, FEED, SEQ) == NULL) {
			hold(row.data[0] == 'x');
			memmove(row.data, row.data + 1, --row.len);
			hold_row(&row, line, len);
		} else {
			hold(row.len == 1);
		}
	}
	buf_free(&row);
	rec_free(job);
	return 0;
}
