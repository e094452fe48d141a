/*
 * inspect.h - what a feed has, for the person who writes its map
 */
#ifndef INSPECT_H
#define INSPECT_H

#include "out.h"
#include "tree.h"
#include "words.h"

struct inspect;

/* What is wanted: a table for people, the same as JSON lines, a feed map. */
enum inspect_form { INSPECT_TABLE, INSPECT_JSON, INSPECT_MAP };

struct inspect *inspect_new(enum inspect_form form);
void inspect_free(struct inspect *i);

void inspect_record(struct inspect *i, const struct tree *record);

/*
 * Write the table of all paths (how often, in how many records, how many
 * different values, an example), or the map that the names of the elements
 * suggest.  RECORD is the records' path as written.  Exits 66 or 78 when the
 * generic map can't be read.
 */
void inspect_write(struct inspect *i, const char *record, struct out *out);

#endif
