/*
 * inspect.h - what a feed has, for the person who writes its map
 */
#ifndef INSPECT_H
#define INSPECT_H

#include "map.h"
#include "out.h"
#include "tree.h"

struct inspect;

/* What is wanted: a table for people, the same as JSON lines, a feed map. */
enum inspect_form { INSPECT_TABLE, INSPECT_JSON, INSPECT_MAP };

struct inspect *inspect_new(enum inspect_form form);
void inspect_free(struct inspect *i);

void inspect_record(struct inspect *i, const struct tree *record);

/* A text outside of the records. */
void inspect_header(struct inspect *i, const struct path *path,
    struct text value);

/* What is said above the table. */
struct inspect_facts {
	const char *record;        /* the records' path as written */
	const char *encoding;      /* of the feed */
	const struct map *map;     /* that fits, or NULL */
	const struct map *generic; /* whose names --suggest goes by */
};

/*
 * Write the table of all paths (how often, in how many records, which field
 * the map makes of it, how many different values, the first of them), or a map
 * to start from.
 */
void inspect_write(struct inspect *i, const struct inspect_facts *facts,
    struct out *out);

#endif
