/*
 * take.h - what of a record job-dedup has to know
 */
#ifndef TAKE_H
#define TAKE_H

#include <stdbool.h>

#include "hold.h"
#include "pins.h"
#include "rec.h"

#define TAKE_ID_MAX 1024 /* bytes of a source_id that can be folded */

/*
 * Fill in *JOB from a record; its views are the record's, an escaped id is in
 * ROOM.  False if it can't be folded into another, nor others into it: it has
 * no source_id of 1 to TAKE_ID_MAX bytes, is not open, or has fields that
 * would be written over and are not what they should be.
 */
bool take_job(const struct rec *rec, const struct pins *pins, struct buf *room,
    struct job *job);

/* The same job, out of its line and its id. */
struct json_value take_description(const struct job *job, const char *line);
struct json_value take_locations(const struct job *job, const char *line);

#endif
