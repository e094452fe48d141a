/* metrics.c - what the server counts, and what of it Prometheus is told */
#include "metrics.h"

void
metrics_count(struct server *s, const struct request *r)
{
	(void)s;
	(void)r;
}
