-- What jobs are called.
-- $1 job_ids uuid[]
select json_build_object('job_id', job_id,
	'title', coalesce(edits ->> 'title', title),
	'company_name', coalesce(edits ->> 'company_name', company_name))
from jobmill.jobs
where job_id = any($1)
