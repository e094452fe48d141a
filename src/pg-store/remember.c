/* remember.c - a filter: keep the answers that pass by */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "clock.h"
#include "db.h"
#include "log.h"
#include "stage.h"
#include "status.h"

/*
 * Answers were paid for: no more than this many, and none older than that, is
 * lost when the power goes.
 */
#define MOST_ANSWERS 100
#define MOST_BYTES ((size_t)4 << 20)
#define MOST_WAIT_MS 500

static const char remember_sql[] =
    "insert into jobmill.enrichments (stage, profile, key, answer, bill)"
    " select $1, $2, * from unnest($3::text[], $4::json[], $5::json[])"
    " a (key, answer, bill)"
    /* In one order, so that two runs can't wait for each other. */
    " order by key on conflict do nothing";

struct remember {
	struct db *db;
	struct stage *stage;
	enum answer_stage of;
	const char *profile;
	struct buf keys, answers, bills; /* what waits, as arrays */
	struct buf key, answer;          /* room */
	size_t count;
	uint64_t since; /* when the oldest came */
};

/* Keep the answers that wait. */
static void
save(struct remember *m)
{
	PGresult *r;

	if (m->count == 0)
		return;
	r = db_repeat(m->db, "cannot keep answers", remember_sql,
	    DB_VALUES(answer_stages[m->of], m->profile, db_array(&m->keys),
	        db_array(&m->answers), db_array(&m->bills)));
	stats_add(stage_stats(m->stage), "remembered",
	    strtoull(PQcmdTuples(r), NULL, 10));
	PQclear(r);
	m->count = 0;
	buf_clear(&m->keys);
	buf_clear(&m->answers);
	buf_clear(&m->bills);
}

/* Whether the bill says that this profile answered. */
static bool
is_ours(const struct remember *m, struct json_value bill)
{
	struct json_value v = json_get(bill, "profile");

	return v.type != JSON_STRING || v.escaped ||
	       (v.len == strlen(m->profile) &&
	           memcmp(v.text, m->profile, v.len) == 0);
}

/* Let a fresh answer wait for its turn; records without one have none. */
static void
note(struct remember *m, const struct rec *job)
{
	struct json_value bill = answer_bill(job, m->of);
	const char *key;

	if (bill.type == JSON_NONE || !is_ours(m, bill))
		return;
	key = answer_key(job, m->of, &m->key);
	if (key == NULL || !answer_take(job, m->of, &m->answer))
		return;
	if (m->count++ == 0)
		m->since = clock_ms();
	db_array_add(&m->keys, key, strlen(key));
	db_array_add(&m->answers, m->answer.data, m->answer.len);
	db_array_add(&m->bills, bill.text, bill.len);
}

static void
run(struct remember *m)
{
	struct rec *job;

	stats_set(stage_stats(m->stage), "remembered", 0);
	while ((job = stage_read(m->stage)) != NULL) {
		note(m, job);
		stage_pass(m->stage, job);
		if (m->count == MOST_ANSWERS || m->answers.len >= MOST_BYTES ||
		    (m->count > 0 && (clock_ms() - m->since > MOST_WAIT_MS ||
		                         answer_idle(m->stage))))
			save(m);
	}
	save(m);
}

int
cmd_remember(int argc, char *argv[])
{
	struct stage_options options = STAGE_DEFAULTS;
	struct remember m = { .profile = NULL };
	const struct opt opts[] = {
		{ .letter = 'p',
		    .name = "profile",
		    .kind = OPT_TEXT,
		    .to = &m.profile,
		    .arg = "TEXT",
		    .help = "who answered: ai-enrich STAGE --profile",
		    .env = "JOBMILL_PROFILE" },
		STAGE_OPTS(&options),
		OPT_END,
	};
	const struct opt_tool tool = { .name = "pg-store remember",
		.synopsis = "-p profile [option ...] industry|function [file]",
		.summary = "Keep the answers that pass by, for recall.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 2 };
	struct buf name = { 0 };
	int at;

	at = opt_parse(&tool, argc, argv);
	m.of = answer_stage_of(argv[at]);
	if (m.of == ANSWER_STAGES)
		opt_wrong(&tool, "the stage is industry or function", argv[at]);
	if (m.profile == NULL || *m.profile == '\0')
		opt_wrong(&tool, "who answered? --profile is needed", "");
	buf_printf(&name, "remember-%s", argv[at]);
	setenv("JOBMILL_STAGE", buf_string(&name), 0);
	buf_free(&name);
	options.input = argc > at + 1 ? argv[at + 1] : NULL;
	m.stage = stage_open(&options);
	m.db = db_open();
	db_rest(m.db);
	run(&m);
	buf_free(&m.keys);
	buf_free(&m.answers);
	buf_free(&m.bills);
	buf_free(&m.key);
	buf_free(&m.answer);
	db_close(m.db);
	return stage_close(m.stage, EX_OK);
}
