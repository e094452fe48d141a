/*
 * model.c - what today's feed has to make of the store, and whether it did
 *
 * The rules, in plain words.  Ads of one role that are open stand together as
 * one job; the one with the smallest source_id speaks for it.  It is one of
 * those that its ads belong to: one that lives before one that is closed, and
 * of several the one that is on the site, or was latest.  That of the ad that
 * speaks goes before others if it lives and the others are not on the site, or
 * a person's verdict stands there.  A job without an open ad is closed, if the
 * feed was seen whole and the guards believe it; else it stays as it was.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "world.h"

/* Open ads of a role in today's file. */
struct cluster {
	size_t role, job; /* the job that has it; NO_JOB: not known yet */
	unsigned int serials[MOST_ADS];
	size_t count;
	unsigned int survivor, link;
};

/* What today's file says. */
struct today {
	struct cluster clusters[MOST_ROLES];
	size_t cluster_count;
	struct {
		size_t role;
		unsigned int serial;
	} finished[MOST_ROLES * MOST_ADS]; /* ads that are over */
	size_t finished_count;
};

enum outcome
feed_outcome(const struct feed *f)
{
	if (f->weather == GONE || f->weather == PAGE)
		return NOTHING;
	/* A file without a whole ad in it proves nothing at all. */
	if (f->weather == CUT)
		return published_count(f) > 0 ? PART : NOTHING;
	return WHOLE;
}

static bool
is_before(const struct feed *f, size_t role, unsigned int a, unsigned int b)
{
	char x[40], y[40];

	source_id(f, role, a, x);
	source_id(f, role, b, y);
	return strcmp(x, y) < 0;
}

static void
add_open(const struct feed *f, struct cluster *c, const struct ad *ad)
{
	c->serials[c->count++] = ad->serial;
	if (c->count == 1 || is_before(f, c->role, ad->serial, c->survivor)) {
		c->survivor = ad->serial;
		c->link = ad->link;
	}
}

static void
read_today(const struct world *w, const struct feed *f, struct today *t)
{
	size_t i, j, place = 0;

	memset(t, 0, sizeof *t);
	for (i = 0; i < f->role_count; i++) {
		struct cluster *c = &t->clusters[t->cluster_count];

		*c = (struct cluster){ .role = i, .job = NO_JOB };
		for (j = 0; j < f->roles[i].ad_count; j++, place++) {
			const struct ad *ad = &f->roles[i].ads[j];

			if (!is_published(f, ad, place))
				continue;
			if (is_open(w, ad)) {
				add_open(f, c, ad);
				continue;
			}
			t->finished[t->finished_count].role = i;
			t->finished[t->finished_count++].serial = ad->serial;
		}
		t->cluster_count += c->count > 0;
	}
}

static bool
has_serial(const unsigned int *serials, size_t count, unsigned int serial)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (serials[i] == serial)
			return true;
	return false;
}

/* Whether a live job had one of the cluster's ads when it was last stored. */
static bool
goes_on(const struct job *j, const struct cluster *c)
{
	size_t i;

	for (i = 0; j->live && j->role == c->role && i < c->count; i++)
		if (has_serial(j->serials, j->serial_count, c->serials[i]))
			return true;
	return false;
}

/*
 * Whether one of the cluster's ads belongs to that job; or, with OTHERS, an ad
 * that is not of the cluster does.
 */
static bool
has_ads(const struct feed *f, size_t job, const struct cluster *c, bool others)
{
	size_t i;

	for (i = 0; i < f->past_count; i++)
		if (f->pasts[i].now && f->pasts[i].job == job &&
		    f->pasts[i].role == c->role &&
		    has_serial(c->serials, c->count, f->pasts[i].serial) !=
		        others)
			return true;
	return false;
}

/* Which of two jobs a cluster takes: the one that is worth more. */
static uint64_t
worth(const struct job *j)
{
	return ((uint64_t)j->live << 33) +
	       (job_on_site(j) ? UINT32_MAX : j->left);
}

/* The live job that the cluster's survivor spoke for before, or NO_JOB. */
static size_t
own_job(const struct feed *f, const struct cluster *c)
{
	size_t i;

	for (i = 0; i < f->job_count; i++)
		if (f->jobs[i].live && f->jobs[i].role == c->role &&
		    f->jobs[i].survivor == c->survivor)
			return i;
	return NO_JOB;
}

