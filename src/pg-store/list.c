/* list.c - the jobs of a table as records, as one moment saw them */
#include "commands.h"

#include <inttypes.h>
#include <string.h>

#include "job.h"
#include "log.h"
#include "opt.h"
#include "runs.h"
#include "sig.h"
#include "status.h"

/* One statement sees one moment, whatever is committed meanwhile. */
static const char list_sql[] =
    "select " JOB_COLUMNS " from jobmill.jobs where route = $1"
    " and ($2::bigint is null or feed_id = $2)"
    " and ($3::boolean or closed_at is null) order by job_id";

static const struct {
	const char *table, *route;
} tables[] = {
	{ "open_jobs", "approved" },
	{ "manual_review_jobs", "manual_review" },
	{ "rejected_jobs", "rejected" },
	{ "archived_jobs", "archived" },
};

static const char *
route_of(const char *table)
{
	size_t i;

	for (i = 0; i < sizeof tables / sizeof *tables; i++)
		if (strcmp(tables[i].table, table) == 0)
			return tables[i].route;
	return NULL;
}

/* The last line: without it, whoever reads deletes nothing. */
static void
print_end(struct out *out, uint64_t records)
{
	struct buf line = { 0 };

	buf_printf(&line, "{\"_done\":{\"records\":%" PRIu64 "}}", records);
	out_add(out, line.data, line.len);
	out_line(out);
	buf_free(&line);
}

static int
list(const char *route, const char *feed, bool closed)
{
	struct out *out = out_stdout(false);
	struct db *db = db_open();
	struct job *job = job_new();
	uint64_t records = 0;
	bool whole = true;
	PGresult *r;

	db_start(db, list_sql, DB_VALUES(route, feed, closed ? "t" : "f"));
	while (whole && !sig_stop() && (r = db_next(db)) != NULL) {
		whole = job_print(job, out, r, 0);
		records += whole;
		PQclear(r);
	}
	if (whole && !sig_stop()) {
		db_check(db, "cannot read the jobs");
		print_end(out, records);
	}
	out_close(out);
	job_free(job);
	db_close(db);
	sig_die();
	return whole ? EX_OK : EX_SOFTWARE;
}

int
cmd_list(int argc, char *argv[])
{
	const char *feed = NULL;
	bool closed = false;
	const struct opt opts[] = {
		{ .letter = 'f',
		    .name = "feed",
		    .kind = OPT_TEXT,
		    .to = &feed,
		    .arg = "N",
		    .help = "of this feed only" },
		{ .letter = 'c',
		    .name = "closed",
		    .kind = OPT_FLAG,
		    .to = &closed,
		    .help = "closed ones too" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store list",
		.synopsis = "[-c] [-f feed_id] table",
		.summary = "Print the jobs of a table, a record a line.",
		.notes =
		    "Tables: open_jobs, manual_review_jobs, rejected_jobs, "
		    "archived_jobs.\nThe last line is "
		    "{\"_done\":{\"records\":N}}: without it something is "
		    "missing.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	if (route_of(argv[at]) == NULL)
		opt_wrong(&tool, "no such table", argv[at]);
	if (feed != NULL && run_number(feed) < 0)
		opt_wrong(&tool, "a feed is a number from 1", feed);
	return list(route_of(argv[at]), feed, closed);
}
