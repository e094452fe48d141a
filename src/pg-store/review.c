/* review.c - what people decide about jobs */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "log.h"
#include "opt.h"
#include "runs.h"
#include "stage.h"
#include "status.h"

enum verdict { APPROVE, REJECT, EDIT, WITHDRAW };

static const char *const verdicts[] = { "approved", "rejected", "edited",
	"withdrawn" };

/* What to do with each job that is named. */
struct review {
	struct db *db;
	struct out *out;
	enum verdict verdict;
	const char *reviewer, *reason, *edits;
	bool keep_edits; /* of WITHDRAW: only the verdict is taken back */
	bool some_bad;
	struct buf line, name, room;
};

/*
 * A verdict, all that it means in one statement.  $1 the job, $2 the verdict,
 * $3 by whom, $4 why, $5 edits, $6 the text that was judged, $7 whether edits
 * stay.  A withdrawn one sends the job back to where its record says; edits
 * given with it stand then.
 */
static const char review_sql[] =
    "with j as (select * from jobmill.jobs where job_id = $1"
    "  and closed_at is null and ($6::text is null or content_hash = $6)"
    "  for update),"
    " n as (select j.job_id, case $2 when 'approved' then 'approved'"
    "   when 'rejected' then 'rejected' when 'edited' then j.route"
    "   else coalesce(j.record ->> 'route', j.route) end as route,"
    "  case $2 when 'edited' then j.route_reason"
    "   when 'withdrawn' then j.record ->> 'route_reason'"
    "   else 'reviewed' end as reason,"
    "  case $2 when 'edited' then j.review when 'withdrawn' then null"
    "   else $2 end as review,"
    "  case when $2 = 'withdrawn' and not $7::boolean then $5::json"
    "   when $2 = 'edited' then"
    "   (coalesce(j.edits::jsonb, '{}') || $5::jsonb)::json"
    "   else j.edits end as edits from j),"
    " u as (update jobmill.jobs set route = n.route, route_reason = n.reason,"
    "  review = n.review, edits = n.edits, updated_at = now() from n, j"
    "  where jobs.job_id = n.job_id and jobs.route = j.route),"
    " v as (insert into jobmill.reviews (job_id, content_hash, verdict, edits,"
    "  reviewer, reason, route, ai_confidence) select j.job_id,"
    "  j.content_hash, $2, $5::json, $3, $4, j.route, j.ai_confidence from j),"
    " e as (insert into jobmill.job_events (job_id, kind, from_route,"
    "  to_route, reason, fields) select j.job_id,"
    "  case $2 when 'edited' then 'edited' else 'reviewed' end, j.route,"
    "  n.route, concat_ws(': ', $3, $4),"
    "  (select array_agg(k order by k) from json_object_keys($5::json) k)"
    "  from j join n on n.job_id = j.job_id)"
    " select j.route, n.route from j join n on n.job_id = j.job_id";

/* Of a job that could not be decided about. */
static const char why_not_sql[] =
    "select closed_at is null from jobmill.jobs where job_id = $1";

static void
print_line(struct review *v)
{
	buf_byte(&v->line, '}');
	out_add(v->out, v->line.data, v->line.len);
	out_line(v->out);
}

static void
start_line(struct review *v, const char *id)
{
	buf_clear(&v->line);
	buf_byte(&v->line, '{');
	buf_json_member(&v->line, "job_id", id, strlen(id));
}

/* One line: why nothing became of the job. */
static void
complain(struct review *v, const char *what, const char *error, const char *id)
{
	log_warning(what, LOG_TEXT("job_id", id));
	v->some_bad = true;
	start_line(v, id);
	buf_json_member(&v->line, "error", error, strlen(error));
	buf_json_member(&v->line, "message", what, strlen(what));
	print_line(v);
}

/* One line: what became of the job. */
static void
tell(struct review *v, const char *id, const char *from, const char *to)
{
	start_line(v, id);
	buf_json_member(&v->line, "verdict", verdicts[v->verdict],
	    strlen(verdicts[v->verdict]));
	buf_json_member(&v->line, "from", from, strlen(from));
	buf_json_member(&v->line, "to", to, strlen(to));
	print_line(v);
}

/* It was not there to be decided about. */
static void
find_out(struct review *v, const char *id)
{
	PGresult *r =
	    db_repeat(v->db, "cannot find the job", why_not_sql, DB_VALUES(id));

	if (PQntuples(r) == 0)
		complain(v, "no such job", "not_found", id);
	else if (*db_text(r, 0, 0) == 't')
		complain(v, "the job has another text by now", "changed", id);
	else
		complain(v, "the job is closed", "closed", id);
	PQclear(r);
}

