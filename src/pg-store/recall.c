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

/* Records between two looks at whether the server has something to say. */
#define TAKE_IN 16

static const char recall_sql[] =
    "select k.i, e.answer, e.bill, e.used_on < current_date - 7"
    " from unnest($3::text[]) with ordinality k (key, i)"
    /* "limit 1" asks the index key by key, whatever the statistics say. */
    " cross join lateral (select answer, bill, used_on"
    "  from jobmill.enrichments e where e.stage = $1 and e.profile = $2"
    "  and e.key = k.key limit 1) e";

/* To the week is often enough for `forget`. */
static const char used_sql[] =
    "update jobmill.enrichments set used_on = current_date"
    " where stage = $1 and profile = $2 and key = any ($3::text[])"
    " and used_on < current_date - 7";

struct held {
	size_t at, len; /* in lines */
	size_t key;     /* which of the keys is its own, from 1; 0: none */
};

/* Records that are looked up together. */
struct batch {
	struct held held[BATCH_RECORDS];
	size_t count, keys_count;
	struct buf lines, keys;
};

/*
 * While the server looks one batch up, the one before goes on and the one
 * behind it comes in.
 */
struct recall {
	struct db *db;
	struct stage *stage;
	enum answer_stage of;
	const char *profile;
	struct batch batches[2];
	struct batch *coming, *asked; /* asked: its keys are with the server */
	struct buf key, written;
	struct rec *job, *room;
};

#define QUESTION(r, batch)                                                     \
	DB_VALUES(answer_stages[(r)->of], (r)->profile,                        \
	    buf_string(&(batch)->keys))

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

/* The answers to what was asked; NULL when nothing was. */
static PGresult *
answers(struct recall *r)
{
	struct batch *b = r->asked;
	PGresult *found;
	bool old = false;
	int row;

	if (b->keys_count == 0)
		return NULL;
	found = db_receive(r->db, "cannot look answers up", recall_sql,
	    QUESTION(r, b));
	for (row = 0; row < PQntuples(found) && !old; row++)
		old = *db_text(found, row, 3) == 't';
	if (old)
		PQclear(db_repeat(r->db, "cannot note that answers are used",
		    used_sql, QUESTION(r, b)));
	return found;
}

/* Let a batch go on, each record with what was found for it. */
static void
let_go(struct recall *r, struct batch *b, const PGresult *found)
{
	int row_of[BATCH_RECORDS + 1]; /* by the key's number */
	int row, rows = found != NULL ? PQntuples(found) : 0;
	size_t i;

	for (i = 0; i <= b->keys_count; i++)
		row_of[i] = -1;
	for (row = 0; row < rows; row++) {
		int64_t key = db_int(found, row, 0);

		if (key > 0 && (uint64_t)key <= b->keys_count)
			row_of[key] = row;
	}
	for (i = 0; i < b->count; i++) {
		const struct held *h = &b->held[i];
		const char *line = b->lines.data + h->at;

		if (i % TAKE_IN == 0)
			db_take_in(r->db);
		row = row_of[h->key];
		if (row >= 0 && answered(r, found, row, line, h->len)) {
			stage_emit(r->stage, r->written.data, r->written.len,
			    true);
			stats_add(stage_stats(r->stage), "recalled", 1);
		} else {
			stage_emit(r->stage, line, h->len, false);
		}
	}
	b->count = b->keys_count = 0;
	buf_clear(&b->lines);
	buf_clear(&b->keys);
}

/* Ask about the batch that came, and let the one that was asked about go. */
static void
turn(struct recall *r)
{
	PGresult *found = answers(r);
	struct batch *done = r->asked;

	r->asked = r->coming;
	r->coming = done;
	if (r->asked->keys_count > 0) {
		db_array(&r->asked->keys);
		db_send(r->db, recall_sql, QUESTION(r, r->asked));
	}
	let_go(r, done, found);
	PQclear(found);
}

/* Let all go that came. */
static void
finish(struct recall *r)
{
	turn(r);
	turn(r);
}

static void
hold(struct recall *r, const struct rec *job)
{
	struct batch *b = r->coming;
	struct held *h = &b->held[b->count++];
	const char *line, *key = NULL;

	line = rec_line(job, &h->len);
	h->at = b->lines.len;
	buf_add(&b->lines, line, h->len);
	if (answer_wanted(job, r->of))
		key = answer_key(job, r->of, &r->key);
	h->key = key != NULL ? ++b->keys_count : 0;
	if (key != NULL)
		db_array_add(&b->keys, key, strlen(key));
	if (b->count % TAKE_IN == 0)
		db_take_in(r->db);
}

static void
run(struct recall *r)
{
	struct rec *job;

	r->coming = &r->batches[0];
	r->asked = &r->batches[1];
	stats_set(stage_stats(r->stage), "recalled", 0);
	while ((job = stage_read(r->stage)) != NULL) {
		hold(r, job);
		if (r->coming->count == BATCH_RECORDS ||
		    r->coming->lines.len >= BATCH_BYTES)
			turn(r);
		/* None waits for others that may never come. */
		if (answer_idle(r->stage))
			finish(r);
	}
	finish(r);
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
	int at, status, i;

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
	db_rest(r->db);
	r->job = rec_new();
	r->room = rec_new();
	run(r);
	rec_free(r->job);
	rec_free(r->room);
	for (i = 0; i < 2; i++) {
		buf_free(&r->batches[i].lines);
		buf_free(&r->batches[i].keys);
	}
	buf_free(&r->key);
	buf_free(&r->written);
	db_close(r->db);
	status = stage_close(r->stage, EX_OK);
	free(r);
	return status;
}
