/* coerce.c - what becomes of a value when it is stored in a column */
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "json.h"
#include "table.h"

static bool
refuse(struct refusal *r, const struct column *c, const char *message)
{
	r->status = 400;
	r->code = "ERROR_CODE_INPUT_ERROR";
	snprintf(r->message, sizeof r->message, "%s", message);
	snprintf(r->param, sizeof r->param, "%s", c->name);
	return false;
}

static bool
fatal(struct refusal *r, const char *message)
{
	r->status = 500;
	r->code = "ERROR_FATAL";
	snprintf(r->message, sizeof r->message, "%s", message);
	r->param[0] = '\0';
	return false;
}

static void
zero(const struct column *c, struct buf *out)
{
	static const char *const zeros[] = { [COLUMN_INT] = "0",
		[COLUMN_DECIMAL] = "0",
		[COLUMN_TEXT] = "\"\"",
		[COLUMN_BOOL] = "false",
		[COLUMN_TIMESTAMP] = "0",
		[COLUMN_DATE] = "\"\"",
		[COLUMN_ENUM] = "\"\"",
		[COLUMN_JSON] = "{}",
		[COLUMN_UUID] = "\"\"" };

	if (c->otherwise != NULL)
		buf_text(out, c->otherwise);
	else
		buf_text(out, c->list ? "[]" : zeros[c->type]);
}

/* The text of a number, out of quotes if need be; NULL when it is none. */
static const char *
number_text(struct json_value v, char *room, size_t size)
{
	char *end;

	if (v.type == JSON_TRUE || v.type == JSON_FALSE)
		return v.type == JSON_TRUE ? "1" : "0";
	if ((v.type != JSON_NUMBER && v.type != JSON_STRING) || v.len == 0 ||
	    v.len >= size)
		return NULL;
	memcpy(room, v.text, v.len);
	room[v.len] = '\0';
	strtod(room, &end);
	return *end == '\0' ? room : NULL;
}

static bool
coerce_int(const struct column *c, struct json_value v, struct buf *out,
    struct refusal *r)
{
	char room[64];
	const char *text = number_text(v, room, sizeof room);
	char *end;
	long long n;

	if (text == NULL)
		return refuse(r, c, "Not numeric.");
	n = strtoll(text, &end, 10); /* clamps, as Xano does */
	if (*end != '\0') {
		double real = strtod(text, NULL);

		n = real >= 9.2e18    ? LLONG_MAX
		    : real <= -9.2e18 ? LLONG_MIN
		                      : (long long)real;
	}
	buf_printf(out, "%lld", n);
	return true;
}

static bool
coerce_decimal(const struct table *t, const struct column *c,
    struct json_value v, struct buf *out, struct refusal *r)
{
	char room[400];
	const char *text = number_text(v, room, sizeof room);
	char shown[64];
	double n;
	size_t len;

	if (text == NULL)
		return refuse(r, c, "Not numeric.");
	n = strtod(text, NULL);
	if (t->quirks.decimal_json) {
		buf_printf(out, "%.17g", n);
		return true;
	}
	if (fabs(n) >= 1e9)
		return fatal(r, "SQL Error: 0");
	n = round(n * 1e5) / 1e5;
	snprintf(shown, sizeof shown, "%.5f", n);
	len = strlen(shown);
	while (shown[len - 1] == '0')
		len--;
	if (shown[len - 1] == '.')
		len--;
	buf_add(out, shown, len);
	return true;
}

static bool
coerce_text(const struct column *c, struct json_value v, struct buf *out,
    struct refusal *r)
{
	struct buf room = { 0 };
	const char *text;
	size_t len, i;

	if (v.type == JSON_NUMBER || v.type == JSON_TRUE ||
	    v.type == JSON_FALSE) {
		buf_json_string(out, v.text, v.len);
		return true;
	}
	if (v.type != JSON_STRING)
		return refuse(r, c, "Value is not a string.");
	text = json_text(v, &room, &len);
	while (c->trim && len > 0 && text[len - 1] == ' ')
		len--;
	while (c->trim && len > 0 && *text == ' ') {
		text++;
		len--;
	}
	if (!c->lower) {
		buf_json_string(out, text, len);
	} else {
		char *low = mem_copy(text, len);

		for (i = 0; i < len; i++)
			if (low[i] >= 'A' && low[i] <= 'Z')
				low[i] = (char)(low[i] - 'A' + 'a');
		buf_json_string(out, low, len);
		free(low);
	}
	buf_free(&room);
	return true;
}

static bool
coerce_timestamp(const struct column *c, struct json_value v, struct buf *out,
    struct refusal *r)
{
	int64_t seconds;

	if (v.type == JSON_STRING) {
		if (!clock_parse(v.text, v.len, &seconds))
			return refuse(r, c, "Unable to parse timestamp.");
		buf_json_int(out, seconds * 1000);
		return true;
	}
	return coerce_int(c, v, out, r);
}

