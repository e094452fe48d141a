-- How many runs are under way or wait for their turn, on all hosts.
select to_json(count(*))
from jobmill.execution_reports
where status = 'running' and heartbeat_at > now() - interval '2 minutes'
