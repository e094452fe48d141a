/*
 * feed.h - how the command line names a feed
 */
#ifndef FEED_H
#define FEED_H

#include "opt.h"

/* By its number or its name, in $1. */
#define FEED_IS_NAMED " (feed_id::text = $1 or name = $1)"

/* Exits 64 unless NAME can be a feed's: a number must not be taken for one. */
void feed_check_name(const struct opt_tool *tool, const char *name);

/* Exits 66. */
_Noreturn void feed_unknown(const char *name);

#endif
