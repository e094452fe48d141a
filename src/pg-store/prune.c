/* prune.c - what is kept, and for how long */
#include "commands.h"

#include <string.h>

#include "buf.h"
#include "db.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "sig.h"
#include "status.h"

#define DAY_MS UINT64_C(86400000)

/*
 * Rows that one transaction takes: locks are short, and what is done stays
 * done when it is interrupted.
 */
#define BATCH "limit 5000"

/* Text that goes from rejected and closed jobs; what they are stays. */
#define STRIP                                                                  \
	"- 'description' - 'ai_description' - 'ai_skills' - 'ai_tasks'"        \
	" - 'ai_tags' - 'ai_search_terms' - 'merged' - 'extra'"

/* A rule: what goes after so many days; $1 is the days. */
struct rule {
	const char *name; /* as the option and in the result */
	const char *help;
	uint64_t days_ms; /* default */
	const char *count_sql, *sql;
};

#define OLD(column) column " < now() - make_interval(days => $1::integer)"

#define RULE_COUNT(table, condition)                                           \
	"select count(*) from jobmill." table " where " condition
#define RULE_DELETE(table, key, condition)                                     \
	"delete from jobmill." table " where " key " in (select " key          \
	" from jobmill." table " where " condition " " BATCH ")"

#define OLD_CLOSED "closed_at is not null and " OLD("closed_at")
#define OLD_TEXT                                                               \
	"route = 'rejected' and " OLD(                                         \
	    "updated_at") " and record ->> 'description' is not null"
#define OLD_REPORT "status <> 'running' and " OLD("finished_at")

static const struct rule rules[] = {
	{ "text", "the text of rejected jobs (30d)", 30 * DAY_MS,
	    RULE_COUNT("jobs", OLD_TEXT),
	    "update jobmill.jobs set record = (record::jsonb " STRIP ")::json"
	    " where route = 'rejected' and job_id in (select job_id from"
	    " jobmill.jobs where " OLD_TEXT " " BATCH ")" },
	{ "jobs", "closed jobs, and all that is known of them (365d)",
	    365 * DAY_MS, RULE_COUNT("jobs", OLD_CLOSED),
	    "with j as (delete from jobmill.jobs where job_id in (select job_id"
	    "  from jobmill.jobs where " OLD_CLOSED " " BATCH ")"
	    "  returning job_id),"
	    " s as (delete from jobmill.job_sources using j"
	    "  where job_sources.job_id = j.job_id),"
	    " e as (delete from jobmill.job_events using j"
	    "  where job_events.job_id = j.job_id),"
	    " m as (delete from jobmill.mirror_calls using j"
	    "  where mirror_calls.job_id = j.job_id)"
	    " select from j" },
	{ "events", "what happened to jobs (180d)", 180 * DAY_MS,
	    RULE_COUNT("job_events", OLD("at")),
	    RULE_DELETE("job_events", "event_id", OLD("at")) },
	{ "calls", "what the mirror was told (90d)", 90 * DAY_MS,
	    RULE_COUNT("mirror_calls", OLD("at")),
	    RULE_DELETE("mirror_calls", "call_id", OLD("at")) },
	{ "letters", "dead letters (30d)", 30 * DAY_MS,
	    RULE_COUNT("dead_letters", OLD("at")),
	    RULE_DELETE("dead_letters", "letter_id", OLD("at")) },
	{ "reports", "reports of runs (730d)", 730 * DAY_MS,
	    RULE_COUNT("execution_reports", OLD_REPORT),
	    RULE_DELETE("execution_reports", "run_id", OLD_REPORT) },
};

#define RULES (sizeof rules / sizeof *rules)

static const char forget_rows_sql[] =
    "select row_to_json(t) from (select stage, profile, count(*) answers,"
    " count(*) filter (where used_on < current_date - $1::integer) old,"
    " sum(pg_column_size(answer) + pg_column_size(bill)) bytes,"
    " sum((bill ->> 'cost_usd')::numeric) cost_usd,"
    " min(created_at::date) first, max(used_on) last_used"
    " from jobmill.enrichments where $2::text is null or profile = $2"
    " group by 1, 2 order by 1, 2) t";

static const char forget_sql[] =
    "delete from jobmill.enrichments where ctid = any (array(select ctid"
    " from jobmill.enrichments where used_on < current_date - $1::integer"
    " and ($2::text is null or profile = $2) " BATCH "))";

static uint64_t
days(uint64_t ms)
{
	return ms / DAY_MS;
}

