/*
 * profile.h - how a table is reached and how records become its rows
 *
 * Read from share/xano/NAME.json or a file of the user's; xano-profile(5) is
 * the reference.  No code knows a column's name, and only the endpoints say
 * what kind of door to Xano this is.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "hash.h"

enum field_type {
	FIELD_TEXT,
	FIELD_INT,
	FIELD_DECIMAL,
	FIELD_BOOL,
	FIELD_TIMESTAMP,
	FIELD_DATE,
	FIELD_ENUM,
	FIELD_JSON
};

/* What an absent value is written as, and is equal to. */
enum nulls {
	NULLS_AUTO, /* null where the table's schema allows it, else zero */
	NULLS_KEEP,
	NULLS_ZERO
};

struct word {
	char *from, *to;
};

struct field {
	char *column;
	size_t column_len;
	char **steps; /* of the path in the record: "ai_industry", "name" */
	size_t step_count;
	enum field_type type;
	bool list;      /* an array of TYPE */
	char *constant; /* JSON text instead of a path, or NULL */
	struct word *words;
	size_t word_count;
	char *otherwise; /* the word for all other words; NULL: as it is */
	char *item;      /* of each item of an array, this member */
	char *join;      /* items of an array become one text with this between
	                  */
	int shift;       /* move the point so many places to the right */
	int places;      /* decimals, or CANON_EXACT */
	bool trim;       /* the column drops white space at both ends */
	bool once;       /* written when a row is added, and never looked at */
	enum nulls nulls;
};

/* What the answer of an endpoint that writes tells. */
enum answer_kind {
	ANSWER_ANY,     /* that it was done */
	ANSWER_IDS,     /* ids of the rows added, in their order */
	ANSWER_ROW,     /* the row as it is stored */
	ANSWER_SUCCESS, /* {"success":[ids],"success_total":n,"error":[ids]} */
};

enum paging {
	PAGING_NONE,   /* all rows in one answer */
	PAGING_PAGE,   /* numbered pages */
	PAGING_KEYSET, /* rows behind the last id seen, by ascending id */
};

struct endpoint {
	bool defined;
	char *method, *path; /* with {placeholders} */
	cJSON *body;         /* with "{placeholders}", or NULL */
	uint64_t rows;       /* most rows of a call */
	uint64_t bytes;      /* most bytes of its body, if more than a row */
	enum answer_kind answer;
	enum paging paging;
	char *items; /* member of the answer that holds the rows */
};

#define PROFILE_LISTS 4

struct profile {
	char *name;
	struct field *fields;
	size_t field_count;
	size_t key; /* index of the field that tells rows apart */
	char *id;   /* column of Xano's own id, or NULL when there is none */
	bool bearer;
	char **ignore; /* columns that are other people's */
	size_t ignore_count;
	struct endpoint probe, schema, find, find_ids, add, change, remove;
	struct endpoint lists[PROFILE_LISTS]; /* to be tried in this order */
	size_t list_count;
	char digest[HASH_HEX];
};

/*
 * Load by name or by path (with a '/' or ending in ".json"); exits 78 when it
 * is wrong, 66 when there is none.  profile_free() takes it back.
 */
struct profile *profile_load(const char *name);

void profile_free(struct profile *p);

/* Index of a field by its column; SIZE_MAX when there is none. */
size_t profile_field(const struct profile *p, const char *column, size_t len);

/*
 * Add the columns that the table needs to OUT, as Xano's schema call would
 * show them.
 */
void profile_columns(const struct profile *p, struct buf *out);

/* The name of a field's type, as profiles and Xano have it. */
const char *profile_type(const struct field *f);

#endif
