/*
 * job.h - a record of the feed becomes a job, by its map
 */
#ifndef JOB_H
#define JOB_H

#include <stdint.h>

#include "arena.h"
#include "buf.h"
#include "content.h"
#include "map.h"
#include "place.h"
#include "salary.h"
#include "seen.h"
#include "tree.h"

/* What could not be read, and other things worth a figure. */
enum job_count {
	COUNT_DUPLICATE_IDS,
	COUNT_NO_TITLE,
	COUNT_URLS_DROPPED,
	COUNT_DATES_UNREAD,
	COUNT_SALARIES_UNREAD,
	COUNT_TYPES_UNREAD,
	COUNT_STATUSES_UNREAD,
	COUNT_REMOTES_UNREAD,
	COUNT_PLACES_AS_TEXT,
	COUNT_CLOSED,
	JOB_COUNTS
};

extern const char *const job_count_names[JOB_COUNTS];

/* A job on its way from the tree to the line. */
struct job {
	struct text fields[FIELD_COUNT]; /* len 0: absent */
	struct places places;
	struct salary salary;
	int remote; /* 1 yes, 0 no, -1 not said */
	bool closed;
	int64_t posted, expires; /* 0: absent */
};

/* What makes jobs of one feed. */
struct maker {
	struct map *map;
	uint64_t feed_id;
	uint64_t counts[JOB_COUNTS];
	struct job job;
	struct arena arena;
	struct buf room, line, used;
	struct content *content;
	struct seen seen;
	struct text *headers; /* by the number of the path */
	size_t header_count;
};

void maker_init(struct maker *m, struct map *map, uint64_t feed_id);
void maker_free(struct maker *m);

/* Keep a text of the feed's header. */
void maker_header(struct maker *m, const struct path *path, struct text value);

/* A fact of the header, NUL-terminated in ROOM; NULL if the feed has none. */
const char *maker_fact(struct maker *m, enum header fact, struct buf *room);

/*
 * Make the line of a record; it is in m->line then.  NULL, or why the record
 * is refused.
 */
const char *maker_record(struct maker *m, struct tree *record);

/* values.c */

/* A way through the values of a list of rules, in the order of the rules. */
struct find {
	struct maker *maker;
	struct tree *record;
	const struct picks *picks;
	uint32_t within; /* only in this node; NODE_NONE: in the record */
	size_t pick, hit;
	uint32_t node; /* where the value at hand stands; NODE_NONE: nowhere */
	const struct pick *at; /* the rule it came from */
	bool placeholders;     /* count as values */
};

struct find find_start(struct maker *m, struct tree *record,
    const struct picks *picks, uint32_t within);

/* The next value that is not empty and no placeholder. */
bool find_next(struct find *f, struct text *value);

/* The next element of the rules, whatever its text. */
bool find_element(struct find *f);

/* The value found last is a field of the job now, and not in "extra". */
void find_take(struct find *f);

/* A CDATA section that came as text, or lost its '<' and '>', is its content.
 */
struct text strip_cdata(struct text value);

/* A line of text: references decoded, tags and double blanks out. */
struct text clean_line(struct maker *m, struct text value);

/* emit.c */

/* Write the job into m->line; NULL, or why it can't be. */
const char *emit_job(struct maker *m, struct tree *record);

/* Write what is left of a record as JSON: {"name":value,…} . */
const char *emit_rest(struct buf *line, struct tree *record, bool all);

/* Whether a node holds anything that no field took. */
bool has_rest(const struct tree *record, uint32_t node);

#endif
