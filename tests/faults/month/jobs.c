/* jobs.c - the jobs of a feed, as the model has them and as the store does */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "world.h"

size_t
job_by_id(const struct feed *f, const char *id)
{
	size_t i;

	for (i = 0; i < f->job_count; i++)
		if (strcmp(f->jobs[i].id, id) == 0)
			return i;
	return NO_JOB;
}

size_t
job_new(struct feed *f, size_t role, const char *id)
{
	struct job *j;

	f->jobs = mem_resize(f->jobs, f->job_count + 1, sizeof *f->jobs);
	j = &f->jobs[f->job_count];
	*j = (struct job){ .role = role };
	snprintf(j->id, sizeof j->id, "%s", id);
	return f->job_count++;
}

void
job_remember(struct feed *f, size_t role, unsigned int serial, size_t job)
{
	bool known = false;
	size_t i;

	for (i = 0; i < f->past_count; i++) {
		struct past *p = &f->pasts[i];

		if (p->role != role || p->serial != serial)
			continue;
		p->now = p->job == job;
		known = known || p->now;
	}
	if (known)
		return;
	f->pasts = mem_resize(f->pasts, f->past_count + 1, sizeof *f->pasts);
	f->pasts[f->past_count++] = (struct past){ role, job, serial, true };
}

bool
job_on_site(const struct job *j)
{
	return j->live && (j->rejected == 0 || j->rejected != j->text);
}

void
job_left(const struct world *w, struct job *j, bool was_on_site)
{
	if (was_on_site && !job_on_site(j))
		j->left = w->clock;
}

PGresult *
live_rows(struct world *w, const struct feed *f)
{
	char number[16];

	snprintf(number, sizeof number, "%u", f->number);
	return ask_store(w,
	    "select job_id, source_id, route, coalesce(route_reason, ''),"
	    " coalesce(record ->> 'url', ''), coalesce(substring(record ->>"
	    "  'description' from 'Edition ([0-9]+)[.]'), '0'),"
	    " coalesce((select string_agg(m ->> 'source_id', ' '"
	    "  order by m ->> 'source_id' collate \"C\")"
	    "  from json_array_elements(record -> 'merged') m), ''), stale"
	    " from jobmill.jobs where feed_id = $1 and closed_at is null",
	    number);
}

int
row_by(const PGresult *rows, int column, const char *value)
{
	int i;

	for (i = 0; i < PQntuples(rows); i++)
		if (strcmp(PQgetvalue(rows, i, column), value) == 0)
			return i;
	return -1;
}

static void
read_serial(struct job *j, const char *source_id)
{
	unsigned int feed, serial;
	size_t role;

	if (j->serial_count < MOST_ADS &&
	    sscanf(source_id, "F%u-R%zu-%u", &feed, &role, &serial) == 3) {
		j->role = role;
		j->serials[j->serial_count++] = serial;
	}
}

void
job_read(struct job *j, const PGresult *rows, int row)
{
	const char *at;

	snprintf(j->id, sizeof j->id, "%s", PQgetvalue(rows, row, ROW_JOB));
	j->serial_count = 0;
	read_serial(j, PQgetvalue(rows, row, ROW_SOURCE));
	j->survivor = j->serials[0];
	for (at = PQgetvalue(rows, row, ROW_MERGED); *at != '\0';) {
		read_serial(j, at);
		at += strcspn(at, " ");
		at += strspn(at, " ");
	}
	j->text = (unsigned int)atoi(PQgetvalue(rows, row, ROW_EDITION));
	j->link = 1;
	at = strrchr(PQgetvalue(rows, row, ROW_URL), '/');
	if (at != NULL)
		j->link = (unsigned int)atoi(at + 1);
	j->live = true;
}

/* Which job each ad belongs to, from the store. */
static void
take_over_ads(struct world *w, struct feed *f)
{
	char number[16];
	unsigned int feed, serial;
	PGresult *r;
	size_t role, job;
	int i;

	snprintf(number, sizeof number, "%u", f->number);
	r = ask_store(w,
	    "select source_id, job_id from jobmill.job_sources"
	    " where feed_id = $1",
	    number);
	for (i = 0; i < PQntuples(r); i++) {
		if (sscanf(PQgetvalue(r, i, 0), "F%u-R%zu-%u", &feed, &role,
		        &serial) != 3)
			continue;
		job = job_by_id(f, PQgetvalue(r, i, 1));
		if (job == NO_JOB)
			job = job_new(f, role, PQgetvalue(r, i, 1));
		job_remember(f, role, serial, job);
	}
	PQclear(r);
}

/* The guard that waits, if one does, from the store. */
static void
take_over_guard(struct world *w, struct feed *f)
{
	char number[16];
	PGresult *r;

	snprintf(number, sizeof number, "%u", f->number);
	r = ask_store(w,
	    "select guard -> 'guards' ->> 0, guard ->> 'staged',"
	    " floor(extract(epoch from clock_timestamp()"
	    "  - (guard ->> 'since')::timestamptz) / 86400)::int"
	    " from jobmill.feeds where feed_id = $1 and guard is not null",
	    number);
	f->waits = 0;
	if (PQntuples(r) == 1) {
		f->waits = strcmp(PQgetvalue(r, 0, 0), "empty") == 0
		               ? GUARD_EMPTY
		               : GUARD_SHRINK;
		f->waits_staged = (size_t)atol(PQgetvalue(r, 0, 1));
		f->waits_since = w->day - atoi(PQgetvalue(r, 0, 2));
	}
	PQclear(r);
}

void
jobs_take_over(struct world *w, struct feed *f, const PGresult *rows)
{
	size_t count = f->job_count, i;
	bool *was = mem_zero(count + 1, sizeof *was);
	int row;

	for (i = 0; i < count; i++) {
		was[i] = job_on_site(&f->jobs[i]);
		f->jobs[i].live = false;
	}
	for (row = 0; row < PQntuples(rows); row++) {
		struct job *j;

		i = job_by_id(f, PQgetvalue(rows, row, ROW_JOB));
		if (i == NO_JOB)
			i = job_new(f, 0, PQgetvalue(rows, row, ROW_JOB));
		j = &f->jobs[i];
		job_read(j, rows, row);
		if (j->rejected != j->text)
			j->rejected = 0;
	}
	for (i = 0; i < count; i++)
		job_left(w, &f->jobs[i], was[i]);
	free(was);
	take_over_ads(w, f);
	take_over_guard(w, f);
}

void
job_note_own(struct world *w, struct feed *f, size_t role, unsigned int serial)
{
	char name[40];
	PGresult *r;
	size_t job;

	source_id(f, role, serial, name);
	r = ask_store(w,
	    "select job_id from jobmill.job_sources where source_id = $1",
	    name);
	if (PQntuples(r) == 1) {
		job = job_by_id(f, PQgetvalue(r, 0, 0));
		if (job == NO_JOB)
			job = job_new(f, role, PQgetvalue(r, 0, 0));
		job_remember(f, role, serial, job);
	}
	PQclear(r);
}