static void
judge(struct review *v, const char *id, const char *reviewer,
    const char *reason, const char *edits, bool keep, const char *hash)
{
	PGresult *r;

	if (!job_is_id(id)) {
		complain(v, "no job_id", "not_found", id);
		return;
	}
	r = db_repeat(v->db, "cannot keep the verdict", review_sql,
	    DB_VALUES(id, verdicts[v->verdict], reviewer, reason, edits, hash,
	        keep ? "t" : "f"));
	if (PQntuples(r) == 0)
		find_out(v, id);
	else
		tell(v, id, db_text(r, 0, 0), db_text(r, 0, 1));
	PQclear(r);
}

/* Edits must be an object, and leave alone what tells jobs apart. */
static const char *
objection(struct rec *edits, const char *json, size_t len)
{
	static const char *const ours[] = { "job_id", "feed_id", "source_id",
		"content_hash", "merged", "route", "route_reason", "ai",
		"ai_error" };
	const char *error;
	struct json_member m;
	size_t i, at = 0;

	error = rec_parse(edits, json, len, &at);
	if (error != NULL)
		return error;
	for (i = 0; i < sizeof ours / sizeof *ours; i++)
		if (rec_get(edits, ours[i]).type != JSON_NONE)
			return "names a field that is not for editing";
	for (at = 0; rec_field(edits, &at, &m);)
		if (m.name_escaped || m.name_len == 0)
			return "names a field with an escape in it";
	return NULL;
}

/* Edits come with EDIT, and may stay behind WITHDRAW. */
static bool
takes_edits(const struct review *v)
{
	return v->verdict == EDIT || v->verdict == WITHDRAW;
}

/* A string of a line, as a C string in ROOM; OTHERWISE if it has none. */
static const char *
text_of(const struct rec *line, const char *field, struct buf *room,
    const char *otherwise)
{
	struct buf text = { 0 };
	const char *bytes;
	size_t len;

	bytes = rec_text(line, field, &text, &len);
	if (bytes == NULL)
		return otherwise;
	buf_clear(room);
	buf_add(room, bytes, len);
	buf_free(&text);
	return buf_string(room);
}

/*
 * One line of a list: {"job_id":…, "by":…, "reason":…, "edits":{…},
 * "keep_edits":…, "content_hash":…}.
 */
static void
judge_line(struct review *v, struct stage *stage, const struct rec *line,
    struct rec *edits)
{
	struct json_value given = rec_get(line, "edits");
	struct buf id = { 0 }, by = { 0 }, why = { 0 }, json = { 0 },
	           hash = { 0 };
	const char *error = NULL, *text = v->edits;

	if (given.type != JSON_NONE) {
		buf_add(&json, given.text, given.len);
		text = buf_string(&json);
	}
	if (v->verdict == EDIT && text == NULL)
		error = "has no edits";
	else if (text != NULL && takes_edits(v))
		error = objection(edits, text, strlen(text));
	if (error == NULL && !rec_has_text(line, "job_id"))
		error = "has no job_id";
	if (error != NULL)
		stage_refuse(stage, error);
	else
		judge(v, text_of(line, "job_id", &id, ""),
		    text_of(line, "by", &by, v->reviewer),
		    text_of(line, "reason", &why, v->reason),
		    takes_edits(v) ? text : NULL,
		    v->keep_edits ||
		        rec_get(line, "keep_edits").type == JSON_TRUE,
		    text_of(line, "content_hash", &hash, NULL));
	if (error == NULL)
		stage_merged(stage);
	buf_free(&id);
	buf_free(&by);
	buf_free(&why);
	buf_free(&json);
	buf_free(&hash);
}

/* Jobs named on standard input, a JSON object each. */
static int
judge_list(struct review *v)
{
	struct stage_options options = STAGE_DEFAULTS;
	struct stage *stage = stage_open(&options);
	struct rec *edits = rec_new(), *line;
	int status;

	v->out = stage_out(stage);
	while ((line = stage_read(stage)) != NULL)
		judge_line(v, stage, line, edits);
	rec_free(edits);
	status = stage_close(stage, EX_OK);
	return status == EX_OK && v->some_bad ? EX_SOME_BAD : status;
}

static const char *
default_reviewer(void)
{
	static const char *const names[] = { "LOGNAME", "USER" };
	const char *name;
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++) {
		name = getenv(names[i]);
		if (name != NULL && *name != '\0')
			return name;
	}
	return "unknown";
}

