/* plan.c - what a commit does to each job of its feed */
#include "plan.h"

#include <string.h>

#include "buf.h"

/* Where a record goes: a person's verdict stands while the text does. */
#define OBEYS                                                                  \
	"(not s.closed and j.review is not null"                               \
	" and j.content_hash is not distinct from s.content_hash)"
#define ROUTE "case when " OBEYS " then j.review else s.route end"
#define REASON "case when " OBEYS " then 'reviewed' else s.route_reason end"

/* A live job stays where it is when its new text could not be enriched. */
#define STAYS "(s.failed and j.closed_at is null and j.route <> 'rejected')"

#define ACTION                                                                 \
	"case when j.job_id is null then 'new'"                                \
	" when " STAYS " then"                                                 \
	"  case when j.stale and j.missed = 0 then 'same' else 'stale' end"    \
	" when j.record_hash = s.record_hash and j.route = " ROUTE             \
	"  and j.route_reason is not distinct from " REASON                    \
	"  and (j.closed_at is not null) = s.closed"                           \
	"  and j.source_id = s.source_id"                                      \
	"  and j.missed = 0 and not j.stale then 'same'"                       \
	" else 'change' end"

#define TO_ROUTE "case when " STAYS " then j.route else " ROUTE " end"
#define TO_REASON "case when " STAYS " then j.route_reason else " REASON " end"

static const char tables_sql[] =
    "create temp table plan (seq bigint, job_id uuid, source_id text,"
    " action text, from_route text, to_route text, to_reason text,"
    " was_live boolean, lives boolean) on commit drop;"
    "create temp table tally (to_route text, to_reason text, n bigint)"
    " on commit drop;"
    "create temp table claims (seq bigint, job_id uuid, live boolean,"
    " own boolean, closed boolean, site timestamptz) on commit drop;"
    "create temp table parts (seq bigint, job_id uuid, one boolean,"
    " speaks boolean, record json) on commit drop";

/* Nearly always it is plain that nothing differs, which is quick to see. */
#define PLAINLY_SAME                                                           \
	"(j.record_hash = s.record_hash and j.route = s.route"                 \
	" and j.route_reason = s.route_reason and j.review is null"            \
	" and j.missed = 0 and not j.stale and not s.failed)"

/*
 * Nearly every record belongs to the live job that its own ad speaks for: the
 * two stand in one row.  What is left over on either side stands alone, and so
 * do ads that are over: their job may live on in its other ads.  Rows that
 * nothing plainly is to be done about are left out.
 */
static const char pair_sql[] =
    "insert into plan select s.seq,"
    "  coalesce(j.job_id, s.job_id) as job_id,"
    "  coalesce(s.source_id, j.source_id) as source_id,"
    "  case when s.seq is null then 'gone' else " ACTION " end as action,"
    "  j.route as from_route,"
    "  case when s.seq is not null then " TO_ROUTE " end as to_route,"
    "  case when s.seq is not null then " TO_REASON " end as to_reason,"
    "  j.job_id is not null as was_live,"
    "  coalesce(not s.closed, true) as lives"
    "  from @staged s full join (select *, closed_at is not null as over"
    "   from jobmill.jobs where feed_id = $1 and closed_at is null) j"
    "  on j.source_id = s.source_id and j.over = s.closed"
    "  where " PLAINLY_SAME " is not true";

/* How many records were left out: they stay where they are. */
static const char tally_sql[] =
    "insert into tally select route, route_reason, count(*) from @staged s"
    " where not exists (select from plan p where p.seq = s.seq)"
    " group by 1, 2";

static const char records_sql[] = "select (select count(seq) from plan)"
                                  " + (select coalesce(sum(n), 0) from tally),"
                                  " not exists (select from plan)";

/*
 * A record may speak for a job that is on the site by another of its ads, while
 * that of its own ad is not: then it gives that up, unless a verdict stands
 * there or further ads do.  Both are claimed in a moment, like any other.
 */
