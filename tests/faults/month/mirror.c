/* mirror.c - what must hold of the mirror at the end of a day */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "scan.h"
#include "status.h"
#include "world.h"

/* A string of a row, in ROOM, NUL-terminated. */
static const char *
text_of(struct json_value row, const char *name, struct buf *room)
{
	struct json_value v = json_get(row, name);
	struct buf plain = { 0 };
	const char *text;
	size_t len;

	buf_clear(room);
	if (v.type == JSON_STRING) {
		text = json_text(v, &plain, &len);
		buf_add(room, text, len);
	}
	buf_free(&plain);
	return buf_string(room);
}

static bool
next_line(const char **at, struct json_value *row)
{
	const char *end = *at != NULL ? strchr(*at, '\n') : NULL;

	if (end == NULL)
		return false;
	*row =
	    (struct json_value){ JSON_OBJECT, false, *at, (size_t)(end - *at) };
	*at = end + 1;
	return true;
}

static PGresult *
approved(struct world *w)
{
	return ask_store(w,
	    "select job_id, source_id, record ->> 'url',"
	    " record ->> 'description' from jobmill.open_jobs"
	    " where closed_at is null order by job_id",
	    NULL);
}

static int
find(const PGresult *jobs, const char *id)
{
	int low = 0, high = PQntuples(jobs) - 1;

	while (low <= high) {
		int middle = (low + high) / 2;
		int order = strcmp(PQgetvalue(jobs, middle, 0), id);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle - 1;
	}
	return -1;
}

/* How the mirror differs from the approved jobs. */
struct difference {
	size_t rows, extra;
	bool any;
	char first[200]; /* in words */
};

static void
differs(struct difference *d, const char *what, const char *id)
{
	if (!d->any)
		snprintf(d->first, sizeof d->first, "%s: job %s", what, id);
	d->any = true;
}

/* Compare one row; returns the job's place, -1 when it is not approved. */
static int
compare_row(const PGresult *jobs, struct json_value row, bool *seen,
    struct difference *d)
{
	static const char *const columns[] = { NULL, "source_id", "url",
		"description" };
	struct buf room = { 0 };
	const char *id = text_of(row, "job_id", &room);
	int at = find(jobs, id), i;

	d->rows++;
	if (at < 0 || seen[at]) {
		d->extra += at < 0;
		differs(d, at < 0 ? "too much" : "twice", id);
	}
	for (i = 1; at >= 0 && i < 4; i++)
		if (strcmp(text_of(row, columns[i], &room),
		        PQgetvalue(jobs, at, i)) != 0)
			differs(d, columns[i], PQgetvalue(jobs, at, 0));
	if (at >= 0)
		seen[at] = true;
	buf_free(&room);
	return at;
}

static struct difference
compare(struct world *w, const PGresult *jobs, const struct buf *rows)
{
	bool *seen = mem_zero((size_t)PQntuples(jobs) + 1, sizeof *seen);
	struct difference d = { .any = false };
	struct json_value row;
	const char *at;
	int i;

	(void)w;
	for (at = rows->data; next_line(&at, &row);)
		compare_row(jobs, row, seen, &d);
	for (i = 0; i < PQntuples(jobs); i++)
		if (!seen[i])
			differs(&d, "missing", PQgetvalue(jobs, i, 0));
	free(seen);
	return d;
}

static const struct mirrored *
was_mirrored(const struct world *w, const char *id)
{
	size_t i;

	for (i = 0; i < w->mirror_count; i++)
		if (strcmp(w->mirror[i].id, id) == 0)
			return &w->mirror[i];
	return NULL;
}

void
mirror_forget(struct world *w, const char *id)
{
	size_t i;

	for (i = 0; i < w->mirror_count; i++)
		if (strcmp(w->mirror[i].id, id) == 0) {
			w->mirror[i] = w->mirror[--w->mirror_count];
			return;
		}
}

/* A job that was on the site and is on it has the public id that it had. */
static void
check_public_ids(struct world *w, const struct buf *rows)
{
	struct mirrored *now = NULL;
	struct buf room = { 0 };
	struct json_value row;
	const char *at;
	size_t n = 0;

	for (at = rows->data; next_line(&at, &row);) {
		const struct mirrored *before;
		struct mirrored *m;

		now = mem_resize(now, n + 1, sizeof *now);
		m = &now[n++];
		snprintf(m->id, sizeof m->id, "%s",
		    text_of(row, "job_id", &room));
		if (!json_int64(json_get(row, "id"), &m->row))
			broken(w, "a row of the mirror has no id");
		before = was_mirrored(w, m->id);
		if (before != NULL && before->row != m->row)
			broken(w,
			    "job %s was row %lld of the mirror, and is %lld",
			    m->id, before->row, m->row);
	}
	free(w->mirror);
	w->mirror = now;
	w->mirror_count = n;
	buf_free(&room);
}

/* Nothing that was on the site and is on it was off it in between. */
static void
check_gaps(struct world *w, const PGresult *jobs)
{
	struct buf history = { 0 }, room = { 0 };
	struct json_value event;
	const char *at;

	standin_ask(&w->xano, w->http, "/_history", NULL, &history);
	for (at = history.data + w->history_seen; next_line(&at, &event);) {
		const char *op = text_of(event, "op", &room);
		bool deletes = strcmp(op, "delete") == 0;
		const char *id = text_of(event, "key", &room);
		long long row = 0;
		const struct mirrored *before = was_mirrored(w, id);

		json_int64(json_get(event, "id"), &row);
		if (deletes && before != NULL && before->row == row &&
		    find(jobs, id) >= 0)
			broken(w, "job %s was off the site for a while", id);
	}
	w->history_seen = history.len;
	buf_free(&history);
	buf_free(&room);
}

static bool
must_wait(const struct difference *d)
{
	return d->extra * 100 > d->rows * MAX_CLOSE || d->extra == d->rows;
}

/*
 * The mirror is what the store is; or it is behind, for more would have to go
 * than may without a person: then that person comes.
 */
void
check_mirror(struct world *w)
{
	static const char *const by_hand[] = { "sync-xano", "--",
		"--max-delete", "100%", "--allow-empty", "--refill", NULL };
	PGresult *jobs = approved(w);
	struct buf rows = { 0 };
	struct difference d;
	int status;

	standin_ask(&w->xano, w->http, "/_rows", NULL, &rows);
	d = compare(w, jobs, &rows);
	if (d.any && must_wait(&d)) {
		status = run_quietly(w, by_hand);
		if (status != EX_OK)
			broken(w, "sync-xano by hand ended with %d", status);
		standin_ask(&w->xano, w->http, "/_rows", NULL, &rows);
		d = compare(w, jobs, &rows);
	}
	if (d.any)
		broken(w, "the mirror is not the store: %s", d.first);
	check_gaps(w, jobs);
	check_public_ids(w, &rows);
	PQclear(jobs);
	buf_free(&rows);
}

long long
model_asked(struct world *w)
{
	struct buf log = { 0 }, room = { 0 };
	struct json_value line;
	const char *at;
	long long n, sum = 0;

	standin_ask(&w->model, w->http, "/_log", NULL, &log);
	for (at = log.data + w->model_log_seen; next_line(&at, &line);)
		if (json_int64(json_get(line, "jobs"), &n))
			sum += n;
	w->model_log_seen = log.len;
	buf_free(&log);
	buf_free(&room);
	return sum;
}
