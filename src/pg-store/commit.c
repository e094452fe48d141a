/* commit.c - make what a run staged the truth, in one transaction */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "plan.h"
#include "runs.h"
#include "status.h"
#include "verdict.h"

struct commit {
	const char *folder, *stages, *why; /* as the command line says it */
	struct limits_given given;
	bool partial, delta;

	int64_t run;
	char run_id[DB_NUMBER], feed_id[DB_NUMBER], table[RUN_TABLE];
	struct chain *chain;
	struct limits limits;
	struct verdict verdict;
	struct buf reason;
	char *max_close_of_feed;
	bool was_delta;      /* the feed is one, or this file of it says so */
	const char *failure; /* why nothing may be stored; NULL: nothing */
	int status;          /* what to exit with */
};

static const char run_sql[] =
    "select r.status, r.staged, coalesce(f.last_committed_run, 0),"
    " coalesce(jsonb_array_length(r.guards), 0) > 0,"
    " to_regclass($2) is not null"
    " from jobmill.execution_reports r join jobmill.feeds f using (feed_id)"
    " where r.run_id = $1 for update of f, r";

enum column { STATUS, STAGED, LAST_COMMITTED, GUARDED, HAS_TABLE };

/* A run that a guard held up is committed a second time, by a person. */
static const char reopen_sql[] =
    "update jobmill.execution_reports set status = 'running'"
    " where run_id = $1 and status = 'partial'";

static const char summary_sql[] =
    "select row_to_json(t) from (select run_id, feed_id, feed_name, status,"
    " total_in_feed, staged, merged, dead, created, changed, moved, unchanged,"
    " closed, reopened, missed, stale, approved, manual_review, rejected,"
    " archived, round(duration_seconds::numeric, 3) duration_seconds,"
    " requests, tokens_in, tokens_out, cost_usd, outcomes, guards,"
    " error_summary from jobmill.execution_reports where run_id = $1) t";

/* Whether the run is in a state to be committed; says why not. */
static bool
may_commit(struct commit *c, struct db *db, const PGresult *r)
{
	const char *status = db_text(r, 0, STATUS);
	bool again = strcmp(status, "partial") == 0 &&
	             *db_text(r, 0, GUARDED) == 't' &&
	             *db_text(r, 0, HAS_TABLE) == 't';

	if (db_int(r, 0, LAST_COMMITTED) > c->run) {
		log_error("a later run of this feed was committed already",
		    LOG_TEXT("run", c->run_id),
		    LOG_SINT("committed", db_int(r, 0, LAST_COMMITTED)));
		c->status = EX_GUARD;
		return false;
	}
	if (again)
		return db_run(db, NULL, reopen_sql, DB_VALUES(c->run_id));
	if (strcmp(status, "running") == 0)
		return true;
	log_error("the run is not running", LOG_TEXT("run", c->run_id),
	    LOG_TEXT("status", status));
	c->status = EX_UNAVAILABLE;
	return false;
}

/*
 * What proves that every record arrived; sets failure if anything does not.
 * Starts the plan, which counts the records.
 */
static void
prove(struct commit *c, struct db *db, struct plan *p, const PGresult *r)
{
	int64_t there;

	c->failure = NULL;
	if (PQgetisnull(r, 0, STAGED) || *db_text(r, 0, HAS_TABLE) != 't') {
		c->failure = "the records were not staged to their end";
		return;
	}
	if (c->folder != NULL)
		c->failure =
		    chain_check(c->chain, c->stages, c->partial, &c->reason);
	if (c->failure != NULL)
		return;
	there = plan_start(db, p);
	if (!db_failed(db) && there != db_int(r, 0, STAGED)) {
		buf_clear(&c->reason);
		buf_printf(&c->reason,
		    "%" PRId64 " records were staged, %" PRId64 " are there",
		    db_int(r, 0, STAGED), there);
		c->failure = buf_string(&c->reason);
	}
}

/*
 * Whether the feed, or this file of it, tells only what changed; or is a window
 * (RSS, a page): who is missing there may still be open.
 */
static bool
is_delta(const struct commit *c)
{
	const char *load =
	    json_string(chain_stage(c->chain, "xml2jsonl"), "load");

	return c->delta || c->limits.delta ||
	       (load != NULL && strcmp(load, "snapshot") != 0);
}

