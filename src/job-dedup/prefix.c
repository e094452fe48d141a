/* prefix.c - which of many texts can be similar to one, without trying all */
#include "prefix.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "similar.h"

#define OUT_OF_REACH UINT32_MAX

struct entry {
	uint32_t number;
	struct prefix_text text;
	uint32_t shared; /* words in common so far, in prefix_find() */
};

/* A text's prefix has a word. */
struct posting {
	uint32_t entry;
	uint32_t next;  /* of the same word; 0 ends */
	uint32_t times; /* the text has it */
	uint32_t rest;  /* words of the text behind it in the order */
};

/* A distinct word of a text, on its way into the order. */
struct member {
	uint64_t order; /* texts that have it, then its id */
	uint32_t times;
};

struct prefix {
	uint32_t threshold;
	struct entry *entries;
	uint32_t count, cap;
	uint32_t remake_at; /* entries at which the order is made anew */
	struct posting *postings;
	uint32_t posting_count, posting_cap;
	/* By id: */
	uint32_t *head;  /* its first posting; 0: none */
	uint32_t *texts; /* how many texts had it when the order was made */
	uint32_t *times; /* in the text at hand; else 0 */
	size_t id_cap;
	struct member *members; /* of the text at hand */
	size_t member_cap;
	struct ids touched;
};

#define FIRST_REMAKE 64

struct prefix *
prefix_new(uint32_t threshold)
{
	struct prefix *p = mem_zero(1, sizeof(*p));

	p->threshold = threshold;
	prefix_clear(p);
	return p;
}

void
prefix_free(struct prefix *p)
{
	if (p == NULL)
		return;
	free(p->entries);
	free(p->postings);
	free(p->head);
	free(p->texts);
	free(p->times);
	free(p->members);
	ids_free(&p->touched);
	free(p);
}

void
prefix_clear(struct prefix *p)
{
	p->count = 0;
	p->posting_count = 1;
	p->remake_at = FIRST_REMAKE;
	if (p->id_cap > 0) {
		memset(p->head, 0, p->id_cap * sizeof(*p->head));
		memset(p->texts, 0, p->id_cap * sizeof(*p->texts));
	}
}

size_t
prefix_count(const struct prefix *p)
{
	return p->count;
}

size_t
prefix_memory(const struct prefix *p)
{
	return p->cap * sizeof(*p->entries) +
	       p->posting_cap * sizeof(*p->postings) +
	       p->id_cap * 3 * sizeof(uint32_t) +
	       p->member_cap * sizeof(*p->members);
}

static uint32_t *
longer(uint32_t *old, size_t from, size_t to)
{
	old = mem_resize(old, to, sizeof(*old));
	memset(old + from, 0, (to - from) * sizeof(*old));
	return old;
}

static void
make_room(struct prefix *p, size_t words, size_t id_count)
{
	if (id_count > p->id_cap) {
		size_t cap = id_count + id_count / 2 + 1024;

		p->head = longer(p->head, p->id_cap, cap);
		p->texts = longer(p->texts, p->id_cap, cap);
		p->times = longer(p->times, p->id_cap, cap);
		p->id_cap = cap;
	}
	if (words > p->member_cap) {
		p->member_cap = 2 * words;
		p->members =
		    mem_resize(p->members, p->member_cap, sizeof(*p->members));
	}
}

