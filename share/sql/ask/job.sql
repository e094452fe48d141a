-- A job, wherever it is, with its story.
-- $1 job_id uuid
select row_to_json(t) from (
	select j.job_id, j.feed_id, f.name as feed_name, j.source_id, j.route,
		j.route_reason, jobmill.stamp(j.created_at) as created_at,
		jobmill.stamp(j.updated_at) as updated_at,
		jobmill.stamp(j.closed_at) as closed_at, j.missed, j.stale,
		j.review, j.edits, j.content_hash, j.run_id, j.record,
		(select json_agg(s.source_id order by s.source_id)
			from jobmill.job_sources s
			where s.job_id = j.job_id) as sources,
		(select coalesce(json_agg(json_build_object(
				'at', jobmill.stamp(e.at), 'kind', e.kind,
				'run_id', e.run_id, 'from', e.from_route,
				'to', e.to_route, 'reason', e.reason,
				'fields', e.fields) order by e.event_id), '[]')
			from jobmill.job_events e
			where e.job_id = j.job_id) as events,
		(select coalesce(json_agg(json_build_object(
				'at', jobmill.stamp(v.at), 'verdict', v.verdict,
				'reviewer', v.reviewer, 'reason', v.reason,
				'edits', v.edits) order by v.review_id), '[]')
			from jobmill.reviews v
			where v.job_id = j.job_id) as reviews,
		(select coalesce(json_agg(json_build_object(
				'at', jobmill.stamp(m.at), 'target', m.target,
				'op', m.op, 'row_id', m.row_id,
				'status', m.status,
				'reason', jobmill.mirror_reason(m.detail))
				order by m.call_id), '[]')
			from jobmill.mirror_calls m
			where m.job_id = j.job_id) as mirror
	from jobmill.jobs j
	join jobmill.feeds f using (feed_id)
	where j.job_id = $1) t
