/* stage_run.c - take the records of a run in, a batch at a time */
#include "commands.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fill.h"
#include "log.h"
#include "pgcopy.h"
#include "row.h"
#include "runs.h"
#include "stage.h"
#include "status.h"

/*
 * Bytes of a COPY.  Each is a transaction of its own: a model may take hours,
 * and no server, pooler or time limit likes one to stand open that long.
 */
#define BATCH ((size_t)8 << 20)

struct staging {
	struct db *db;
	int64_t run, feed;
	char table[RUN_TABLE];
	char copy_sql[RUN_TABLE + 400];
	struct row *row;
	struct fill *fill;
	struct buf batch;
	int64_t sent; /* rows that the server has */
	int64_t seq;  /* rows that were made */
};

/* A statement about the table of the run; the name is ours. */
static bool
on_table(struct staging *s, uint64_t *rows, const char *before,
    const char *after)
{
	char sql[RUN_TABLE + 1200];
	int len = snprintf(sql, sizeof sql, "%s%s%s", before, s->table, after);

	if (len < 0 || (size_t)len >= sizeof sql)
		die(EX_SOFTWARE, "a statement is too long");
	return db_run(s->db, rows, sql, DB_NONE);
}

/* The feed of the run, which must be running. */
static void
look_up(struct staging *s, const char *run)
{
	bool runs;
	PGresult *r = db_query(s->db,
	    "select feed_id, status from jobmill.execution_reports"
	    " where run_id = $1",
	    DB_VALUES(run));

	db_check(s->db, "cannot find the run");
	s->feed = PQntuples(r) > 0 ? db_int(r, 0, 0) : 0;
	runs = s->feed > 0 && strcmp(db_text(r, 0, 1), "running") == 0;
	PQclear(r);
	if (s->feed == 0)
		die(EX_NOINPUT, "no such run", LOG_TEXT("run", run));
	if (!runs)
		die(EX_UNAVAILABLE, "the run is not running",
		    LOG_TEXT("run", run));
}

/*
 * A table of the run's own.  Unlogged: it is of no use after a crash, and its
 * bytes need not go over the wire to a replica.
 */
static void
make_table(struct staging *s)
{
	PGresult *r = db_query(s->db,
	    "select attcompression::text = 'l' from pg_attribute"
	    " where attrelid = 'jobmill.open_jobs'::regclass"
	    " and attname = 'record'",
	    DB_NONE);

	/* PostgreSQL 13 has no such column. */
	if (db_failed(s->db) && strcmp(db_sqlstate(s->db), "42703") == 0)
		db_forgive(s->db);
	run_drop_stage(s->db, s->run);
	on_table(s, NULL, "create unlogged table ",
	    " (" ROW_TYPES ") with (autovacuum_enabled = off,"
	    " toast_tuple_target = 512)");
	if (r != NULL && *db_text(r, 0, 0) == 't')
		on_table(s, NULL, "alter table ",
		    " alter column record set compression lz4");
	PQclear(r);
	db_check(s->db, "cannot make room for the records");
}

static int64_t
rows_there(struct staging *s)
{
	char sql[RUN_TABLE + 40];
	PGresult *r;
	int64_t rows;

	snprintf(sql, sizeof sql, "select count(*) from %s", s->table);
	r = db_query(s->db, sql, DB_NONE);
	db_check(s->db, "cannot count the records");
	rows = db_int(r, 0, 0);
	PQclear(r);
	return rows;
}

/*
 * The connection was lost: what the server has tells whether the batch came
 * through.  A server that crashed has emptied the table.
 */
static bool
came_through(struct staging *s)
{
	int64_t rows;

	db_reconnect(s->db);
	rows = rows_there(s);
	if (rows != s->sent && rows != s->seq)
		die(EX_TEMPFAIL, "the server has lost what was staged",
		    LOG_SINT("rows", rows), LOG_SINT("staged", s->sent));
	return rows == s->seq;
}

