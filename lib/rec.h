/*
 * rec.h - a record: one job, one line, one JSON object
 *
 * A record is scanned once and strictly (scan.h) and never becomes a tree.
 * Fields are looked at where they stand and changed by splicing: every byte
 * that was not changed leaves as it came, in its place; new fields go to the
 * end.
 */
#ifndef REC_H
#define REC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "scan.h"

struct rec;

struct rec *rec_new(void);
void rec_free(struct rec *job);

/*
 * Take the LEN bytes of LINE, without its '\n', as the record; they must stay
 * as they are while it is in use.  Drops all edits.  Returns NULL, or what is
 * wrong (a constant) with its byte offset in *AT; then the record is {}.
 */
const char *rec_parse(struct rec *job, const char *line, size_t len,
    size_t *at);

/* The line as it was given to rec_parse(). */
const char *rec_line(const struct rec *job, size_t *len);

/*
 * A top-level field, matched by the characters of its name, as it was parsed or
 * last edited.
 * Type JSON_NONE when there is none.
 */
struct json_value rec_get(const struct rec *job, const char *field);

/* Its characters if it is a string: as json_text(); NULL if it is none. */
const char *rec_text(const struct rec *job, const char *field, struct buf *room,
    size_t *len);

/* Whether it is a string of at least one byte. */
bool rec_has_text(const struct rec *job, const char *field);

/* Whether the record has a route, and so only passes through. */
bool rec_routed(const struct rec *job);

/*
 * Walk all fields of the line in order, edits not applied; *I starts at 0.
 */
bool rec_field(const struct rec *job, size_t *i, struct json_member *out);

/*
 * Give a field a value: JSON text that must be one valid value (the caller
 * made it; it is copied).  Fields that are there keep their place.
 */
void rec_set(struct rec *job, const char *field, const char *json, size_t len);
void rec_set_string(struct rec *job, const char *field, const char *utf8,
    size_t len);

/* Take a field away, if it is there. */
void rec_unset(struct rec *job, const char *field);

/* Whether anything was set or unset since rec_parse(). */
bool rec_changed(const struct rec *job);

/* Add the record with its edits to B, without '\n'. */
void rec_write(const struct rec *job, struct buf *b);

/*
 * A name for messages: "feed_id/source_id" as far as it has them, bounded, in
 * ROOM, which is cleared first.
 */
const char *rec_id(const struct rec *job, struct buf *room);

#endif
