/*
 * row.h - from a record to a row of the table, and what a row amounts to
 */
#ifndef ROW_H
#define ROW_H

#include "buf.h"
#include "digest.h"
#include "profile.h"
#include "rec.h"
#include "scan.h"

struct row_renderer; /* from records to rows */

struct row_renderer *row_renderer_new(const struct profile *p);
void row_renderer_free(struct row_renderer *r);

/*
 * Add the row that a record is to become to OUT, a JSON object of the
 * profile's columns.  NULL, or what is wrong with the record, in WHY, which is
 * cleared first.
 */
const char *row_render(struct row_renderer *r, const struct rec *job,
    struct buf *out, struct buf *why);

/*
 * The values of the row just rendered, by field of the profile: views of OUT,
 * which has not changed since.
 */
const struct json_value *row_values(struct row_renderer *r,
    const struct buf *out);

/* The value of the key alone. */
const char *row_render_key(struct row_renderer *r, const struct rec *job,
    struct buf *out);

/* Columns and what they have to be: --scope feed_id=21. */
struct scope {
	size_t field;
	const char *text; /* as given */
	struct buf canon; /* what the column's value amounts to */
};

/* A row, ours or Xano's, looked at. */
struct row {
	struct json_value id; /* JSON_NONE when it has none */
	struct buf key;       /* empty when it has none */
	unsigned char digest[DIGEST_BYTES];
	bool in_scope;
};

struct row_reader; /* room and the profile's columns in order */

/* Draws the salt of its digests. */
struct row_reader *row_reader_new(const struct profile *p,
    const struct scope *scopes, size_t scope_count);
void row_reader_free(struct row_reader *r);

/* What its digests are made with; may be given another salt. */
struct digest *row_digest(struct row_reader *r);

/*
 * Look at a row, the members of an object; fills in OUT, whose id is a view of
 * it.  Two rows are equal when their digests are.
 */
void row_read(struct row_reader *r, const struct json_members *members,
    struct row *out);

/* The same for one that is not taken apart yet. */
void row_read_object(struct row_reader *r, struct json_value object,
    struct row *out);

/* The same for a row whose values are known, by field of the profile. */
void row_look(struct row_reader *r, const struct json_value *values,
    struct row *out);

/* Add the profile's columns of a row to OUT, an object, as they stand in it. */
void row_project(struct row_reader *r, struct json_value object,
    struct buf *out);

/* Parse "column=value"; exits 64 when it is none. */
struct scope row_scope(const struct profile *p, const char *text);

/*
 * The columns in which two rows differ, added to UPDATES as members of an
 * object with NEW's values, and their names to NAMES as items of an array.
 * Returns how many.
 */
size_t row_diff(struct row_reader *r, struct json_value old,
    struct json_value new, struct buf *updates, struct buf *names);

#endif
