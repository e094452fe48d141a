/* due.c - which feeds are due */
#include "due.h"

#include <string.h>

#include "ask.h"
#include "buf.h"
#include "commands.h"
#include "file.h"
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
	struct buf path = { 0 };
	struct ask_book book = { 0 };
	struct ask_query *due;
	struct out *out;
	struct db *db;
	PGresult *r;
	int i;

	opt_parse(&tool, argc, argv);
	ask_load(&book, file_share(&path, "sql/ask"));
	buf_free(&path);
	due = ask_find(&book, "due", strlen("due"));
	if (due == NULL)
		die(EX_CONFIG, "share/sql/ask has no due.sql");
	db = db_open();
	r = db_query(db, due->sql.data, DB_NONE);
	db_check(db, "cannot see what is due");
	out = out_stdout(false);
	for (i = 0; i < PQntuples(r); i++) {
		out_add(out, db_text(r, i, 0), strlen(db_text(r, i, 0)));
		out_line(out);
	}
	out_close(out);
	PQclear(r);
	db_close(db);
	ask_free(&book);
	return EX_OK;
}