static const char yield_sql[] =
    "insert into plan select distinct null::bigint, p.job_id, p.source_id,"
    " 'gone', p.from_route, null, null, true, true"
    " from plan p join @staged s on s.seq = p.seq"
    " cross join unnest(s.members[2:]) m (source_id)"
    " join jobmill.job_sources a"
    "  on a.feed_id = $1 and a.source_id = m.source_id"
    "   and a.job_id <> p.job_id"
    " join jobmill.open_jobs j"
    "  on j.job_id = a.job_id and j.closed_at is null"
    " left join @staged o on o.source_id = j.source_id and not o.closed"
    " where p.was_live and p.from_route <> 'approved' and p.action <> 'same'"
    "  and p.to_reason is distinct from 'reviewed'"
    "  and cardinality(s.members) > 1 and o.seq is null"
    "  and (select count(*) from jobmill.job_sources x"
    "   where x.job_id = p.job_id and x.closed_at is null"
    "    and x.source_id <> all (s.members)) = 0";

static const char yielded_sql[] =
    "update plan p set action = 'new', job_id = s.job_id, from_route = null,"
    " to_route = s.route, to_reason = s.route_reason, was_live = false,"
    " lives = true from @staged s"
    " where s.seq = p.seq and exists (select from plan q"
    "  where q.seq is null and q.job_id = p.job_id)";

/*
 * Records that stand alone may still be known by one of their ads: then they
 * claim its job, unless an open record has it by its own ad.  Of a job that
 * never lived, site is null; it is said more closely if that matters.
 */
static const char claim_sql[] =
    "insert into claims select distinct p.seq, j.job_id,"
    " j.closed_at is null, j.source_id = p.source_id, s.closed,"
    " case when j.closed_at is null and j.route = 'approved'"
    "   then timestamptz 'infinity'"
    "  when j.closed_at is null or j.closed_at > j.created_at"
    "   then timestamptz '-infinity' end"
    " from plan p join @staged s on s.seq = p.seq"
    " cross join unnest(s.members) m (source_id)"
    " join jobmill.job_sources a"
    "  on a.feed_id = $1 and a.source_id = m.source_id"
    " join jobmill.jobs j on j.job_id = a.job_id"
    " left join @staged o on o.source_id = j.source_id"
    "  and j.closed_at is null and not o.closed and o.seq <> p.seq"
    " where p.action = 'new' and o.seq is null";

/* When jobs between which a record may choose were on the site last. */
static const char site_sql[] =
    "update claims c set site = coalesce((select max(e.at)"
    "  from jobmill.job_events e"
    "  where e.job_id = c.job_id and e.from_route = 'approved'), site)"
    " where site = '-infinity' and seq in (select seq from claims"
    "  group by seq having count(*) > 1)";

/*
 * One job to a record, one record to a job: the best claim of each record, and
 * of those the best for each job, which goes to an open record if there is one.
 * Best is a job that lives, then one that is on the site, or was latest: the
 * mirror and its readers know it.  What lost may win the next time round.
 */
static const char award_sql[] =
    "with best as (select distinct on (seq) * from claims"
    "  order by seq, live desc, site desc nulls last, own desc, job_id),"
    " won as (select distinct on (job_id) * from best"
    "  order by job_id, closed, live desc, own desc, seq),"
    " done as (delete from claims where seq in (select seq from won)"
    "  or job_id in (select job_id from won))"
    " update plan p set job_id = w.job_id, action = null from won w"
    " where p.seq = w.seq";

static const char judge_sql[] =
    "update plan p set action = " ACTION ", from_route = j.route,"
    " to_route = " TO_ROUTE ", to_reason = " TO_REASON ","
    " was_live = j.closed_at is null"
    " from @staged s, jobmill.jobs j"
    " where p.action is null and s.seq = p.seq and j.job_id = p.job_id";

/* Jobs that stood alone and were claimed stand in the claiming row now. */
static const char claimed_sql[] =
    "delete from plan p using plan q where p.seq is null"
    " and q.seq is not null and q.job_id = p.job_id";

