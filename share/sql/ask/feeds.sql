-- All feeds, or one: how each is read and guarded, and how it did last.
-- $1 feed_id bigint, optional
select row_to_json(t) from (
	select f.feed_id, f.name,
		regexp_replace(f.url, '//[^/@]*@', '//***@') as url,
		f.map, f.enabled, f.bypass_filters, f.load, f.misses,
		f.max_close, f.confirm_after, f.accept,
		f.options - 'feed_map' as options,
		f.schedule, f.guard,
		jobmill.stamp(f.created_at) as created_at,
		f.last_run_id, f.last_committed_run, f.last_run_status,
		jobmill.stamp(f.last_run_at) as last_run_at,
		jobmill.stamp(f.last_succeeded_at) as last_succeeded_at,
		round(f.avg_processing_time::numeric, 3) as avg_processing_time,
		f.consecutive_failure_count, f.last_error,
		r.run_id as running_run_id,
		jobmill.stamp(f.next_due_at) as next_due_at,
		case when f.last_succeeded_at is not null then
			greatest(floor(extract(epoch from now()
				- f.last_succeeded_at)), 0)::bigint end
			as freshness_seconds,
		j.counts as jobs
	from jobmill.feeds f
	left join jobmill.execution_reports r on r.feed_id = f.feed_id
		and r.status = 'running'
		and r.heartbeat_at > now() - interval '2 minutes'
	cross join lateral (
		select json_build_object(
			'approved', count(*) filter (where route = 'approved'),
			'manual_review',
			count(*) filter (where route = 'manual_review'),
			'rejected', count(*) filter (where route = 'rejected'),
			'archived', count(*) filter (where route = 'archived'))
			as counts
		from jobmill.jobs
		where jobs.feed_id = f.feed_id and closed_at is null) j
	where $1 is null or f.feed_id = $1
	order by f.feed_id) t
