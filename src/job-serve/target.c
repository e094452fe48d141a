/* target.c - what a request asks for: its path, and the values behind '?' */
#include "target.h"

#include <stdbool.h>
#include <string.h>

#include "utf8.h"

#define SMALL "abcdefghijklmnopqrstuvwxyz"
#define PATH SMALL "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/"

#define NAME_MAX_LEN 32

static int
digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Undo the escapes of LEN bytes at RAW, behind what T has; NULL, or why not. */
static const char *
unescape(struct buf *out, const char *raw, size_t len)
{
	size_t i, start = out->len;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)raw[i];

		if (c == '+') {
			c = ' ';
		} else if (c == '%') {
			int high = i + 2 < len ? digit_of(raw[i + 1]) : -1;
			int low = i + 2 < len ? digit_of(raw[i + 2]) : -1;

			if (high < 0 || low < 0)
				return "an escape is no % and two digits";
			c = (unsigned char)(high * 16 + low);
			i += 2;
		} else if (c <= ' ' || c >= 0x7F) {
			return "a byte that has to be escaped is not";
		}
		if (c < ' ' || c == 0x7F)
			return "a value has control characters";
		buf_byte(out, (char)c);
	}
	if (utf8_valid(out->data + start, out->len - start) != out->len - start)
		return "a value is not UTF-8";
	return NULL;
}

/* One name=value of LEN bytes. */
static const char *
read_value(struct target *t, const char *raw, size_t len, size_t starts[2])
{
	const char *equals = memchr(raw, '=', len), *why;
	size_t name = equals != NULL ? (size_t)(equals - raw) : len;

	if (t->count == TARGET_VALUES)
		return "there are too many parameters";
	starts[0] = t->text.len;
	buf_add(&t->text, raw, name);
	buf_byte(&t->text, '\0');
	if (name == 0 || name > NAME_MAX_LEN ||
	    strspn(t->text.data + starts[0], SMALL "_") != name)
		return "a parameter's name has other than small letters and _";
	starts[1] = t->text.len;
	why = equals == NULL ? NULL
	                     : unescape(&t->text, equals + 1, len - name - 1);
	t->values[t->count].len = t->text.len - starts[1];
	buf_byte(&t->text, '\0');
	t->count++;
	return why;
}

/* Nobody means the same thing twice. */
static bool
has_doubles(const struct target *t)
{
	size_t i, k;

	for (i = 0; i < t->count; i++)
		for (k = 0; k < i; k++)
			if (strcmp(t->values[i].name, t->values[k].name) == 0)
				return true;
	return false;
}

static const char *
read_values(struct target *t, const char *raw, size_t len,
    size_t starts[TARGET_VALUES + 1][2])
{
	const char *end = raw + len, *why = NULL;

	while (why == NULL && raw < end) {
		const char *stop = memchr(raw, '&', (size_t)(end - raw));

		if (stop == NULL)
			stop = end;
		why =
		    read_value(t, raw, (size_t)(stop - raw), starts[t->count]);
		raw = stop < end ? stop + 1 : end;
	}
	return why;
}

int
target_read(struct target *t, const char *raw, size_t len, const char **why)
{
	size_t starts[TARGET_VALUES + 1][2] = { { 0 } }, i;
	const char *query;

	*t = (struct target){ .path = "" };
	*why = NULL;
	if (len > TARGET_MAX) {
		*why = "the address of a request has at most 8192 bytes";
		return 414;
	}
	query = memchr(raw, '?', len);
	t->path_len = query != NULL ? (size_t)(query - raw) : len;
	buf_add(&t->text, raw, t->path_len);
	buf_byte(&t->text, '\0');
	if (t->path_len == 0 || *raw != '/' ||
	    strspn(t->text.data, PATH) != t->path_len)
		*why = "a path starts with / and has letters, digits, -._~ and "
		       "/ only";
	else if (query != NULL)
		*why = read_values(t, query + 1, len - t->path_len - 1, starts);
	t->path = t->text.data;
	if (*why != NULL)
		return 400;
	for (i = 0; i < t->count; i++) {
		t->values[i].name = t->text.data + starts[i][0];
		t->values[i].value = t->text.data + starts[i][1];
	}
	if (!has_doubles(t))
		return 0;
	*why = "a parameter is given twice";
	return 400;
}

void
target_free(struct target *t)
{
	buf_free(&t->text);
}

const struct target_value *
target_value(const struct target *t, const char *name)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strcmp(t->values[i].name, name) == 0)
			return &t->values[i];
	return NULL;
}