/*
 * The store says that job ID has the cluster: is that right?  NO_JOB when it is
 * a new one, and that is right.
 */
static size_t
check_identity(const struct world *w, const struct feed *f,
    const struct cluster *c, const char *id)
{
	size_t is = job_by_id(f, id), own = own_job(f, c), i;
	uint64_t best = 0,
	         site = worth(&(struct job){ .live = true }) + UINT32_MAX;
	bool known = false;
	char name[40];

	source_id(f, c->role, c->survivor, name);
	for (i = 0; i < f->job_count; i++)
		if (has_ads(f, i, c, false)) {
			known = true;
			if (worth(&f->jobs[i]) > best)
				best = worth(&f->jobs[i]);
		}
	if (!known && is != NO_JOB)
		broken(w, "%s is new, but has an old job, %s", name, id);
	if (!known)
		return is;
	if (is == NO_JOB || !has_ads(f, is, c, false))
		broken(w, "%s was known, but is another job, %s", name, id);
	if (own != NO_JOB &&
	    (best != site || job_on_site(&f->jobs[own]) ||
	        f->jobs[own].rejected == f->roles[c->role].text)) {
		if (is != own)
			broken(w, "%s lives on, but as another job, %s", name,
			    id);
	} else if (worth(&f->jobs[is]) != best &&
	           (is != own || !has_ads(f, own, c, true))) {
		broken(w, "%s was on the site as another job than %s", name,
		    id);
	}
	return is;
}

static void
expect(const struct world *w, const PGresult *rows, int row, int column,
    const char *what, const char *wanted)
{
	const char *is = PQgetvalue(rows, row, column);

	if (strcmp(is, wanted) != 0)
		broken(w, "%s (job %s): %s is \"%s\", not \"%s\"",
		    PQgetvalue(rows, row, ROW_SOURCE),
		    PQgetvalue(rows, row, ROW_JOB), what, is, wanted);
}

/* The row of a live job is what the model says. */
static void
check_row(const struct world *w, const struct feed *f, const struct job *j,
    const PGresult *rows, int row)
{
	char text[MOST_ADS * 41], name[40];
	size_t i, k;
	bool rejected = j->rejected != 0 && j->rejected == j->text;

	source_id(f, j->role, j->survivor, name);
	expect(w, rows, row, ROW_SOURCE, "source_id", name);
	expect(w, rows, row, ROW_ROUTE, "route",
	    rejected ? "rejected" : "approved");
	snprintf(text, sizeof text, "https://e.example/%s/%u", name, j->link);
	expect(w, rows, row, ROW_URL, "url", text);
	snprintf(text, sizeof text, "%u", j->text);
	expect(w, rows, row, ROW_EDITION, "edition", text);
	expect(w, rows, row, ROW_STALE, "stale", "f");
	/* The other ads, in the order of their bytes. */
	text[0] = '\0';
	for (i = 0; i < j->serial_count; i++) {
		unsigned int next = 0;

		/* The one that comes after all that were added. */
		for (k = 0; k < j->serial_count; k++) {
			unsigned int s = j->serials[k];
			char id[40];

			source_id(f, j->role, s, id);
			if (s != j->survivor && strstr(text, id) == NULL &&
			    (next == 0 || is_before(f, j->role, s, next)))
				next = s;
		}
		if (next == 0)
			break;
		source_id(f, j->role, next, name);
		snprintf(text + strlen(text), sizeof text - strlen(text),
		    "%s%s", *text != '\0' ? " " : "", name);
	}
	expect(w, rows, row, ROW_MERGED, "merged", text);
}

/* Which job has each cluster, as the store says and the rules allow. */
static void
match(struct world *w, struct feed *f, struct today *t, const PGresult *rows)
{
	char name[40];
	size_t i;

	for (i = 0; i < t->cluster_count; i++) {
		struct cluster *c = &t->clusters[i];
		const char *id;
		int row;

		source_id(f, c->role, c->survivor, name);
		row = row_by(rows, ROW_SOURCE, name);
		if (row < 0)
			broken(w, "%s is open, but no live job speaks for it",
			    name);
		id = PQgetvalue(rows, row, ROW_JOB);
		c->job = check_identity(w, f, c, id);
		if (c->job == NO_JOB)
			c->job = job_new(f, c->role, id);
	}
}

