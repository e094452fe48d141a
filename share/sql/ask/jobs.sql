-- Jobs by what is asked for, a page of them; next is the key of its last one.
-- A job_id is a UUID of version 7: it tells which one was created first.
-- $1 route text, optional
-- $2 feed_id bigint, optional
-- $3 industry text, optional
-- $4 function text, optional
-- $5 reason text, optional
-- $6 words text, optional
-- $7 job_id uuid, optional
-- $8 min_confidence numeric, optional
-- $9 max_confidence numeric, optional
-- $10 state text
-- $11 sort text
-- $12 count boolean
-- $13 limit integer
-- $14 after_time timestamptz, optional
-- $15 after_sure numeric, optional
-- $16 after_id uuid, optional
with found as not materialized (
	select job_id, route, updated_at, coalesce(ai_confidence, -1) as sure
	from jobmill.jobs
	where ($1 is null or route = $1) and ($2 is null or feed_id = $2)
		and ($3 is null or industry_code = $3)
		and ($4 is null or function_code = $4)
		and ($5 is null or route_reason = $5)
		and ($6 is null or to_tsvector('simple', coalesce(title, '') || ' '
			|| coalesce(ai_title, '') || ' '
			|| coalesce(company_name, '') || ' ' || source_id)
			@@ regexp_replace(plainto_tsquery('simple', $6)::text,
				$re$'(?= |$)$re$, $to$':*$to$, 'g')::tsquery)
		and ($7 is null or job_id = $7)
		and ($8 is null or ai_confidence >= $8)
		and ($9 is null or ai_confidence < $9)
		and ($10 = 'any' or ($10 = 'live') = (closed_at is null))),
	page as (
	(select row_number() over (order by updated_at desc, job_id desc) as n,
			job_id, route, to_char(updated_at at time zone 'UTC',
			'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as key
		from found
		where $11 = 'updated' and ($14 is null
			or (updated_at, job_id) < ($14, $16))
		order by updated_at desc, job_id desc
		limit $13 + 1)
	union all
	(select row_number() over (order by job_id desc) as n, job_id, route,
			null as key
		from found
		where $11 = 'created' and ($16 is null or job_id < $16)
		order by job_id desc
		limit $13 + 1)
	union all
	(select row_number() over (order by sure desc, job_id desc) as n,
			job_id, route, sure::text as key
		from found
		where $11 = 'confidence' and ($15 is null
			or (sure, job_id) < ($15, $16))
		order by sure desc, job_id desc
		limit $13 + 1)),
	told as (
	select n, row_to_json(t) as job
	from page cross join lateral (
		select j.job_id, j.feed_id, f.name as feed_name, j.source_id,
			j.route, j.route_reason, j.review,
			j.edits is not null as edited, j.stale, j.title,
			coalesce(j.edits ->> 'ai_title', j.ai_title)
				as ai_title,
			coalesce(j.edits ->> 'company_name', j.company_name)
				as company_name,
			coalesce(l.first ->> 'text', nullif(concat_ws(', ',
				l.first ->> 'city', l.first ->> 'state',
				l.first ->> 'country'), '')) as place,
			case when json_typeof(l.locations) = 'array'
				then json_array_length(l.locations)
				else 0 end as places,
			j.ai_confidence, j.industry_code,
			j.record #>> '{ai_industry,name}' as industry_name,
			j.function_code,
			j.record #>> '{ai_job_function,name}' as function_name,
			jobmill.stamp(j.posted_at) as posted_at,
			jobmill.stamp(j.expires_at) as expires_at,
			jobmill.stamp(j.created_at) as created_at,
			jobmill.stamp(j.updated_at) as updated_at,
			jobmill.stamp(j.closed_at) as closed_at
		from jobmill.jobs j
		join jobmill.feeds f using (feed_id)
		cross join lateral (
			select j.record -> 'locations' as locations,
				j.record #> '{locations,0}' as first) l
		where j.job_id = page.job_id and j.route = page.route) t
	where n <= $13),
	whole as (
	select coalesce(json_agg(job order by n), '[]') as jobs,
		(select concat_ws('~', key, job_id) from page where n = $13
			and (select count(*) from page) > $13) as next
	from told)
select case when $12
	then json_build_object('jobs', jobs, 'next', next, 'total',
		(select count(*) from found))
	else json_build_object('jobs', jobs, 'next', next) end
from whole
