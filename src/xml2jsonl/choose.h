/*
 * choose.h - which map a feed wants
 */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "map.h"
#include "sniff.h"
#include "words.h"

/*
 * The map in share/feeds that fits best, told at INFO with its reasons; for an
 * empty feed, one whose feeds look so.  NULL when none fits.
 */
struct map *choose_map(const struct sniff *s, const struct words *words);

/* Report that none does, with the paths that were seen. */
void choose_tell_none(const struct sniff *s);

#endif
