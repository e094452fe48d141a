/* batch.c - rows that go to Xano in one call */
#include "batch.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

void
queue_open(struct queue *q)
{
	q->first = NULL;
	q->end = &q->first;
}

static void
queue_add(struct queue *q, struct batch *b)
{
	b->next = NULL;
	*q->end = b;
	q->end = &b->next;
}

void
queue_front(struct queue *q, struct batch *b)
{
	if (q->first == NULL)
		q->end = &b->next;
	b->next = q->first;
	q->first = b;
}

struct batch *
queue_take(struct queue *q)
{
	struct batch *b = q->first;

	if (b == NULL)
		return NULL;
	q->first = b->next;
	if (q->first == NULL)
		q->end = &q->first;
	b->next = NULL;
	return b;
}

void
queue_free(struct queue *q)
{
	struct batch *b;

	while ((b = queue_take(q)) != NULL)
		batch_free(b);
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

static struct batch *
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

/* Rows of one kind, and the bytes of each in a body at most. */
static bool
next_row(const struct plan *plan, enum op op, size_t *at, size_t *row,
    uint64_t *bytes)
{
	size_t most = op == OP_ADD      ? plan->wanted->count
	              : op == OP_CHANGE ? plan->change_count
	                                : plan->removal_count;

	while (
	    op == OP_ADD && *at < most && !plan_adds(&plan->wanted->items[*at]))
		++*at;
	if (*at >= most)
		return false;
	*row = (*at)++;
	if (op == OP_ADD)
		*bytes = plan->wanted->items[*row].row.len;
	else if (op == OP_CHANGE)
		*bytes = plan->wanted->items[plan->changes[*row].want].row.len;
	else
		*bytes =
		    plan->removals[*row].id.len + plan->removals[*row].key.len;
	*bytes += 40; /* what stands around it */
	return true;
}

void
queue_fill(struct queue *q, const struct plan *plan, enum op op)
{
	const struct endpoint *e = batch_endpoint(plan->p, op);
	struct batch *b = NULL;
	uint64_t bytes = 0, more;
	size_t at = 0, row;

	while (next_row(plan, op, &at, &row, &more)) {
		if (b != NULL &&
		    (b->count == e->rows || bytes + more > e->bytes)) {
			queue_add(q, b);
			b = NULL;
		}
		if (b == NULL) {
			b = batch_new(op, e->rows);
			bytes = 0;
		}
		b->rows[b->count++] = row;
		bytes += more;
	}
	if (b != NULL)
		queue_add(q, b);
}

struct batch *
batch_halve(struct batch *b)
{
	size_t half = b->count / 2;
	struct batch *second = batch_new(b->op, b->count - half);

	second->count = b->count - half;
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

static struct json_value
as_object(const struct buf *b)
{
	return (struct json_value){ JSON_OBJECT, false, b->data, b->len };
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
		plan->wanted->items[want].written = true;
	batch_key(b, plan, i, &key);
	batch_id(b, plan, i, &id);
	if (b->op == OP_CHANGE)
		add_columns(b, plan, i, &more);
	report_done(report, b->op, buf_string(&key), buf_string(&id),
	    buf_string(&more));
	buf_free(&key);
	buf_free(&id);
	buf_free(&more);
}

/* The row that is to come in the place of one that is removed. */
static size_t
removed_want(const struct plan *plan, const struct removal *r)
{
	return wanted_find(plan->wanted, plan_text(plan, r->key), r->key.len);
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
		want = removed_want(plan, &plan->removals[b->rows[i]]);
	if (want != SIZE_MAX)
		plan->wanted->items[want].failed = true;
	batch_key(b, plan, i, &key);
	batch_id(b, plan, i, &id);
	report_failed(report, b->op, buf_string(&key), buf_string(&id), why);
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
