/*
 * metrics.h - what the server counts, and what Prometheus is told
 *
 * The text format 0.0.4, names by Prometheus' conventions.  The number of
 * series is bounded, whatever the feeds are called.
 */
#ifndef METRICS_H
#define METRICS_H

#include "request.h"

struct metrics;

struct metrics *metrics_new(void);

/* A request has ended. */
void metrics_count(struct metrics *m, const struct request *r);

/* GET /metrics */
void metrics_show(struct request *r);

#endif
