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
 * empty feed, one whose feeds look so.  NULL when none fits: that was reported
 * with the paths that were seen.
 */
struct map *choose_map(const struct sniff *s, const struct words *words);

#endif
