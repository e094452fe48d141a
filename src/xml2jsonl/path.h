/*
 * path.h - the element paths of a feed, each a state with a number of its own
 *
 * A feed of a million records has a few dozen paths.  Each is met once by name
 * and is then known by where it stands: what the feed map says about it is
 * looked up when the path is made, not when it is met again.  An attribute is
 * a path below its element, named "@name".
 */
#ifndef PATH_H
#define PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATH_NONE UINT32_MAX
#define PATHS_MAX 50000

struct path {
	struct path *parent; /* NULL: the document */
	char *name;          /* as the feed writes it, with its prefix */
	const char *uri;     /* of its namespace, or NULL */
	size_t name_len;
	unsigned int depth; /* the root element has 1 */
	uint32_t number;    /* counts from 0 in the order of sight */

	/* what the feed map says about it */
	bool record;    /* its elements are records */
	bool inside;    /* it is a record or in one */
	bool markup;    /* elements in it are a text's markup */
	bool keeps;     /* outside of records: its text is wanted */
	bool container; /* rules look below it */

	/* the elements of this path in the record at hand */
	uint64_t serial; /* of that record */
	uint32_t first, last;

	/* written already, as a member of that node of that record */
	uint64_t written;
	uint32_t written_in;

	/* private */
	struct path *expected; /* the child that is likely to be next */
	struct path *after;    /* the sibling that came behind it last time */
	struct path *latest;   /* the child met last */
	struct path *chain;    /* of its slot in the table */
};

struct paths;

/* Called for every path when it is made; USER as given to paths_new(). */
typedef void path_made(void *user, struct path *path);

struct paths *paths_new(path_made *made, void *user);
void paths_free(struct paths *p);

/* The document: the parent of the root element. */
struct path *paths_top(struct paths *p);

/*
 * The child of PARENT with that name, which ends with a NUL; NULL when there
 * are more than PATHS_MAX paths: such a feed has no form.
 */
struct path *path_child(struct paths *p, struct path *parent, const char *name);

/* How many there are, and each by its number. */
size_t paths_count(const struct paths *p);
struct path *paths_get(const struct paths *p, size_t number);

/* Bind a namespace prefix ("" for the default one) as an xmlns does. */
void paths_bind(struct paths *p, const char *prefix, const char *uri);

struct buf;

/* Add "source/job/title" to OUT. */
void path_name(const struct path *path, struct buf *out);

static inline char
path_fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Whether two names are equal but for case, '-' and '_', as in a map. */
bool path_same_name(const char *a, const char *b);

/*
 * What a path is where no map says it, set when it is made: the records are
 * those of that name, "source/job".  KEEPS: what is outside of them is wanted.
 */
void path_mark(struct path *path, const char *record, bool keeps);

#endif