static bool
coerce_enum(const struct column *c, struct json_value v, struct buf *out,
    struct refusal *r)
{
	struct buf room = { 0 };
	const char *text;
	size_t len, i;
	bool found = false;

	if (v.type != JSON_STRING)
		return refuse(r, c, "Value is not a string.");
	text = json_text(v, &room, &len);
	for (i = 0; i < c->value_count && !found; i++)
		found = strlen(c->values[i]) == len &&
		        memcmp(c->values[i], text, len) == 0;
	if (found)
		buf_json_string(out, text, len);
	buf_free(&room);
	return found ||
	       refuse(r, c, "Value is not one of the allowable values.");
}

static bool
coerce_date(const struct column *c, struct json_value v, struct buf *out,
    struct refusal *r)
{
	char text[24];
	int64_t seconds;

	if (v.type == JSON_STRING && v.len == 10) {
		memcpy(text, v.text, 10);
		memcpy(text + 10, "T00:00:00Z", 11);
		if (clock_parse(text, 20, &seconds)) {
			buf_json_string(out, text, 10);
			return true;
		}
	}
	return refuse(r, c, "Not a valid date.");
}

/* Copy JSON without its white space, members of objects last one first. */
static void
scramble(struct json_value v, bool reverse, struct buf *out)
{
	struct json_walk w;
	struct json_member m;
	size_t at = out->len;

	if (v.type == JSON_STRING) {
		buf_byte(out, '"');
		buf_add(out, v.text, v.len);
		buf_byte(out, '"');
		return;
	}
	if (v.type != JSON_ARRAY && v.type != JSON_OBJECT) {
		buf_add(out, v.text, v.len);
		return;
	}
	for (w = json_walk(v); json_next(&w, &m);) {
		struct buf item = { 0 };

		if (v.type == JSON_OBJECT) {
			buf_byte(&item, '"');
			buf_add(&item, m.name, m.name_len);
			buf_text(&item, "\":");
		}
		scramble(m.value, reverse, &item);
		if (out->len > at && reverse && v.type == JSON_OBJECT) {
			buf_byte(&item, ',');
			buf_room(out, item.len);
			memmove(out->data + at + item.len, out->data + at,
			    out->len - at);
			memcpy(out->data + at, item.data, item.len);
			out->len += item.len;
		} else {
			if (out->len > at)
				buf_byte(out, ',');
			buf_add(out, item.data, item.len);
		}
		buf_free(&item);
	}
	buf_byte(out, v.type == JSON_OBJECT ? '}' : ']');
	buf_room(out, 1);
	memmove(out->data + at + 1, out->data + at, out->len - at);
	out->data[at] = v.type == JSON_OBJECT ? '{' : '[';
	out->len++;
}

static bool
coerce_list(const struct table *t, const struct column *c, struct json_value v,
    struct buf *out, struct refusal *r)
{
	struct column item = *c;
	struct json_walk w;
	struct json_member m;
	size_t n = 0;

	if (v.type != JSON_ARRAY)
		return refuse(r, c, "Value is not a list.");
	item.list = false;
	buf_byte(out, '[');
	for (w = json_walk(v); json_next(&w, &m); n++) {
		if (n > 0)
			buf_byte(out, ',');
		if (!column_coerce(t, &item, m.value, out, r))
			return false;
	}
	buf_byte(out, ']');
	return true;
}

bool
column_coerce(const struct table *t, const struct column *c,
    struct json_value v, struct buf *out, struct refusal *r)
{
	if (v.type == JSON_NULL || v.type == JSON_NONE) {
		if (!c->nullable)
			zero(c, out);
		else if (v.type == JSON_NONE && c->otherwise != NULL)
			buf_text(out, c->otherwise);
		else
			buf_text(out, "null");
		return true;
	}
	if (c->list)
		return coerce_list(t, c, v, out, r);
	switch (c->type) {
	case COLUMN_INT:
		return coerce_int(c, v, out, r);
	case COLUMN_DECIMAL:
		return coerce_decimal(t, c, v, out, r);
	case COLUMN_BOOL:
		if (v.type != JSON_TRUE && v.type != JSON_FALSE)
			return refuse(r, c, "Not a boolean.");
		buf_text(out, v.type == JSON_TRUE ? "true" : "false");
		return true;
	case COLUMN_TIMESTAMP:
		return coerce_timestamp(c, v, out, r);
	case COLUMN_DATE:
		return coerce_date(c, v, out, r);
	case COLUMN_ENUM:
		return coerce_enum(c, v, out, r);
	case COLUMN_JSON:
		scramble(v, t->quirks.scramble_json != 0, out);
		return true;
	default:
		return coerce_text(c, v, out, r);
	}
}
