/* ack.c - a filter: note what the mirror did with each job */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "db.h"
#include "job.h"
#include "log.h"
#include "opt.h"
#include "stage.h"
#include "status.h"

#define MOST_CALLS 500
#define MOST_BYTES ((size_t)1 << 20)

static const char ack_sql[] =
    "insert into jobmill.mirror_calls (job_id, target, op, row_id, status,"
    " detail) select (d ->> 'key')::uuid, $1, d ->> 'op', d ->> 'id',"
    " d ->> 'status', d from unnest($2::json[]) d";

struct ack {
	struct db *db;
	struct stage *stage;
	const char *target;
	struct buf lines, room;
	size_t count;
};

static void
save(struct ack *a)
{
	if (a->count > 0)
		PQclear(db_repeat(a->db, "cannot note what the mirror did",
		    ack_sql, DB_VALUES(a->target, db_array(&a->lines))));
	a->count = 0;
	buf_clear(&a->lines);
}

/* Whether the line tells of a job of ours. */
static bool
is_call(struct ack *a, const struct rec *line)
{
	const char *key;
	size_t len;

	if (!rec_has_text(line, "op") || !rec_has_text(line, "status"))
		return false;
	key = rec_text(line, "key", &a->room, &len);
	if (key == NULL || len != 36)
		return false;
	if (key != a->room.data) {
		buf_clear(&a->room);
		buf_add(&a->room, key, len);
	}
	return job_is_id(buf_string(&a->room));
}

static void
run(struct ack *a)
{
	struct rec *line;
	const char *text;
	size_t len;

	stats_set(stage_stats(a->stage), "noted", 0);
	while ((line = stage_read(a->stage)) != NULL) {
		if (is_call(a, line)) {
			text = rec_line(line, &len);
			db_array_add(&a->lines, text, len);
			a->count++;
			stats_add(stage_stats(a->stage), "noted", 1);
		}
		stage_pass(a->stage, line);
		if (a->count == MOST_CALLS || a->lines.len >= MOST_BYTES ||
		    (a->count > 0 && answer_idle(a->stage)))
			save(a);
	}
	save(a);
}

int
cmd_ack(int argc, char *argv[])
{
	struct stage_options options = STAGE_DEFAULTS;
	struct ack a = { .target = "xano" };
	const struct opt opts[] = {
		{ .letter = 't',
		    .name = "target",
		    .kind = OPT_TEXT,
		    .to = &a.target,
		    .arg = "NAME",
		    .help = "which mirror it was (xano)" },
		STAGE_OPTS(&options),
		OPT_END,
	};
	const struct opt_tool tool = { .name = "pg-store ack",
		.synopsis = "[-t name] [option ...] [file]",
		.summary = "Note what the mirror did with each job, for trace.",
		.opts = opts,
		.operands_max = 1 };
	int at;

	setenv("JOBMILL_STAGE", "ack", 0);
	at = opt_parse(&tool, argc, argv);
	options.input = argc > at ? argv[at] : NULL;
	a.stage = stage_open(&options);
	a.db = db_open();
	run(&a);
	buf_free(&a.lines);
	buf_free(&a.room);
	db_close(a.db);
	return stage_close(a.stage, EX_OK);
}
