-- The report of a run, or of the last run of a feed.
-- $1 run_id bigint, optional
-- $2 feed_id bigint, optional
-- $3 queued bigint[], optional
select row_to_json(t) from (
	select r.run_id, r.feed_id, r.feed_name,
		case when s.silent then 'failed' else r.status end as status,
		r.status = 'running' and r.run_id = any($3) is true as queued,
		jobmill.stamp(r.started_at) as started_at,
		jobmill.stamp(case when s.silent then r.heartbeat_at
			else r.finished_at end) as finished_at,
		round(r.duration_seconds::numeric, 3) as duration_seconds,
		r.total_in_feed, r.staged, r.merged, r.dead, r.created,
		r.changed, r.moved, r.unchanged, r.closed, r.reopened, r.missed,
		r.stale, r.approved, r.manual_review, r.rejected, r.archived,
		r.requests, r.tokens_in, r.tokens_out, r.cost_usd,
		case when s.silent then 'went silent'
			else r.error_summary end as error_summary,
		r.host, r.pid, jobmill.stamp(r.heartbeat_at) as heartbeat_at,
		r.outcomes, r.guards, r.stages
	from jobmill.execution_reports r
	cross join lateral (select r.status = 'running'
		and r.heartbeat_at <= now() - interval '2 minutes' as silent) s
	where r.run_id = coalesce($1, (
		select run_id from jobmill.execution_reports
		where feed_id = $2 order by run_id desc limit 1))) t
