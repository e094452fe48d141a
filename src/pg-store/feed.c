/* feed.c - the list of feeds */
#include "commands.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "feed.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "status.h"

#define COLUMNS(url)                                                           \
	"feed_id, name, " url " url, map, enabled, bypass_filters, load,"      \
	" misses, max_close, confirm_after, accept, options, guard,"           \
	" schedule, jobmill.stamp(next_due_at) next_due_at,"                   \
	" jobmill.stamp(created_at) created_at, last_run_id,"                  \
	" last_committed_run, last_run_status,"                                \
	" jobmill.stamp(last_run_at) last_run_at,"                             \
	" jobmill.stamp(last_succeeded_at) last_succeeded_at,"                 \
	" round(avg_processing_time::numeric, 3) avg_processing_time,"         \
	" consecutive_failure_count, last_error"

/* Whole, as a fetch needs it. */
static const char show_sql[] = "select row_to_json(f) from (select " COLUMNS(
    "url") " from jobmill.feeds where" FEED_IS_NAMED ") f";

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

static const char remove_sql[] =
    "with f as (select feed_id from jobmill.feeds where" FEED_IS_NAMED
    " for update),"
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

_Noreturn void
feed_unknown(const char *name)
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

void
feed_check_name(const struct opt_tool *tool, const char *name)
{
	if (*name == '\0' || strspn(name, "0123456789") == strlen(name))
		opt_wrong(tool, "a feed's name is not empty and not a number",
		    name);
}

int
cmd_feed_add(int argc, char *argv[])
{
	const char *map = NULL;
	uint64_t id = 0;
	bool replace = false;
	const struct opt opts[] = {
		{ .letter = 'm',
		    .name = "map",
		    .kind = OPT_TEXT,
		    .to = &map,
		    .arg = "MAP",
		    .help = "feed map for xml2jsonl (auto)" },
		{ .letter = 'i',
		    .name = "id",
		    .kind = OPT_COUNT,
		    .to = &id,
		    .arg = "N",
		    .help = "the number of the feed (the next one)",
		    .min = 1,
		    .max = INT32_MAX },
		{ .name = "replace",
		    .kind = OPT_FLAG,
		    .to = &replace,
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
	char number[DB_NUMBER];
	struct db *db;
	PGresult *r;

	feed_check_name(&tool, argv[at]);
	if (*argv[at + 1] == '\0')
		opt_wrong(&tool, "a feed's url is not empty", "");
	db = db_open();
	r = db_query(db, add_sql,
	    DB_VALUES(argv[at], argv[at + 1],
	        id == 0 ? NULL : db_number((int64_t)id, number), map,
	        replace ? "t" : "f"));
	if (strcmp(db_sqlstate(db), "23505") == 0)
		die(EX_CANTCREAT, "a feed of that number exists",
		    LOG_UINT("feed", id));
	db_check(db, "cannot add the feed");
	if (PQntuples(r) == 0) {
		PQclear(r);
		die(EX_CANTCREAT, "a feed of that name exists",
		    LOG_TEXT("name", argv[at]), LOG_TEXT("see", "--replace"));
	}
	if (id != 0)
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
		feed_unknown(argv[at]);
	db_close(db);
	return EX_OK;
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
	bool found, has_jobs, runs;
	PGresult *r;

	db_script(db, "begin");
	r = db_query(db,
	    "select exists (select from jobmill.jobs where feed_id = "
	    "f.feed_id),"
	    " exists (select from jobmill.execution_reports where feed_id ="
	    " f.feed_id and status = 'running')"
	    " from jobmill.feeds f where" FEED_IS_NAMED " for update",
	    DB_VALUES(argv[at]));
	db_check(db, "cannot remove the feed");
	found = PQntuples(r) > 0;
	has_jobs = found && *db_text(r, 0, 0) == 't';
	runs = found && *db_text(r, 0, 1) == 't';
	PQclear(r);
	if (!found)
		feed_unknown(argv[at]);
	if (runs)
		die(EX_TEMPFAIL, "a run of this feed is under way",
		    LOG_TEXT("feed", argv[at]));
	if (has_jobs && !jobs)
		die(EX_CANTCREAT, "the feed has jobs",
		    LOG_TEXT("feed", argv[at]), LOG_TEXT("see", "--with-jobs"));
	db_run(db, NULL, remove_sql, DB_VALUES(argv[at]));
	/* After its reports, which refer to it. */
	db_run(db, NULL, "delete from jobmill.feeds where" FEED_IS_NAMED,
	    DB_VALUES(argv[at]));
	db_script(db, "commit");
	db_check(db, "cannot remove the feed");
	db_close(db);
	return EX_OK;
}