#define SOURCES                                                                \
	"insert into jobmill.job_sources as old (feed_id, source_id, job_id,"  \
	" closed_at)"
#define SOURCES_KNOWN                                                          \
	" on conflict (feed_id, source_id) do update set"                      \
	" job_id = excluded.job_id,"                                           \
	" closed_at = case when old.job_id <> excluded.job_id"                 \
	"  then excluded.closed_at end"                                        \
	" where old.job_id <> excluded.job_id"                                 \
	"  or (old.closed_at is not null and excluded.closed_at is null)"

/* Which job each ad belongs to: those that are records of their own. */
static const char own_sql[] = SOURCES
    " select $1, s.source_id, p.job_id, case when s.closed then now() end"
    " from @staged s join plan p on p.seq = s.seq where p.action <> "
    "'same'" SOURCES_KNOWN;

/* An ad that is a record of its own does not belong to one that names it. */
static const char members_sql[] =
    SOURCES " select distinct on (m.source_id) $1, m.source_id, p.job_id,"
            "  case when s.closed then now() end"
            " from plan p join @staged s on s.seq = p.seq"
            " cross join unnest(s.members[2:]) m (source_id)"
            " left join @staged o on o.source_id = m.source_id"
            " where cardinality(s.members) > 1 and p.action <> 'same'"
            "  and o.seq is null"
            " order by m.source_id, s.seq" SOURCES_KNOWN;

/* A job all of whose ads that live went to others is one with them now. */
static const char merged_sql[] =
    "update plan p set action = 'merged' where seq is null"
    " and not exists (select from jobmill.job_sources a"
    "  where a.job_id = p.job_id and a.closed_at is null)";

/* The feed has it, and says that it is over. */
#define NAMED "(action = 'change' and was_live and not lives)"

static const char counts_sql[] =
    "select p.live + t.n, p.staged + t.n, p.gone from (select"
    "  count(*) filter (where was_live) as live, count(seq) as staged,"
    "  count(*) filter (where action = 'gone' or " NAMED ") as gone"
    "  from plan) p,"
    " (select coalesce(sum(n), 0)::bigint as n from tally) t";

static const char close_sql[] =
    "update plan p set action = case when j.missed + 1 >= $1 then 'gone'"
    " else 'missed' end from jobmill.jobs j"
    " where p.action = 'gone' and j.job_id = p.job_id";

/* A job's other ads that a complete feed does not have any more. */
static const char lost_sql[] =
    "update jobmill.job_sources a set closed_at = now()"
    " from plan p join @staged s on s.seq = p.seq"
    " where p.action = 'change' and not s.closed and a.job_id = p.job_id"
    "  and a.closed_at is null and a.source_id <> all (s.members)";

/*
 * Records of a file that tells only what changed, which name some ads of a job
 * while others may live that they do not name; and whether they still are one
 * role.  If so, the record that speaks for all of them: the one whose ad comes
 * first, with the ads of the other.
 */
static const char parts_sql[] =
    "insert into parts select seq, job_id, one, speaks, case"
    " when one and speaks then jobmill.with_ads(now, old, rest)"
    " when one then jobmill.with_ads(jobmill.without_ads(old, lost), now,"
    "  members) end"
    " from (select p.seq, p.job_id, s.record as now, j.record as old,"
    "  s.members, r.rest, array(select unnest(jobmill.ads_of(j.record))"
    "   except select unnest(r.rest)) as lost,"
    "  j.content_hash is not distinct from s.content_hash"
    "   or jobmill.one_role(s.record, j.record) as one,"
    "  jobmill.ad_order(s.source_id) < r.first as speaks"
    "  from plan p join @staged s on s.seq = p.seq"
    "  join jobmill.jobs j on j.job_id = p.job_id"
    "  cross join lateral (select array_agg(a.source_id) as rest,"
    "   min(jobmill.ad_order(a.source_id)) as first"
    "   from unnest(jobmill.ads_of(j.record)) i (id)"
    "   join jobmill.job_sources a"
    "    on a.feed_id = $1 and a.source_id = i.id"
    "   where a.job_id = p.job_id and a.closed_at is null"
    "    and a.source_id <> all (s.members)) r"
    "  where p.action = 'change' and p.was_live and not s.closed"
    "   and r.rest is not null) t";