static bool
is_matched(const struct today *t, size_t job)
{
	size_t i;

	for (i = 0; i < t->cluster_count; i++)
		if (t->clusters[i].job == job)
			return true;
	return false;
}

/* Whether the guards hold back what would be closed: pg-store(1). */
static bool
is_held(struct world *w, struct feed *f, const struct today *t, size_t live,
    size_t gone)
{
	size_t staged = t->cluster_count + t->finished_count;
	size_t differ = staged > f->waits_staged ? staged - f->waits_staged
	                                         : f->waits_staged - staged;
	unsigned int tripped = 0;

	if (staged == 0 && live > 0)
		tripped = GUARD_EMPTY;
	else if (gone * 100 > live * MAX_CLOSE)
		tripped = GUARD_SHRINK;
	if (tripped == 0) {
		f->waits = 0;
		return false;
	}
	w->guards++;
	if (f->waits == tripped &&
	    differ * 100 <= f->waits_staged * SAME_PERCENT) {
		/* A day is longer than --confirm-after. */
		if (w->day == f->waits_since)
			return true;
		f->waits = 0;
		return false;
	}
	f->waits = tripped;
	f->waits_since = w->day;
	f->waits_staged = staged;
	return true;
}

/* Whether all of a job's ads that are open are part of other jobs now. */
static bool
is_merged(const struct today *t, const struct job *j)
{
	size_t found = 0, i, k;

	for (i = 0; i < t->cluster_count; i++)
		for (k = 0; k < j->serial_count; k++)
			found += t->clusters[i].role == j->role &&
			         has_serial(t->clusters[i].serials,
			             t->clusters[i].count, j->serials[k]);
	return found == j->serial_count;
}

/* Close what today's file lacks, as far as it may be believed. */
static void
close_jobs(struct world *w, struct feed *f, const struct today *t)
{
	bool whole = feed_outcome(f) == WHOLE, held = false, was;
	size_t live = 0, gone = 0, i;

	for (i = 0; i < f->job_count; i++)
		if (f->jobs[i].live) {
			live++;
			gone += !is_matched(t, i);
		}
	if (whole)
		held = is_held(w, f, t, live, gone);
	for (i = 0; i < f->job_count; i++) {
		struct job *j = &f->jobs[i];

		if (!j->live || is_matched(t, i))
			continue;
		was = job_on_site(j);
		j->live = (held || !whole) && !is_merged(t, j);
		job_left(w, j, was);
		w->closed += !j->live;
	}
}

/* What the clusters' jobs are from now on. */
static void
store_clusters(struct world *w, struct feed *f, const struct today *t)
{
	size_t i, k;

	for (i = 0; i < t->cluster_count; i++) {
		const struct cluster *c = &t->clusters[i];
		struct job *j = &f->jobs[c->job];
		bool was = job_on_site(j);

		w->reopened += !j->live && j->serial_count > 0;
		j->live = true;
		memcpy(j->serials, c->serials, sizeof j->serials);
		j->serial_count = c->count;
		j->survivor = c->survivor;
		j->text = f->roles[c->role].text;
		j->link = c->link;
		/* A verdict ends with the text that it was about. */
		if (j->rejected != j->text)
			j->rejected = 0;
		job_left(w, j, was);
		for (k = 0; k < c->count; k++)
			job_remember(f, c->role, c->serials[k], c->job);
	}
}

static void
note_finished(struct world *w, struct feed *f, const struct today *t)
{
	size_t i;

	for (i = 0; i < t->finished_count; i++)
		job_note_own(w, f, t->finished[i].role, t->finished[i].serial);
}

static void
check_rows(const struct world *w, const struct feed *f, const PGresult *rows)
{
	size_t live = 0, i;

	for (i = 0; i < f->job_count; i++) {
		int row;

		if (!f->jobs[i].live)
			continue;
		live++;
		row = row_by(rows, ROW_JOB, f->jobs[i].id);
		if (row < 0)
			broken(w, "job %s of feed %u should live",
			    f->jobs[i].id, f->number);
		check_row(w, f, &f->jobs[i], rows, row);
	}
	if ((size_t)PQntuples(rows) != live)
		broken(w, "feed %u has %d live jobs, not %zu", f->number,
		    PQntuples(rows), live);
}

