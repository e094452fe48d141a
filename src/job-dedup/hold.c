/* hold.c - the records at hand, and which of them have the same key */
#include "hold.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "log.h"
#include "mem.h"
#include "order.h"
#include "status.h"

#define CHUNK ((size_t)1 << 20)
#define LARGE ((size_t)16 << 20) /* from so much on, in larger chunks */
#define LARGE_CHUNK (((size_t)8 << 20) - 64) /* with what heads it */
#define FIRST_SLOTS 1024                     /* a power of two */

const char *
join_name(enum join_rule rule)
{
	static const char *const names[] = { "pin", "description", "words",
		"similar" };

	return names[rule];
}

void
hold_open(struct hold *h, uint64_t seed)
{
	memset(h, 0, sizeof(*h));
	h->seed = seed;
	h->bytes.chunk = CHUNK;
	h->slots = mem_zero(FIRST_SLOTS, sizeof(*h->slots));
	h->mask = FIRST_SLOTS - 1;
}

void
hold_close(struct hold *h)
{
	free(h->jobs);
	free(h->groups);
	free(h->slots);
	arena_free(&h->bytes);
}

void
hold_clear(struct hold *h)
{
	hold_reader *reader = h->reader;
	void *argument = h->reader_argument;
	uint64_t seed = h->seed;

	hold_close(h);
	hold_open(h, seed);
	h->reader = reader;
	h->reader_argument = argument;
}

size_t
hold_memory(const struct hold *h)
{
	return h->bytes.memory + h->cap * sizeof(*h->jobs) +
	       h->group_cap * sizeof(*h->groups) +
	       ((size_t)h->mask + 1) * sizeof(*h->slots);
}

uint64_t
hold_hash(const struct hold *h, const char *key, size_t len)
{
	return XXH3_64bits_withSeed(key, len, h->seed);
}

uint32_t
hold_add(struct hold *h, const struct job *model)
{
	struct job *job;
	bool in_line;

	if (h->bytes.memory >= LARGE)
		h->bytes.chunk = LARGE_CHUNK;
	if (h->count == h->cap) {
		if (h->cap >= HOLD_NONE / 2)
			die(EX_OSERR, "too many records at once");
		h->cap = h->cap > 0 ? h->cap + h->cap / 2 : 1024;
		h->jobs = mem_resize(h->jobs, h->cap, sizeof(*h->jobs));
	}
	job = &h->jobs[h->count];
	*job = *model;
	in_line = model->line != NULL && model->id >= model->line &&
	          model->id < model->line + model->len;
	if (model->line != NULL)
		job->line = arena_copy(&h->bytes, model->line, model->len);
	job->id = in_line ? job->line + (model->id - model->line)
	                  : arena_copy(&h->bytes, model->id, model->id_len);
	job->group = job->next = HOLD_NONE;
	job->into = h->count;
	return h->count++;
}

static void
grow(struct hold *h)
{
	size_t slots = ((size_t)h->mask + 1) * 2;
	uint32_t g, i;

	free(h->slots);
	h->slots = mem_zero(slots, sizeof(*h->slots));
	h->mask = (uint32_t)(slots - 1);
	for (g = 0; g < h->group_count; g++) {
		i = (uint32_t)h->groups[g].hash & h->mask;
		while (h->slots[i] != 0)
			i = (i + 1) & h->mask;
		h->slots[i] = g + 1;
	}
}

static bool
is_group(const struct group *g, const char *key, size_t len, uint64_t hash)
{
	return g->hash == hash && g->key_len == len &&
	       memcmp(g->key, key, len) == 0;
}

static struct group *
group_of(struct hold *h, const char *key, size_t len, uint64_t hash)
{
	uint32_t i = (uint32_t)hash & h->mask;

	for (; h->slots[i] != 0; i = (i + 1) & h->mask)
		if (is_group(&h->groups[h->slots[i] - 1], key, len, hash))
			return &h->groups[h->slots[i] - 1];
	if (h->group_count == h->group_cap) {
		h->group_cap =
		    h->group_cap > 0 ? h->group_cap + h->group_cap / 2 : 1024;
		h->groups =
		    mem_resize(h->groups, h->group_cap, sizeof(*h->groups));
	}
	h->groups[h->group_count] = (struct group){
		.hash = hash,
		.key = arena_copy(&h->bytes, key, len),
		.key_len = (uint32_t)len,
		.first = HOLD_NONE,
		.last = HOLD_NONE,
	};
	h->slots[i] = ++h->group_count;
	if (h->group_count > h->mask / 2)
		grow(h);
	return &h->groups[h->group_count - 1];
}

void
hold_join(struct hold *h, uint32_t job, const char *key, size_t len,
    uint64_t hash)
{
	struct group *g = group_of(h, key, len, hash);

	h->jobs[job].group = (uint32_t)(g - h->groups);
	if (g->count++ == 0)
		g->first = job;
	else
		h->jobs[g->last].next = job;
	g->last = job;
}

const char *
hold_line(const struct hold *h, const struct job *job, struct buf *room)
{
	if (job->line != NULL)
		return job->line;
	return h->reader(h->reader_argument, job, room);
}

void
hold_order(const struct hold *h, const struct group *g, uint32_t *out)
{
	uint32_t *room = mem_alloc(g->count * sizeof(*room));
	uint32_t job, n = 0;

	for (job = g->first; job != HOLD_NONE; job = h->jobs[job].next)
		out[n++] = job;
	order_sort(h->jobs, out, room, n);
	free(room);
}