/* An ad that does not speak for its job leaves the rest of that as it was. */
static const char joined_sql[] =
    "update plan p set action = 'joined', lives = true,"
    " to_route = from_route, to_reason = 'other_ads' from parts u"
    " where u.seq = p.seq and u.one and not u.speaks";

/* Nothing is written about what comes out as it was. */
static const char as_was_sql[] =
    "update plan p set action = 'same' from parts u, jobmill.jobs j"
    " where u.seq = p.seq and u.one and j.job_id = p.job_id"
    "  and j.route = p.to_route and j.missed = 0 and not j.stale"
    "  and (p.action = 'joined'"
    "   or j.route_reason is not distinct from p.to_reason)"
    "  and not exists (select from json_each(j.record) o (key, value)"
    "   full join json_each(u.record) n (key, value) using (key)"
    "   where jobmill.field_text(key, o.value)"
    "    is distinct from jobmill.field_text(key, n.value)"
    "    and key not in ('ai', 'position'))";

/* What is another role now leaves the job to the ads that are as they were. */
static const char parted_sql[] =
    "insert into plan select s.seq, s.job_id, s.source_id, 'new', null,"
    " s.route, s.route_reason, false, true"
    " from parts u join @staged s on s.seq = u.seq where not u.one";

static const char left_sql[] =
    "update plan p set seq = null, action = 'spared', lives = true,"
    " to_route = from_route, to_reason = 'other_ads' from parts u"
    " where not u.one and p.seq = u.seq and p.job_id = u.job_id";

static const char moved_sql[] =
    "update jobmill.job_sources a set job_id = s.job_id"
    " from parts u join @staged s on s.seq = u.seq where not u.one"
    "  and a.job_id = u.job_id and a.source_id = any (s.members)";

/* A job of which another ad may live goes on with that. */
static const char spare_sql[] =
    "update plan p set action = 'spared', lives = true,"
    " to_route = from_route, to_reason = 'other_ads'"
    " from @staged s where s.seq = p.seq and " NAMED
    " and exists (select from jobmill.job_sources a where a.job_id = p.job_id"
    "  and a.closed_at is null and a.source_id <> all (s.members))";

static const char keep_sql[] =
    "update plan set action = 'kept', lives = true, to_route = from_route"
    " where action = 'gone' or ($1::boolean and " NAMED ")";

/* A job that stays while the ad that spoke for it went to another one. */
static const char orphaned_sql[] =
    "update plan p set action = 'spared', to_reason = 'other_ads'"
    " from jobmill.job_sources a where p.seq is null and p.action = 'kept'"
    "  and a.feed_id = $1 and a.source_id = p.source_id"
    "  and a.job_id <> p.job_id";

/* Where jobs that are closed go, and why. */
static const char closed_sql[] =
    "update plan set to_route = 'rejected', to_reason = action, lives = false"
    " where action in ('gone', 'merged')";

static const char events_sql[] =
    "insert into jobmill.job_events (job_id, run_id, kind, from_route,"
    " to_route, reason, fields)"
    " select p.job_id, $1, case when p.action = 'stale' then 'stale'"
    "  when not p.was_live and p.lives then 'reopened'"
    "  when p.was_live and not p.lives then 'closed'"
    "  when p.from_route <> p.to_route then 'moved' else 'changed' end,"
    " p.from_route, p.to_route, p.to_reason,"
    " case when p.action in ('change', 'joined') then"
    "  (select array_agg(key order by key)"
    "  from json_each(j.record) o (key, value)"
    "  full join json_each(coalesce(u.record, s.record)) n (key, value)"
    "   using (key)"
    "  where jobmill.field_text(key, o.value)"
    "   is distinct from jobmill.field_text(key, n.value)"
    "   and key not in ('ai', 'position'))"
    "  when p.action = 'spared' then array['merged', 'source_id'] end"
    " from plan p join jobmill.jobs j on j.job_id = p.job_id"
    " left join @staged s on s.seq = p.seq"
    " left join parts u on u.seq = p.seq"
    " where p.action in"
    "  ('change', 'joined', 'stale', 'spared', 'gone', 'merged')";

