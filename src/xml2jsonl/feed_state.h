/* feed_state.h - what feed.c, parse.c and recover.c share */
#ifndef FEED_STATE_H
#define FEED_STATE_H

#include <expat.h>

#include "buf.h"
#include "feed.h"
#include "prolog.h"

#define ENTITIES 256

struct entity {
	char *name, *value;
};

struct feed {
	const struct feed_options *options;
	struct source *source;
	struct feed_counts counts;

	/* bytes that may be needed again */
	struct buf window;
	uint64_t start;          /* offset of the first of them in the feed */
	uint64_t counted, lines; /* an offset, and the line ends before it */
	size_t fed;              /* of them, what the parser has */
	bool ended;              /* nothing follows them */
	int failed;              /* a status, when reading failed */

	/* the parser, and where its first byte would be in the feed */
	XML_Parser parser;
	int64_t base;
	bool replaying;   /* it is told which elements are open */
	const char *stop; /* why we stopped it, or NULL */
	char *subset;     /* the DOCTYPE's, or NULL */
	struct entity entities[ENTITIES];
	size_t entity_count;

	/* where it is */
	struct paths *paths;
	struct path *here; /* outside of records, and the record's in one */
	unsigned int depth;
	bool in_record, root_ended, no_more;
	bool clean;    /* it took all that it was given last */
	bool finished; /* the parser has seen the end, and all is well */
	uint64_t record_at;
	struct tree tree;
	struct buf header; /* text that is wanted */

	/* of the records, as written */
	char *record_name;
	struct path *record_path;

	/* a record parsed alone */
	XML_Parser mending; /* NULL until it is needed */
	bool alone;         /* it is at work */
	bool whole;         /* the record ended in it */
	struct buf mended;
};

/* parse.c */

/*
 * A fresh parser that goes on at OFFSET inside of the elements of HERE; NULL,
 * or what is wrong with the DOCTYPE.
 */
const char *parse_from(struct feed *f, uint64_t offset);

/* Hand on bytes; false when the parser stopped. */
bool parse_bytes(struct feed *f, const char *bytes, size_t len, bool final);

/* Parse the bytes of one record alone; NULL, or why it is none. */
const char *parse_alone(struct feed *f, const char *bytes, size_t len,
    struct path *record);

/* Why the parser stopped, and where: an offset in the feed. */
const char *parse_error(const struct feed *f);
uint64_t parse_offset(const struct feed *f);

/* Hand on the record in the tree, which stands from FROM to TO in the feed. */
void parse_deliver(struct feed *f, uint64_t from, uint64_t to);

/* recover.c */

/* The parser stopped: mend what can be mended; EX_OK if it can go on. */
int recover(struct feed *f);

/* The record that starts at record_at is longer than allowed: pass over it. */
int recover_oversized(struct feed *f, struct path *record);

/* feed.c */

/* Drop the bytes before OFFSET. */
void feed_drop(struct feed *f, uint64_t offset);

/* Read more; false at the end or when that failed. */
bool feed_more(struct feed *f);

/* The line that an offset in the window is on, from 1. */
uint64_t feed_line(struct feed *f, uint64_t offset);
void feed_refuse(struct feed *f, uint64_t from, uint64_t to, const char *error);

#endif
