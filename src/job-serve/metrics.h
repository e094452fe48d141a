/*
 * metrics.h - what the server counts, and what of it Prometheus is told
 */
#ifndef METRICS_H
#define METRICS_H

#include "request.h"

/* A request has ended. */
void metrics_count(struct server *s, const struct request *r);

#endif
