/* verdict.c - whether a run may close what its feed lacks */
#include "verdict.h"

#include <inttypes.h>
#include <string.h>

#include "guard.h"

/* A share says little of fewer records. */
#define DRIFT_LEAST 20

/* A second run shows the same when it differs by no more than this. */
#define SAME_PERCENT 10

/* More than PERCENT of WHOLE is PART?  The server reckons exactly. */
static const char over_sql[] =
    "select $1::numeric * 100 > $2::numeric * $3::numeric";

/* Fields that every other record had, and less than half as many have now. */
static const char drift_sql[] =
    "select string_agg(format('%s %s%%->%s%%', o.key,"
    " round(100 * o.value::numeric / f.fill_records),"
    " round(100 * coalesce(n.value::numeric, 0) / $3::numeric)), ', '"
    " order by o.key)"
    " from jobmill.feeds f cross join jsonb_each_text(f.fill) o"
    " left join jsonb_each_text($2::jsonb) n on n.key = o.key"
    " where f.feed_id = $1 and f.fill_records >= $4::bigint"
    " and o.value::numeric * 2 >= f.fill_records"
    " and coalesce(n.value::numeric, 0) * 2 * f.fill_records"
    "  < o.value::numeric * $3::numeric";

static const char fill_sql[] =
    "update jobmill.feeds set fill = $2::jsonb, fill_records = $3::bigint"
    " where feed_id = $1";

/* What waits: since when, and whether that is long enough and the same. */
static const char waiting_sql[] =
    "select guard -> 'guards' @> $2::jsonb,"
    " abs((guard ->> 'staged')::numeric - $3::numeric) * 100"
    "  <= (guard ->> 'staged')::numeric * $4::numeric,"
    " extract(epoch from clock_timestamp() - (guard ->> 'since')"
    "  ::timestamptz) >= $5::numeric"
    " from jobmill.feeds where feed_id = $1 and guard is not null";

static const char wait_sql[] =
    "update jobmill.feeds set guard = jsonb_build_object('guards', $2::jsonb,"
    " 'since', clock_timestamp(), 'run_id', $3::bigint,"
    " 'staged', $4::bigint, 'gone', $5::bigint) where feed_id = $1";

static const char no_wait_sql[] = "update jobmill.feeds set guard = null"
                                  " where feed_id = $1 and guard is not null";

static bool
over(struct db *db, int64_t part, int64_t whole, const char *percent)
{
	char a[DB_NUMBER], b[DB_NUMBER];
	PGresult *r = db_query(db, over_sql,
	    DB_VALUES(db_number(part, a), db_number(whole, b), percent));
	bool is = r != NULL && *db_text(r, 0, 0) == 't';

	PQclear(r);
	return is;
}

static bool
is_off(const struct limits *limits, enum guard guard)
{
	return (limits->accept & 1U << guard) != 0;
}

/* Note what a guard saw.  One that is switched off is noted, and no more. */
static void
trip(struct verdict *v, const struct limits *limits, enum guard guard,
    const char *saw)
{
	if (v->json.len > 1)
		buf_byte(&v->json, ',');
	buf_byte(&v->json, '{');
	buf_json_member(&v->json, "guard", guard_names[guard],
	    strlen(guard_names[guard]));
	buf_json_member(&v->json, "saw", saw, strlen(saw));
	buf_json_key(&v->json, "accepted");
	buf_text(&v->json, is_off(limits, guard) ? "true}" : "false}");
	if (is_off(limits, guard))
		return;
	v->tripped |= 1U << guard;
	if (v->words.len > 0)
		buf_text(&v->words, "; ");
	buf_printf(&v->words, "%s: ", guard_names[guard]);
	buf_text(&v->words, saw);
}

static void
look_at_size(struct verdict *v, struct db *db, const struct limits *limits,
    const struct plan_counts *n)
{
	struct buf saw = { 0 };

	if (n->staged == 0 && n->live > 0) {
		buf_printf(&saw, "no record, and %" PRId64 " live jobs",
		    n->live);
		trip(v, limits, GUARD_EMPTY, buf_string(&saw));
	} else if (over(db, n->gone, n->live, limits->max_close)) {
		buf_printf(&saw,
		    "%" PRId64 " of %" PRId64 " live jobs are gone, %s%% may",
		    n->gone, n->live, limits->max_close);
		trip(v, limits, GUARD_SHRINK, buf_string(&saw));
	}
	buf_free(&saw);
}

