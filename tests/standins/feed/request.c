/* request.c - the head of a request to the feed stand-in */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "feed.h"

#define MAX_HEAD 65536

/* Decode percent escapes in place. */
static char *
decoded(char *text)
{
	char *to = text, *from = text, digits[3] = "";

	while (*from != '\0') {
		if (*from == '%' && isxdigit((unsigned char)from[1]) &&
		    isxdigit((unsigned char)from[2])) {
			memcpy(digits, from + 1, 2);
			*to++ = (char)strtol(digits, NULL, 16);
			from += 3;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
	return text;
}

static void
parse_target(struct request *r)
{
	const char *at = r->target, *end, *slash;
	char *equals, *key;

	if (strncmp(at, "http://", 7) == 0) {
		slash = strchr(at + 7, '/');
		at = slash != NULL ? slash : "/";
	}
	end = at + strcspn(at, "?");
	r->path = decoded(mem_copy(at, (size_t)(end - at)));
	while (*end != '\0' && r->key_count < FEED_KEYS) {
		at = end + 1;
		end = at + strcspn(at, "&");
		key = mem_copy(at, (size_t)(end - at));
		equals = strchr(key, '=');
		r->keys[r->key_count].value =
		    decoded(mem_string(equals != NULL ? equals + 1 : ""));
		if (equals != NULL)
			*equals = '\0';
		r->keys[r->key_count++].name = decoded(key);
	}
}

static bool
parse_line(struct request *r, const char *line)
{
	const char *one = strchr(line, ' ');
	const char *two = one != NULL ? strchr(one + 1, ' ') : NULL;

	if (two == NULL)
		return false;
	r->method = mem_copy(line, (size_t)(one - line));
	r->target = mem_copy(one + 1, (size_t)(two - one - 1));
	parse_target(r);
	return true;
}

static void
parse_field(struct request *r, const char *line)
{
	const char *colon = strchr(line, ':');

	if (colon == NULL || r->field_count == FEED_KEYS)
		return;
	r->fields[r->field_count].name = mem_copy(line, (size_t)(colon - line));
	colon += 1 + strspn(colon + 1, " \t");
	r->fields[r->field_count++].value = mem_string(colon);
}

bool
request_read(int fd, struct request *r)
{
	struct buf head = { 0 };
	char *at, *end;
	bool ok = false;
	ssize_t n;

	*r = (struct request){ .method = NULL };
	while (head.len < MAX_HEAD &&
	       strstr(buf_string(&head), "\r\n\r\n") == NULL) {
		n = read(fd, buf_room(&head, 4096), 4096);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			goto out;
		head.len += (size_t)n;
	}
	buf_string(&head);
	for (at = head.data; (end = strstr(at, "\r\n")) != NULL && end != at;
	     at = end + 2) {
		*end = '\0';
		if (at != head.data)
			parse_field(r, at);
		else if (!parse_line(r, at))
			goto out;
	}
	ok = r->path != NULL;
out:
	buf_free(&head);
	return ok;
}

static void
free_pairs(struct pair *pairs, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		free(pairs[i].name);
		free(pairs[i].value);
	}
}

void
request_free(struct request *r)
{
	free(r->method);
	free(r->target);
	free(r->path);
	free_pairs(r->keys, r->key_count);
	free_pairs(r->fields, r->field_count);
}

static const char *
find(const struct pair *pairs, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcasecmp(pairs[i].name, name) == 0)
			return pairs[i].value;
	return NULL;
}

const char *
request_key(const struct request *r, const char *name)
{
	return find(r->keys, r->key_count, name);
}

const char *
request_field(const struct request *r, const char *name)
{
	return find(r->fields, r->field_count, name);
}

unsigned long
request_number(const struct request *r, const char *name,
    unsigned long otherwise)
{
	const char *text = request_key(r, name);

	return text != NULL ? strtoul(text, NULL, 10) : otherwise;
}
