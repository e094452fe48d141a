/* batch.c - jobs that are asked about in one request */
#include "batch.h"

#include <stdlib.h>

#include "mem.h"

void
batch_free(struct batch *b)
{
	if (b == NULL)
		return;
	free(b->items);
	free(b->choices);
	free(b);
}

struct batch *
batch_new(struct item *item)
{
	struct batch *b = mem_zero(1, sizeof(*b));

	b->industry = item->industry;
	batch_join(b, item);
	return b;
}

void
batch_join(struct batch *b, struct item *item)
{
	b->items = mem_resize(b->items, b->count + 1, sizeof(struct item *));
	b->items[b->count++] = item;
	b->tokens += item->tokens;
}

void
queue_add(struct queue *q, struct batch *b)
{
	struct batch **at = &q->first;

	while (*at != NULL && (*at)->items[0]->seq <= b->items[0]->seq)
		at = &(*at)->next;
	b->next = *at;
	*at = b;
	q->count++;
}

struct batch *
queue_take(struct queue *q, uint64_t now_ms, uint64_t *due_ms)
{
	uint64_t due = UINT64_MAX;

	for (struct batch **at = &q->first; *at != NULL; at = &(*at)->next) {
		struct batch *b = *at;

		if (b->not_before_ms <= now_ms) {
			*at = b->next;
			b->next = NULL;
			q->count--;
			return b;
		}
		if (b->not_before_ms < due)
			due = b->not_before_ms;
	}
	*due_ms = due;
	return NULL;
}

void
queue_put(struct queue *q, struct item *const *items, size_t count,
    const struct batch *parent, uint64_t not_before_ms)
{
	struct batch *b = batch_new(items[0]);

	for (size_t i = 1; i < count; i++)
		batch_join(b, items[i]);
	for (size_t i = 0; i < count; i++)
		items[i]->asks++;
	b->not_before_ms = not_before_ms;
	b->fresh = parent == NULL;
	if (parent != NULL) {
		b->tries = parent->tries;
		b->scale = parent->scale;
		b->first_ms = parent->first_ms;
	}
	queue_add(q, b);
}

/* Items of one industry that wait for company. */
struct bucket {
	struct item **items;
	size_t count;
	uint64_t tokens;
	struct bucket *prev, *next; /* among those that hold any, by age */
};

struct gather {
	struct bucket *buckets;
	size_t industries, most;
	uint64_t most_tokens, horizon;
	struct bucket *oldest, *newest;
};

struct gather *
gather_new(size_t industries, size_t most, uint64_t most_tokens,
    uint64_t horizon)
{
	struct gather *g = mem_zero(1, sizeof(*g));

	g->industries = industries;
	g->most = most;
	g->most_tokens = most_tokens;
	g->horizon = horizon;
	g->buckets = mem_zero(industries, sizeof(*g->buckets));
	for (size_t i = 0; i < industries; i++)
		g->buckets[i].items = mem_zero(most, sizeof(struct item *));
	return g;
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->industries; i++)
		free(g->buckets[i].items);
	free(g->buckets);
	free(g);
}

static void
close_bucket(struct gather *g, struct bucket *b, struct queue *q)
{
	queue_put(q, b->items, b->count, NULL, 0);
	b->count = 0;
	b->tokens = 0;
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		g->oldest = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	else
		g->newest = b->prev;
	b->prev = b->next = NULL;
}

static void
open_bucket(struct gather *g, struct bucket *b)
{
	b->prev = g->newest;
	if (g->newest != NULL)
		g->newest->next = b;
	else
		g->oldest = b;
	g->newest = b;
}

void
gather_add(struct gather *g, struct item *item, bool alone, struct queue *q)
{
	struct bucket *b =
	    &g->buckets[item->industry != NULL ? item->industry->id : 0];

	if (alone) {
		queue_put(q, &item, 1, NULL, 0);
		return;
	}
	if (b->count > 0 && b->tokens + item->tokens > g->most_tokens)
		close_bucket(g, b, q);
	if (b->count == 0)
		open_bucket(g, b);
	b->items[b->count++] = item;
	b->tokens += item->tokens;
	if (b->count == g->most || b->tokens >= g->most_tokens)
		close_bucket(g, b, q);
}

void
gather_pass(struct gather *g, uint64_t seq, struct queue *q)
{
	while (
	    g->oldest != NULL && g->oldest->items[0]->seq + g->horizon <= seq)
		close_bucket(g, g->oldest, q);
}

void
gather_flush(struct gather *g, struct queue *q)
{
	while (g->oldest != NULL)
		close_bucket(g, g->oldest, q);
}
