/* begin.c - open a run of a feed, keep it alive, give it up */
#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "runs.h"
#include "sig.h"
#include "status.h"

/* A run whose heart has not beaten for this long is dead. */
#define STALE_MS 120000
#define EVERY_MS 20000

/* Between looks at whether the one we beat for still lives. */
#define LOOK_MS 500

static const char running_sql[] =
    "select run_id, host, pid, jobmill.stamp(started_at),"
    " floor(extract(epoch from clock_timestamp() - heartbeat_at) * 1000)"
    "::bigint"
    " from jobmill.execution_reports"
    " where feed_id = $1 and status = 'running'";

/* Host and process of a run that began, for whoever finds it in the way. */
static const char insert_sql[] =
    "insert into jobmill.execution_reports (feed_id, feed_name, host, pid)"
    " select feed_id, name, $2, $3::integer from jobmill.feeds"
    " where feed_id = $1 returning run_id";

static const char left_sql[] =
    "select r.run_id from jobmill.execution_reports r join pg_tables t"
    " on t.schemaname = 'jobmill_stage'"
    " and t.tablename = 'run_' || r.run_id where r.feed_id = $1";

static const char beat_sql[] =
    "update jobmill.execution_reports set heartbeat_at = clock_timestamp()"
    " where run_id = (select run_id from jobmill.execution_reports"
    "  where run_id = $1 and status = 'running'"
    "  for no key update skip locked)";

static const char state_sql[] =
    "select status from jobmill.execution_reports where run_id = $1";

/* What `begin` wants, and what came of it. */
struct beginning {
	const char *feed;
	uint64_t stale_ms;
	int64_t run; /* 0: another one is under way */
};

/* A run that is under way: leave it, or take over from it when it is dead. */
static bool
stands_in_the_way(struct db *db, const struct beginning *b)
{
	PGresult *r = db_query(db, running_sql, DB_VALUES(b->feed));
	bool found = r != NULL && PQntuples(r) > 0;
	int64_t silent_ms = found ? db_int(r, 0, 4) : 0;
	int64_t run = found ? db_int(r, 0, 0) : 0;

	if (found && silent_ms >= (int64_t)b->stale_ms) {
		log_warning("taking over from a run that has gone silent",
		    LOG_SINT("run", run), LOG_TEXT("host", db_text(r, 0, 1)),
		    LOG_SINT("pid", db_int(r, 0, 2)),
		    LOG_SINT("silent_s", silent_ms / 1000));
		run_end(db, run, "failed", "went silent and was taken over",
		    NULL);
		found = false;
	} else if (found) {
		log_error("a run of this feed is under way",
		    LOG_SINT("run", run), LOG_TEXT("host", db_text(r, 0, 1)),
		    LOG_SINT("pid", db_int(r, 0, 2)),
		    LOG_TEXT("since", db_text(r, 0, 3)),
		    LOG_SINT("heartbeat_s", silent_ms / 1000));
	}
	PQclear(r);
	return found;
}

/* Records that an earlier run staged and nobody wants any more. */
static void
drop_leftovers(struct db *db, const char *feed)
{
	PGresult *r = db_query(db, left_sql, DB_VALUES(feed));
	int i;

	for (i = 0; r != NULL && i < PQntuples(r); i++)
		run_drop_stage(db, db_int(r, i, 0));
	PQclear(r);
}

static bool
begin_work(struct db *db, void *argument)
{
	struct beginning *b = argument;
	char host[256] = "", pid[DB_NUMBER];
	PGresult *r;
	bool known;

	/* One at a time: two that begin would each see no other. */
	r = db_query(db,
	    "select from jobmill.feeds where feed_id = $1 for update nowait",
	    DB_VALUES(b->feed));
	known = r == NULL || PQntuples(r) > 0;
	PQclear(r);
	if (!known)
		die(EX_NOINPUT, "no such feed", LOG_TEXT("feed", b->feed),
		    LOG_TEXT("see", "pg-store feed list"));
	b->run = 0;
	if (db_failed(db) || stands_in_the_way(db, b))
		return false;
	drop_leftovers(db, b->feed);
	if (gethostname(host, sizeof host - 1) < 0)
		host[0] = '\0';
	r = db_query(db, insert_sql,
	    DB_VALUES(b->feed, host, db_number(getppid(), pid)));
	b->run = db_int(r, 0, 0);
	PQclear(r);
	return true;
}

