/* prefix.c - which of many texts can be similar to one, without trying all */
#include "prefix.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "similar.h"

#define SHARED 24 /* K: measured; 16 to 48 are about as fast */
#define FIRST_REMAKE 64

struct entry {
	uint32_t number;
	struct prefix_text text;
};

/* The entries whose prefix has a word: a stretch of the pool. */
struct list {
	size_t at; /* there is room for the next power of two */
	uint32_t len;
};

struct prefix {
	uint32_t threshold;
	struct entry *entries;
	uint32_t *shared; /* by entry: for the text that is looked up */
	uint32_t count, cap;
	uint32_t remake_at; /* entries at which the order is made anew */
	uint32_t *pool;
	size_t pool_len, pool_cap;
	/* By id: */
	struct list *lists;
	uint32_t *texts; /* how many texts had it when the order was made */
	uint32_t *times; /* in the text at hand; else 0 */
	size_t id_cap;
	uint64_t *members; /* distinct words of the text at hand: in how many
	                      texts they are, then their ids */
	size_t member_cap;
};

struct prefix *
prefix_new(uint32_t threshold)
{
	struct prefix *p = mem_zero(1, sizeof(*p));

	p->threshold = threshold;
	p->remake_at = FIRST_REMAKE;
	return p;
}

void
prefix_free(struct prefix *p)
{
	if (p == NULL)
		return;
	free(p->entries);
	free(p->shared);
	free(p->pool);
	free(p->lists);
	free(p->texts);
	free(p->times);
	free(p->members);
	free(p);
}

size_t
prefix_count(const struct prefix *p)
{
	return p->count;
}

size_t
prefix_memory(const struct prefix *p)
{
	return p->cap * (sizeof(*p->entries) + sizeof(*p->shared)) +
	       p->pool_cap * sizeof(*p->pool) +
	       p->id_cap * (sizeof(*p->lists) + 2 * sizeof(uint32_t)) +
	       p->member_cap * sizeof(*p->members);
}

/* A longer array, what is new in it zeros. */
static void *
longer(void *old, size_t from, size_t to, size_t size)
{
	char *new = mem_resize(old, to, size);

	memset(new + from *size, 0, (to - from) * size);
	return new;
}

