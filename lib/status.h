/*
 * status.h - exit statuses of the whole suite
 *
 * The names of <sysexits.h> and the two that it lacks.  A program exits with
 * one of these and never with a bare number; each manual page lists its own.
 */
#ifndef STATUS_H
#define STATUS_H

#include <sysexits.h>

#define EX_SOME_BAD 1 /* finished, but some records were bad or failed */
#define EX_PENDING 2  /* a dry run found something to do */
#define EX_GUARD 80   /* a guard tripped: nothing was deleted or closed */

#endif