/* Let the guards look at what the stages counted. */
static void
judge(struct commit *c, struct db *db, const struct plan_counts *counts)
{
	const cJSON *stage = chain_stage(c->chain, "stage");
	const cJSON *fill = json_member(stage, "fill");
	char *fill_text = fill != NULL ? cJSON_PrintUnformatted(fill) : NULL;
	struct evidence e = {
		.seen = chain_count(c->chain, "xml2jsonl", "in"),
		.dead = chain_sum(c->chain, "dead"),
		.records = chain_count(c->chain, "stage", "out") +
		           chain_count(c->chain, "stage", "merged"),
		.fill = fill_text != NULL ? fill_text : "{}",
	};

	/* A pipeline of another kind has its records from somewhere else. */
	if (e.seen == 0)
		e.seen = chain_count(c->chain, "stage", "in");
	verdict_reach(&c->verdict, db, c->feed_id, c->run_id, &c->limits,
	    counts, &e);
	cJSON_free(fill_text);
}

/* Close what is gone, if this run proves that anything is. */
static void
decide(struct commit *c, struct db *db, const struct plan *p,
    const struct plan_counts *counts)
{
	struct verdict *v = &c->verdict;

	v->tripped = 0;
	buf_clear(&v->json);
	buf_clear(&v->words);
	if (c->partial) {
		plan_keep(db, p, true);
		return;
	}
	if (is_delta(c)) {
		/* Nobody is missed; the other guards look all the same. */
		struct plan_counts named = { .live = 0,
			.staged = counts->staged };

		plan_spare(db, p);
		judge(c, db, &named);
		return;
	}
	judge(c, db, counts);
	if (v->tripped != 0 && !v->confirmed)
		plan_keep(db, p, true);
	else
		plan_close(db, p, c->limits.misses);
}

/* The report and the feed's statistics, in the same transaction. */
static void
conclude(struct commit *c, struct db *db, const struct plan *p)
{
	struct verdict *v = &c->verdict;
	bool held = v->tripped != 0 && !v->confirmed;

	plan_report(db, p);
	db_run(db, NULL,
	    "update jobmill.execution_reports set guards = $2::jsonb"
	    " where run_id = $1",
	    DB_VALUES(c->run_id,
	        v->json.len > 2 ? buf_string(&v->json) : NULL));
	run_end(db, c->run, held || c->partial ? "partial" : "succeeded",
	    held         ? buf_string(&v->words)
	    : c->partial ? c->why
	                 : NULL,
	    c->chain);
	if (c->folder != NULL)
		run_keep_letters(db, c->run, strtoll(c->feed_id, NULL, 10),
		    c->folder);
	/* A person may look at what a guard held up, and accept it. */
	if (!held)
		run_drop_stage(db, c->run);
	c->status = held ? EX_GUARD : EX_OK;
}

static void
fail(struct commit *c, struct db *db)
{
	log_error("the run can't be committed", LOG_TEXT("run", c->run_id),
	    LOG_TEXT("error", c->failure));
	run_end(db, c->run, "failed", c->failure, c->chain);
	if (c->folder != NULL)
		run_keep_letters(db, c->run, strtoll(c->feed_id, NULL, 10),
		    c->folder);
	run_drop_stage(db, c->run);
	c->status = EX_DATAERR;
}

static bool
commit_work(struct db *db, void *argument)
{
	struct commit *c = argument;
	struct plan p = { c->table, c->run_id, c->feed_id, false };
	struct plan_counts counts = { 0 };
	PGresult *r;

	db_script(db, "set local statement_timeout = 0");
	/* Rows of one run, joined once: compiling never pays. */
	db_script(db, "set local jit = off");
	db_script(db, "set local work_mem = '64MB'");
	r = db_query(db, run_sql, DB_VALUES(c->run_id, c->table));
	if (r == NULL || !may_commit(c, db, r)) {
		PQclear(r);
		return false;
	}
	limits_load(&c->limits, db, c->feed_id, &c->given);
	prove(c, db, &p, r);
	PQclear(r);
	if (c->failure != NULL) {
		fail(c, db);
		return true;
	}
	plan_make(db, &p, &counts);
	decide(c, db, &p, &counts);
	plan_apply(db, &p);
	conclude(c, db, &p);
	return true;
}

