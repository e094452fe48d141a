/* reply.c - find the items in what a model wrote */
#include "reply.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define MOST_ITEMS 1000
#define MOST_TRIES 64 /* brackets looked behind */

/*
 * Bytes of the object that starts at TEXT[0], a '{', or 0 if it does not end.
 */
static size_t
object_len(const char *text, size_t len)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (quoted) {
			if (c == '\\')
				i++;
			else if (c == '"')
				quoted = false;
		} else if (c == '"') {
			quoted = true;
		} else if (c == '{' || c == '[') {
			depth++;
		} else if ((c == '}' || c == ']') && --depth == 0) {
			return i + 1;
		}
	}
	return 0;
}

static size_t
spaces(const char *text, size_t len)
{
	size_t i = 0;

	while (i < len && (text[i] == ' ' || text[i] == '\t' ||
	                      text[i] == '\r' || text[i] == '\n'))
		i++;
	return i;
}

static void
add(struct reply *r, cJSON *item)
{
	r->items = mem_resize(r->items, r->count + 1, sizeof(cJSON *));
	r->items[r->count++] = item;
}

/* Take the object at TEXT as an item if it is one; its bytes, or 0. */
static size_t
take_object(struct reply *r, const char *text, size_t len)
{
	size_t n, at;
	const char *error;
	cJSON *item;

	if (len == 0 || *text != '{')
		return 0;
	n = object_len(text, len);
	if (n == 0)
		return 0;
	item = json_parse(text, n, &error, &at);
	if (item != NULL && reply_id(item) != NULL)
		add(r, item);
	else
		cJSON_Delete(item);
	return n;
}

/* Take the items that follow a '['. */
static void
take_array(struct reply *r, const char *text, size_t len)
{
	size_t at = 0, n;

	while (r->count < MOST_ITEMS) {
		at += spaces(text + at, len - at);
		n = take_object(r, text + at, len - at);
		if (n == 0)
			break;
		at += n;
		at += spaces(text + at, len - at);
		if (at == len || text[at] != ',')
			break;
		at++;
	}
	at += spaces(text + at, len - at);
	r->whole = at < len && text[at] == ']';
}

void
reply_read(struct reply *r, const char *text, size_t len)
{
	const char *end = text + len, *at = text;

	*r = (struct reply){ 0 };
	for (int i = 0; i < MOST_TRIES && r->count == 0; i++) {
		at = at < end ? memchr(at, '[', (size_t)(end - at)) : NULL;
		if (at == NULL)
			break;
		at++;
		take_array(r, at, (size_t)(end - at));
	}
	at = len > 0 ? memchr(text, '{', len) : NULL;
	if (r->count == 0 && at != NULL)
		r->whole = take_object(r, at, (size_t)(end - at)) > 0;
}

void
reply_free(struct reply *r)
{
	for (size_t i = 0; i < r->count; i++)
		cJSON_Delete(r->items[i]);
	free(r->items);
	*r = (struct reply){ 0 };
}

const char *
reply_id(const cJSON *item)
{
	return json_string(item, "id");
}
