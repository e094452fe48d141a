/* batch.c - rows that go to Xano in one call */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

static struct json_value
as_object(const struct buf *b)
{
	return (struct json_value){ JSON_OBJECT, false, b->data, b->len };
}

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	free(b->rows);
	free(b);
}

const struct endpoint *
batch_endpoint(const struct profile *p, enum op op)
{
	return op == OP_ADD      ? &p->add
	       : op == OP_CHANGE ? &p->change
	                         : &p->remove;
}

struct batch *
batch_new(enum op op, size_t room)
{
	struct batch *b = mem_zero(1, sizeof *b);

	b->op = op;
	b->rows = mem_zero(room, sizeof *b->rows);
	return b;
}

size_t
batch_want(const struct batch *b, const struct plan *plan, size_t i)
{
	if (b->op == OP_ADD)
		return b->rows[i];
	return b->op == OP_CHANGE ? plan->changes[b->rows[i]].want : SIZE_MAX;
}

struct batch *
batch_halve(struct batch *b)
{
	size_t half = b->count / 2;
	struct batch *second = batch_new(b->op, b->count - half);

	second->count = b->count - half;
	second->unsure = b->unsure;
	memcpy(second->rows, b->rows + half, second->count * sizeof *b->rows);
	b->count = half;
	b->tries = 0;
	b->look = LOOK_NOT;
	return second;
}

void
batch_key(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	size_t want = batch_want(b, plan, i);

	if (want == SIZE_MAX)
		plan_add_key(plan, plan->removals[b->rows[i]].key, out);
	else
		buf_json_string(out, wanted_key(plan->wanted, want),
		    plan->wanted->items[want].key_len);
}

void
batch_id(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	if (b->op == OP_CHANGE)
		plan_add_id(plan, plan->changes[b->rows[i]].id, out);
	else if (b->op == OP_DELETE)
		plan_add_id(plan, plan->removals[b->rows[i]].id, out);
	else
		plan_add_id(plan, plan->ids[b->rows[i]], out);
}

static void
add_all(const struct batch *b, const struct plan *plan, struct buf *out,
    void (*one)(const struct batch *b, const struct plan *plan, size_t i,
        struct buf *out))
{
	size_t i;

	buf_byte(out, '[');
	for (i = 0; i < b->count; i++) {
		if (i > 0)
			buf_byte(out, ',');
		one(b, plan, i, out);
	}
	buf_byte(out, ']');
}

void
batch_keys(const struct batch *b, const struct plan *plan, struct buf *out)
{
	add_all(b, plan, out, batch_key);
}

void
batch_ids(const struct batch *b, const struct plan *plan, struct buf *out)
{
	add_all(b, plan, out, batch_id);
}

static void
add_row(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	size_t want = batch_want(b, plan, i);

	spool_get(plan->wanted->spool, plan->wanted->items[want].row, out);
}

/* The columns to change, as members of an object. */
static void
add_updates(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	const struct change *c = &plan->changes[b->rows[i]];
	struct buf old = { 0 }, new = { 0 }, names = { 0 };

	spool_get(plan->old, c->old, &old);
	add_row(b, plan, i, &new);
	row_diff(plan->rows, as_object(&old), as_object(&new), out, &names);
	buf_free(&old);
	buf_free(&new);
	buf_free(&names);
}

static void
add_patch(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	buf_text(out, "{\"row_id\":");
	batch_id(b, plan, i, out);
	buf_text(out, ",\"updates\":");
	add_updates(b, plan, i, out);
	buf_byte(out, '}');
}

/* ,"columns":[...] of a change, for its report. */
static void
add_columns(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	const struct change *c = &plan->changes[b->rows[i]];
	struct buf old = { 0 }, new = { 0 }, updates = { 0 };

	spool_get(plan->old, c->old, &old);
	add_row(b, plan, i, &new);
	buf_text(out, ",\"columns\":");
	row_diff(plan->rows, as_object(&old), as_object(&new), &updates, out);
	buf_free(&old);
	buf_free(&new);
	buf_free(&updates);
}

void
batch_done(const struct batch *b, struct plan *plan, size_t i,
    struct report *report)
{
	struct buf key = { 0 }, id = { 0 }, more = { 0 };
	size_t want = batch_want(b, plan, i);