int
cmd_begin(int argc, char *argv[])
{
	struct beginning b = { .stale_ms = STALE_MS };
	const struct opt opts[] = {
		{ .name = "stale-after",
		    .kind = OPT_SECONDS,
		    .to = &b.stale_ms,
		    .arg = "TIME",
		    .help = "take over from a run silent that long (2m)",
		    .env = "JOBMILL_STALE_AFTER" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store begin",
		.synopsis = "[--stale-after=time] feed_id",
		.summary = "Begin a run of a feed and print its number.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	char number[DB_NUMBER];
	struct out *out;
	struct db *db;

	b.feed = argv[at];
	if (run_number(b.feed) < 0)
		opt_wrong(&tool, "a feed is a number from 1", b.feed);
	out = out_stdout(false);
	db = db_open();
	db_transaction(db, "begin", "cannot begin a run", begin_work, NULL, &b);
	db_close(db);
	if (b.run != 0) {
		db_number(b.run, number);
		out_add(out, number, strlen(number));
		out_line(out);
	}
	out_close(out);
	return b.run != 0 ? EX_OK : EX_TEMPFAIL;
}

/* One beat.  Whether the run is still running; says so if it is not. */
static bool
beat(struct db *db, const char *run)
{
	uint64_t rows = 0;
	PGresult *r;
	bool runs;

	db_run(db, &rows, beat_sql, DB_VALUES(run));
	if (rows > 0 || db_failed(db))
		return true;
	/* Or it is being committed: then it is locked, and well. */
	r = db_query(db, state_sql, DB_VALUES(run));
	runs = r == NULL ||
	       (PQntuples(r) > 0 && strcmp(db_text(r, 0, 0), "running") == 0);
	if (!runs)
		log_error("the run is not running", LOG_TEXT("run", run),
		    LOG_TEXT("status",
		        PQntuples(r) > 0 ? db_text(r, 0, 0) : "unknown"));
	PQclear(r);
	return runs;
}

/* The process that the run belongs to. */
struct owner {
	pid_t pid;
	bool is_parent; /* who starts us may have ended before we look */
};

static bool
lives(const struct owner *o)
{
	if (o->is_parent)
		return getppid() == o->pid;
	return kill(o->pid, 0) == 0 || errno != ESRCH;
}

/* Wait for the next beat; false when the one we beat for is gone. */
static bool
rest(uint64_t every_ms, const struct owner *owner)
{
	uint64_t end = clock_ms() + every_ms;

	while (clock_ms() < end) {
		if (sig_stop() || !lives(owner))
			return false;
		clock_sleep_ms(LOOK_MS);
	}
	return true;
}

/* Beat until the run ends, or the process that it belongs to does. */
static int
follow(struct db *db, const char *run, uint64_t every_ms,
    const struct owner *owner)
{
	bool runs = true;

	db_rest(db);
	while (runs && rest(every_ms, owner)) {
		if (db_lost(db) && !db_try_reconnect(db))
			continue;
		runs = beat(db, run);
		if (!db_failed(db))
			db_rest(db);
		/* A store that is away for a while does not end a run. */
		if (db_failed(db) && !db_lost(db))
			db_check(db, "cannot tell that the run lives");
	}
	sig_die();
	return runs ? EX_OK : EX_UNAVAILABLE;
}

int
cmd_heartbeat(int argc, char *argv[])
{
	struct owner owner = { .pid = getppid(), .is_parent = true };
	bool followed = false;
	uint64_t every_ms = EVERY_MS, pid = 0;
	const struct opt opts[] = {
		{ .letter = 'f',
		    .name = "follow",
		    .kind = OPT_FLAG,
		    .to = &followed,
		    .help = "again and again, while the parent process lives" },
		{ .name = "every",
		    .kind = OPT_SECONDS,
		    .to = &every_ms,
		    .arg = "TIME",
		    .help = "with -f: how often (20s)",
		    .min = 100,
		    .max = 3600000 },
		{ .name = "parent",
		    .kind = OPT_COUNT,
		    .to = &pid,
		    .arg = "PID",
		    .help = "with -f: while this process lives instead",
		    .min = 1,
		    .max = INT32_MAX },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store heartbeat",
		.synopsis = "[-f] [--every=time] [--parent=pid] run ...",
		.summary = "Tell that a run lives, so that nobody takes over.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = -1 };
	int at = opt_parse(&tool, argc, argv), i, status = EX_OK;
	struct db *db;

	for (i = at; i < argc; i++)
		if (run_number(argv[i]) < 0)
			opt_wrong(&tool, "a run is a number from 1", argv[i]);
	if (followed && argc - at > 1)
		opt_wrong(&tool, "one run alone can be followed", argv[at + 1]);
	if (pid > 0)
		owner = (struct owner){ .pid = (pid_t)pid };
	db = db_open();
	for (i = at; i < argc; i++)
		if (!beat(db, argv[i]))
			status = EX_UNAVAILABLE;
	db_check(db, "cannot tell that the run lives");
	if (status == EX_OK && followed)
		status = follow(db, argv[at], every_ms, &owner);
	db_close(db);
	return status;
}

/* What `abort` leaves behind. */
struct ending {
	int64_t run;
	const char *status, *reason, *folder;
	struct chain *chain;
	bool ended;
};

static bool
abort_work(struct db *db, void *argument)
{
	struct ending *e = argument;
	char run[DB_NUMBER];
	int64_t feed;
	PGresult *r;

	/* The feed's row comes first, as everywhere: no deadlock. */
	r = db_query(db,
	    "select f.feed_id from jobmill.feeds f"
	    " join jobmill.execution_reports r using (feed_id)"
	    " where r.run_id = $1 for update of f",
	    DB_VALUES(db_number(e->run, run)));
	feed = r != NULL && PQntuples(r) > 0 ? db_int(r, 0, 0) : 0;
	PQclear(r);
	if (feed == 0 && !db_failed(db))
		die(EX_NOINPUT, "no such run", LOG_TEXT("run", run));
	e->ended = run_end(db, e->run, e->status, e->reason, e->chain);
	if (e->ended) {
		run_drop_stage(db, e->run);
		if (e->folder != NULL)
			run_keep_letters(db, e->run, feed, e->folder);
	}
	return true;
}

int
cmd_abort(int argc, char *argv[])
{
	static const char *const statuses[] = { "failed", "not_modified",
		"cancelled", NULL };
	struct ending e = { .run = -1 };
	int status = 0;
	const struct opt opts[] = {
		{ .letter = 's',
		    .name = "status",
		    .kind = OPT_CHOICE,
		    .to = &status,
		    .arg = "STATUS",
		    .help = "failed, not_modified or cancelled (failed)",
		    .choices = statuses },
		{ .letter = 'r',
		    .name = "reason",
		    .kind = OPT_TEXT,
		    .to = &e.reason,
		    .arg = "TEXT",
		    .help = "why, for the report" },
		{ .name = "run-dir",
		    .kind = OPT_TEXT,
		    .to = &e.folder,
		    .arg = "DIR",
		    .help = "where the stages left their counters",
		    .env = "JOBMILL_RUN_DIR" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store abort",
		.synopsis = "[-s status] [-r text] [--run-dir=dir] run",
		.summary = "End a run: it leaves nothing but its report.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	struct db *db;

	e.run = run_number(argv[at]);
	e.status = statuses[status];
	if (e.run < 0)
		opt_wrong(&tool, "a run is a number from 1", argv[at]);
	e.chain = chain_read(e.folder);
	db = db_open();
	db_transaction(db, "begin", "cannot end the run", abort_work, NULL, &e);
	if (!e.ended)
		log_info("the run had ended before", LOG_SINT("run", e.run));
	db_close(db);
	chain_free(e.chain);
	return EX_OK;
}
