/* review_list.c - what waits for people, and what they have decided */
#include "commands.h"

#include <string.h>

#include "job.h"
#include "log.h"
#include "opt.h"
#include "runs.h"
#include "sig.h"
#include "status.h"

#define MOST UINT64_C(1000000000)

/* The surest first: those are the quickest to decide about. */
static const char waiting_sql[] =
    "select " JOB_COLUMNS " from jobmill.jobs where route = 'manual_review'"
    " and closed_at is null and ($1::bigint is null or feed_id = $1)"
    " order by ai_confidence desc nulls last, job_id limit $2";

static const char show_sql[] =
    "select " JOB_COLUMNS " from jobmill.jobs where job_id = $1";

static const char verdicts_sql[] =
    "select row_to_json(t) from (select review_id, job_id, content_hash,"
    " verdict, edits, reviewer, reason, route, ai_confidence,"
    " jobmill.stamp(at) as at from jobmill.reviews order by review_id) t";

static const struct opt_tool show_tool = { .name = "pg-store review show",
	.synopsis = "job_id",
	.summary = "Print one job, wherever it is, as a record.",
	.operands_min = 1,
	.operands_max = 1 };

int
cmd_review_list(int argc, char *argv[])
{
	const char *feed = NULL;
	uint64_t limit = MOST;
	const struct opt opts[] = {
		{ .letter = 'f',
		    .name = "feed",
		    .kind = OPT_TEXT,
		    .to = &feed,
		    .arg = "N",
		    .help = "of this feed only" },
		{ .letter = 'l',
		    .name = "limit",
		    .kind = OPT_COUNT,
		    .to = &limit,
		    .arg = "N",
		    .help = "no more than N",
		    .min = 1,
		    .max = MOST },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store review list",
		.synopsis = "[-f feed_id] [-l n]",
		.summary = "Print the jobs that wait for a person, surest "
		           "first.",
		.opts = opts };
	char most[DB_NUMBER];
	struct out *out;
	struct job *job;
	struct db *db;
	PGresult *r;
	bool whole = true;

	opt_parse(&tool, argc, argv);
	if (feed != NULL && run_number(feed) < 0)
		opt_wrong(&tool, "a feed is a number from 1", feed);
	out = out_stdout(false);
	db = db_open();
	job = job_new();
	db_start(db, waiting_sql,
	    DB_VALUES(feed, db_number((int64_t)limit, most)));
	while (!sig_stop() && (r = db_next(db)) != NULL) {
		whole = job_print(job, out, r, 0) && whole;
		PQclear(r);
	}
	sig_die();
	db_check(db, "cannot read the jobs");
	out_close(out);
	job_free(job);
	db_close(db);
	return whole ? EX_OK : EX_SOFTWARE;
}

int
cmd_review_show(int argc, char *argv[])
{
	int at = opt_parse(&show_tool, argc, argv);
	struct out *out;
	struct job *job;
	struct db *db;
	PGresult *r;
	bool whole;

	if (!job_is_id(argv[at]))
		opt_wrong(&show_tool, "no job_id", argv[at]);
	out = out_stdout(false);
	db = db_open();
	r = db_query(db, show_sql, DB_VALUES(argv[at]));
	db_check(db, "cannot read the job");
	if (PQntuples(r) == 0) {
		PQclear(r);
		die(EX_NOINPUT, "no such job", LOG_TEXT("job_id", argv[at]));
	}
	job = job_new();
	whole = job_print(job, out, r, 0);
	out_close(out);
	PQclear(r);
	job_free(job);
	db_close(db);
	return whole ? EX_OK : EX_SOFTWARE;
}

int
cmd_review_log(int argc, char *argv[])
{
	const struct opt_tool tool = { .name = "pg-store review log",
		.synopsis = "",
		.summary = "Print every verdict there was, a JSON object "
		           "each." };
	struct out *out;
	struct db *db;
	PGresult *r;

	opt_parse(&tool, argc, argv);
	out = out_stdout(false);
	db = db_open();
	db_start(db, verdicts_sql, DB_NONE);
	while (!sig_stop() && (r = db_next(db)) != NULL) {
		out_add(out, db_text(r, 0, 0), strlen(db_text(r, 0, 0)));
		out_line(out);
		PQclear(r);
	}
	sig_die();
	db_check(db, "cannot read the verdicts");
	out_close(out);
	db_close(db);
	return EX_OK;
}
