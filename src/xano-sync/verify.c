/* verify.c - after acting: is the table what it was to be */
#include "verify.h"

#include "clock.h"
#include "log.h"
#include "status.h"

#define STALE_READINGS 2 /* more, when rows that were added are missing */

struct verification {
	struct plan *plan;
	struct report *report;
};

static void
drift(struct verification *v, const char *what, const char *key, size_t len,
    struct text id, const char *columns)
{
	struct buf k = { 0 }, i = { 0 };

	buf_json_string(&k, key, len);
	plan_add_id(v->plan, id, &i);
	report_drift(v->report, what, buf_string(&k), buf_string(&i), columns);
	buf_free(&k);
	buf_free(&i);
}

static void
drift_change(struct verification *v, const struct change *c)
{
	const struct want *want = &v->plan->wanted->items[c->want];
	struct buf old = { 0 }, new = { 0 }, updates = { 0 }, names = { 0 };
	struct json_value a = { JSON_OBJECT, false, NULL, 0 }, b = a;

	spool_get(v->plan->old, c->old, &old);
	spool_get(v->plan->wanted->spool, want->row, &new);
	a.text = old.data;
	a.len = old.len;
	b.text = new.data;
	b.len = new.len;
	row_diff(v->plan->rows, a, b, &updates, &names);
	drift(v, "differs", wanted_key(v->plan->wanted, c->want), want->key_len,
	    c->id, buf_string(&names));
	buf_free(&old);
	buf_free(&new);
	buf_free(&updates);
	buf_free(&names);
}

/*
 * The functions below keep of a plan that was made after acting what can be
 * mended: rows that are missing, or were changed by somebody else, and doubles
 * of rows that we have added.  What we have written and still differs would
 * differ again.  With LAST nothing can: all of it is drift, and told.
 */
static void
sift_changes(struct verification *v, bool last)
{
	struct plan *plan = v->plan;
	size_t kept = 0, i;

	for (i = 0; i < plan->change_count; i++) {
		const struct change *c = &plan->changes[i];
		const struct want *want = &plan->wanted->items[c->want];

		if (want->failed)
			continue;
		if (last || want->written)
			drift_change(v, c);
		else
			plan->changes[kept++] = *c;
	}
	plan->change_count = kept;
}

/* Whether a removal mends something; if not, it is told. */
static bool
mends(struct verification *v, const struct removal *r, bool last)
{
	const char *key = plan_text(v->plan, r->key);
	size_t i = wanted_find(v->plan->wanted, key, r->key.len);
	struct want *want = i != SIZE_MAX ? &v->plan->wanted->items[i] : NULL;

	if (r->why == REMOVAL_DOUBLE && !last && want != NULL &&
	    want->written) {
		/* The other one is not what we have written. */
		want->written = false;
		return true;
	}
	if (r->why == REMOVAL_REPLACED && want != NULL) {
		if (!last && !want->written && !want->failed)
			return true;
		if (want->failed) {
			/* That was told, and it is there as it was. */
			want->state = WANT_SAME;
			return false;
		}
		/* Added anew it would differ again: it stays. */
		want->state = WANT_SAME;
		drift(v, "differs", key, r->key.len, r->id, "");
		return false;
	}
	drift(v, r->why == REMOVAL_DOUBLE ? "double" : "extra", key, r->key.len,
	    r->id, "");
	return false;
}

static void
sift_removals(struct verification *v, bool last)
{
	struct plan *plan = v->plan;
	size_t kept = 0, i;

	for (i = 0; i < plan->removal_count; i++)
		if (mends(v, &plan->removals[i], last))
			plan->removals[kept++] = plan->removals[i];
	plan->removal_count = kept;
}

/* What is to be added, as it is now that the removals were sifted. */
static void
sift_missing(struct verification *v, bool last)
{
	struct plan *plan = v->plan;
	size_t i;

	plan->missing = 0;
	for (i = 0; i < plan->wanted->count; i++) {
		const struct want *want = &plan->wanted->items[i];

		if (!plan_adds(want))
			continue;
		/* Added again it might be there twice. */
		if (last || want->written)
			drift(v, "missing", wanted_key(plan->wanted, i),
			    want->key_len, (struct text){ 0, 0 }, "");
		else
			plan->missing++;
	}
}

/* Whether a row is missing that Xano said it has added. */
static bool
is_stale(const struct plan *plan)
{
	size_t i;

	for (i = 0; i < plan->wanted->count; i++)
		if (plan_adds(&plan->wanted->items[i]) &&
		    plan->wanted->items[i].written)
			return true;
	return false;
}

/* Read the table; again if what is shown may be older than what was done. */
static int
read_again(struct plan *plan, struct listing *l)
{
	unsigned int n;
	int status = plan_make(plan, l);

	for (n = 1; n <= STALE_READINGS && status == EX_OK && is_stale(plan);
	     n++) {
		log_info("rows that were added are not shown, reading again",
		    LOG_UINT("reading", n));
		clock_sleep_ms(n * listing_wait_ms(l));
		status = plan_make(plan, l);
	}
	return status;
}

int
verify(struct plan *plan, struct listing *l, bool withhold, bool last,
    struct report *report)
{
	struct verification v = { plan, report };
	int status = read_again(plan, l);

	if (status != EX_OK)
		return status;
	if (withhold)
		plan_withhold(plan);
	sift_removals(&v, last);
	sift_changes(&v, last);
	sift_missing(&v, last);
	return EX_OK;
}
