/* report.c - tell how a run went */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "opt.h"
#include "report.h"
#include "runs.h"
#include "status.h"

/* In the order of enum report_column. */
static const char run_sql[] =
    "select run_id, feed_id, feed_name, status, jobmill.stamp(started_at),"
    " round(duration_seconds::numeric, 1), error_summary, total_in_feed,"
    " staged, merged - coalesce(again, 0), dead, created, changed, moved,"
    " unchanged, closed, reopened, missed, stale, requests, tokens_in,"
    " tokens_out, cost_usd, coalesce(again, 0)"
    " from jobmill.execution_reports cross join lateral"
    " (select (stages #>> '{stage,duplicates}')::bigint as again) s"
    " where run_id = $1";

static const char outcomes_sql[] =
    "select o.key, w.key, w.value from jobmill.execution_reports r"
    " cross join jsonb_each(r.outcomes) o"
    " cross join jsonb_each_text(o.value) w where r.run_id = $1"
    " order by array_position(array['approved', 'manual_review', 'rejected',"
    " 'archived'], o.key), w.value::bigint desc, w.key";

static const char stages_sql[] =
    "select s.key, s.value ->> 'in', s.value ->> 'out',"
    " s.value ->> 'seconds' from jobmill.execution_reports r"
    " cross join jsonb_each(r.stages) s where r.run_id = $1"
    " order by (s.value ->> 'seconds')::numeric desc, s.key";

static const char guards_sql[] =
    "select g ->> 'guard', g ->> 'saw', g ->> 'accepted'"
    " from jobmill.execution_reports r"
    " cross join jsonb_array_elements(r.guards) g where r.run_id = $1";

static const char json_sql[] =
    "select row_to_json(t) from (select run_id, feed_id, feed_name, status,"
    " jobmill.stamp(started_at) started_at,"
    " jobmill.stamp(finished_at) finished_at,"
    " round(duration_seconds::numeric, 3) duration_seconds, host, pid,"
    " total_in_feed, staged, merged, dead, created, changed, moved, unchanged,"
    " closed, reopened, missed, stale, approved, manual_review, rejected,"
    " archived, requests, tokens_in, tokens_out, cost_usd, outcomes, guards,"
    " error_summary, stages from jobmill.execution_reports where run_id = $1)"
    " t";

/* The last run, of one feed or of all. */
static const char last_sql[] =
    "select run_id from jobmill.execution_reports"
    " where $1::bigint is null or feed_id = $1 order by run_id desc limit 1";

const struct report_change report_changes[] = {
	{ CREATED, "new" },
	{ CHANGED, "changed" },
	{ MOVED, "moved" },
	{ REOPENED, "reopened" },
	{ UNCHANGED, "unchanged" },
	{ STALE, "stale" },
	{ CLOSED, "closed" },
	{ MISSED, "missed" },
	{ RUN_ID, NULL },
};

static void
print_json(struct db *db, struct out *out, const char *run)
{
	PGresult *r = db_query(db, json_sql, DB_VALUES(run));

	db_check(db, "cannot read the report");
	out_add(out, db_text(r, 0, 0), strlen(db_text(r, 0, 0)));
	out_line(out);
	PQclear(r);
}

static void
print_shown(struct db *db, struct out *out, const char *run,
    void (*show)(struct out *out, const struct report *r))
{
	struct report r = {
		.run = db_query(db, run_sql, DB_VALUES(run)),
		.outcomes = db_query(db, outcomes_sql, DB_VALUES(run)),
		.stages = db_query(db, stages_sql, DB_VALUES(run)),
		.guards = db_query(db, guards_sql, DB_VALUES(run)),
	};

	db_check(db, "cannot read the report");
	show(out, &r);
	PQclear(r.run);
	PQclear(r.outcomes);
	PQclear(r.stages);
	PQclear(r.guards);
}

/* The run that is meant; dies if there is none. */
static void
find_run(struct db *db, const char *run, const char *feed, char id[DB_NUMBER])
{
	int64_t found;
	PGresult *r = run != NULL
	                  ? db_query(db,
	                        "select run_id from jobmill.execution_reports"
	                        " where run_id = $1",
	                        DB_VALUES(run))
	                  : db_query(db, last_sql, DB_VALUES(feed));

	db_check(db, "cannot find the run");
	found = PQntuples(r) > 0 ? db_int(r, 0, 0) : 0;
	PQclear(r);
	if (found == 0)
		die(EX_NOINPUT, "no such run",
		    LOG_TEXT("run", run != NULL ? run : "the last"));
	db_number(found, id);
}

int
cmd_report(int argc, char *argv[])
{
	bool json = false, html = false;
	const char *feed = NULL;
	const struct opt opts[] = {
		{ .letter = 'j',
		    .name = "json",
		    .kind = OPT_FLAG,
		    .to = &json,
		    .help = "as one JSON object, with every stage's counters" },
		{ .name = "html",
		    .kind = OPT_FLAG,
		    .to = &html,
		    .help = "as one HTML file" },
		{ .letter = 'f',
		    .name = "feed",
		    .kind = OPT_TEXT,
		    .to = &feed,
		    .arg = "N",
		    .help = "without a run: the last one of this feed" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store report",
		.synopsis = "[-j | --html] [-f feed_id | run]",
		.summary =
		    "Tell how a run went: the last one, or the one named.",
		.opts = opts,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	char run[DB_NUMBER];
	struct out *out;
	struct db *db;

	if (argc > at && run_number(argv[at]) < 0)
		opt_wrong(&tool, "a run is a number from 1", argv[at]);
	if (feed != NULL && run_number(feed) < 0)
		opt_wrong(&tool, "a feed is a number from 1", feed);
	if (json && html)
		opt_wrong(&tool, "--json and --html exclude each other", "");
	out = out_stdout(false);
	db = db_open();
	find_run(db, argc > at ? argv[at] : NULL, feed, run);
	if (json)
		print_json(db, out, run);
	else
		print_shown(db, out, run, html ? report_html : report_text);
	out_close(out);
	db_close(db);
	return EX_OK;
}
