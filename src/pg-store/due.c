/* due.c - which feeds are due */
#include "due.h"

#include <string.h>
#include <time.h>

#include "clock.h"
#include "commands.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "schedule.h"
#include "status.h"

static const char facts_sql[] =
    "select schedule,"
    " floor(extract(epoch from coalesce(last_run_at, now())))::bigint,"
    " floor(extract(epoch from now()))::bigint, last_run_at is null,"
    " consecutive_failure_count"
    " from jobmill.feeds where feed_id = $1";

static const char keep_sql[] =
    "update jobmill.feeds set next_due_at = to_timestamp($2::bigint)"
    " where feed_id = $1 and next_due_at is distinct from"
    " to_timestamp($2::bigint)";

/* A run that is under way and has been heard of is not disturbed. */
static const char due_sql[] =
    "select f.feed_id from jobmill.feeds f where f.enabled"
    " and f.schedule is not null and f.next_due_at <= now()"
    " and not exists (select from jobmill.execution_reports r"
    "  where r.feed_id = f.feed_id and r.status = 'running'"
    "  and r.heartbeat_at > now() - interval '2 minutes')"
    " order by f.next_due_at, f.feed_id";

/* An interval that has never run, or should have by now, is due at once. */
static int64_t
next_of(const struct schedule *s, const PGresult *r)
{
	int64_t last = db_int(r, 0, 1), now = db_int(r, 0, 2), next;
	int64_t failures = db_int(r, 0, 4);
	bool never = *db_text(r, 0, 3) == 't';

	if (s->every > 0) {
		if (never)
			return now;
		next = schedule_retry(s, last, failures);
		return next > now ? next : now;
	}
	return schedule_retry(s, now, failures);
}

void
due_keep(struct db *db, const char *feed)
{
	PGresult *r = db_query(db, facts_sql, DB_VALUES(feed));
	char number[DB_NUMBER];
	const char *next = NULL, *error;
	struct schedule s;

	if (r != NULL && PQntuples(r) > 0 && !PQgetisnull(r, 0, 0)) {
		error = schedule_read(&s, db_text(r, 0, 0));
		if (error != NULL)
			log_warning("a feed's schedule can't be read",
			    LOG_TEXT("feed", feed), LOG_TEXT("error", error));
		else
			next = db_number(next_of(&s, r), number);
	}
	PQclear(r);
	if (!db_failed(db))
		db_run(db, NULL, keep_sql, DB_VALUES(feed, next));
}

int
cmd_feed_due(int argc, char *argv[])
{
	const struct opt opts[] = { { .name = NULL } };
	const struct opt_tool tool = { .name = "pg-store feed due",
		.synopsis = "",
		.summary = "Print the numbers of the feeds that are due.",
		.opts = opts };
	struct out *out;
	struct db *db;
	PGresult *r;
	int i;

	opt_parse(&tool, argc, argv);
	db = db_open();
	r = db_query(db, due_sql, DB_NONE);
	db_check(db, "cannot see what is due");
	out = out_stdout(false);
	for (i = 0; i < PQntuples(r); i++) {
		out_add(out, db_text(r, i, 0), strlen(db_text(r, i, 0)));
		out_line(out);
	}
	out_close(out);
	PQclear(r);
	db_close(db);
	return EX_OK;
}