/* After a COMMIT whose answer was lost: did it happen? */
static bool
commit_done(struct db *db, void *argument)
{
	struct commit *c = argument;
	PGresult *r = db_query(db,
	    "select status <> 'running' from jobmill.execution_reports"
	    " where run_id = $1",
	    DB_VALUES(c->run_id));
	bool done = r != NULL && *db_text(r, 0, 0) == 't';

	PQclear(r);
	db_check(db, "cannot see whether the run was committed");
	return done;
}

static void
print_summary(struct commit *c, struct db *db)
{
	struct out *out = out_stdout(false);
	PGresult *r = db_query(db, summary_sql, DB_VALUES(c->run_id));

	db_check(db, "cannot read the report");
	out_add(out, db_text(r, 0, 0), strlen(db_text(r, 0, 0)));
	out_line(out);
	out_close(out);
	PQclear(r);
}

/* The feed that a run is of. */
static void
find_feed(struct commit *c, struct db *db)
{
	int64_t feed;
	PGresult *r = db_query(db,
	    "select feed_id from jobmill.execution_reports where run_id = $1",
	    DB_VALUES(c->run_id));

	db_check(db, "cannot find the run");
	feed = PQntuples(r) > 0 ? db_int(r, 0, 0) : 0;
	PQclear(r);
	if (feed == 0)
		die(EX_NOINPUT, "no such run", LOG_TEXT("run", c->run_id));
	db_number(feed, c->feed_id);
}

static int
commit(struct commit *c)
{
	struct db *db;
	bool done;

	db_number(c->run, c->run_id);
	run_table(c->run, c->table);
	c->chain = chain_read(c->folder);
	db = db_open();
	find_feed(c, db);
	done = db_transaction(db, "begin isolation level repeatable read",
	    "cannot commit the run", commit_work, commit_done, c);
	if (done && c->failure == NULL) {
		print_summary(c, db);
		if (c->status == EX_GUARD)
			log_error("a guard stopped the closing of jobs",
			    LOG_TEXT("saw", buf_string(&c->verdict.words)),
			    LOG_TEXT("see", "--accept"));
	}
	db_close(db);
	chain_free(c->chain);
	verdict_free(&c->verdict);
	buf_free(&c->reason);
	return c->status;
}

int
cmd_commit(int argc, char *argv[])
{
	struct commit c = { .stages = CHAIN_DEFAULT, .given = LIMITS_DEFAULTS };
	const struct opt opts[] = {
		{ .letter = 'p',
		    .name = "partial",
		    .kind = OPT_FLAG,
		    .to = &c.partial,
		    .help = "the feed was not seen to its end: close nothing" },
		{ .name = "delta",
		    .kind = OPT_FLAG,
		    .to = &c.delta,
		    .help = "it has changes only: close what it names" },
		{ .letter = 'r',
		    .name = "reason",
		    .kind = OPT_TEXT,
		    .to = &c.why,
		    .arg = "TEXT",
		    .help = "with -p: why, for the report" },
		{ .name = "run-dir",
		    .kind = OPT_TEXT,
		    .to = &c.folder,
		    .arg = "DIR",
		    .help = "where the stages left their counters",
		    .env = "JOBMILL_RUN_DIR" },
		{ .name = "stages",
		    .kind = OPT_TEXT,
		    .to = &c.stages,
		    .arg = "NAMES",
		    .help = "stages that must add up (process-feed's)",
		    .env = "JOBMILL_STAGES" },
		{ .name = "max-dead-share",
		    .kind = OPT_DECIMAL,
		    .to = &c.given.max_dead,
		    .arg = "PERCENT",
		    .help = "of the records may be refused (5)",
		    .env = "JOBMILL_MAX_DEAD_SHARE",
		    .low = "0",
		    .high = "100" },
		{ .name = "misses",
		    .kind = OPT_COUNT,
		    .to = &c.given.misses,
		    .arg = "N",
		    .help = "complete runs without a job before it closes (1)",
		    .env = "JOBMILL_MISSES",
		    .min = 1,
		    .max = 1000 },
		LIMITS_OPTS(&c.given),
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store commit",
		.synopsis = "[option ...] run",
		.summary =
		    "Make what a run staged the truth; print its report.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	c.run = run_number(argv[at]);
	if (c.run < 0)
		opt_wrong(&tool, "a run is a number from 1", argv[at]);
	limits_check(&c.given, &tool);
	return commit(&c);
}
