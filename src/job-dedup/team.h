/*
 * team.h - all groups of a hold judged, by as many threads as asked for
 *
 * A group is judged by one thread and nothing depends on which.
 */
#ifndef TEAM_H
#define TEAM_H

#include <stdbool.h>

#include "explain.h"
#include "hold.h"
#include "link.h"

struct team;

/* RULES are for one thread: its share of the memory. */
struct team *team_new(const struct link_rules *rules, unsigned int threads);
void team_free(struct team *t);

/*
 * Judge all groups; false if a signal stopped it: then some are judged and some
 * are not.  What is to be explained is put into EXPLAIN, which is cleared, in
 * order.
 */
bool team_judge(struct team *t, struct hold *h, struct explain *explain);

/* Summed up over all threads and calls. */
struct link_counts team_counts(const struct team *t);

#endif
