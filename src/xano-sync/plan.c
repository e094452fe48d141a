/* plan.c - what has to be done to make the table equal to what is wanted */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"
#include "status.h"

void
plan_open(struct plan *plan, const struct plan_options *options,
    const struct profile *p, struct wanted *w, struct row_reader *rows)
{
	*plan = (struct plan){ .p = p,
		.options = options,
		.wanted = w,
		.rows = rows,
		.old = spool_open() };
}

void
plan_close(struct plan *plan)
{
	spool_close(plan->old);
	buf_free(&plan->room);
	buf_free(&plan->texts);
	buf_free(&plan->row.key);
	free(plan->ids);
	free(plan->removals);
	free(plan->changes);
}

const char *
plan_text(const struct plan *plan, struct text t)
{
	return t.len > 0 ? plan->texts.data + t.at : "";
}

static struct text
keep(struct plan *plan, const char *bytes, size_t len)
{
	struct text t = { plan->texts.len, (uint32_t)len };

	buf_add(&plan->texts, bytes, len);
	return t;
}

/* The id of a row as JSON. */
static struct text
keep_id(struct plan *plan, struct json_value id)
{
	struct text t = { plan->texts.len, 0 };

	if (id.type == JSON_STRING)
		buf_byte(&plan->texts, '"');
	if (id.type != JSON_NONE)
		buf_add(&plan->texts, id.text, id.len);
	if (id.type == JSON_STRING)
		buf_byte(&plan->texts, '"');
	t.len = (uint32_t)(plan->texts.len - t.at);
	return t;
}

static void
start(void *user)
{
	struct plan *plan = user;
	size_t i;

	spool_clear(plan->old);
	buf_clear(&plan->texts);
	plan->removal_count = plan->change_count = 0;
	plan->read = plan->ours = plan->same = 0;
	plan->foreign = plan->doubles = plan->out_of_scope = 0;
	memset(plan->print, 0, sizeof plan->print);
	plan->ids =
	    mem_resize(plan->ids, plan->wanted->count + 1, sizeof *plan->ids);
	for (i = 0; i < plan->wanted->count; i++) {
		plan->wanted->items[i].state = WANT_MISSING;
		plan->wanted->items[i].seen = false;
		plan->wanted->items[i].replaces = false;
		plan->ids[i] = (struct text){ 0, 0 };
	}
}

/* Whether this may be deleted at all: a plan that is applied names its rows. */
static bool
may_remove(const struct plan *plan)
{
	const struct idset *only = plan->options->only;
	const struct row *row = &plan->row;

	if (plan->options->keep_all || only == NULL)
		return !plan->options->keep_all;
	return plan->p->id != NULL
	           ? idset_has(only, row->id.text, row->id.len)
	           : idset_has(only, row->key.data, row->key.len);
}

static void
remove_row(struct plan *plan, struct json_value row, enum removal_why why)
{
	struct removal *r;

	if (why != REMOVAL_REPLACED && !may_remove(plan))
		return;
	if (plan->removal_count == plan->removal_cap) {
		plan->removal_cap =
		    plan->removal_cap > 0 ? 2 * plan->removal_cap : 64;
		plan->removals = mem_resize(plan->removals, plan->removal_cap,
		    sizeof *plan->removals);
	}
	r = &plan->removals[plan->removal_count++];
	r->id = keep_id(plan, plan->row.id);
	r->key = keep(plan, plan->row.key.data, plan->row.key.len);
	r->row = spool_put(plan->old, row.text, row.len);
	r->why = why;
	r->done = false;
}

static void
change_row(struct plan *plan, struct json_value row, size_t want)
{
	struct change *c;

	if (plan->change_count == plan->change_cap) {
		plan->change_cap =
		    plan->change_cap > 0 ? 2 * plan->change_cap : 64;
		plan->changes = mem_resize(plan->changes, plan->change_cap,
		    sizeof *plan->changes);
	}
	c = &plan->changes[plan->change_count++];
	c->want = want;
	c->id = plan->ids[want];
	c->old = spool_put(plan->old, row.text, row.len);
}

/* Add a row, with its id, to the fingerprint, as a number of 128 bits. */
static void
add_print(struct plan *plan)
{
	const struct row *row = &plan->row;
	unsigned char digest[DIGEST_BYTES];
	unsigned int carry = 0;
	size_t i;

	buf_clear(&plan->room);
	buf_add(&plan->room, row->digest, sizeof row->digest);
	if (row->id.type != JSON_NONE)
		buf_add(&plan->room, row->id.text, row->id.len);
	digest_of(row_digest(plan->rows), plan->room.data, plan->room.len,
	    digest);
	for (i = 0; i < DIGEST_BYTES; i++) {
		carry += (unsigned int)plan->print[i] + digest[i];
		plan->print[i] = (unsigned char)(carry & 0xFF);
		carry >>= 8;
	}
}

