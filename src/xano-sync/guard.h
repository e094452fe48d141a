/*
 * guard.h - reasons not to touch the table, looked at before the first write
 */
#ifndef GUARD_H
#define GUARD_H

#include "plan.h"

struct guard {
	bool percent; /* max_delete is a share of the table's rows */
	uint64_t max_delete;
	bool allow_empty; /* no row at all may be wanted */
	bool refill;      /* a table that has lost all its rows is filled */
};

/* Parse "30%" or "500"; false when it is neither. */
bool guard_parse(struct guard *g, const char *text);

/*
 * EX_OK, or EX_GUARD (80) after saying what is wrong.  LAST is how many rows
 * the last sync left, if KNOWN.
 */
int guard_check(const struct guard *g, const struct plan *plan, bool known,
    uint64_t last);

#endif