static int
by_order(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

/* The distinct words of a text, rarest first, in members[]; how many. */
static size_t
in_order(struct prefix *p, struct prefix_text text)
{
	size_t count = 0, i;

	for (i = 0; i < text.n; i++)
		if (p->times[text.ids[i]]++ == 0)
			p->members[count++].order = text.ids[i];
	for (i = 0; i < count; i++) {
		uint32_t id = (uint32_t)p->members[i].order;

		p->members[i].order |= (uint64_t)p->texts[id] << 32;
		p->members[i].times = p->times[id];
		p->times[id] = 0;
	}
	qsort(p->members, count, sizeof(*p->members), by_order);
	return count;
}

/* The fewest words that anything similar to a text of N shares with it. */
static size_t
least_shared(const struct prefix *p, size_t n)
{
	return similar_need(p->threshold, n, similar_fewest(p->threshold, n));
}

static void
post(struct prefix *p, uint32_t id, struct posting posting)
{
	if (p->posting_count >= p->posting_cap) {
		p->posting_cap = p->posting_cap > 0 ? 2 * p->posting_cap : 4096;
		p->postings = mem_resize(p->postings, p->posting_cap,
		    sizeof(*p->postings));
	}
	posting.next = p->head[id];
	p->head[id] = p->posting_count;
	p->postings[p->posting_count++] = posting;
}

static void
post_text(struct prefix *p, uint32_t entry)
{
	struct prefix_text text = p->entries[entry].text;
	size_t least = least_shared(p, text.n), rest = text.n, i;
	size_t count;

	make_room(p, text.n, 0);
	count = in_order(p, text);
	for (i = 0; i < count && rest >= least; i++) {
		const struct member *m = &p->members[i];

		rest -= m->times;
		post(p, (uint32_t)m->order,
		    (struct posting){ entry, 0, m->times, (uint32_t)rest });
	}
}

/* Count in how many texts each word is, and post all of them anew. */
static void
remake(struct prefix *p)
{
	uint32_t i;
	size_t j;

	memset(p->head, 0, p->id_cap * sizeof(*p->head));
	memset(p->texts, 0, p->id_cap * sizeof(*p->texts));
	p->posting_count = 1;
	for (i = 0; i < p->count; i++) {
		struct prefix_text text = p->entries[i].text;

		for (j = 0; j < text.n; j++)
			if (p->times[text.ids[j]]++ == 0)
				p->texts[text.ids[j]]++;
		for (j = 0; j < text.n; j++)
			p->times[text.ids[j]] = 0;
	}
	for (i = 0; i < p->count; i++)
		post_text(p, i);
	p->remake_at = 2 * p->count;
}

void
prefix_add(struct prefix *p, uint32_t number, struct prefix_text text,
    size_t id_count)
{
	make_room(p, text.n, id_count);
	if (p->count == p->cap) {
		p->cap = p->cap > 0 ? 2 * p->cap : 256;
		p->entries =
		    mem_resize(p->entries, p->cap, sizeof(*p->entries));
	}
	p->entries[p->count++] = (struct entry){ number, text, 0 };
	if (p->count >= p->remake_at)
		remake(p);
	else
		post_text(p, p->count - 1);
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/*
 * A prefix word of the text at hand is in a prefix of the index: all that the
 * two share up to here was counted, so what may still come is what stands
 * behind the word in both.
 */
static inline void
meet(struct prefix *p, const struct posting *at, size_t n, uint32_t times,
    size_t rest)
{
	struct entry *e = &p->entries[at->entry];
	size_t shorter = e->text.n < n ? e->text.n : n, need;

	if (e->shared == OUT_OF_REACH)
		return;
	need = similar_need(p->threshold, n, e->text.n);
	if (e->shared == 0) {
		ids_add(&p->touched, at->entry);
		if (need > shorter) {
			e->shared = OUT_OF_REACH;
			return;
		}
	}
	e->shared += times < at->times ? times : at->times;
	if (e->shared + (rest < at->rest ? rest : at->rest) < need)
		e->shared = OUT_OF_REACH;
}

void
prefix_find(struct prefix *p, struct prefix_text text, size_t id_count,
    struct ids *out)
{
	size_t least = least_shared(p, text.n), rest = text.n, count, i;
	uint32_t at;

	make_room(p, text.n, id_count);
	count = in_order(p, text);
	p->touched.len = 0;
	for (i = 0; i < count && rest >= least; i++) {
		const struct member *m = &p->members[i];

		rest -= m->times;
		for (at = p->head[(uint32_t)m->order]; at != 0;
		     at = p->postings[at].next)
			meet(p, &p->postings[at], text.n, m->times, rest);
	}
	out->len = 0;
	for (i = 0; i < p->touched.len; i++) {
		struct entry *e = &p->entries[p->touched.at[i]];

		if (e->shared != OUT_OF_REACH)
			ids_add(out, e->number);
		e->shared = 0;
	}
	if (out->len > 1)
		qsort(out->at, out->len, sizeof(*out->at), by_number);
}
