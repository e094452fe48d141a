-- What the store knows for Prometheus: a row a sample, by families; of more
-- than 500 feeds, those that were added first.
with runs as (
	select status, count(*) as n, sum(duration_seconds) as seconds,
		sum(approved) as approved, sum(manual_review) as manual_review,
		sum(rejected) as rejected, sum(archived) as archived,
		sum(merged) as merged, sum(dead) as dead,
		sum(created) as created, sum(changed) as changed,
		sum(closed) as closed, sum(requests) as requests,
		sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out,
		sum(cost_usd) as cost_usd,
		sum(case when jsonb_typeof(guards) = 'array'
			then jsonb_array_length(guards) else 0 end) as guards
	from jobmill.execution_reports group by status),
	total as (
	select sum(n) filter (where status <> 'running') as n,
		sum(seconds) as seconds, sum(approved) as approved,
		sum(manual_review) as manual_review, sum(rejected) as rejected,
		sum(archived) as archived, sum(merged) as merged,
		sum(dead) as dead, sum(created) as created,
		sum(changed) as changed, sum(closed) as closed,
		sum(requests) as requests, sum(tokens_in) as tokens_in,
		sum(tokens_out) as tokens_out, sum(cost_usd) as cost_usd,
		sum(guards) as guards
	from runs),
	feeds as (
	select feed_id, json_build_object('feed', feed_id::text, 'name', name)
			as labels, last_succeeded_at, consecutive_failure_count,
		avg_processing_time
	from jobmill.feeds order by feed_id limit 500),
	samples (family, place, labels, value) as (
	select 'jobmill_feeds', 0, '{}'::json, count(*)::numeric
		from jobmill.feeds
	union all select 'jobmill_feeds_disabled', 0, '{}', count(*)
		from jobmill.feeds where not enabled
	union all select 'jobmill_feeds_guarded', 0, '{}', count(*)
		from jobmill.feeds where guard is not null
	union all select 'jobmill_jobs', 0, json_build_object('route', r),
			(select count(*) from jobmill.jobs
				where route = r and closed_at is null)
		from unnest(array['approved', 'manual_review', 'rejected',
			'archived']) r
	union all select 'jobmill_runs_total', 0,
			json_build_object('status', s),
			coalesce((select n from runs where status = s), 0)
		from unnest(array['succeeded', 'partial', 'failed',
			'not_modified', 'cancelled']) s
	union all select 'jobmill_run_duration_seconds_sum', 0, '{}',
			coalesce(seconds, 0)::numeric from total
	union all select 'jobmill_run_duration_seconds_count', 0, '{}',
			coalesce(n, 0) from total
	union all select 'jobmill_records_total', 0,
			json_build_object('outcome', o), coalesce(v, 0)
		from total cross join lateral (values
			('approved', approved), ('manual_review', manual_review),
			('rejected', rejected), ('archived', archived),
			('merged', merged), ('dead', dead)) t (o, v)
	union all select 'jobmill_job_changes_total', 0,
			json_build_object('kind', k), coalesce(v, 0)
		from total cross join lateral (values ('created', created),
			('changed', changed), ('closed', closed)) t (k, v)
	union all select 'jobmill_guard_trips_total', 0, '{}',
			coalesce(guards, 0) from total
	union all select 'jobmill_model_requests_total', 0, '{}',
			coalesce(requests, 0) from total
	union all select 'jobmill_model_tokens_total', 0,
			json_build_object('kind', k), coalesce(v, 0)
		from total cross join lateral (values ('in', tokens_in),
			('out', tokens_out)) t (k, v)
	union all select 'jobmill_model_cost_usd_total', 0, '{}',
			coalesce(cost_usd, 0) from total
	union all select 'jobmill_reviews_total', 0,
			json_build_object('verdict', v),
			(select count(*) from jobmill.reviews where verdict = v)
		from unnest(array['approved', 'rejected', 'edited',
			'withdrawn']) v
	union all select 'jobmill_feed_last_success_timestamp_seconds',
			feed_id, labels,
			round(extract(epoch from last_succeeded_at)::numeric, 3)
		from feeds where last_succeeded_at is not null
	union all select 'jobmill_feed_consecutive_failures', feed_id, labels,
			consecutive_failure_count from feeds
	union all select 'jobmill_feed_run_duration_seconds', feed_id, labels,
			round(avg_processing_time::numeric, 3)
		from feeds where avg_processing_time is not null)
select json_build_object('name', family, 'labels', labels, 'value', value)
from samples order by family, place, labels::text