static void
look_at_dead(struct verdict *v, struct db *db, const struct limits *limits,
    const struct evidence *e)
{
	struct buf saw = { 0 };

	if (e->dead > 0 && over(db, e->dead, e->seen, limits->max_dead)) {
		buf_printf(&saw,
		    "%" PRId64 " of %" PRId64 " records were refused, %s%% may",
		    e->dead, e->seen, limits->max_dead);
		trip(v, limits, GUARD_DEAD, buf_string(&saw));
	}
	buf_free(&saw);
}

static void
look_at_fields(struct verdict *v, struct db *db, const char *feed,
    const struct limits *limits, const struct evidence *e)
{
	char count[DB_NUMBER], least[DB_NUMBER];
	PGresult *r;

	if (e->records < DRIFT_LEAST)
		return;
	r = db_query(db, drift_sql,
	    DB_VALUES(feed, e->fill, db_number(e->records, count),
	        db_number(DRIFT_LEAST, least)));
	if (r != NULL && PQntuples(r) > 0 && PQgetisnull(r, 0, 0) == 0)
		trip(v, limits, GUARD_DRIFT, db_text(r, 0, 0));
	PQclear(r);
}

/* The guards that tripped, as a JSON array of their names. */
static void
tripped_json(const struct verdict *v, struct buf *json)
{
	size_t i;

	buf_byte(json, '[');
	for (i = 0; i < GUARDS; i++) {
		if ((v->tripped & 1U << i) == 0)
			continue;
		if (json->len > 1)
			buf_byte(json, ',');
		buf_json_string(json, guard_names[i], strlen(guard_names[i]));
	}
	buf_byte(json, ']');
}

/*
 * What a tripped guard waits for.  The wait starts with the run that showed it
 * first, and anew when a run shows something else.
 */
static void
wait_or_believe(struct verdict *v, struct db *db, const char *feed,
    const char *run, const struct limits *limits, const struct plan_counts *n)
{
	char staged[DB_NUMBER], gone[DB_NUMBER], percent[DB_NUMBER],
	    after[DB_NUMBER];
	struct buf guards = { 0 };
	bool same = false, late = false;
	PGresult *r;

	tripped_json(v, &guards);
	db_number(n->staged, staged);
	r = db_query(db, waiting_sql,
	    DB_VALUES(feed, buf_string(&guards), staged,
	        db_number(SAME_PERCENT, percent),
	        db_number(limits->confirm_after, after)));
	if (r != NULL && PQntuples(r) > 0) {
		same = *db_text(r, 0, 0) == 't' && *db_text(r, 0, 1) == 't';
		late = *db_text(r, 0, 2) == 't';
	}
	PQclear(r);
	v->confirmed = same && late;
	if (!same)
		db_run(db, NULL, wait_sql,
		    DB_VALUES(feed, buf_string(&guards), run, staged,
		        db_number(n->gone, gone)));
	buf_free(&guards);
}

void
verdict_reach(struct verdict *v, struct db *db, const char *feed,
    const char *run, const struct limits *limits,
    const struct plan_counts *counts, const struct evidence *e)
{
	char number[DB_NUMBER];

	buf_clear(&v->json);
	buf_clear(&v->words);
	v->tripped = 0;
	v->confirmed = false;
	buf_byte(&v->json, '[');
	look_at_size(v, db, limits, counts);
	look_at_dead(v, db, limits, e);
	look_at_fields(v, db, feed, limits, e);
	buf_byte(&v->json, ']');
	if (v->tripped != 0)
		wait_or_believe(v, db, feed, run, limits, counts);
	if (v->tripped != 0 && !v->confirmed)
		return;
	db_run(db, NULL, no_wait_sql, DB_VALUES(feed));
	if (e->records >= DRIFT_LEAST)
		db_run(db, NULL, fill_sql,
		    DB_VALUES(feed, e->fill, db_number(e->records, number)));
}

void
verdict_free(struct verdict *v)
{
	buf_free(&v->json);
	buf_free(&v->words);
}
