/*
 * report.h - what is to be said of a feed at its end
 */
#ifndef REPORT_H
#define REPORT_H

#include "feed.h"
#include "job.h"
#include "source.h"
#include "stats.h"

/*
 * Set the figures of the program's own in STATS, and say what a person should
 * know.  M is NULL when no map was used.
 */
void report(struct stats *stats, const struct source *source,
    const struct feed *feed, struct maker *m);

#endif
