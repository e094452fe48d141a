/*
 * fuzz_xano.c - bytes as an answer of Xano, and values that are compared: the
 * first byte is the status, 2 to 5, or says that it is a value
 */
#include <string.h>

#include "../../src/xano-sync/canon.h"
#include "../../src/xano-sync/reply.h"
#include "fuzz.h"
#include "http.h"
#include "mem.h"
#include "scan.h"

/* An answer is taken for good only if all of it is JSON. */
static void
try_answer(long status, const char *text, size_t len)
{
	struct http_answer *a = mem_zero(1, sizeof *a);
	struct scan *scan = scan_new();
	struct reply r = { 0 };
	size_t i;

	a->status = status;
	memcpy(a->content_type, "application/json", 17);
	buf_add(&a->body, text, len);
	reply_judge(&r, a, scan);
	hold(status >= 200 && status < 300
	         ? r.verdict == VERDICT_OK || r.verdict == VERDICT_ODD ||
	               r.verdict == VERDICT_AILING || r.verdict == VERDICT_LOST
	         : r.verdict != VERDICT_OK);
	hold(verdict_status(r.verdict) < 128);
	hold(memchr(r.message, '\0', sizeof r.message) != NULL);
	hold(memchr(r.code, '\0', sizeof r.code) != NULL);
	for (i = 0; i < r.member_count; i++)
		hold(r.members[i].value.text >= r.body.text &&
		     r.members[i].value.text + r.members[i].value.len <=
		         r.body.text + r.body.len);
	reply_free(&r);
	scan_free(scan);
}

static void
try_number(const char *text, size_t len)
{
	struct buf one = { 0 }, two = { 0 };

	if (canon_number(text, len, 0, CANON_EXACT, &one)) {
		/* A form that is the same for what is already in it. */
		hold(canon_number(one.data, one.len, 0, CANON_EXACT, &two));
		hold_same(&one, &two);
	}
	buf_clear(&one);
	canon_number(text, len, 3, 2, &one);
	buf_free(&one);
	buf_free(&two);
}

/* The value in {"v":VALUE}, by which any value may be scanned. */
static bool
read_value(struct scan *scan, struct buf *room, const char *text, size_t len,
    struct json_value *v)
{
	const struct json_member *members;
	size_t count, at;

	buf_clear(room);
	buf_text(room, "{\"v\":");
	buf_add(room, text, len);
	buf_byte(room, '}');
	if (scan_object(scan, room->data, room->len, &members, &count, &at) !=
	        NULL ||
	    count != 1)
		return false;
	*v = members[0].value;
	return true;
}

static void
try_value(const char *text, size_t len)
{
	struct scan *scan = scan_new();
	struct buf one = { 0 }, two = { 0 }, room = { 0 };
	struct json_value v;
	char day[11];
	int64_t ms;

	if (canon_time(text, len, &ms))
		hold(canon_date(text, len, day));
	if (read_value(scan, &room, text, len, &v)) {
		if (v.type == JSON_NUMBER)
			try_number(v.text, v.len);
		canon_json(v, &one);
		/* All but zero, which is "e0" there, is JSON and stays. */
		if (read_value(scan, &room, one.data, one.len, &v)) {
			canon_json(v, &two);
			hold_same(&one, &two);
		}
	}
	buf_free(&one);
	buf_free(&two);
	buf_free(&room);
	scan_free(scan);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data + 1;

	if (size == 0 || size > 1 << 16)
		return 0;
	if (data[0] >= '2' && data[0] <= '5')
		try_answer((data[0] - '0') * 100 + (data[0] == '4' ? 29 : 0),
		    text, size - 1);
	else
		try_value(text, size - 1);
	return 0;
}
