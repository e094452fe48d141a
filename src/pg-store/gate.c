/* gate.c - a filter: stop a feed that is not to be believed, before it costs */
#include "commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "lines.h"
#include "log.h"
#include "runs.h"
#include "stage.h"
#include "status.h"
#include "verdict.h"

struct gate {
	struct stage *stage;
	struct db *db;
	FILE *held; /* all records: nothing passes before the last one came */
	struct fill *fill;
	struct limits_given given;
	struct limits limits;
	struct verdict verdict;
	struct plan_counts counts;
	struct evidence evidence;
	char run[DB_NUMBER], feed[DB_NUMBER];
};

static const char run_sql[] =
    "select feed_id, (select count(*) from jobmill.jobs j"
    "  where j.feed_id = r.feed_id and j.closed_at is null)"
    " from jobmill.execution_reports r"
    " where run_id = $1 and status = 'running'";

static _Noreturn void
no_room(void)
{
	die(EX_IOERR, "cannot hold the records back",
	    LOG_TEXT("error", strerror(errno)));
}

static void
hold(struct gate *g)
{
	struct rec *job;
	const char *line;
	size_t len;

	while ((job = stage_read(g->stage)) != NULL) {
		line = rec_line(job, &len);
		if (fwrite(line, 1, len, g->held) != len ||
		    putc('\n', g->held) == EOF)
			no_room();
		fill_add(g->fill, job);
		g->counts.staged++;
	}
	if (fflush(g->held) != 0 || fseek(g->held, 0, SEEK_SET) != 0)
		no_room();
}

/*
 * What the guards will see once all is stored, as far as numbers tell: at
 * least so many jobs less.
 */
static bool
work(struct db *db, void *argument)
{
	struct gate *g = argument;
	PGresult *r = db_query(db, run_sql, DB_VALUES(g->run));

	bool runs = r != NULL && PQntuples(r) > 0;

	if (runs) {
		db_number(db_int(r, 0, 0), g->feed);
		g->counts.live = db_int(r, 0, 1);
	}
	PQclear(r);
	if (db_failed(db))
		return false;
	if (!runs)
		die(EX_UNAVAILABLE, "the run is not running",
		    LOG_TEXT("run", g->run));
	limits_load(&g->limits, db, g->feed, &g->given);
	g->counts.gone = g->counts.live > g->counts.staged
	                     ? g->counts.live - g->counts.staged
	                     : 0;
	if (g->limits.delta)
		g->counts.live = g->counts.gone = 0;
	g->evidence = (struct evidence){ .records = g->counts.staged,
		.fill = fill_json(g->fill) };
	verdict_reach(&g->verdict, db, g->feed, g->run, &g->limits, &g->counts,
	    &g->evidence);
	/* What waits for a confirmation is kept; commit is the one to lift. */
	return g->verdict.tripped != 0 && !g->verdict.confirmed;
}

static void
pass(struct gate *g)
{
	struct lines *lines = lines_open(fileno(g->held), SIZE_MAX / 4);
	const char *line;
	size_t len;
	enum lines_got got;

	while ((got = lines_next(lines, &line, &len)) == LINES_LINE)
		stage_emit(g->stage, line, len, false);
	if (got == LINES_ERROR)
		no_room();
	lines_close(lines);
}

static int
gate(struct gate *g, const struct stage_options *options)
{
	bool shut;

	g->stage = stage_open(options);
	g->db = db_open();
	g->held = tmpfile();
	if (g->held == NULL)
		die(EX_CANTCREAT, "cannot make a temporary file",
		    LOG_TEXT("error", strerror(errno)));
	g->fill = fill_new();
	hold(g);
	shut = db_transaction(g->db, "begin", "cannot look at the feed", work,
	    NULL, g);
	if (shut)
		die(EX_GUARD, "a guard stopped the run",
		    LOG_TEXT("saw", buf_string(&g->verdict.words)),
		    LOG_TEXT("see", "--accept"));
	pass(g);
	fclose(g->held);
	fill_free(g->fill);
	verdict_free(&g->verdict);
	db_close(g->db);
	return stage_close(g->stage, EX_OK);
}

int
cmd_gate(int argc, char *argv[])
{
	struct gate g = { .given = LIMITS_DEFAULTS };
	struct stage_options options = STAGE_DEFAULTS;
	const struct opt opts[] = { LIMITS_OPTS(&g.given), STAGE_OPTS(&options),
		OPT_END };
	const struct opt_tool tool = { .name = "pg-store gate",
		.synopsis = "[option ...] run [file]",
		.summary = "Pass all records on, or none if a guard trips.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 2 };
	int at;

	setenv("JOBMILL_STAGE", "gate", 0);
	at = opt_parse(&tool, argc, argv);
	if (run_number(argv[at]) < 0)
		opt_wrong(&tool, "a run is a number from 1", argv[at]);
	limits_check(&g.given, &tool);
	db_number(run_number(argv[at]), g.run);
	options.input = argc > at + 1 ? argv[at + 1] : NULL;
	return gate(&g, &options);
}