static int
review(struct review *v, const struct opt_tool *tool, int argc, char *argv[])
{
	bool listed;
	int at = opt_parse(tool, argc, argv), status;
	struct rec *edits = rec_new();

	listed = argc - at == 1 && strcmp(argv[at], "-") == 0;
	if (v->reviewer == NULL)
		v->reviewer = default_reviewer();
	if (v->edits != NULL &&
	    objection(edits, v->edits, strlen(v->edits)) != NULL)
		opt_wrong(tool, objection(edits, v->edits, strlen(v->edits)),
		    v->edits);
	rec_free(edits);
	if (v->verdict == EDIT && v->edits == NULL && !listed)
		opt_wrong(tool, "what is to be set? --set is needed", "");
	setenv("JOBMILL_STAGE", "review", 0);
	v->db = db_open();
	if (listed) {
		status = judge_list(v);
	} else {
		v->out = out_stdout(false);
		for (; at < argc; at++)
			judge(v, argv[at], v->reviewer, v->reason, v->edits,
			    v->keep_edits, NULL);
		out_close(v->out);
		status = v->some_bad ? EX_SOME_BAD : EX_OK;
	}
	db_close(v->db);
	buf_free(&v->line);
	return status;
}

/* The options of all verdicts, and what a table of them ends with. */
#define REVIEW_OPTS(v)                                                         \
	{ .letter = 'b',                                                       \
		.name = "by",                                                  \
		.kind = OPT_TEXT,                                              \
		.to = &(v)->reviewer,                                          \
		.arg = "NAME",                                                 \
		.help = "who decides (the user)",                              \
		.env = "JOBMILL_REVIEWER" },                                   \
	{                                                                      \
		.letter = 'r', .name = "reason", .kind = OPT_TEXT,             \
		.to = &(v)->reason, .arg = "TEXT", .help = "why"               \
	}

static int
verdict_command(enum verdict verdict, const char *name, const char *summary,
    int argc, char *argv[])
{
	struct review v = { .verdict = verdict };
	const struct opt opts[] = { REVIEW_OPTS(&v), { .name = NULL } };
	const struct opt_tool tool = { .name = name,
		.synopsis = "[-b name] [-r text] job_id ... | -",
		.summary = summary,
		.notes = "With - the jobs are named on standard input, a line "
		         "each:\n{\"job_id\":..., \"by\":..., "
		         "\"reason\":...}.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = -1 };

	return review(&v, &tool, argc, argv);
}

int
cmd_review_approve(int argc, char *argv[])
{
	return verdict_command(APPROVE, "pg-store review approve",
	    "Approve jobs: they go to the mirror until their text changes.",
	    argc, argv);
}

int
cmd_review_reject(int argc, char *argv[])
{
	return verdict_command(REJECT, "pg-store review reject",
	    "Reject jobs until their text changes.", argc, argv);
}

int
cmd_review_withdraw(int argc, char *argv[])
{
	struct review v = { .verdict = WITHDRAW };
	const struct opt opts[] = {
		{ .letter = 'k',
		    .name = "keep-edits",
		    .kind = OPT_FLAG,
		    .to = &v.keep_edits,
		    .help = "take only the verdict back" },
		REVIEW_OPTS(&v),
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store review withdraw",
		.synopsis = "[-k] [-b name] [-r text] job_id ... | -",
		.summary = "Take verdicts and edits back.",
		.notes = "With - the jobs are named on standard input, a line "
		         "each:\n{\"job_id\":..., \"by\":..., "
		         "\"reason\":..., \"edits\":{...}, "
		         "\"keep_edits\":...}.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = -1 };

	return review(&v, &tool, argc, argv);
}

int
cmd_review_edit(int argc, char *argv[])
{
	struct review v = { .verdict = EDIT };
	const struct opt opts[] = {
		{ .letter = 's',
		    .name = "set",
		    .kind = OPT_TEXT,
		    .to = &v.edits,
		    .arg = "JSON",
		    .help = "an object of fields; null takes one away" },
		REVIEW_OPTS(&v),
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store review edit",
		.synopsis = "-s json [-b name] [-r text] job_id ... | -",
		.summary = "Set fields of jobs until their text changes.",
		.notes = "With - the jobs are named on standard input, a line "
		         "each:\n{\"job_id\":..., \"by\":..., "
		         "\"reason\":..., \"edits\":{...}}.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = -1 };

	return review(&v, &tool, argc, argv);
}
