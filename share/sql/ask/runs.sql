-- Runs, the newest first, a page of them.
-- $1 feed_id bigint, optional
-- $2 status text, optional
-- $3 limit integer
-- $4 after bigint, optional
-- $5 queued bigint[], optional
with page as (
	select r.run_id, r.feed_id, r.feed_name,
		case when s.silent then 'failed' else r.status end as status,
		r.status = 'running' and r.run_id = any($5) is true as queued,
		jobmill.stamp(r.started_at) as started_at,
		jobmill.stamp(case when s.silent then r.heartbeat_at
			else r.finished_at end) as finished_at,
		round(r.duration_seconds::numeric, 3) as duration_seconds,
		r.total_in_feed, r.staged, r.merged, r.dead, r.created,
		r.changed, r.moved, r.unchanged, r.closed, r.reopened, r.missed,
		r.stale, r.approved, r.manual_review, r.rejected, r.archived,
		r.requests, r.tokens_in, r.tokens_out, r.cost_usd,
		case when s.silent then 'went silent'
			else r.error_summary end as error_summary
	from jobmill.execution_reports r
	cross join lateral (select r.status = 'running'
		and r.heartbeat_at <= now() - interval '2 minutes' as silent) s
	where ($1 is null or r.feed_id = $1)
		and ($2 is null or $2 =
			case when s.silent then 'failed' else r.status end)
		and ($4 is null or r.run_id < $4)
	order by r.run_id desc
	limit $3 + 1),
	numbered as (
	select row_number() over (order by run_id desc) as n, run_id,
		row_to_json(page) as run from page)
select json_build_object(
	'runs', coalesce(json_agg(run order by n) filter (where n <= $3), '[]'),
	'next', case when count(*) > $3 then
		(max(run_id) filter (where n = $3))::text end)
from numbered
