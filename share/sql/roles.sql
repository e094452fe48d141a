-- Roles with no more than they need.  Run by `pg-store migrate --roles`, as
-- often as you like; who runs it owns the schema and may create roles.
--
--     jobmill_writer     runs feeds: all of pg-store but migrate
--     jobmill_reviewer   reads, and decides about jobs: pg-store review
--     jobmill_reader     reads: list, report, trace, review list
--
-- None can log in: grant them to those who do.  All runs of a feed have to
-- use the same login, for it owns what they stage.

do $$
declare
	role text;
begin
	foreach role in array array['jobmill_writer', 'jobmill_reviewer',
		'jobmill_reader'] loop
		if to_regrole(role) is null then
			execute format('create role %I nologin', role);
		end if;
	end loop;
	execute format('grant temporary on database %I to jobmill_writer',
		current_database());
end $$;

grant usage on schema jobmill
	to jobmill_writer, jobmill_reviewer, jobmill_reader;
grant usage, create on schema jobmill_stage to jobmill_writer;
grant select on all tables in schema jobmill
	to jobmill_writer, jobmill_reviewer, jobmill_reader;
grant insert, update, delete on all tables in schema jobmill
	to jobmill_writer;
revoke insert, update, delete on jobmill.migrations from jobmill_writer;
grant usage, update on all sequences in schema jobmill to jobmill_writer;
grant update (route, route_reason, review, edits, updated_at)
	on jobmill.jobs to jobmill_reviewer;
grant insert on jobmill.reviews, jobmill.job_events to jobmill_reviewer;

-- Row-level security is on: without a policy a role sees no row.
do $$
declare
	t regclass;
begin
	for t in select c.oid from pg_class c where c.relkind in ('r', 'p')
		and c.relnamespace = 'jobmill'::regnamespace loop
		execute format('drop policy if exists jobmill_read on %s', t);
		execute format('drop policy if exists jobmill_write on %s', t);
		execute format('create policy jobmill_read on %s for select
			to jobmill_reviewer, jobmill_reader using (true)', t);
		execute format('create policy jobmill_write on %s for all
			to jobmill_writer using (true) with check (true)', t);
	end loop;
end $$;

drop policy if exists jobmill_review on jobmill.jobs;
create policy jobmill_review on jobmill.jobs for update
	to jobmill_reviewer using (true) with check (true);
drop policy if exists jobmill_review on jobmill.reviews;
create policy jobmill_review on jobmill.reviews for insert
	to jobmill_reviewer with check (true);
drop policy if exists jobmill_review on jobmill.job_events;
create policy jobmill_review on jobmill.job_events for insert
	to jobmill_reviewer with check (true);