static const char insert_sql[] =
    "insert into jobmill.jobs (job_id, route, route_reason, feed_id,"
    " source_id, content_hash, record_hash, run_id, closed_at, posted_at,"
    " expires_at, ai_confidence, industry_code, function_code, title,"
    " company_name, ai_title, record)"
    " select s.job_id, s.route, s.route_reason, $1, s.source_id,"
    " s.content_hash, s.record_hash, $2, case when s.closed then now() end,"
    " s.posted_at, s.expires_at, s.ai_confidence, s.industry_code,"
    " s.function_code, s.title, s.company_name, s.ai_title, s.record"
    " from plan p join @staged s on s.seq = p.seq where p.action = 'new'";

/* A verdict and edits end with the text they were about. */
#define SAME_TEXT "j.content_hash is not distinct from s.content_hash"

static const char change_sql[] =
    "update jobmill.jobs j set route = p.to_route, route_reason = p.to_reason,"
    " source_id = s.source_id, content_hash = s.content_hash,"
    " record_hash = s.record_hash, run_id = $1, updated_at = now(),"
    " closed_at = case when s.closed then coalesce(j.closed_at, now()) end,"
    " posted_at = s.posted_at, expires_at = s.expires_at, missed = 0,"
    " stale = false, review = case when " SAME_TEXT " then j.review end,"
    " edits = case when " SAME_TEXT " then j.edits end,"
    " ai_confidence = s.ai_confidence, industry_code = s.industry_code,"
    " function_code = s.function_code, title = s.title,"
    " company_name = s.company_name, ai_title = s.ai_title, record = s.record"
    " from plan p join @staged s on s.seq = p.seq"
    " where p.action = 'change' and j.job_id = p.job_id";

static const char stale_sql[] =
    "update jobmill.jobs j set stale = true, missed = 0, run_id = $1,"
    " updated_at = now() from plan p"
    " where p.action = 'stale' and j.job_id = p.job_id";

/* The record goes on without the ads that are over, or another job's. */
static const char spared_sql[] =
    "update jobmill.jobs j set record = r.record, record_hash = '',"
    " source_id = r.record ->> 'source_id', run_id = $1, updated_at = now()"
    " from (select p.job_id, jobmill.without_ads(o.record,"
    "   array(select i.id from unnest(jobmill.ads_of(o.record)) i (id)"
    "    where not exists (select from jobmill.job_sources a"
    "     where a.feed_id = o.feed_id and a.source_id = i.id"
    "      and a.job_id = p.job_id and a.closed_at is null))) as record"
    "  from plan p join jobmill.jobs o on o.job_id = p.job_id"
    "  where p.action = 'spared') r where j.job_id = r.job_id";

/* And with those that the run did not name. */
static const char united_sql[] =
    "update jobmill.jobs j set record = u.record, record_hash = '',"
    " source_id = u.record ->> 'source_id', run_id = $1, missed = 0,"
    " updated_at = now() from parts u join plan p on p.seq = u.seq"
    " where u.one and p.action in ('change', 'joined')"
    "  and j.job_id = u.job_id";

/* Ads that the feed says are over; of a job that closes, all. */
static const char over_sql[] =
    "update jobmill.job_sources a set closed_at = now() from plan p"
    " left join @staged s on s.seq = p.seq"
    " where a.job_id = p.job_id and a.closed_at is null"
    "  and ((p.was_live and not p.lives) or (p.action = 'spared'"
    "   and a.source_id = any (s.members)))";

static const char gone_sql[] =
    "update jobmill.jobs j set route = p.to_route, route_reason = p.to_reason,"
    " closed_at = now(), missed = j.missed + 1, run_id = $1,"
    " updated_at = now() from plan p"
    " where p.action in ('gone', 'merged') and j.job_id = p.job_id";

