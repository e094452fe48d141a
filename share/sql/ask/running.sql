-- Runs that are under way on a host, and the process that began each.
-- $1 host text
select json_build_object('run_id', run_id, 'pid', pid, 'silent',
	floor(extract(epoch from now() - heartbeat_at)))
from jobmill.execution_reports
where status = 'running' and host = $1
