/* limits.c - how much of a feed one run may close */
#include "limits.h"

#include <stdio.h>

#include "guard.h"

#define MAX_CLOSE "30"
#define MAX_DEAD "5"
#define MISSES 1
#define CONFIRM_S 21600

static const char feed_sql[] =
    "select misses, max_close, confirm_after, array_to_string(accept, ','),"
    " load = 'delta' from jobmill.feeds where feed_id = $1";

enum column { FEED_MISSES, FEED_MAX_CLOSE, FEED_CONFIRM, FEED_ACCEPT, DELTA };

void
limits_check(const struct limits_given *given, const struct opt_tool *tool)
{
	unsigned int guards;

	if (given->accept != NULL && !guard_list(given->accept, &guards))
		opt_wrong(tool, "--accept names a guard that there is not",
		    given->accept);
}

static int64_t
number(uint64_t given, const PGresult *r, int column, int64_t otherwise)
{
	if (given != LIMITS_NOT_GIVEN)
		return (int64_t)given;
	return PQgetisnull(r, 0, column) ? otherwise : db_int(r, 0, column);
}

/* A percentage; opt.h has seen to it that what is given is one. */
static void
percentage(char out[32], const char *given, const char *of_feed,
    const char *otherwise)
{
	snprintf(out, 32, "%s",
	    given != NULL      ? given
	    : *of_feed != '\0' ? of_feed
	                       : otherwise);
}

void
limits_load(struct limits *limits, struct db *db, const char *feed,
    const struct limits_given *given)
{
	PGresult *r = db_query(db, feed_sql, DB_VALUES(feed));
	unsigned int off = 0, now = 0;

	if (r == NULL || PQntuples(r) == 0) {
		PQclear(r);
		return;
	}
	limits->misses = number(given->misses, r, FEED_MISSES, MISSES);
	limits->confirm_after = number(given->confirm_ms == LIMITS_NOT_GIVEN
	                                   ? LIMITS_NOT_GIVEN
	                                   : given->confirm_ms / 1000,
	    r, FEED_CONFIRM, CONFIRM_S);
	percentage(limits->max_close, given->max_close,
	    db_text(r, 0, FEED_MAX_CLOSE), MAX_CLOSE);
	percentage(limits->max_dead, given->max_dead, "", MAX_DEAD);
	guard_list(db_text(r, 0, FEED_ACCEPT), &off);
	guard_list(given->accept != NULL ? given->accept : "", &now);
	limits->accept = off | now;
	limits->delta = *db_text(r, 0, DELTA) == 't';
	PQclear(r);
}
