/*
 * tree.h - one record as its elements stand in the feed
 *
 * Built while the record is parsed, thrown away as a whole: two arrays and one
 * buffer of text that are used again.  Node 0 is the record itself.
 */
#ifndef TREE_H
#define TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "path.h"

#define TREE_NODES 10000 /* elements and attributes in one record */
#define TREE_DEPTH 64    /* elements in elements, from the document's root */
#define TREE_ATTRIBUTES 256
#define TREE_TOKEN ((size_t)1 << 20) /* bytes of the attributes of a tag */

#define NODE_NONE UINT32_MAX

struct node {
	struct path *path;
	uint32_t parent, child, last_child, sibling; /* NODE_NONE: none */
	uint32_t same;             /* the next of this path in the record */
	uint32_t text, len;        /* in the tree's text, white space and all */
	uint32_t more, last_piece; /* text behind an element in it */
	bool taken;                /* a field of the record holds it */
};

struct piece {
	uint32_t text, len, next;
};

struct tree {
	struct paths *paths;
	struct node *nodes;
	struct piece *pieces; /* text that is interrupted by elements */
	size_t count, cap, piece_count, piece_cap;
	struct buf text;
	size_t max_text;       /* bytes; more refuses the record */
	uint64_t serial;       /* counts the records */
	uint64_t line, offset; /* where the record starts in the feed */
	uint32_t open;         /* the element that is open */
	unsigned int deep;     /* levels below it that are its markup */
	const char *refused;   /* why the record can't be taken, or NULL */
	struct buf scratch;
};

struct text {
	const char *utf8;
	size_t len;
};

void tree_init(struct tree *t, struct paths *paths, size_t max_text);
void tree_free(struct tree *t);

/* A record starts: an element of PATH with its attributes as expat has them. */
void tree_begin(struct tree *t, struct path *path, const char **attributes);

void tree_start(struct tree *t, const char *name, const char **attributes);
void tree_text(struct tree *t, const char *utf8, size_t len);

/* An element ends; true if it was the record. */
bool tree_end(struct tree *t, const char *name);

/*
 * The text of a node without white space at its ends; pieces are joined by a
 * blank in ROOM, which is cleared then.
 */
struct text tree_value(const struct tree *t, uint32_t node, struct buf *room);

/* The first node of a path in this record, or NODE_NONE. */
static inline uint32_t
tree_first(const struct tree *t, const struct path *path)
{
	return path->serial == t->serial ? path->first : NODE_NONE;
}

struct text text_trim(const char *utf8, size_t len);
bool text_is_blank(const char *utf8, size_t len);

#endif
