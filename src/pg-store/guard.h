/*
 * guard.h - what a feed looks like when it must not be believed
 *
 * empty   it has no record, and the store has live jobs of it
 * shrink  more of its live jobs are gone than may go at once
 * dead    too many of its records were refused
 * drift   a field that used to be filled is not any more
 *
 * A guard that trips stops what would be closed, and nothing else.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>

enum guard { GUARD_EMPTY, GUARD_SHRINK, GUARD_DEAD, GUARD_DRIFT, GUARDS };

/* "empty", "shrink", "dead", "drift". */
extern const char *const guard_names[GUARDS];

/*
 * The guards that a list such as "shrink,drift" names, a bit each; "none" and
 * "" are none.  False if it names another.
 */
bool guard_list(const char *list, unsigned int *guards);

#endif
