/* list.c - the jobs of a table as records, as one moment saw them */
#include "commands.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "db.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "rec.h"
#include "runs.h"
#include "sig.h"
#include "status.h"

/* One statement sees one moment, whatever commits meanwhile. */
#define COLUMNS                                                                \
	"select job_id, route, route_reason, edits, record from jobmill.jobs"  \
	" where route = $1 and ($2::bigint is null or feed_id = $2)"           \
	" and ($3::boolean or closed_at is null) order by job_id"

static const struct {
	const char *table, *route;
} tables[] = {
	{ "open_jobs", "approved" },
	{ "manual_review_jobs", "manual_review" },
	{ "rejected_jobs", "rejected" },
	{ "archived_jobs", "archived" },
};

#define TABLES (sizeof tables / sizeof *tables)

static const char *
route_of(const char *table)
{
	size_t i;

	for (i = 0; i < TABLES; i++)
		if (strcmp(tables[i].table, table) == 0)
			return tables[i].route;
	return NULL;
}

/* Put a person's edits over a record. */
static void
apply_edits(struct rec *job, const char *edits, struct rec *room,
    struct buf *value)
{
	struct json_member m;
	struct buf name = { 0 };
	size_t at, i = 0;

	if (rec_parse(room, edits, strlen(edits), &at) != NULL)
		return;
	while (rec_field(room, &i, &m)) {
		buf_clear(&name);
		buf_add(&name, m.name, m.name_len);
		buf_clear(value);
		if (m.value.type == JSON_STRING)
			buf_byte(value, '"');
		buf_add(value, m.value.text, m.value.len);
		if (m.value.type == JSON_STRING)
			buf_byte(value, '"');
		if (m.value.type == JSON_NULL)
			rec_unset(job, buf_string(&name));
		else
			rec_set(job, buf_string(&name), value->data,
			    value->len);
	}
	buf_free(&name);
}

/* A string field that the store knows better than the record. */
static void
correct(struct rec *job, const char *field, const char *value, struct buf *room)
{
	size_t len;
	const char *was = rec_text(job, field, room, &len);

	if (was != NULL && len == strlen(value) && memcmp(was, value, len) == 0)
		return;
	if (*value != '\0')
		rec_set_string(job, field, value, strlen(value));
}

/* A row as a record: what was staged, with its job_id and where it is now. */
static bool
print_row(struct out *out, const PGresult *r, struct rec *job, struct rec *room,
    struct buf *line)
{
	const char *record = db_text(r, 0, 4);
	size_t at;

	if (rec_parse(job, record, (size_t)PQgetlength(r, 0, 4), &at) != NULL)
		return false;
	rec_set_string(job, "job_id", db_text(r, 0, 0),
	    strlen(db_text(r, 0, 0)));
	correct(job, "route", db_text(r, 0, 1), line);
	correct(job, "route_reason", db_text(r, 0, 2), line);
	if (PQgetisnull(r, 0, 3) == 0)
		apply_edits(job, db_text(r, 0, 3), room, line);
	buf_clear(line);
	rec_write(job, line);
	out_add(out, line->data, line->len);
	out_line(out);
	return true;
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
	struct rec *job = rec_new(), *room = rec_new();
	struct buf line = { 0 };
	struct db *db = db_open();
	uint64_t records = 0;
	bool whole = true;
	PGresult *r;

	db_start(db, COLUMNS, DB_VALUES(route, feed, closed ? "t" : "f"));
	while (whole && !sig_stop() && (r = db_next(db)) != NULL) {
		whole = print_row(out, r, job, room, &line);
		records += whole;
		if (!whole)
			log_error("a stored record is no record",
			    LOG_TEXT("job_id", db_text(r, 0, 0)));
		PQclear(r);
	}
	sig_die();
	db_check(db, "cannot read the jobs");
	if (whole)
		print_end(out, records);
	out_close(out);
	buf_free(&line);
	rec_free(room);
	rec_free(job);
	db_close(db);
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
		    "archived_jobs. The\nlast line is "
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
