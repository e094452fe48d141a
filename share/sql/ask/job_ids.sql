-- Which jobs a filter finds, no more than limit, and how many that are.
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
-- $11 limit integer
select to_json(job_id)
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
	and ($10 = 'any' or ($10 = 'live') = (closed_at is null))
limit $11
