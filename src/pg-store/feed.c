/* feed.c - the feeds, and how each is read and guarded */
#include "commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "guard.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "status.h"

#define NOT_GIVEN UINT64_MAX

/* A feed is named by its number or its name. */
#define IS_FEED " (feed_id::text = $1 or name = $1)"

#define COLUMNS(url)                                                           \
	"feed_id, name, " url " url, map, enabled, bypass_filters, load,"      \
	" misses, max_close, confirm_after, accept, options, guard,"           \
	" jobmill.stamp(created_at) created_at, last_run_id,"                  \
	" last_committed_run, last_run_status,"                                \
	" jobmill.stamp(last_run_at) last_run_at,"                             \
	" jobmill.stamp(last_succeeded_at) last_succeeded_at,"                 \
	" round(avg_processing_time::numeric, 3) avg_processing_time,"         \
	" consecutive_failure_count, last_error"

/* Whole, as a fetch needs it. */
static const char show_sql[] = "select row_to_json(f) from (select " COLUMNS(
    "url") " from jobmill.feeds where" IS_FEED ") f";

/* For people: what a URL has of a password is left out. */
static const char list_sql[] = "select row_to_json(f) from (select " COLUMNS(
    "regexp_replace(url, '//[^/@]*@', '//***@')") " from jobmill.feeds"
                                                  " order by feed_id) f";

static const char add_sql[] =
    "insert into jobmill.feeds (feed_id, name, url, map, load)"
    " values (coalesce($3::bigint,"
    " nextval(pg_get_serial_sequence('jobmill.feeds', 'feed_id'))),"
    " $1, $2, coalesce($4, 'auto'), 'snapshot')"
    " on conflict (name) do update set url = excluded.url,"
    " map = coalesce($4, feeds.map), updated_at = now()"
    " where $5::boolean returning feed_id";

/* The next number that nobody asks for is above all that were. */
static const char above_sql[] =
    "select setval(pg_get_serial_sequence('jobmill.feeds', 'feed_id'),"
    " max(feed_id)) from jobmill.feeds";

static const char set_sql[] =
    "update jobmill.feeds set name = coalesce($2, name),"
    " url = coalesce($3, url), map = coalesce($4, map),"
    " load = coalesce($5, load), misses = coalesce($6::integer, misses),"
    " max_close = coalesce($7::numeric, max_close),"
    " confirm_after = coalesce($8::integer, confirm_after),"
    " accept = coalesce(string_to_array($9, ','), accept),"
    " bypass_filters = coalesce($10::boolean, bypass_filters),"
    " enabled = coalesce($11::boolean, enabled),"
    " options = options || coalesce($12::jsonb, '{}'), updated_at = now()"
    " where" IS_FEED " returning feed_id";

static const char remove_sql[] =
    "with f as (select feed_id from jobmill.feeds where" IS_FEED " for update),"
    " j as (delete from jobmill.jobs using f where jobs.feed_id = f.feed_id"
    "  returning job_id),"
    " s as (delete from jobmill.job_sources using f"
    "  where job_sources.feed_id = f.feed_id),"
    " e as (delete from jobmill.job_events using j"
    "  where job_events.job_id = j.job_id),"
    " v as (delete from jobmill.reviews using j"
    "  where reviews.job_id = j.job_id),"
    " d as (delete from jobmill.dead_letters using f"
    "  where dead_letters.feed_id = f.feed_id),"
    " r as (delete from jobmill.execution_reports using f"
    "  where execution_reports.feed_id = f.feed_id)"
    " select feed_id, (select count(*) from j) from f";

/* What `feed add` and `feed set` can say; NULL or NOT_GIVEN: nothing. */
struct settings {
	const char *name, *url, *map, *max_close, *accept, *options;
	uint64_t id, misses, confirm_ms;
	int load, bypass, enabled;
	bool replace;
};

static const char *const loads[] = { "snapshot", "delta", NULL };
static const char *const choices[] = { "no", "yes", NULL };

/* A statement's rows, one a line. */
static int
print_rows(struct db *db, const char *sql, const char *const *values,
    size_t count)
{
	struct out *out = out_stdout(false);
	PGresult *r = db_query(db, sql, values, count);
	int i, n;

	db_check(db, "cannot read the feeds");
	n = PQntuples(r);
	for (i = 0; i < n; i++) {
		out_add(out, db_text(r, i, 0), strlen(db_text(r, i, 0)));
		out_line(out);
	}
	out_close(out);
	PQclear(r);
	return n;
}

static _Noreturn void
no_such_feed(const char *name)
{
	die(EX_NOINPUT, "no such feed", LOG_TEXT("feed", name),
	    LOG_TEXT("see", "pg-store feed list"));
}

static void
print_number(const char *number)
{
	struct out *out = out_stdout(false);

	out_add(out, number, strlen(number));
	out_line(out);
	out_close(out);
}

/* A number must not be taken for a name. */
static void
check_name(const struct opt_tool *tool, const char *name)
{
	if (*name == '\0' || strspn(name, "0123456789") == strlen(name))
		opt_wrong(tool, "a feed's name is not empty and not a number",
		    name);
}

