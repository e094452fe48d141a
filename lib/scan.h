/*
 * scan.h - a strict JSON scanner that builds no tree
 *
 * Accepts what RFC 8259 accepts, less what would hurt further on: bytes that
 * are not UTF-8, lone surrogate escapes, \u0000, a name twice in one object,
 * more than SCAN_DEPTH levels, more than SCAN_MEMBERS members in one object.
 * Numbers are checked for form only and keep their text: there is no range.
 */
#ifndef SCAN_H
#define SCAN_H

#include <stdbool.h>
#include <stddef.h>

#define SCAN_DEPTH 64
#define SCAN_MEMBERS 10000

enum json_type {
	JSON_NONE, /* there is no such value */
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/*
 * A value as it stands in its text: of a string what is between its quotes,
 * still escaped if ESCAPED; of anything else the whole of it.
 */
struct json_value {
	enum json_type type;
	bool escaped;
	const char *text;
	size_t len; /* bytes */
};

struct json_member {
	const char *name; /* between the quotes, still escaped */
	size_t name_len;
	bool name_escaped;
	struct json_value value;
};

struct scan; /* room that is used again from one call to the next */

struct scan *scan_new(void);
void scan_free(struct scan *s);

/*
 * Scan LEN bytes that hold one object and nothing else but white space.
 * Returns NULL and the top-level members in order, which are views of TEXT in
 * room of S that the next call uses again; or what is wrong, a constant, with
 * its byte offset in *AT.
 */
const char *scan_object(struct scan *s, const char *text, size_t len,
    const struct json_member **members, size_t *count, size_t *at);

/* The same for one value of any type; only the verdict. */
const char *scan_value(struct scan *s, const char *text, size_t len,
    size_t *at);

/*
 * Walk the items of an array or the members of an object that a scan has
 * accepted.  Start with a struct json_walk of { .at = v.text, .end = v.text +
 * v.len } as json_walk() gives it; false when there are no more.  For items of
 * an array name is NULL.
 */
struct json_walk {
	const char *at;
	const char *end;
};

struct json_walk json_walk(struct json_value array_or_object);
bool json_next(struct json_walk *w, struct json_member *out);

/*
 * Members of an object, all of them, in order; room that is used again.  Zeros
 * are an empty one; json_members_free() gives the room back.
 */
struct json_members {
	struct json_value object; /* whose they are */
	struct json_member *items;
	size_t count, cap;
};

/*
 * As json_next(), for items that are looked into: the bytes are gone over only
 * once.  OUT->object is the item, without members if it is no object.
 */
bool json_next_members(struct json_walk *w, struct json_members *out);

/* The members of one object. */
void json_members_of(struct json_value object, struct json_members *out);

void json_members_free(struct json_members *members);

/* A member of an accepted object by its name; JSON_NONE if it has none. */
struct json_value json_get(struct json_value object, const char *name);

/* What type a valid value is, by its first byte. */
enum json_type json_type_at(const char *text);

struct buf;

/*
 * A string's characters: its own bytes when nothing is escaped, else unescaped
 * into ROOM, which is cleared first.  Good as long as both are.
 */
const char *json_text(struct json_value string, struct buf *room, size_t *len);

/*
 * A number that is an integer and fits: true and *OUT.  1.0 and 1e3 are not
 * taken for integers.
 */
bool json_int64(struct json_value number, long long *out);

/*
 * Compare two JSON numbers exactly, whatever their length or exponent: below
 * 0, 0, above 0.  0.86, 8.6e-1 and 0.860 are equal.  An exponent past 2^56
 * counts as 2^56.
 */
int json_compare(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
