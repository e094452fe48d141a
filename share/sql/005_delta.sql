-- What a delta does not name stays as it is: the other ads of a job of which it
-- names one.

comment on column jobs.record_hash is 'SHA-256 of the record without "ai", places in the feed, and why ads were merged; a run writes only what differs; empty: the record is not as it was staged';
comment on column jobs.record is 'The record as it was staged, byte for byte, but for ads that a delta said are over, or did not name';

create function ads_of(record json) returns text[]
language sql immutable parallel safe as $$
	select array_agg(id) from (
		select record ->> 'source_id' as id
		union select value ->> 'source_id'
		from json_array_elements(case json_typeof(record -> 'merged')
			when 'array' then record -> 'merged' end)) t
	where id is not null
$$;

comment on function ads_of is 'The ads that a record speaks for';

-- As job-dedup has it: numbers first, by their size, then the others by their
-- bytes.
create function ad_order(source_id text) returns text
language sql immutable parallel safe as $$
	select case when source_id ~ '^[0-9]+$'
		then '0' || lpad(length(ltrim(source_id, '0'))::text, 4, '0')
			|| ltrim(source_id, '0') || ' ' || source_id
		else '1' || source_id end collate "C"
$$;

comment on function ad_order is 'Which of a job''s ads speaks for it: the one that comes first by this';

-- How often a text has which words, tags and names of places left out.
create function word_counts(description text, places text)
returns table (word text, n bigint)
language sql immutable parallel safe as $$
	select w, count(*) from regexp_split_to_table(lower(regexp_replace(
		description, '<[^>]*>', ' ', 'g')), '[^[:alnum:]]+') w
	where w <> '' and w <> all (regexp_split_to_array(lower(places),
		'[^[:alnum:]]+'))
	group by w
$$;

comment on function word_counts is 'The words of a text but those of places, and how often it has each';

-- Whether two records are one role as far as a store can tell: what job-dedup
-- asks for first, and nine words of ten in common; of short texts, all.
create function one_role(a json, b json) returns boolean
language sql immutable parallel safe as $$
	with places as (
		select coalesce(string_agg(p.value, ' '), '') as names
		from (select a -> 'locations' as list
			union all select b -> 'locations') l,
			json_array_elements(case json_typeof(list)
				when 'array' then list end) e,
			json_each_text(case json_typeof(e.value)
				when 'object' then e.value end) p
	), words as (
		select coalesce(sum(x.n), 0) as n, coalesce(sum(y.n), 0) as m,
			coalesce(sum(least(x.n, y.n))
				filter (where x.n > 0 and y.n > 0), 0) as common
		from (select w.* from places, word_counts(
			coalesce(a ->> 'description', ''), names) w) x
		full join (select w.* from places, word_counts(
			coalesce(b ->> 'description', ''), names) w) y
			using (word)
	)
	select (select bool_and(lower(a ->> f)
			is not distinct from lower(b ->> f))
			from unnest(array['company_name', 'employment_type']) f)
		and (lower(a ->> 'title') is not distinct from
				lower(b ->> 'title')
			or coalesce(lower(a ->> 'ai_title') =
				lower(b ->> 'ai_title'), false))
		and (a ->> 'description' is not distinct from
				b ->> 'description'
			or (select case when least(n, m) < 60
				then common = n and n = m
				else 20 * common >= 9 * (n + m) end
				from words))
$$;

comment on function one_role is 'Whether two records are one role: the key of job-dedup, and nine words of ten';

-- A record with some ads of another one, in their order.  Arrays and objects
-- are written as job-dedup writes them.
create function with_ads(record json, other json, ads text[]) returns json
language sql immutable parallel safe as $$
	with own as (
		select value as place, n
		from json_array_elements(case json_typeof(record -> 'locations')
			when 'array' then record -> 'locations' end)
			with ordinality l (value, n)
		where n <= coalesce((record #>> '{merged_own,locations}')
			::bigint, n)
	), speaker as (
		select ('{' || string_agg(to_json(key)::text || ':' ||
			value::text, ',' order by n) || '}')::json as item
		from (values ('source_id', other -> 'source_id', 1),
			('url', other -> 'url', 2),
			('cpc', other -> 'cpc', 3),
			('locations', (select ('[' || string_agg(value::text,
				',' order by n) || ']')::json
				from json_array_elements(
					case json_typeof(other -> 'locations')
					when 'array' then other -> 'locations' end)
					with ordinality l (value, n)
				where n <= coalesce((other
					#>> '{merged_own,locations}')
					::bigint, n)), 4),
			('position', other -> 'position', 5)) f (key, value, n)
		where value is not null
			and other ->> 'source_id' = any (ads)
	), items as (
		select value as item from json_array_elements(
			case json_typeof(record -> 'merged')
			when 'array' then record -> 'merged' end)
		where not coalesce(value ->> 'source_id' = any (ads), false)
		union all
		select value from json_array_elements(
			case json_typeof(other -> 'merged')
			when 'array' then other -> 'merged' end)
		where value ->> 'source_id' = any (ads)
		union all
		select item from speaker where item is not null
	), entries as (
		select item, row_number() over (order by
			jobmill.ad_order(item ->> 'source_id')) as n
		from items
	), places as (
		select (array_agg(place order by n))[1] as place, min(n) as n
		from (select place, n from own
			union all
			select p.value, 1000000 * e.n + p.n from entries e,
				json_array_elements(
					case json_typeof(e.item -> 'locations')
					when 'array' then e.item -> 'locations'
					end) with ordinality p (value, n)) t
		group by coalesce(nullif(concat_ws('|', 'c' ||
			lower(place ->> 'city'), 's' ||
			lower(place ->> 'state'), 'l' ||
			lower(place ->> 'country'), 'p' ||
			lower(place ->> 'postal_code')), ''),
			't' || lower(place ->> 'text'), place::text)
	), counts as (
		select (select count(*) from own) as own,
			(select count(*) from places) as places
	), was as (
		select key, value, n from json_each(case
			json_typeof(record -> 'merged_own') when 'object'
			then record -> 'merged_own' end)
			with ordinality o (key, value, n)
		union all
		select 'locations', to_json(own), 0 from counts
		where places > own
			and record #> '{merged_own,locations}' is null
	), made as (
		select * from (values
			('locations', (select '[' || string_agg(place::text, ','
				order by n) || ']' from places), 1000001),
			('is_multi_location', (select case when places > 1
				then 'true'
				else (record -> 'is_multi_location')::text end
				from counts), 1000002),
			('merged', (select '[' || string_agg(item::text, ','
				order by n) || ']' from entries), 1000003),
			('merged_own', (select '{' || string_agg(
				to_json(key)::text || ':' || value::text, ','
				order by n) || '}' from was), 1000004))
			m (key, value, n)
	), fields as (
		select key, value, n from json_each(record)
			with ordinality f (key, value, n)
		where key not in (select key from made)
		union all
		select m.key, m.value::json, coalesce(f.n, m.n)
		from made m left join json_each(record)
			with ordinality f (key, value, n) using (key)
	)
	select json_object_agg(key, value order by n) from fields
	where value is not null
$$;

comment on function with_ads is 'A record with some ads of another one';
