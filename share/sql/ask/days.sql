-- What was done, day by day (UTC), the oldest first.
-- $1 feed_id bigint, optional
-- $2 days integer
with span as (
	select (now() at time zone 'UTC')::date - n as day
	from generate_series(0, $2 - 1) n),
	ran as (
	select (finished_at at time zone 'UTC')::date as day, count(*) as runs,
		count(*) filter (where status = 'failed') as failed_runs,
		round(sum(duration_seconds)::numeric, 3) as duration_seconds,
		sum(approved) as approved, sum(manual_review) as manual_review,
		sum(rejected) as rejected, sum(archived) as archived,
		sum(merged) as merged, sum(dead) as dead,
		sum(created) as created, sum(changed) as changed,
		sum(closed) as closed, sum(requests) as requests,
		sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out,
		sum(cost_usd) as cost_usd
	from jobmill.execution_reports
	where finished_at >= ((now() at time zone 'UTC')::date - ($2 - 1))
		at time zone 'UTC' and ($1 is null or feed_id = $1)
	group by 1),
	judged as (
	select (v.at at time zone 'UTC')::date as day,
		count(*) filter (where verdict = 'approved') as approved,
		count(*) filter (where verdict = 'rejected') as rejected,
		count(*) filter (where verdict = 'edited') as edited,
		count(*) filter (where verdict = 'withdrawn') as withdrawn
	from jobmill.reviews v
	where v.at >= ((now() at time zone 'UTC')::date - ($2 - 1))
		at time zone 'UTC'
		and ($1 is null or exists (select from jobmill.jobs j
			where j.job_id = v.job_id and j.feed_id = $1))
	group by 1),
	days as (
	select day, coalesce(runs, 0) as runs,
		coalesce(failed_runs, 0) as failed_runs,
		coalesce(duration_seconds, 0) as duration_seconds,
		coalesce(ran.approved, 0) as approved,
		coalesce(manual_review, 0) as manual_review,
		coalesce(ran.rejected, 0) as rejected,
		coalesce(archived, 0) as archived, coalesce(merged, 0) as merged,
		coalesce(dead, 0) as dead, coalesce(created, 0) as created,
		coalesce(changed, 0) as changed, coalesce(closed, 0) as closed,
		coalesce(requests, 0) as requests,
		coalesce(tokens_in, 0) as tokens_in,
		coalesce(tokens_out, 0) as tokens_out,
		coalesce(cost_usd, 0) as cost_usd,
		coalesce(judged.approved, 0) as reviews_approved,
		coalesce(judged.rejected, 0) as reviews_rejected,
		coalesce(judged.edited, 0) as reviews_edited,
		coalesce(judged.withdrawn, 0) as reviews_withdrawn
	from span left join ran using (day) left join judged using (day))
select json_build_object('days', json_agg(row_to_json(days) order by day))
from days
