-- The ads of a job: which are over, for one ad is not the job; and why they are
-- one, and where each stood, which does not tell one record from another.

alter table job_sources add column closed_at timestamptz;

comment on column job_sources.closed_at is 'When the feed said that it is over, or stopped to have it; null: it may live';
comment on column jobs.record_hash is 'SHA-256 of the record without "ai", places in the feed, and why ads were merged; a run writes only what differs; empty: an ad was taken out of the record since';
comment on column jobs.record is 'The record as it was staged, byte for byte, but for ads that a delta said are over';

update job_sources s set closed_at = j.closed_at from jobs j
	where j.job_id = s.job_id and j.closed_at is not null;

-- A record without some of its ads.  If the one that speaks for it is among
-- them, the first of the others does so from now on, with its own link.
create function without_ads(record json, over text[]) returns json
language sql immutable parallel safe as $$
	with items as (
		select value as item, n
		from json_array_elements(case json_typeof(record -> 'merged')
			when 'array' then record -> 'merged' end)
			with ordinality m (value, n)
		where not coalesce(value ->> 'source_id' = any (over), false)
	), speaker as (
		select item, n from items
		where record ->> 'source_id' = any (over)
			and item ->> 'source_id' is not null
		order by n limit 1
	), others as (
		select item, n from items
		where n is distinct from (select n from speaker)
	), own as (
		select value as place, n
		from json_array_elements(record -> 'locations')
			with ordinality l (value, n)
		where n <= coalesce((record #>> '{merged_own,locations}')
			::bigint, n) and not exists (select from speaker)
		union all
		select value, p.n from speaker,
			json_array_elements(item -> 'locations')
			with ordinality p (value, n)
	), places as (
		select place::text::json as place, min(n) as n
		from (select place, n from own
			union all
			select p.value, 1000000 * o.n + p.n from others o,
				json_array_elements(o.item -> 'locations')
				with ordinality p (value, n)) t
		group by place::text
	), fields as (
		select key, case key
			when 'source_id' then coalesce((select item -> key
				from speaker), value)
			when 'locations' then (select json_agg(place order by n)
				from places)
			when 'is_multi_location' then
				to_json((select count(*) from places) > 1)
			when 'merged' then (select json_agg(item order by n)
				from others)
			when 'merged_own' then (select json_object_agg(o.key,
				case o.key when 'locations' then to_json((select
					count(*) from own)) else o.value end)
				from json_each(value) o
				where exists (select from others))
			else case when key in ('url', 'cpc', 'position')
				and exists (select from speaker)
				then (select item -> key from speaker)
				else value end
			end as value, n
		from json_each(record) with ordinality f (key, value, n)
	)
	select json_object_agg(key, value order by n) from fields
	where value is not null
$$;

comment on function without_ads is 'A record without some of its ads; the next one speaks for it';

-- A field of a record as text, for comparing.
create function field_text(key text, value json) returns text
language sql immutable parallel safe as $$
	select case when key = 'merged' and json_typeof(value) = 'array'
		then (select string_agg(case json_typeof(ad) when 'object'
			then (select string_agg(f.key || ':' || f.value::text,
				',' order by f.key) from json_each(ad) f
				where f.key not in ('rule', 'similarity',
					'position'))
			else ad::text end, ';' order by n)
			from json_array_elements(value)
				with ordinality m (ad, n))
		else value #>> '{}' end
$$;

comment on function field_text is 'A field of a record for comparing it with another one''s';