void
model_apply(struct world *w, struct feed *f)
{
	struct today t;
	PGresult *rows = live_rows(w, f);

	w->clock++;
	if (feed_outcome(f) != NOTHING) {
		read_today(w, f, &t);
		match(w, f, &t, rows);
		close_jobs(w, f, &t);
		store_clusters(w, f, &t);
		note_finished(w, f, &t);
	}
	check_rows(w, f, rows);
	PQclear(rows);
}

static bool
lives_on(const struct today *t, const struct job *j)
{
	size_t i;

	for (i = 0; i < t->cluster_count; i++)
		if (goes_on(j, &t->clusters[i]))
			return true;
	return false;
}

/* Whether another job that lived has the ads of a job that is gone. */
static bool
went_on(const struct feed *f, const struct today *t, const struct job *j,
    const PGresult *rows)
{
	char name[40];
	size_t i, other;
	int row;

	for (i = 0; i < t->cluster_count; i++) {
		const struct cluster *c = &t->clusters[i];

		source_id(f, c->role, c->survivor, name);
		row = goes_on(j, c) ? row_by(rows, ROW_SOURCE, name) : -1;
		if (row < 0)
			continue;
		other = job_by_id(f, PQgetvalue(rows, row, ROW_JOB));
		if (other != NO_JOB && &f->jobs[other] != j &&
		    f->jobs[other].live && has_ads(f, other, c, false))
			return true;
	}
	return false;
}

/* A live row that the model does not know is of ads that are open today. */
static void
check_new(const struct world *w, const struct feed *f, const struct today *t,
    const PGresult *rows, int row)
{
	struct job j = { .role = 0 };
	struct cluster c = { .role = 0 };
	size_t i;

	job_read(&j, rows, row);
	for (i = 0; i < t->cluster_count; i++) {
		c = t->clusters[i];
		if (c.role == j.role)
			break;
	}
	for (i = 0; i < j.serial_count; i++)
		if (c.role != j.role ||
		    !has_serial(c.serials, c.count, j.serials[i]))
			broken(w,
			    "job %s of feed %u has an ad that is not open",
			    j.id, f->number);
}

/*
 * After a run that was disturbed it is open what of the day was done; but what
 * lived before and has an open ad today lives, nothing is closed by a feed that
 * was not seen whole, and nothing is there that no feed has.  The rest is taken
 * over from the store.
 */
void
check_disturbed(struct world *w, struct feed *f)
{
	struct today t;
	PGresult *rows = live_rows(w, f);
	size_t i;
	int row;

	w->clock++;
	read_today(w, f, &t);
	for (i = 0; i < f->job_count; i++) {
		const struct job *j = &f->jobs[i];

		if (!j->live || row_by(rows, ROW_JOB, j->id) >= 0)
			continue;
		if (!went_on(f, &t, j, rows) &&
		    (feed_outcome(f) != WHOLE || lives_on(&t, j)))
			broken(w, "job %s should live, whatever failed", j->id);
		w->closed++;
	}
	for (row = 0; row < PQntuples(rows); row++) {
		const char *id = PQgetvalue(rows, row, ROW_JOB);

		i = job_by_id(f, id);
		if (i == NO_JOB || !f->jobs[i].live)
			check_new(w, f, &t, rows, row);
	}
	jobs_take_over(w, f, rows);
	note_finished(w, f, &t);
	PQclear(rows);
}

/* A person looks at one job of the feed, and rejects it. */
void
model_review(struct world *w, struct feed *f)
{
	size_t i = f->job_count > 0 ? below(w, (unsigned int)f->job_count) : 0;
	const char *words[] = { "pg-store", "review", "reject", "--by", "ann",
		"--reason", "no", NULL, NULL };
	struct job *j;

	if (f->job_count == 0)
		return;
	j = &f->jobs[i];
	if (!j->live || j->rejected == j->text)
		return;
	words[7] = j->id;
	if (run_quietly(w, words) != 0)
		broken(w, "job %s can't be rejected", j->id);
	w->clock++;
	j->rejected = j->text;
	job_left(w, j, true);
	w->reviews++;
	/* It leaves the site today, even if new text brings it back today. */
	mirror_forget(w, j->id);
}
