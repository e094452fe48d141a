/*
 * feed.h - a feed goes through the XML parser, record by record
 *
 * Clean XML costs nothing but its parsing.  Where expat stops, the record at
 * hand is cut out of the bytes (cut.h), mended (mend.h) and parsed alone; what
 * still is not well-formed becomes a dead letter; and a fresh parser goes on
 * behind it, in the elements that were open there.  Memory is bounded by the
 * longest record.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stdint.h>

#include "mend.h"
#include "path.h"
#include "source.h"
#include "tree.h"

struct feed;

struct feed_options {
	bool strict;       /* stop at the first error */
	size_t max_record; /* bytes of the longest record */
	void *user;
	/* A record is whole: NULL, or why it is refused (a constant). */
	const char *(*record)(void *user, struct tree *record);
	/* Bytes that are no record. */
	void (*refuse)(void *user, uint64_t line, uint64_t offset,
	    const char *error, const char *raw, size_t len);
	/* An element or attribute outside of records whose path keeps it. */
	void (*header)(void *user, const struct path *path, struct text value);
	/* Whether to stop; NULL: never. */
	bool (*enough)(void *user);
	/* What a path is, set in its flags. */
	path_made *made;
};

struct feed_counts {
	struct mended mended;
	uint64_t records_mended; /* records that needed it */
	uint64_t skipped;        /* bytes between records that were given up */
};

/* Never NULL.  OPTIONS and SOURCE have to outlive it. */
struct feed *feed_open(struct source *source,
    const struct feed_options *options);

/*
 * Read up to the root element and the chunk that follows it.  EX_OK, EX_DATAERR
 * (it was reported), EX_IOERR.  The bytes from the root element on are *SAMPLE;
 * NULL when the feed is nothing but white space.
 */
int feed_begin(struct feed *f, const char **sample, size_t *len);

/*
 * The path of the records as it is written: "source/job".  Without it, nothing
 * can be recovered.
 */
void feed_record_at(struct feed *f, const char *path);

/* Go through the rest; the exit status: EX_OK, EX_DATAERR, EX_IOERR. */
int feed_run(struct feed *f);

struct tree *feed_tree(struct feed *f);
struct paths *feed_paths(struct feed *f);
const struct feed_counts *feed_counts(const struct feed *f);
void feed_close(struct feed *f);

#endif