int
cmd_feed_add(int argc, char *argv[])
{
	struct settings s = { .id = NOT_GIVEN };
	const struct opt opts[] = {
		{ .letter = 'm',
		    .name = "map",
		    .kind = OPT_TEXT,
		    .to = &s.map,
		    .arg = "MAP",
		    .help = "feed map for xml2jsonl (auto)" },
		{ .letter = 'i',
		    .name = "id",
		    .kind = OPT_COUNT,
		    .to = &s.id,
		    .arg = "N",
		    .help = "the number of the feed (the next one)",
		    .min = 1,
		    .max = INT32_MAX },
		{ .name = "replace",
		    .kind = OPT_FLAG,
		    .to = &s.replace,
		    .help = "if NAME exists, change its url and map" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store feed add",
		.synopsis = "[-m map] [-i n] [--replace] name url",
		.summary = "Add a feed and print its number.",
		.opts = opts,
		.operands_min = 2,
		.operands_max = 2 };
	int at = opt_parse(&tool, argc, argv);
	char id[DB_NUMBER];
	struct db *db;
	PGresult *r;

	check_name(&tool, argv[at]);
	if (*argv[at + 1] == '\0')
		opt_wrong(&tool, "a feed's url is not empty", "");
	db = db_open();
	r = db_query(db, add_sql,
	    DB_VALUES(argv[at], argv[at + 1],
	        s.id == NOT_GIVEN ? NULL : db_number((int64_t)s.id, id), s.map,
	        s.replace ? "t" : "f"));
	if (strcmp(db_sqlstate(db), "23505") == 0)
		die(EX_CANTCREAT, "a feed of that number exists",
		    LOG_TEXT("feed", id));
	db_check(db, "cannot add the feed");
	if (PQntuples(r) == 0)
		die(EX_CANTCREAT, "a feed of that name exists",
		    LOG_TEXT("name", argv[at]), LOG_TEXT("see", "--replace"));
	if (s.id != NOT_GIVEN)
		db_run(db, NULL, above_sql, DB_NONE);
	db_check(db, "cannot add the feed");
	print_number(db_text(r, 0, 0));
	PQclear(r);
	db_close(db);
	return EX_OK;
}

int
cmd_feed_list(int argc, char *argv[])
{
	const struct opt_tool tool = { .name = "pg-store feed list",
		.synopsis = "",
		.summary = "Print the feeds, a JSON object each." };
	struct db *db;

	opt_parse(&tool, argc, argv);
	db = db_open();
	print_rows(db, list_sql, DB_NONE);
	db_close(db);
	return EX_OK;
}

int
cmd_feed_show(int argc, char *argv[])
{
	const struct opt_tool tool = { .name = "pg-store feed show",
		.synopsis = "feed",
		.summary = "Print one feed as a JSON object, its url in full.",
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	struct db *db = db_open();

	if (print_rows(db, show_sql, DB_VALUES(argv[at])) == 0)
		no_such_feed(argv[at]);
	db_close(db);
	return EX_OK;
}

/* Apply settings to a feed; what they do not name stays. */
static void
apply(const char *feed, const struct settings *s)
{
	char misses[DB_NUMBER], seconds[DB_NUMBER];
	struct db *db = db_open();
	PGresult *r = db_query(db, set_sql,
	    DB_VALUES(feed, s->name, s->url, s->map,
	        s->load < 0 ? NULL : loads[s->load],
	        s->misses == NOT_GIVEN ? NULL
	                               : db_number((int64_t)s->misses, misses),
	        s->max_close,
	        s->confirm_ms == NOT_GIVEN
	            ? NULL
	            : db_number((int64_t)(s->confirm_ms / 1000), seconds),
	        s->accept, s->bypass < 0 ? NULL : choices[s->bypass],
	        s->enabled < 0 ? NULL : choices[s->enabled], s->options));

	if (strcmp(db_sqlstate(db), "23505") == 0)
		die(EX_CANTCREAT, "a feed of that name exists",
		    LOG_TEXT("name", s->name));
	if (strncmp(db_sqlstate(db), "22", 2) == 0)
		die(EX_USAGE, "a setting is not what it should be",
		    LOG_TEXT("error", db_error(db)));
	db_check(db, "cannot change the feed");
	if (PQntuples(r) == 0)
		no_such_feed(feed);
	PQclear(r);
	db_close(db);
}

int
cmd_feed_set(int argc, char *argv[])
{
	struct settings s = { .misses = NOT_GIVEN,
		.confirm_ms = NOT_GIVEN,
		.load = -1,
		.bypass = -1,
		.enabled = -1 };
	const struct opt opts[] = {
		{ .name = "name",
		    .kind = OPT_TEXT,
		    .to = &s.name,
		    .arg = "NAME",
		    .help = "what people call it" },
		{ .letter = 'u',
		    .name = "url",
		    .kind = OPT_TEXT,
		    .to = &s.url,
		    .arg = "URL",
		    .help = "where it is fetched from" },
		{ .letter = 'm',
		    .name = "map",
		    .kind = OPT_TEXT,
		    .to = &s.map,
		    .arg = "MAP",
		    .help = "feed map for xml2jsonl" },
		{ .name = "load",
		    .kind = OPT_CHOICE,
		    .to = &s.load,
		    .arg = "KIND",
		    .help = "snapshot, or delta: closes only what it names",
		    .choices = loads },
		{ .name = "misses",
		    .kind = OPT_COUNT,
		    .to = &s.misses,
		    .arg = "N",
		    .help = "complete runs without a job before it closes",
		    .min = 1,
		    .max = 1000 },
		{ .name = "max-close",
		    .kind = OPT_DECIMAL,
		    .to = &s.max_close,
		    .arg = "PERCENT",
		    .help = "share of its live jobs one run may close",
		    .low = "0",
		    .high = "100" },
		{ .name = "confirm-after",
		    .kind = OPT_SECONDS,
		    .to = &s.confirm_ms,
		    .arg = "TIME",
		    .help = "a run this much later may lift a guard" },
		{ .name = "accept",
		    .kind = OPT_TEXT,
		    .to = &s.accept,
		    .arg = "GUARDS",
		    .help = "guards that are off: empty,shrink,dead,drift" },
		{ .name = "bypass",
		    .kind = OPT_CHOICE,
		    .to = &s.bypass,
		    .arg = "YES|NO",
		    .help = "approve its jobs whatever the model says",
		    .choices = choices },
		{ .name = "enabled",
		    .kind = OPT_CHOICE,
		    .to = &s.enabled,
		    .arg = "YES|NO",
		    .help = "whether scheduled runs take it",
		    .choices = choices },
		{ .name = "options",
		    .kind = OPT_TEXT,
		    .to = &s.options,
		    .arg = "JSON",
		    .help = "an object of further settings, added" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store feed set",
		.synopsis = "[option ...] feed",
		.summary = "Change a feed; what is not named stays as it is.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	unsigned int guards;

	if (s.name != NULL)
		check_name(&tool, s.name);
	if (s.accept != NULL && !guard_list(s.accept, &guards))
		opt_wrong(&tool, "--accept names a guard that there is not",
		    s.accept);
	if (s.accept != NULL && strcmp(s.accept, "none") == 0)
		s.accept = "";
	apply(argv[at], &s);
	return EX_OK;
}

static int
switch_feed(int argc, char *argv[], int enabled)
{
	const struct settings s = { .misses = NOT_GIVEN,
		.confirm_ms = NOT_GIVEN,
		.load = -1,
		.bypass = -1,
		.enabled = enabled };
	const struct opt_tool tool = { .name = enabled
		                                   ? "pg-store feed enable"
		                                   : "pg-store feed disable",
		.synopsis = "feed",
		.summary = enabled ? "Let scheduled runs take a feed."
		                   : "Keep scheduled runs from a feed.",
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	apply(argv[at], &s);
	return EX_OK;
}

int
cmd_feed_enable(int argc, char *argv[])
{
	return switch_feed(argc, argv, 1);
}

int
cmd_feed_disable(int argc, char *argv[])
{
	return switch_feed(argc, argv, 0);
}

int
cmd_feed_remove(int argc, char *argv[])
{
	bool jobs = false;
	const struct opt opts[] = {
		{ .name = "with-jobs",
		    .kind = OPT_FLAG,
		    .to = &jobs,
		    .help = "even if it has jobs; they go too" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store feed remove",
		.synopsis = "[--with-jobs] feed",
		.summary = "Forget a feed, its runs and its jobs.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	struct db *db = db_open();
	PGresult *r;

	db_script(db, "begin");
	r = db_query(db,
	    "select exists (select from jobmill.jobs where feed_id = "
	    "f.feed_id),"
	    " exists (select from jobmill.execution_reports where feed_id ="
	    " f.feed_id and status = 'running')"
	    " from jobmill.feeds f where" IS_FEED " for update",
	    DB_VALUES(argv[at]));
	db_check(db, "cannot remove the feed");
	if (PQntuples(r) == 0)
		no_such_feed(argv[at]);
	if (*db_text(r, 0, 1) == 't')
		die(EX_TEMPFAIL, "a run of this feed is under way",
		    LOG_TEXT("feed", argv[at]));
	if (*db_text(r, 0, 0) == 't' && !jobs)
		die(EX_CANTCREAT, "the feed has jobs",
		    LOG_TEXT("feed", argv[at]), LOG_TEXT("see", "--with-jobs"));
	PQclear(r);
	db_run(db, NULL, remove_sql, DB_VALUES(argv[at]));
	/* After its reports, which refer to it. */
	db_run(db, NULL, "delete from jobmill.feeds where" IS_FEED,
	    DB_VALUES(argv[at]));
	db_script(db, "commit");
	db_check(db, "cannot remove the feed");
	db_close(db);
	return EX_OK;
}