static const char missed_sql[] =
    "update jobmill.jobs j set missed = j.missed + 1 from plan p"
    " where p.action = 'missed' and j.job_id = p.job_id";

/* The figures of the run: of each kind of row, how many there are. */
static const char counts_of_report_sql[] =
    "with kinds as (select action, was_live, lives, from_route, to_route,"
    "  seq is not null as staged, count(*) as n from plan"
    "  group by 1, 2, 3, 4, 5, 6"
    "  union all select 'same', true, true, to_route, to_route, true, n"
    "  from tally),"
    " sums as (select"
    "  sum(n) filter (where action = 'new') as created,"
    "  sum(n) filter (where action in ('spared', 'joined') or (action = "
    "'change'"
    "   and was_live = lives and from_route = to_route)) as changed,"
    "  sum(n) filter (where action = 'change' and was_live = lives"
    "   and from_route <> to_route) as moved,"
    "  sum(n) filter (where action = 'same') as unchanged,"
    "  sum(n) filter (where was_live and not lives) as closed,"
    "  sum(n) filter (where action = 'change' and not was_live"
    "   and lives) as reopened,"
    "  sum(n) filter (where action in ('missed', 'kept')) as missed,"
    "  sum(n) filter (where action = 'stale') as stale,"
    "  sum(n) filter (where staged and to_route = 'approved') as approved,"
    "  sum(n) filter (where staged and to_route = 'manual_review')"
    "   as manual_review,"
    "  sum(n) filter (where staged and to_route = 'rejected') as rejected,"
    "  sum(n) filter (where staged and to_route = 'archived') as archived"
    "  from kinds)"
    " update jobmill.execution_reports r set"
    " created = coalesce(s.created, 0), changed = coalesce(s.changed, 0),"
    " moved = coalesce(s.moved, 0), unchanged = coalesce(s.unchanged, 0),"
    " closed = coalesce(s.closed, 0), reopened = coalesce(s.reopened, 0),"
    " missed = coalesce(s.missed, 0), stale = coalesce(s.stale, 0),"
    " approved = coalesce(s.approved, 0),"
    " manual_review = coalesce(s.manual_review, 0),"
    " rejected = coalesce(s.rejected, 0),"
    " archived = coalesce(s.archived, 0)"
    " from sums s where r.run_id = $1";

/* Where the staged records went, and why. */
static const char outcomes_sql[] =
    "with reasons as (select to_route, reason, sum(n) as n from ("
    "   select to_route, coalesce(to_reason, '') as reason, count(*) as n"
    "   from plan where seq is not null group by 1, 2"
    "   union all select to_route, coalesce(to_reason, ''), n from tally) t"
    "  group by 1, 2),"
    " routes as (select to_route, jsonb_object_agg(reason, n) as reasons"
    "  from reasons group by 1)"
    " update jobmill.execution_reports set outcomes = (select"
    "  coalesce(jsonb_object_agg(to_route, reasons), '{}') from routes)"
    " where run_id = $1";

/* A statement with the name of the run's table for "@staged". */
static bool
run(struct db *db, const char *table, uint64_t *rows, const char *sql,
    const char *const *values, size_t count)
{
	static const char mark[] = "@staged";
	struct buf text = { 0 };
	const char *at;
	bool done;

	while ((at = strstr(sql, mark)) != NULL) {
		buf_add(&text, sql, (size_t)(at - sql));
		buf_text(&text, table);
		sql = at + sizeof mark - 1;
	}
	buf_text(&text, sql);
	done = db_run(db, rows, buf_string(&text), values, count);
	buf_free(&text);
	return done;
}