static void
make_room(struct prefix *p, size_t words, size_t id_count)
{
	if (id_count > p->id_cap) {
		size_t cap = id_count + id_count / 2 + 1024;

		p->lists = longer(p->lists, p->id_cap, cap, sizeof(*p->lists));
		p->texts = longer(p->texts, p->id_cap, cap, sizeof(*p->texts));
		p->times = longer(p->times, p->id_cap, cap, sizeof(*p->times));
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
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Shell's sort, with the gaps of Ciura: for few, faster than qsort(). */
static void
sort(uint64_t *members, size_t n)
{
	static const size_t gaps[] = { 1750, 701, 301, 132, 57, 23, 10, 4, 1 };
	size_t g, i, j;

	if (n > 4 * gaps[0]) {
		qsort(members, n, sizeof(*members), by_order);
		return;
	}
	for (g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++)
		for (i = gaps[g]; i < n; i++) {
			uint64_t member = members[i];

			for (j = i;
			     j >= gaps[g] && members[j - gaps[g]] > member;
			     j -= gaps[g])
				members[j] = members[j - gaps[g]];
			members[j] = member;
		}
}

/* A: the fewest words that anything similar to a text of N shares with it. */
static size_t
least_common(const struct prefix *p, size_t n)
{
	return similar_need(p->threshold, n, similar_fewest(p->threshold, n));
}

/* K: how many of them its prefix is made for. */
static uint32_t
least_shared(const struct prefix *p, size_t n)
{
	size_t least = least_common(p, n);

	return least < SHARED ? (uint32_t)least : SHARED;
}

/*
 * The prefix of a text in members[], rarest first; how many words it has.
 * times[] holds how often each is in the text until forget_times().
 */
static size_t
take_prefix(struct prefix *p, struct prefix_text text)
{
	size_t left_out = least_common(p, text.n) - least_shared(p, text.n);
	size_t count = 0, rest = text.n, i;

	for (i = 0; i < text.n; i++) {
		uint32_t id = text.ids[i];

		if (p->times[id]++ == 0)
			p->members[count++] = (uint64_t)p->texts[id] << 32 | id;
	}
	sort(p->members, count);
	for (i = 0; i < count && rest > left_out; i++)
		rest -= p->times[(uint32_t)p->members[i]];
	return i;
}

static void
forget_times(struct prefix *p, struct prefix_text text)
{
	size_t i;

	for (i = 0; i < text.n; i++)
		p->times[text.ids[i]] = 0;
}

/* Add an entry to the list of a word; a full one moves to twice the room. */
static void
post(struct prefix *p, uint32_t id, uint32_t entry)
{
	struct list *list = &p->lists[id];
	size_t room = list->len == 0 ? 1 : 2 * (size_t)list->len;

	if ((list->len & (list->len - 1)) == 0) {
		if (p->pool_len + room > p->pool_cap) {
			p->pool_cap = 2 * (p->pool_len + room) + 4096;
			p->pool =
			    mem_resize(p->pool, p->pool_cap, sizeof(*p->pool));
		}
		if (list->len > 0)
			memcpy(p->pool + p->pool_len, p->pool + list->at,
			    list->len * sizeof(*p->pool));
		list->at = p->pool_len;
		p->pool_len += room;
	}
	p->pool[list->at + list->len++] = entry;
}

static void
post_text(struct prefix *p, uint32_t entry)
{
	struct prefix_text text = p->entries[entry].text;
	size_t count, i;

	make_room(p, text.n, 0);
	count = take_prefix(p, text);
	for (i = 0; i < count; i++)
		post(p, (uint32_t)p->members[i], entry);
	forget_times(p, text);
}

/* Count in how many texts each word is, and post all of them anew. */
static void
remake(struct prefix *p)
{
	uint32_t i;
	size_t j;

	memset(p->lists, 0, p->id_cap * sizeof(*p->lists));
	memset(p->texts, 0, p->id_cap * sizeof(*p->texts));
	p->pool_len = 0;
	for (i = 0; i < p->count; i++) {
		struct prefix_text text = p->entries[i].text;

		for (j = 0; j < text.n; j++)
			if (p->times[text.ids[j]]++ == 0)
				p->texts[text.ids[j]]++;
		forget_times(p, text);
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
		size_t cap = p->cap > 0 ? 2 * (size_t)p->cap : 256;

		p->entries = mem_resize(p->entries, cap, sizeof(*p->entries));
		p->shared = longer(p->shared, p->cap, cap, sizeof(*p->shared));
		p->cap = (uint32_t)cap;
	}
	p->entries[p->count++] = (struct entry){ number, text };
	if (p->count >= p->remake_at)
		remake(p);
	else
		post_text(p, p->count - 1);
}

/* Whether the lengths alone rule a text of M words out for one of N. */
static bool
too_unlike(const struct prefix *p, size_t n, size_t m)
{
	return similar_need(p->threshold, n, m) > (n < m ? n : m);
}

void
prefix_find(struct prefix *p, struct prefix_text text, size_t id_count,
    struct ids *out)
{
	uint32_t shared = least_shared(p, text.n), e;
	size_t count, i, j;

	make_room(p, text.n, id_count);
	count = take_prefix(p, text);
	for (i = 0; i < count; i++) {
		uint32_t id = (uint32_t)p->members[i], times = p->times[id];
		const struct list *list = &p->lists[id];

		for (j = 0; j < list->len; j++)
			p->shared[p->pool[list->at + j]] += times;
	}
	forget_times(p, text);
	out->len = 0;
	for (e = 0; e < p->count; e++) {
		if (p->shared[e] >= shared &&
		    !too_unlike(p, text.n, p->entries[e].text.n))
			ids_add(out, p->entries[e].number);
		p->shared[e] = 0;
	}
}