static void
send_batch(struct staging *s)
{
	int tries = 0;

	if (s->seq == s->sent)
		return;
	pgcopy_end(&s->batch);
	while (!db_copy(s->db, s->copy_sql, s->batch.data, s->batch.len)) {
		if (!db_lost(s->db) || ++tries == DB_TRIES)
			db_check(s->db, "cannot stage the records");
		if (came_through(s))
			break;
	}
	s->sent = s->seq;
	buf_clear(&s->batch);
}

static void
take(struct staging *s, struct stage *stage)
{
	struct rec *job;
	const char *error;

	while ((job = stage_read(stage)) != NULL) {
		if (s->batch.len == 0)
			pgcopy_start(&s->batch);
		error = row_add(s->row, &s->batch, job, s->feed, s->seq + 1);
		if (error != NULL) {
			stage_refuse(stage, error);
			continue;
		}
		s->seq++;
		fill_add(s->fill, job);
		stage_stats(stage)->out++;
		stats_tick(stage_stats(stage));
		if (s->batch.len >= BATCH)
			send_batch(s);
	}
}

/* A key that came again: the first one stands, as Indeed and others have it. */
static uint64_t
drop_repeated(struct staging *s)
{
	char after[RUN_TABLE + 200];
	uint64_t rows = 0;

	snprintf(after, sizeof after,
	    " t using (select source_id, min(seq) as seq from %s"
	    " group by source_id having count(*) > 1) f"
	    " where t.source_id = f.source_id and t.seq > f.seq",
	    s->table);
	on_table(s, &rows, "delete from ", after);
	on_table(s, NULL, "analyze ", " (seq, source_id)");
	db_check(s->db, "cannot find repeated records");
	return rows;
}

static int
finish(struct staging *s, struct stage *stage)
{
	struct stats *stats = stage_stats(stage);
	uint64_t repeated;
	char run[DB_NUMBER], staged[DB_NUMBER];

	send_batch(s);
	repeated = drop_repeated(s);
	stats->out -= repeated;
	stats->merged += repeated;
	if (repeated > 0)
		log_warning("records came again, the first of each was kept",
		    LOG_UINT("repeated", repeated));
	/* That it was seen to its end: commit asks for this number. */
	db_run(s->db, NULL,
	    "update jobmill.execution_reports set staged = $2"
	    " where run_id = $1 and status = 'running'",
	    DB_VALUES(db_number(s->run, run),
	        db_number((int64_t)stats->out, staged)));
	db_check(s->db, "cannot note that all is staged");
	stats_set(stats, "staged", stats->out);
	stats_set(stats, "duplicates", repeated);
	stats_set_json(stats, "fill", fill_json(s->fill));
	return EX_OK;
}

static int
stage_run(const struct stage_options *options, const char *run)
{
	struct staging s = { .run = run_number(run) };
	struct stage *stage = stage_open(options);
	int status;

	s.db = db_open();
	s.row = row_new();
	s.fill = fill_new();
	run_table(s.run, s.table);
	snprintf(s.copy_sql, sizeof s.copy_sql,
	    "copy %s (" ROW_COLUMNS ") from stdin (format binary)", s.table);
	look_up(&s, run);
	make_table(&s);
	db_rest(s.db);
	take(&s, stage);
	status = finish(&s, stage);
	buf_free(&s.batch);
	fill_free(s.fill);
	row_free(s.row);
	db_close(s.db);
	return stage_close(stage, status);
}

int
cmd_stage(int argc, char *argv[])
{
	struct stage_options options = STAGE_DEFAULTS;
	const struct opt opts[] = { STAGE_OPTS(&options), OPT_END };
	const struct opt_tool tool = { .name = "pg-store stage",
		.synopsis = "[option ...] run [file]",
		.summary = "Take the records of a run in; commit makes them "
		           "count.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 2 };
	int at;

	setenv("JOBMILL_STAGE", "stage", 0);
	at = opt_parse(&tool, argc, argv);
	if (run_number(argv[at]) < 0)
		opt_wrong(&tool, "a run is a number from 1", argv[at]);
	options.input = argc > at + 1 ? argv[at + 1] : NULL;
	return stage_run(&options, argv[at]);
}