/* Give records that stand alone the jobs that their ads had. */
static void
settle_claims(struct db *db, const struct plan *p)
{
	uint64_t yielded = 0, claims = 0, won = 1;

	run(db, p->table, &yielded, yield_sql, DB_VALUES(p->feed));
	if (yielded > 0)
		run(db, p->table, NULL, yielded_sql, DB_NONE);
	run(db, p->table, &claims, claim_sql, DB_VALUES(p->feed));
	if (claims == 0)
		return;
	db_run(db, NULL, site_sql, DB_NONE);
	/* Each time at least one is settled: it ends. */
	while (won > 0 && !db_failed(db))
		db_run(db, &won, award_sql, DB_NONE);
	run(db, p->table, NULL, judge_sql, DB_NONE);
	db_run(db, NULL, claimed_sql, DB_NONE);
}

int64_t
plan_start(struct db *db, struct plan *p)
{
	int64_t records;
	PGresult *r;

	db_script(db, tables_sql);
	run(db, p->table, NULL, pair_sql, DB_VALUES(p->feed));
	run(db, p->table, NULL, tally_sql, DB_NONE);
	r = db_query(db, records_sql, DB_NONE);
	records = db_int(r, 0, 0);
	p->empty = r != NULL && *db_text(r, 0, 1) == 't';
	PQclear(r);
	return records;
}

void
plan_make(struct db *db, const struct plan *p, struct plan_counts *counts)
{
	PGresult *r;

	if (!p->empty) {
		settle_claims(db, p);
		run(db, p->table, NULL, own_sql, DB_VALUES(p->feed));
		run(db, p->table, NULL, members_sql, DB_VALUES(p->feed));
		db_run(db, NULL, merged_sql, DB_NONE);
	}
	r = db_query(db, counts_sql, DB_NONE);
	if (r != NULL && PQntuples(r) > 0)
		*counts = (struct plan_counts){ .live = db_int(r, 0, 0),
			.staged = db_int(r, 0, 1),
			.gone = db_int(r, 0, 2) };
	PQclear(r);
}

void
plan_close(struct db *db, const struct plan *p, int64_t misses)
{
	char number[DB_NUMBER];

	if (p->empty)
		return;
	run(db, p->table, NULL, lost_sql, DB_NONE);
	db_run(db, NULL, close_sql, DB_VALUES(db_number(misses, number)));
}

void
plan_keep(struct db *db, const struct plan *p, bool named)
{
	if (p->empty)
		return;
	db_run(db, NULL, keep_sql, DB_VALUES(named ? "t" : "f"));
	db_run(db, NULL, orphaned_sql, DB_VALUES(p->feed));
}

void
plan_spare(struct db *db, const struct plan *p)
{
	uint64_t parts = 0;

	if (p->empty)
		return;
	plan_keep(db, p, false);
	run(db, p->table, NULL, spare_sql, DB_NONE);
	run(db, p->table, &parts, parts_sql, DB_VALUES(p->feed));
	if (parts == 0)
		return;
	db_run(db, NULL, joined_sql, DB_NONE);
	db_run(db, NULL, as_was_sql, DB_NONE);
	run(db, p->table, NULL, parted_sql, DB_NONE);
	db_run(db, NULL, left_sql, DB_NONE);
	run(db, p->table, NULL, moved_sql, DB_NONE);
}

void
plan_apply(struct db *db, const struct plan *p)
{
	if (p->empty)
		return;
	db_run(db, NULL, closed_sql, DB_NONE);
	run(db, p->table, NULL, events_sql, DB_VALUES(p->run));
	run(db, p->table, NULL, insert_sql, DB_VALUES(p->feed, p->run));
	run(db, p->table, NULL, change_sql, DB_VALUES(p->run));
	db_run(db, NULL, stale_sql, DB_VALUES(p->run));
	run(db, p->table, NULL, over_sql, DB_NONE);
	db_run(db, NULL, spared_sql, DB_VALUES(p->run));
	db_run(db, NULL, united_sql, DB_VALUES(p->run));
	db_run(db, NULL, gone_sql, DB_VALUES(p->run));
	db_run(db, NULL, missed_sql, DB_NONE);
}

void
plan_report(struct db *db, const struct plan *p)
{
	db_run(db, NULL, counts_of_report_sql, DB_VALUES(p->run));
	db_run(db, NULL, outcomes_sql, DB_VALUES(p->run));
}
