/* trace.c - the story of one job: where it came from, and why it is where */
#include "commands.h"

#include <stdlib.h>
#include <string.h>

#include "job.h"
#include "log.h"
#include "opt.h"
#include "runs.h"
#include "status.h"

static const char by_source_sql[] =
    "select job_id from jobmill.job_sources"
    " where feed_id = $1::bigint and source_id = $2";

/* What it is, fact by fact. */
static const char facts_sql[] =
    "select f.name, f.value from jobmill.jobs j"
    " join jobmill.feeds using (feed_id) cross join lateral (values"
    " ('job', j.job_id::text),"
    " ('title', coalesce(j.ai_title, j.title)),"
    " ('company', j.company_name),"
    " ('feed', format('%s, %s', feeds.feed_id, feeds.name)),"
    " ('source', j.source_id),"
    " ('position', case when j.record -> 'position' is not null then"
    "  format('line %s, byte %s of the feed in run %s',"
    "   j.record #>> '{position,line}',"
    "   j.record #>> '{position,offset}', j.run_id) end),"
    " ('url', j.record ->> 'url'),"
    " ('route', format('%s, %s', j.route, j.route_reason)),"
    " ('closed', jobmill.stamp(j.closed_at)),"
    " ('missed', nullif(j.missed, 0)::text),"
    " ('stale', case when j.stale then 'its new text could not be enriched"
    "  yet' end),"
    " ('confidence', j.record ->> 'ai_confidence'),"
    " ('industry', j.record #>> '{ai_industry,name}'),"
    " ('function', j.record #>> '{ai_job_function,name}'),"
    " ('error', j.record #>> '{ai_error,message}'),"
    " ('verdict', j.review),"
    " ('edits', j.edits::text),"
    " ('text', j.content_hash)) f (name, value)"
    " where j.job_id = $1 and f.value is not null";

/* The ads it speaks for: of each its place and its own link. */
static const char members_sql[] =
    "select 'member', concat_ws(', ', m ->> 'source_id',"
    "  case m ->> 'rule' when 'pin' then 'pinned'"
    "   when 'description' then 'same description'"
    "   when 'words' then 'same words but for places'"
    "   when 'similar' then 'similar by ' || (m ->> 'similarity') end,"
    "  (select string_agg(l ->> 'text', '; ')"
    "   from json_array_elements(m -> 'locations') l), m ->> 'url',"
    "  'line ' || (m #>> '{position,line}'),"
    "  'byte ' || (m #>> '{position,offset}'))"
    " from jobmill.jobs j cross join json_array_elements(j.record -> 'merged')"
    " m where j.job_id = $1"
    " union all select 'earlier', concat_ws(', over since ', s.source_id,"
    "  jobmill.stamp(s.closed_at)) from jobmill.job_sources s"
    " join jobmill.jobs j on j.job_id = s.job_id where s.job_id = $1"
    " and s.source_id <> j.source_id and not exists (select from"
    "  json_array_elements(j.record -> 'merged') m"
    "  where m ->> 'source_id' = s.source_id)";

static const char answers_sql[] =
    "select 'answer', format('%s by %s, %s + %s tokens, %s USD%s', a.key,"
    "  a.value ->> 'model', a.value ->> 'tokens_in',"
    "  a.value ->> 'tokens_out', a.value ->> 'cost_usd',"
    "  case when a.value ->> 'cached' = 'true' then ', recalled' else '' end)"
    " from jobmill.jobs j cross join json_each(j.record -> 'ai') a"
    " where j.job_id = $1 and json_typeof(a.value) = 'object'"
    " and a.key in ('industry', 'function')";

/* What happened to it, in order. */
static const char story_sql[] =
    "select jobmill.stamp(at), what from ("
    " select j.created_at as at, 0 as n, 'stored' || coalesce((select"
    "   format(' by run %s', r.run_id) from jobmill.execution_reports r"
    "   where r.feed_id = j.feed_id"
    "   and j.created_at between r.started_at and r.finished_at"
    "   order by r.run_id limit 1), '') as what"
    "  from jobmill.jobs j where j.job_id = $1"
    " union all select e.at, e.event_id, concat_ws(' ', e.kind,"
    "   'by run ' || e.run_id, case when e.from_route <> e.to_route"
    "    then format('from %s to %s', e.from_route, e.to_route) end,"
    "   '(' || e.reason || ')',"
    "   'in ' || array_to_string(e.fields, ', '))"
    "  from jobmill.job_events e where e.job_id = $1"
    " union all select m.at, m.call_id, concat_ws(' ', 'mirror', m.target"
    "   || ':', m.op, m.status, 'row ' || m.row_id,"
    "   jobmill.mirror_reason(m.detail))"
    "  from jobmill.mirror_calls m where m.job_id = $1) t order by at, n";

