/* survivors.c - the texts that survive, and who may be similar to them */
#include "survivors.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "similar.h"

/* With fewer, comparing all bags is faster than looking words up. */
#define INDEX_FROM 256

void
survivors_open(struct survivors *s, uint32_t threshold, size_t shortest,
    size_t longest)
{
	memset(s, 0, sizeof(*s));
	s->threshold = threshold;
	s->shortest = shortest;
	s->longest = longest;
	s->prefix = prefix_new(threshold);
}

void
survivors_close(struct survivors *s)
{
	free(s->list);
	free(s->bags);
	table_free(&s->texts);
	table_free(&s->descriptions);
	arena_free(&s->bytes);
	prefix_free(s->prefix);
	ids_free(&s->found);
}

void
survivors_clear(struct survivors *s)
{
	s->count = 0;
	table_clear(&s->texts);
	table_clear(&s->descriptions);
	arena_clear(&s->bytes);
	/* What a large group needed is not kept for the small ones. */
	if (s->indexed > 0) {
		prefix_free(s->prefix);
		s->prefix = prefix_new(s->threshold);
		free(s->list);
		free(s->bags);
		s->list = NULL;
		s->bags = NULL;
		s->cap = 0;
	}
	s->indexed = 0;
}

size_t
survivors_memory(const struct survivors *s)
{
	return s->cap * (sizeof(*s->list) + sizeof(*s->bags)) +
	       (s->texts.cap + s->descriptions.cap) *
	           sizeof(struct table_slot) +
	       s->bytes.memory + prefix_memory(s->prefix);
}

uint32_t
survivors_add(struct survivors *s, uint32_t job)
{
	if (s->count == s->cap) {
		s->cap = s->cap > 0 ? 2 * s->cap : 16;
		s->list = mem_resize(s->list, s->cap, sizeof(*s->list));
		s->bags = mem_resize(s->bags, s->cap, sizeof(*s->bags));
	}
	s->list[s->count] = (struct survivor){ .job = job, .last = job };
	return s->count++;
}

void
survivors_text(struct survivors *s, uint32_t i, const struct seeker *text)
{
	struct survivor *v = &s->list[i];

	v->n = text->n;
	v->ids = arena_alloc(&s->bytes, text->n * sizeof(*v->ids));
	if (text->n > 0)
		memcpy(v->ids, text->ids, text->n * sizeof(*v->ids));
	s->bags[i] = text->bag;
}

/* Whether a text of N words can be found by its similarity. */
static bool
is_sought(const struct survivors *s, size_t n)
{
	return n >= s->shortest && n <= s->longest;
}

/* Offer the survivors to the index that it does not know yet. */
static void
update_index(struct survivors *s, size_t id_count)
{
	for (; s->indexed < s->count; s->indexed++) {
		const struct survivor *v = &s->list[s->indexed];

		if (is_sought(s, v->n))
			prefix_add(s->prefix, s->indexed,
			    (struct prefix_text){ v->ids, v->n }, id_count);
	}
}

void
survivors_seek(struct survivors *s, const struct seeker *text, size_t id_count)
{
	if (s->count < INDEX_FROM || !is_sought(s, text->n))
		return;
	update_index(s, id_count);
	prefix_find(s->prefix, (struct prefix_text){ text->ids, text->n },
	    id_count, &s->found);
}

/* Whether neither the lengths nor the bags rule a survivor out. */
static inline bool
may_be(struct survivors *s, const struct seeker *text, uint32_t i)
{
	size_t n = text->n, m = s->list[i].n;
	size_t need = similar_need(s->threshold, n, m);

	if (need > (n < m ? n : m) || !is_sought(s, m))
		return false;
	s->compared++;
	return bag_distance(&text->bag, &s->bags[i]) <= n + m - 2 * need;
}

uint32_t
survivors_next(struct survivors *s, const struct seeker *text, uint32_t *from,
    uint32_t limit)
{
	uint32_t i;

	if (!is_sought(s, text->n))
		return SURVIVORS_NONE;
	if (s->count < INDEX_FROM) {
		for (i = *from; i < s->count && i < limit; i++)
			if (may_be(s, text, i)) {
				*from = i + 1;
				return i;
			}
		return SURVIVORS_NONE;
	}
	for (; *from < s->found.len && s->found.at[*from] < limit; ++*from) {
		i = s->found.at[*from];
		if (may_be(s, text, i)) {
			++*from;
			return i;
		}
	}
	return SURVIVORS_NONE;
}
