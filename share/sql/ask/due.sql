-- The numbers of the feeds that are due, those that have waited longest first.
-- A run that is under way and has been heard of is not disturbed.
select to_json(f.feed_id)
from jobmill.feeds f
where f.enabled and f.schedule is not null and f.next_due_at <= now()
	and not exists (select from jobmill.execution_reports r
		where r.feed_id = f.feed_id and r.status = 'running'
			and r.heartbeat_at > now() - interval '2 minutes')
order by f.next_due_at, f.feed_id
