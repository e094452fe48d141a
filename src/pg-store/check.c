/* check.c - whether the store keeps its own promises */
#include "commands.h"

#include <string.h>

#include "db.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "status.h"

/* A promise, and what breaks it: what it is about, and how many there are. */
static const struct {
	const char *promise;
	const char *sql; /* one column: what it is about */
} promises[] = {
	{ "a job is in one table",
	    "select job_id from jobmill.jobs group by 1 having count(*) > 1" },
	{ "an ad belongs to a job that there is",
	    "select s.feed_id || ':' || s.source_id from jobmill.job_sources s"
	    " where not exists (select from jobmill.jobs j"
	    "  where j.job_id = s.job_id)" },
	{ "a live job speaks for an ad that belongs to it",
	    "select j.job_id from jobmill.jobs j left join jobmill.job_sources "
	    "s"
	    " on s.feed_id = j.feed_id and s.source_id = j.source_id"
	    " where j.closed_at is null and s.job_id is distinct from "
	    "j.job_id" },
	{ "an ad is spoken for by one live job",
	    "select feed_id || ':' || source_id from jobmill.jobs"
	    " where closed_at is null group by feed_id, source_id"
	    " having count(*) > 1" },
	{ "a live job has an ad that may live",
	    "select j.job_id from jobmill.jobs j where j.closed_at is null"
	    " and not exists (select from jobmill.job_sources s"
	    "  where s.job_id = j.job_id and s.closed_at is null)" },
	{ "a closed job is among the rejected",
	    "select job_id from jobmill.jobs where closed_at is not null"
	    " and route <> 'rejected'" },
	{ "a verdict is obeyed",
	    "select job_id from jobmill.jobs where closed_at is null"
	    " and not stale and review <> route" },
	{ "a report's routes add up to what was staged",
	    "select run_id from jobmill.execution_reports"
	    " where status in ('succeeded', 'partial')"
	    " and staged <> approved + manual_review + rejected + archived" },
	{ "what a run staged goes when it ends, unless a guard holds it",
	    "select r.run_id from jobmill.execution_reports r join pg_tables t"
	    " on t.schemaname = 'jobmill_stage'"
	    " and t.tablename = 'run_' || r.run_id"
	    " where r.status <> 'running'"
	    " and not (r.status = 'partial' and r.guards is not null)" },
};

#define PROMISES (sizeof promises / sizeof *promises)

/* How many break a promise, and the first few of them. */
#define COUNT_HEAD                                                             \
	"select count(*),"                                                     \
	" (array_agg(what::text order by what::text))[1:5]::text from ("
#define COUNT_TAIL ") t (what)"

/* Look at one promise; whether it is kept. */
static bool
kept(struct db *db, struct out *out, size_t i)
{
	struct buf sql = { 0 }, line = { 0 };
	int64_t broken;
	PGresult *r;

	buf_text(&sql, COUNT_HEAD);
	buf_text(&sql, promises[i].sql);
	buf_text(&sql, COUNT_TAIL);
	r = db_query(db, buf_string(&sql), DB_NONE);
	db_check(db, "cannot look at the store");
	broken = db_int(r, 0, 0);
	if (broken > 0) {
		buf_byte(&line, '{');
		buf_json_member(&line, "broken", promises[i].promise,
		    strlen(promises[i].promise));
		buf_json_key(&line, "count");
		buf_json_int(&line, broken);
		buf_json_member(&line, "examples", db_text(r, 0, 1),
		    strlen(db_text(r, 0, 1)));
		buf_byte(&line, '}');
		out_add(out, line.data, line.len);
		out_line(out);
	}
	PQclear(r);
	buf_free(&sql);
	buf_free(&line);
	return broken == 0;
}

int
cmd_check(int argc, char *argv[])
{
	const struct opt_tool tool = { .name = "pg-store check",
		.synopsis = "",
		.summary =
		    "See whether the store keeps its promises; exit 70 if "
		    "not." };
	struct out *out;
	struct db *db;
	bool all = true;
	size_t i;

	opt_parse(&tool, argc, argv);
	out = out_stdout(false);
	db = db_open();
	db_script(db, "begin isolation level repeatable read read only");
	for (i = 0; i < PROMISES; i++)
		all = kept(db, out, i) && all;
	db_script(db, "commit");
	db_check(db, "cannot look at the store");
	out_close(out);
	db_close(db);
	return all ? EX_OK : EX_SOFTWARE;
}
