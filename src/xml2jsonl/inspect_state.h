/* inspect_state.h - what inspect.c, inspect_table.c and suggest.c share */
#ifndef INSPECT_STATE_H
#define INSPECT_STATE_H

#include "inspect.h"

#define INSPECT_DISTINCT 1000 /* different values that are told apart */
#define INSPECT_VALUES 12     /* of them, that are shown */

/* What there is of one path. */
struct column {
	const struct path *path; /* NULL: none of this number */
	uint64_t count;          /* elements */
	uint64_t filled;         /* records that have it, not empty */
	uint64_t serial;         /* the record that was counted last */
	uint64_t *hashes;        /* of values, NULL until there is one */
	size_t distinct;         /* more than INSPECT_DISTINCT: not counted */
	char *values[INSPECT_VALUES];
	size_t value_count;
	/* of the values: all bytes, and how many are links, dates, numbers */
	uint64_t values_seen, bytes, links, dates, numbers;
	bool is_header, has_children;
};

struct inspect {
	enum inspect_form form;
	struct column *columns; /* by the number of the path */
	size_t count;
	uint64_t records;
	struct buf room;
};

/* The path of a column as a map writes it: from the record, or from '/'. */
void inspect_path(const struct column *c, struct buf *out);

/*
 * The columns in which rules of MAP find something, in the order of the rules,
 * at most MOST; returns how many.
 */
size_t inspect_taken(const struct inspect *i, const struct map *map,
    const struct picks *picks, size_t *columns, size_t most);

/* inspect_table.c */
void inspect_table(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out);
void inspect_json(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out);

/* suggest.c */

/* A map to start from, field by field. */
struct suggestion {
	const struct inspect *i;
	const struct map *generic; /* whose names it uses */
	bool *taken;               /* by column: it is some field */
};

/* Begin one, which is to be freed; the columns must stay as they are. */
struct suggestion suggestion_of(const struct inspect *i,
    const struct map *generic);
void suggestion_free(struct suggestion *s);

/*
 * The columns that could be a field, at most MOST; *GUESSED: by its values, and
 * then it is no other field's any more.
 */
size_t suggest_field(struct suggestion *s, enum field field, size_t *columns,
    size_t most, bool *guessed);

void inspect_suggest(const struct inspect *i, const struct inspect_facts *facts,
    struct out *out);

#endif