	if (want != SIZE_MAX)
		plan->wanted->items[want].written = !b->back;
	else
		plan->removals[b->rows[i]].done = true;
	batch_key(b, plan, i, &key);
	batch_id(b, plan, i, &id);
	if (b->op == OP_CHANGE)
		add_columns(b, plan, i, &more);
	if (b->back)
		report_kept(report, buf_string(&key), buf_string(&id));
	else
		report_done(report, b->op, buf_string(&key), buf_string(&id),
		    buf_string(&more));
	buf_free(&key);
	buf_free(&id);
	buf_free(&more);
}

struct batch *
batch_back(struct plan *plan, size_t want)
{
	const struct removal *r = plan_replaced(plan, want);
	struct buf old = { 0 }, row = { 0 };
	struct batch *back;

	if (r == NULL || !r->done)
		return NULL;
	spool_get(plan->old, r->row, &old);
	row_project(plan->rows, as_object(&old), &row);
	plan->wanted->items[want].row =
	    spool_put(plan->wanted->spool, row.data, row.len);
	back = batch_new(OP_ADD, 1);
	back->back = true;
	back->rows[back->count++] = want;
	buf_free(&old);
	buf_free(&row);
	return back;
}

void
batch_failed(const struct batch *b, struct plan *plan, size_t i,
    const struct reply *why, struct report *report)
{
	struct buf key = { 0 }, id = { 0 };
	size_t want = batch_want(b, plan, i);

	/* A row that could not be removed is not added anew. */
	if (b->op == OP_DELETE &&
	    plan->removals[b->rows[i]].why == REMOVAL_REPLACED)
		want = plan_successor(plan, &plan->removals[b->rows[i]]);
	if (want != SIZE_MAX)
		plan->wanted->items[want].failed = true;
	batch_key(b, plan, i, &key);
	batch_id(b, plan, i, &id);
	if (b->back)
		report_lost(buf_string(&key), why);
	else
		report_failed(report, b->op, buf_string(&key), buf_string(&id),
		    why);
	buf_free(&key);
	buf_free(&id);
}

/*
 * The row as it is with the columns changed: for an endpoint that replaces it
 * whole, so that columns that are not ours survive.
 */
static void
add_merged(const struct batch *b, const struct plan *plan, size_t i,
    struct buf *out)
{
	struct buf old = { 0 }, updates = { 0 };
	const char *id = plan->p->id;
	struct json_walk w;
	struct json_member m;

	spool_get(plan->old, plan->changes[b->rows[i]].old, &old);
	add_updates(b, plan, i, &updates);
	buf_add(out, updates.data, updates.len - 1);
	for (w = json_walk(as_object(&old)); json_next(&w, &m);) {
		const char *end =
		    m.value.text + m.value.len + (m.value.type == JSON_STRING);
		char *name = mem_copy(m.name, m.name_len);

		if (strcmp(name, id) != 0 &&
		    json_get(as_object(&updates), name).type == JSON_NONE) {
			if (out->data[out->len - 1] != '{')
				buf_byte(out, ',');
			buf_add(out, m.name - 1, (size_t)(end - m.name + 1));
		}
		free(name);
	}
	buf_byte(out, '}');
	buf_free(&old);
	buf_free(&updates);
}

void
batch_send(struct batch *b, const struct plan *plan, struct api *a)
{
	struct buf values[9] = { { 0 } };
	static const char *const names[] = { "keys", "key", "ids", "id", "rows",
		"row", "updates", "patches", "merged" };
	struct var items[9];
	struct vars vars = { items, 4, NULL };
	size_t i;

	batch_keys(b, plan, &values[0]);
	batch_key(b, plan, 0, &values[1]);
	batch_ids(b, plan, &values[2]);
	batch_id(b, plan, 0, &values[3]);
	if (b->op != OP_DELETE) {
		add_all(b, plan, &values[4], add_row);
		add_row(b, plan, 0, &values[5]);
		vars.count = 6;
	}
	if (b->op == OP_CHANGE) {
		add_updates(b, plan, 0, &values[6]);
		add_all(b, plan, &values[7], add_patch);
		add_merged(b, plan, 0, &values[8]);
		vars.count = 9;
	}
	for (i = 0; i < vars.count; i++)
		items[i] =
		    (struct var){ names[i], values[i].data, values[i].len };
	api_start(a, batch_endpoint(plan->p, b->op), &vars, b);
	for (i = 0; i < sizeof values / sizeof *values; i++)
		buf_free(&values[i]);
}
