/* queue.c - batches that wait for their turn */
#include "queue.h"

#include <stdlib.h>

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

/* Puts rows into batches that the endpoint takes. */
struct filler {
	struct queue *queue;
	const struct plan *plan;
	const struct endpoint *endpoint;
	enum op op;
	struct batch *batch; /* being filled, or NULL */
	uint64_t bytes;
};

/* The bytes of a row in a body, at most. */
static uint64_t
bytes_of(const struct plan *plan, enum op op, size_t row)
{
	const struct want *wants = plan->wanted->items;
	uint64_t around = 40;

	if (op == OP_ADD)
		return wants[row].row.len + around;
	if (op == OP_CHANGE)
		return wants[plan->changes[row].want].row.len + around;
	return plan->removals[row].id.len + plan->removals[row].key.len +
	       around;
}

static void
fill(struct filler *f, size_t row)
{
	const struct endpoint *e = f->endpoint;
	uint64_t more = bytes_of(f->plan, f->op, row);

	if (f->batch != NULL &&
	    (f->batch->count == e->rows || f->bytes + more > e->bytes)) {
		queue_add(f->queue, f->batch);
		f->batch = NULL;
	}
	if (f->batch == NULL) {
		f->batch = batch_new(f->op, e->rows);
		f->bytes = 0;
	}
	f->batch->rows[f->batch->count++] = row;
	f->bytes += more;
}

static struct filler
filler_of(struct queue *q, const struct plan *plan, enum op op)
{
	return (struct filler){ .queue = q,
		.plan = plan,
		.endpoint = batch_endpoint(plan->p, op),
		.op = op };
}

static void
fill_end(struct filler *f)
{
	if (f->batch != NULL)
		queue_add(f->queue, f->batch);
}

/* Whether a row that was to be replaced stays, as its successor is refused. */
static bool
stays(const struct plan *plan, const struct removal *r)
{
	size_t want =
	    r->why == REMOVAL_REPLACED ? plan_successor(plan, r) : SIZE_MAX;

	return want != SIZE_MAX && plan->wanted->items[want].failed;
}

static void
fill_additions(struct filler *f, enum part part)
{
	const struct wanted *w = f->plan->wanted;
	size_t i;

	for (i = 0; i < w->count; i++)
		if (plan_adds(&w->items[i]) &&
		    (part == PART_ALL || !w->items[i].replaces))
			fill(f, i);
}

static void
fill_removals(struct filler *f, enum part part)
{
	const struct plan *plan = f->plan;
	size_t i;

	for (i = 0; i < plan->removal_count; i++)
		if (part == PART_ALL
		        ? !stays(plan, &plan->removals[i])
		        : plan->removals[i].why != REMOVAL_REPLACED)
			fill(f, i);
}

void
queue_fill(struct queue *q, const struct plan *plan, enum op op, enum part part)
{
	struct filler f = filler_of(q, plan, op);
	size_t i;

	if (op == OP_ADD)
		fill_additions(&f, part);
	else if (op == OP_DELETE)
		fill_removals(&f, part);
	else
		for (i = 0; i < plan->change_count; i++)
			fill(&f, i);
	fill_end(&f);
}

void
queue_replace(struct queue *q, const struct plan *plan, enum op op,
    const size_t *removals, size_t count)
{
	struct filler f = filler_of(q, plan, op);
	size_t i;

	for (i = 0; i < count; i++) {
		const struct removal *r = &plan->removals[removals[i]];
		size_t want = plan_successor(plan, r);

		if (op == OP_DELETE)
			fill(&f, removals[i]);
		else if (want != SIZE_MAX &&
		         plan_adds(&plan->wanted->items[want]))
			fill(&f, want);
	}
	fill_end(&f);
}