/* A second row of a key that is wanted. */
static void
take_double(struct plan *plan, struct json_value row, size_t i)
{
	struct want *want = &plan->wanted->items[i];

	plan->doubles++;
	if (want->held || plan->options->doubles != POLICY_DELETE)
		return;
	if (plan->p->id != NULL) {
		remove_row(plan, row, REMOVAL_DOUBLE);
	} else if (want->state == WANT_SAME) {
		/* Removing by key takes both: one of them is added anew. */
		plan->same--;
		want->state = WANT_MISSING;
		want->replaces = true;
		remove_row(plan, row, REMOVAL_REPLACED);
	}
}

static void
take_wanted(struct plan *plan, struct json_value row, size_t i)
{
	struct want *want = &plan->wanted->items[i];

	want->seen = true;
	plan->ids[i] = keep_id(plan, plan->row.id);
	if (want->held ||
	    memcmp(want->digest, plan->row.digest, sizeof want->digest) == 0) {
		want->state = WANT_SAME;
		plan->same++;
	} else if (plan->p->change.defined) {
		want->state = WANT_DIFFERS;
		change_row(plan, row, i);
	} else {
		want->state = WANT_MISSING;
		want->replaces = true;
		remove_row(plan, row, REMOVAL_REPLACED);
	}
}

static void
look(void *user, const struct json_members *members)
{
	struct plan *plan = user;
	struct json_value object = members->object;
	struct row *row = &plan->row;
	size_t i = SIZE_MAX;

	plan->read++;
	row_read(plan->rows, members, row);
	if (row->key.len > 0)
		i = wanted_find(plan->wanted, row->key.data, row->key.len);
	if (i == SIZE_MAX && !row->in_scope) {
		plan->out_of_scope++;
		return;
	}
	if (row->key.len == 0) {
		plan->foreign++;
		if (plan->options->foreign == POLICY_DELETE &&
		    plan->p->id != NULL)
			remove_row(plan, object, REMOVAL_FOREIGN);
		return;
	}
	plan->ours++;
	if (plan->options->fingerprint)
		add_print(plan);
	if (i == SIZE_MAX)
		remove_row(plan, object, REMOVAL_ORPHAN);
	else if (plan->wanted->items[i].seen)
		take_double(plan, object, i);
	else
		take_wanted(plan, object, i);
}

int
plan_make(struct plan *plan, struct listing *l)
{
	const struct listing_visitor v = { plan, start, look };
	int status = listing_read(l, &v);
	size_t i;

	if (status != EX_OK)
		return status;
	plan->missing = 0;
	for (i = 0; i < plan->wanted->count; i++) {
		const struct want *want = &plan->wanted->items[i];

		plan->missing += plan_adds(want);
	}
	return EX_OK;
}

void
plan_keep_id(struct plan *plan, size_t want, struct json_value id)
{
	plan->ids[want] = keep_id(plan, id);
}

bool
plan_adds(const struct want *want)
{
	return want->state == WANT_MISSING && !want->held && !want->failed;
}

size_t
plan_deletions(const struct plan *plan)
{
	size_t n = 0, i;

	for (i = 0; i < plan->removal_count; i++)
		n += plan->removals[i].why != REMOVAL_REPLACED;
	return n;
}

size_t
plan_successor(const struct plan *plan, const struct removal *r)
{
	return wanted_find(plan->wanted, plan_text(plan, r->key), r->key.len);
}

const struct removal *
plan_replaced(const struct plan *plan, size_t want)
{
	size_t i;

	if (plan->p->change.defined)
		return NULL;

	for (i = 0; i < plan->removal_count; i++) {
		const struct removal *r = &plan->removals[i];

		if (r->why == REMOVAL_REPLACED &&
		    plan_successor(plan, r) == want)
			return r;
	}
	return NULL;
}

bool
plan_is_empty(const struct plan *plan)
{
	return plan->missing == 0 && plan->change_count == 0 &&
	       plan->removal_count == 0;
}

size_t
plan_withhold(struct plan *plan)
{
	size_t kept = 0, i, dropped;

	for (i = 0; i < plan->removal_count; i++)
		if (plan->removals[i].why == REMOVAL_REPLACED)
			plan->removals[kept++] = plan->removals[i];
	dropped = plan->removal_count - kept;
	plan->removal_count = kept;
	return dropped;
}

void
plan_add_id(const struct plan *plan, struct text id, struct buf *out)
{
	if (id.len == 0)
		buf_text(out, "null");
	else
		buf_add(out, plan_text(plan, id), id.len);
}

void
plan_add_key(const struct plan *plan, struct text key, struct buf *out)
{
	if (key.len == 0)
		buf_text(out, "null");
	else
		buf_json_string(out, plan_text(plan, key), key.len);
}
