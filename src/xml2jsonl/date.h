/*
 * date.h - dates as feeds write them
 *
 * Takes RFC 822 and ISO 8601 in their many variants, dates with points,
 * slashes or month names, and seconds or milliseconds since 1970.  A date
 * without a zone is UTC, one without a time is midnight.  What has two
 * readings, or a zone of unknown name, is none.
 */
#ifndef DATE_H
#define DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map.h"

/* Seconds since 1970 of LEN bytes; false when that is no date after 1970. */
bool date_parse(const char *text, size_t len, enum map_dates order,
    int64_t *seconds);

#endif