static const char json_sql[] =
    "select row_to_json(t) from (select j.job_id, j.feed_id,"
    " feeds.name as feed_name, j.source_id, j.route, j.route_reason,"
    " jobmill.stamp(j.created_at) created_at,"
    " jobmill.stamp(j.updated_at) updated_at,"
    " jobmill.stamp(j.closed_at) closed_at, j.missed, j.stale, j.review,"
    " j.edits, j.content_hash, j.run_id, j.record,"
    " (select json_agg(s.source_id order by s.source_id)"
    "  from jobmill.job_sources s where s.job_id = j.job_id) sources,"
    " (select coalesce(json_agg(json_build_object('at', jobmill.stamp(e.at),"
    "   'kind', e.kind, 'run_id', e.run_id, 'from', e.from_route,"
    "   'to', e.to_route, 'reason', e.reason, 'fields', e.fields)"
    "   order by e.event_id), '[]')"
    "  from jobmill.job_events e where e.job_id = j.job_id) events,"
    " (select coalesce(json_agg(json_build_object('at', jobmill.stamp(v.at),"
    "   'verdict', v.verdict, 'reviewer', v.reviewer, 'reason', v.reason,"
    "   'edits', v.edits) order by v.review_id), '[]')"
    "  from jobmill.reviews v where v.job_id = j.job_id) reviews,"
    " (select coalesce(json_agg(json_build_object('at', jobmill.stamp(m.at),"
    "   'target', m.target, 'op', m.op, 'row_id', m.row_id,"
    "   'status', m.status,"
    "   'reason', jobmill.mirror_reason(m.detail)) order by m.call_id), '[]')"
    "  from jobmill.mirror_calls m where m.job_id = j.job_id) mirror"
    " from jobmill.jobs j join jobmill.feeds using (feed_id)"
    " where j.job_id = $1) t";

/* The job that the command line names. */
static bool
find(struct db *db, const char *name, char id[37])
{
	const char *colon = strchr(name, ':');
	struct buf feed = { 0 };
	PGresult *r;
	bool found;

	if (job_is_id(name)) {
		memcpy(id, name, 37);
		return true;
	}
	if (colon == NULL)
		return false;
	buf_add(&feed, name, (size_t)(colon - name));
	if (run_number(buf_string(&feed)) < 0) {
		buf_free(&feed);
		return false;
	}
	r = db_query(db, by_source_sql, DB_VALUES(feed.data, colon + 1));
	db_check(db, "cannot find the job");
	found = PQntuples(r) > 0;
	if (found)
		memcpy(id, db_text(r, 0, 0), 37);
	PQclear(r);
	buf_free(&feed);
	return found;
}

/* Two columns a line; how many lines there were. */
static int
print_pairs(struct db *db, struct out *out, const char *sql, const char *id,
    int width)
{
	PGresult *r = db_query(db, sql, DB_VALUES(id));
	struct buf b = { 0 };
	int i, n;

	db_check(db, "cannot read the job");
	n = PQntuples(r);
	for (i = 0; i < n; i++) {
		const char *c = db_text(r, i, 1);

		buf_clear(&b);
		buf_printf(&b, "%-*s ", width, db_text(r, i, 0));
		/* Text of strangers must not speak to the terminal. */
		for (; *c != '\0'; c++)
			buf_byte(&b,
			    (unsigned char)*c < 0x20 || *c == 0x7F ? '?' : *c);
		out_add(out, b.data, b.len);
		out_line(out);
	}
	PQclear(r);
	buf_free(&b);
	return n;
}

static void
print_json(struct db *db, struct out *out, const char *id)
{
	PGresult *r = db_query(db, json_sql, DB_VALUES(id));

	db_check(db, "cannot read the job");
	if (PQntuples(r) == 0) {
		PQclear(r);
		die(EX_NOINPUT, "no such job", LOG_TEXT("job_id", id));
	}
	out_add(out, db_text(r, 0, 0), strlen(db_text(r, 0, 0)));
	out_line(out);
	PQclear(r);
}

int
cmd_trace(int argc, char *argv[])
{
	bool json = false;
	const struct opt opts[] = {
		{ .letter = 'j',
		    .name = "json",
		    .kind = OPT_FLAG,
		    .to = &json,
		    .help = "as one JSON object, the record in it" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store trace",
		.synopsis = "[-j] job_id | feed_id:source_id",
		.summary = "Tell the story of a job.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	char id[37] = "";
	struct out *out;
	struct db *db;

	out = out_stdout(false);
	db = db_open();
	if (!find(db, argv[at], id))
		die(EX_NOINPUT, "no such job", LOG_TEXT("job", argv[at]),
		    LOG_TEXT("wanted", "JOB_ID or FEED:SOURCE_ID"));
	if (json) {
		print_json(db, out, id);
	} else {
		if (print_pairs(db, out, facts_sql, id, 10) == 0)
			die(EX_NOINPUT, "no such job", LOG_TEXT("job_id", id));
		print_pairs(db, out, members_sql, id, 10);
		print_pairs(db, out, answers_sql, id, 10);
		print_pairs(db, out, story_sql, id, 20);
	}
	out_close(out);
	db_close(db);
	return EX_OK;
}
