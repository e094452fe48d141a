/*
 * table.h - the Xano stand-in's table: columns, rows, and what Xano does to
 * values on their way in (ref: the types' page of Xano's documentation)
 *
 * Values are kept as the JSON text they will be shown as.  Rows stand in the
 * order in which they were inserted, which is that of integer ids.
 */
#ifndef TABLE_H
#define TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "scan.h"

enum column_type {
	COLUMN_INT,
	COLUMN_DECIMAL,
	COLUMN_TEXT,
	COLUMN_BOOL,
	COLUMN_TIMESTAMP,
	COLUMN_DATE,
	COLUMN_ENUM,
	COLUMN_JSON,
	COLUMN_UUID
};

struct column {
	char *name;
	enum column_type type;
	bool list, nullable, required, unique;
	bool trim, lower;
	char *otherwise; /* JSON text of the default; NULL: the type's zero */
	char **values;   /* of an enum */
	size_t value_count;
	char *json; /* the column as the schema call shows it */
};

struct row {
	int64_t id;    /* 0 in a table with uuids */
	char **values; /* JSON text, one a column; the first is the id */
};

/* The points on which Xano is not documented, and its quirks: see main.c. */
struct quirks {
	int64_t per_page_field, table_list_bare, string_ids, absent_delete,
	    atomic, refuse_unknown, per_page_max, duplicate_status, param_top,
	    empty_delete, shuffle_ids, scramble_json, decimal_json, no_search,
	    no_totals, bulk_max, bulk_bytes, crud_envelope, ignore_search;
};

struct table {
	struct column *columns;
	size_t column_count;
	bool uuids;
	struct row *rows;
	size_t count, cap;
	int64_t next_id;
	struct quirks quirks;
	uint64_t request;  /* number of the one being handled, for history */
	struct buf events; /* every insert, update and delete: NDJSON */
	size_t key;        /* the column whose value history names; 0: none */
	uint64_t random;
	uint64_t changes;
};

/* Why a value or a row was not taken. */
struct refusal {
	int status;
	const char *code;
	char message[160];
	char param[80];
};

/*
 * Columns from a JSON file, an array as GET .../schema shows it, with, beyond
 * that, "values" of an enum, "unique", and "filters": ["trim", "lower"].
 * Exits 78.
 */
void table_load_columns(struct table *t, const char *path, const char *key);

void table_free(struct table *t);

/* All rows gone; with RESET ids start at 1 again. */
void table_clear(struct table *t, bool reset);

/* Index of a column by name; SIZE_MAX when there is none. */
size_t table_column(const struct table *t, const char *name, size_t len);

/* Index of the row whose id is V (number or string); SIZE_MAX. */
size_t table_find(const struct table *t, struct json_value v);

/*
 * Insert a row from an object.  KEEP_ID: honour its id.  Returns its index, or
 * SIZE_MAX and why in *R.
 */
size_t table_insert(struct table *t, struct json_value object, bool keep_id,
    struct refusal *r);

/*
 * Give a row the values of an object; with WHOLE what is not named gets its
 * default.  DROP: nulls and empty strings are left out, as the usual PATCH
 * template does.
 */
bool table_update(struct table *t, size_t row, struct json_value object,
    bool whole, bool drop, struct refusal *r);

void table_delete(struct table *t, size_t row);

/* The row as a JSON object. */
void table_show(const struct table *t, const struct row *row, struct buf *out);

/* A row's id as JSON; with AS_STRING always in quotes. */
void table_show_id(const struct row *row, bool as_string, struct buf *out);

/* All rows as NDJSON, and to and from a file.  Exit 74, 78. */
void table_dump(const struct table *t, struct buf *out);
void table_save(const struct table *t, const char *path);
void table_load(struct table *t, const char *path);

/* A value on its way into a column: its text in OUT, or false and why. */
bool column_coerce(const struct table *t, const struct column *c,
    struct json_value v, struct buf *out, struct refusal *r);

#endif
