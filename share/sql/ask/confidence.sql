-- Live jobs by how sure the model was, in so many bins from 0 to 1.
-- $1 feed_id bigint, optional
-- $2 bins integer
-- $3 archive_below numeric
-- $4 approve_from numeric
with counted as (
	select least(width_bucket(ai_confidence, 0, 1, $2), $2) as bin, route,
		count(*) as jobs
	from jobmill.jobs
	where closed_at is null and ($1 is null or feed_id = $1)
	group by 1, 2),
	bins as (
	select n, coalesce(sum(jobs) filter (where route = 'approved'), 0)
			as approved,
		coalesce(sum(jobs) filter (where route = 'manual_review'), 0)
			as manual_review,
		coalesce(sum(jobs) filter (where route = 'rejected'), 0)
			as rejected,
		coalesce(sum(jobs) filter (where route = 'archived'), 0)
			as archived
	from generate_series(1, $2) n left join counted on bin = n
	group by n)
select json_build_object(
	'thresholds', json_build_object('archive_below', $3,
		'approve_from', $4),
	'bins', json_agg(json_build_object(
		'from', round((n - 1)::numeric / $2, 6),
		'to', round(n::numeric / $2, 6), 'approved', approved,
		'manual_review', manual_review, 'rejected', rejected,
		'archived', archived) order by n),
	'unknown', (select coalesce(sum(jobs), 0) from counted
		where bin is null))
from bins
