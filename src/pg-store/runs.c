/* runs.c - a run's row in the store, and its end */
#include "runs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "due.h"

/* Figures of all stages are added up by the server. */
static const char end_sql[] =
    "with stages as (select value from jsonb_each($4::jsonb)),"
    " sums as (select sum((value ->> 'merged')::bigint) as merged,"
    "  sum((value ->> 'dead')::bigint) as dead,"
    "  sum((value ->> 'requests')::bigint) as requests,"
    "  sum((value ->> 'tokens_in')::bigint) as tokens_in,"
    "  sum((value ->> 'tokens_out')::bigint) as tokens_out,"
    "  sum((value ->> 'cost_usd')::numeric) as cost_usd from stages)"
    " update jobmill.execution_reports r set status = $2,"
    " error_summary = $3, stages = $4::jsonb, finished_at = clock_timestamp(),"
    " duration_seconds = extract(epoch from clock_timestamp() - started_at),"
    " total_in_feed = coalesce(total_in_feed,"
    "  ($4::jsonb #>> '{xml2jsonl,in}')::bigint),"
    " staged = coalesce(staged, ($4::jsonb #>> '{stage,out}')::bigint),"
    " merged = s.merged, dead = s.dead, requests = s.requests,"
    " tokens_in = s.tokens_in, tokens_out = s.tokens_out,"
    " cost_usd = s.cost_usd from sums s"
    " where run_id = $1 and status = 'running'";

static const char feed_sql[] =
    "update jobmill.feeds f set last_run_id = r.run_id,"
    " last_run_status = r.status, last_run_at = r.finished_at,"
    " last_error = r.error_summary,"
    " last_committed_run = case when r.status in ('succeeded', 'partial')"
    "  then r.run_id else f.last_committed_run end,"
    " last_succeeded_at = case when r.status in ('succeeded', 'not_modified')"
    "  then r.finished_at else f.last_succeeded_at end,"
    " consecutive_failure_count = case"
    "  when r.status in ('succeeded', 'not_modified') then 0"
    "  when r.status = 'failed' then f.consecutive_failure_count + 1"
    "  else f.consecutive_failure_count end,"
    " avg_processing_time = (select avg(t.duration_seconds) from"
    "  (select duration_seconds from jobmill.execution_reports"
    "   where feed_id = f.feed_id and status in ('succeeded', 'partial')"
    "   order by run_id desc limit 20) t)"
    " from jobmill.execution_reports r"
    " where r.run_id = $1 and f.feed_id = r.feed_id returning f.feed_id";

const char *
run_table(int64_t run, char out[RUN_TABLE])
{
	snprintf(out, RUN_TABLE, "jobmill_stage.run_%" PRId64, run);
	return out;
}

int64_t
run_number(const char *text)
{
	long long number;
	char *end;

	if (strspn(text, "0123456789") != strlen(text))
		return -1;
	errno = 0;
	number = strtoll(text, &end, 10);
	return errno == 0 && number > 0 ? number : -1;
}

/* The feed keeps what its last run came to, and is due again. */
static void
run_left_feed(struct db *db, const char *run)
{
	PGresult *r = db_query(db, feed_sql, DB_VALUES(run));

	if (r != NULL && PQntuples(r) > 0)
		due_keep(db, db_text(r, 0, 0));
	PQclear(r);
}

bool
run_end(struct db *db, int64_t run, const char *status, const char *reason,
    const struct chain *c)
{
	char id[DB_NUMBER];
	uint64_t ended = 0;

	db_number(run, id);
	db_run(db, &ended, end_sql,
	    DB_VALUES(id, status, reason, c != NULL ? chain_json(c) : "{}"));
	if (ended > 0)
		run_left_feed(db, id);
	return ended > 0;
}

void
run_drop_stage(struct db *db, int64_t run)
{
	char table[RUN_TABLE], sql[RUN_TABLE + 32];

	snprintf(sql, sizeof sql, "drop table if exists %s",
	    run_table(run, table));
	db_script(db, sql);
}
