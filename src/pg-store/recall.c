/* recall.c - a filter: fill in answers that were given before */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "db.h"
#include "log.h"
#include "stage.h"
#include "status.h"

/* What is looked up at once. */
#define BATCH_RECORDS 500
#define BATCH_BYTES ((size_t)4 << 20)

static const char recall_sql[] =
    "with found as materialized (select k.i, e.*"
    "  from unnest($3::text[]) with ordinality k (key, i)"
    /* "limit 1" asks the index key by key, whatever the statistics say. */
    "  cross join lateral (select ctid as at, answer, bill, used_on"
    "   from jobmill.enrichments e where e.stage = $1 and e.profile = $2"
    "   and e.key = k.key limit 1) e),"
    /* To the week is often enough for `forget`. */
    " used as (update jobmill.enrichments set used_on = current_date"
    "  where ctid = any (array(select at from found"
    "   where used_on < current_date - 7)))"
    " select i, answer, bill from found order by i";

struct held {
	size_t at, len; /* in lines */
	bool asked;     /* its key is among those looked up */
};

struct recall {
	struct db *db;
	struct stage *stage;
	enum answer_stage of;
	const char *profile;
	struct held held[BATCH_RECORDS];
	size_t count;
	struct buf lines, keys, key, written;
	struct rec *job, *room;
};

/* A record with its answer, if that is one. */
static bool
answered(struct recall *r, const PGresult *found, int row, const char *line,
    size_t len)
{
	size_t at;

	if (rec_parse(r->job, line, len, &at) != NULL)
		return false;
	if (!answer_put(r->job, r->of, db_text(found, row, 1),
	        db_text(found, row, 2), r->room)) {
		log_warning("a stored answer is none, asking again",
		    LOG_TEXT("stage", answer_stages[r->of]));
		return false;
	}
	buf_clear(&r->written);
	rec_write(r->job, &r->written);
	return true;
}

/* Look up what is held, and let it go on. */
static void
flush(struct recall *r)
{
	PGresult *found = NULL;
	int row = 0, rows = 0;
	int64_t asked = 0;
	size_t i;

	if (r->keys.len > 0)
		found = db_repeat(r->db, "cannot look answers up", recall_sql,
		    DB_VALUES(answer_stages[r->of], r->profile,
		        db_array(&r->keys)));
	if (found != NULL)
		rows = PQntuples(found);
	for (i = 0; i < r->count; i++) {
		const struct held *h = &r->held[i];
		const char *line = r->lines.data + h->at;

		asked += h->asked;
		if (h->asked && row < rows && db_int(found, row, 0) == asked &&
		    answered(r, found, row++, line, h->len)) {
			stage_emit(r->stage, r->written.data, r->written.len,
			    true);
			stats_add(stage_stats(r->stage), "recalled", 1);
			continue;
		}
		stage_emit(r->stage, line, h->len, false);
	}
	PQclear(found);
	r->count = 0;
	buf_clear(&r->lines);
	buf_clear(&r->keys);
}

static void
hold(struct recall *r, const struct rec *job)
{
	struct held *h = &r->held[r->count++];
	const char *line, *key = NULL;

	line = rec_line(job, &h->len);
	h->at = r->lines.len;
	buf_add(&r->lines, line, h->len);
	if (answer_wanted(job, r->of))
		key = answer_key(job, r->of, &r->key);
	h->asked = key != NULL;
	if (h->asked)
		db_array_add(&r->keys, key, strlen(key));
}

static void
run(struct recall *r)
{
	struct rec *job;

	stats_set(stage_stats(r->stage), "recalled", 0);
	while ((job = stage_read(r->stage)) != NULL) {
		hold(r, job);
		if (r->count == BATCH_RECORDS || r->lines.len >= BATCH_BYTES ||
		    answer_idle(r->stage))
			flush(r);
	}
	flush(r);
}

int
cmd_recall(int argc, char *argv[])
{
	struct stage_options options = STAGE_DEFAULTS;
	struct recall *r = mem_zero(1, sizeof *r);
	const struct opt opts[] = {
		{ .letter = 'p',
		    .name = "profile",
		    .kind = OPT_TEXT,
		    .to = &r->profile,
		    .arg = "TEXT",
		    .help = "whose answers: ai-enrich STAGE --profile",
		    .env = "JOBMILL_PROFILE" },
		STAGE_OPTS(&options),
		OPT_END,
	};
	const struct opt_tool tool = { .name = "pg-store recall",
		.synopsis = "-p profile [option ...] industry|function [file]",
		.summary = "Fill in answers that were given before.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 2 };
	struct buf name = { 0 };
	int at, status;

	at = opt_parse(&tool, argc, argv);
	r->of = answer_stage_of(argv[at]);
	if (r->of == ANSWER_STAGES)
		opt_wrong(&tool, "the stage is industry or function", argv[at]);
	if (r->profile == NULL || *r->profile == '\0')
		opt_wrong(&tool, "whose answers? --profile is needed", "");
	buf_printf(&name, "recall-%s", argv[at]);
	setenv("JOBMILL_STAGE", buf_string(&name), 0);
	buf_free(&name);
	options.input = argc > at + 1 ? argv[at + 1] : NULL;
	r->stage = stage_open(&options);
	r->db = db_open();
	r->job = rec_new();
	r->room = rec_new();
	run(r);
	rec_free(r->job);
	rec_free(r->room);
	buf_free(&r->lines);
	buf_free(&r->keys);
	buf_free(&r->key);
	buf_free(&r->written);
	db_close(r->db);
	status = stage_close(r->stage, EX_OK);
	free(r);
	return status;
}
