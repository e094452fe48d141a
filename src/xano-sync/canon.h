/*
 * canon.h - values in the one form in which two of them can be compared
 *
 * What Xano gives back is not what it was given: decimals are rounded, keys of
 * JSON change places, time comes in milliseconds.  Both sides are brought into
 * these forms before they are compared.  Numbers are handled as digits, never
 * as floating point.
 */
#ifndef CANON_H
#define CANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "scan.h"

#define CANON_EXACT (-1) /* places: all that there are */
#define CANON_DIGITS 400 /* longest number there can be, written out */

/*
 * Add a number to OUT written out, without exponent or trailing zeros: "-1.5",
 * "0".  TEXT is a JSON number.  Its point is first moved SHIFT places to the
 * right, then it is rounded to PLACES, half away from zero.  False when it
 * would have more than CANON_DIGITS digits; OUT may have grown then.
 */
bool canon_number(const char *text, size_t len, int shift, int places,
    struct buf *out);

/*
 * Add any JSON value to OUT: no white space, members sorted by the bytes of
 * their names, strings escaped one way, numbers as digits and exponent.
 */
void canon_json(struct json_value v, struct buf *out);

/*
 * Milliseconds since 1970 of an RFC 3339 date-time, a date, or
 * "2026-01-02 10:00:00+0000"; false if it is none of them.
 */
bool canon_time(const char *text, size_t len, int64_t *ms);

/* "YYYY-MM-DD" of the same, in UTC. */
bool canon_date(const char *text, size_t len, char out[11]);

#endif
