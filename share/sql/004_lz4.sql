-- lz4 for all that may be long, not for the records alone, where the server
-- has it (PostgreSQL 14, if built with it).  What is there stays as it is.
do $$
declare
	c record;
begin
	for c in select a.attrelid::regclass as rel, a.attname
		from pg_attribute a join pg_class r on r.oid = a.attrelid
		where r.relnamespace = 'jobmill'::regnamespace
			and r.relkind in ('r', 'p') and a.attnum > 0
			and not a.attisdropped and a.attstorage in ('x', 'm') loop
		execute format('alter table %s alter column %I
			set compression lz4', c.rel, c.attname);
	end loop;
exception
	when syntax_error or feature_not_supported then
		null;
end $$;

comment on function mirror_reason is 'Why the mirror refused a row, or which columns did not come out as they were written';