/* One rule to its end; how many rows it took, or would take. */
static uint64_t
apply(struct db *db, const struct rule *rule, uint64_t ms, bool dry)
{
	char age[DB_NUMBER];
	uint64_t sum = 0, rows = 1;
	PGresult *r;

	db_number((int64_t)days(ms), age);
	if (dry) {
		r = db_query(db, rule->count_sql, DB_VALUES(age));
		db_check(db, "cannot see what is old");
		sum = (uint64_t)db_int(r, 0, 0);
		PQclear(r);
		return sum;
	}
	while (rows > 0 && !sig_stop()) {
		db_run(db, &rows, rule->sql, DB_VALUES(age));
		db_check(db, "cannot take away what is old");
		sum += rows;
	}
	return sum;
}

int
cmd_prune(int argc, char *argv[])
{
	bool dry = false;
	uint64_t ages[RULES];
	struct opt opts[RULES + 2] = { { .letter = 'n',
	    .name = "dry-run",
	    .kind = OPT_FLAG,
	    .to = &dry,
	    .help = "only count" } };
	const struct opt_tool tool = { .name = "pg-store prune",
		.synopsis = "[-n] [--text=age] [--jobs=age] ...",
		.summary = "Take away what is older than wanted; print counts.",
		.notes = "An age is a number and a unit: 30d.",
		.opts = opts };
	struct buf line = { 0 };
	struct out *out;
	struct db *db;
	size_t i;

	for (i = 0; i < RULES; i++) {
		ages[i] = rules[i].days_ms;
		opts[i + 1] = (struct opt){ .name = rules[i].name,
			.kind = OPT_SECONDS,
			.to = &ages[i],
			.arg = "AGE",
			.help = rules[i].help };
	}
	opts[RULES + 1] = (struct opt){ .name = NULL };
	opt_parse(&tool, argc, argv);
	out = out_stdout(false);
	db = db_open();
	buf_byte(&line, '{');
	for (i = 0; i < RULES && !sig_stop(); i++) {
		buf_json_key(&line, rules[i].name);
		buf_json_uint(&line, apply(db, &rules[i], ages[i], dry));
	}
	buf_byte(&line, '}');
	out_add(out, line.data, line.len);
	out_line(out);
	out_close(out);
	buf_free(&line);
	db_close(db);
	sig_die();
	return EX_OK;
}

/* The answers by profile, a line each. */
static void
show_answers(struct db *db, struct out *out, const char *age,
    const char *profile)
{
	PGresult *r = db_query(db, forget_rows_sql, DB_VALUES(age, profile));
	int i;

	db_check(db, "cannot read the answers");
	for (i = 0; i < PQntuples(r); i++) {
		out_add(out, db_text(r, i, 0), strlen(db_text(r, i, 0)));
		out_line(out);
	}
	PQclear(r);
}

int
cmd_forget(int argc, char *argv[])
{
	bool dry = false;
	const char *profile = NULL;
	uint64_t age_ms = 365 * DAY_MS, rows = 1, sum = 0;
	const struct opt opts[] = {
		{ .letter = 'n',
		    .name = "dry-run",
		    .kind = OPT_FLAG,
		    .to = &dry,
		    .help = "only show what there is, by profile" },
		{ .letter = 'o',
		    .name = "older-than",
		    .kind = OPT_SECONDS,
		    .to = &age_ms,
		    .arg = "AGE",
		    .help = "that were not used for so long (365d)" },
		{ .letter = 'p',
		    .name = "profile",
		    .kind = OPT_TEXT,
		    .to = &profile,
		    .arg = "TEXT",
		    .help = "of this profile only" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store forget",
		.synopsis = "[-n] [-o age] [-p profile]",
		.summary = "Forget answers that are not used any more.",
		.opts = opts };
	char age[DB_NUMBER];
	struct out *out;
	struct db *db;

	opt_parse(&tool, argc, argv);
	db_number((int64_t)days(age_ms), age);
	out = out_stdout(false);
	db = db_open();
	if (dry)
		show_answers(db, out, age, profile);
	while (!dry && rows > 0 && !sig_stop()) {
		db_run(db, &rows, forget_sql, DB_VALUES(age, profile));
		db_check(db, "cannot forget answers");
		sum += rows;
	}
	if (!dry) {
		struct buf line = { 0 };

		buf_text(&line, "{");
		buf_json_key(&line, "forgotten");
		buf_json_uint(&line, sum);
		buf_byte(&line, '}');
		out_add(out, line.data, line.len);
		out_line(out);
		buf_free(&line);
	}
	out_close(out);
	db_close(db);
	sig_die();
	return EX_OK;
}
