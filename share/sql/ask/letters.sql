-- What was refused in a run, the first ones of each stage, a page of them.
-- $1 run_id bigint
-- $2 limit integer
-- $3 after bigint, optional
with page as (
	select row_number() over (order by letter_id) as n, letter_id, stage,
		line, byte_offset, error, raw, is_base64,
		jobmill.stamp(at) as at
	from jobmill.dead_letters
	where run_id = $1 and ($3 is null or letter_id > $3)
	order by letter_id
	limit $2 + 1)
select json_build_object(
	'dead_letters', coalesce((
		select json_agg(json_build_object('letter_id', letter_id,
			'stage', stage, 'line', line,
			'byte_offset', byte_offset, 'error', error, 'raw', raw,
			'is_base64', is_base64, 'at', at) order by n)
		from page where n <= $2), '[]'),
	'next', (select letter_id::text from page
		where n = $2 and (select count(*) from page) > $2))
from jobmill.execution_reports where run_id = $1
