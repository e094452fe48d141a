-- The mill at a glance; what the server knows it tells itself.
-- $1 queued integer
-- $2 max integer
-- $3 mirror boolean
select json_build_object(
	'jobs', (select json_build_object(
		'approved', count(*) filter (where route = 'approved'),
		'manual_review', count(*) filter (where route = 'manual_review'),
		'rejected', count(*) filter (where route = 'rejected'),
		'archived', count(*) filter (where route = 'archived'))
		from jobmill.jobs where closed_at is null),
	'feeds', (select json_build_object(
		'total', count(*),
		'enabled', count(*) filter (where enabled),
		'failing', count(*) filter (where last_run_status = 'failed'),
		'guarded', count(*) filter (where guard is not null))
		from jobmill.feeds),
	'runs', json_build_object(
		'running', greatest((select count(*)
			from jobmill.execution_reports
			where status = 'running'
			and heartbeat_at > now() - interval '2 minutes') - $1, 0),
		'queued', $1, 'max', $2),
	'mirror', $3)
