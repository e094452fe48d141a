/* prefix.c - which of many texts can be similar to one, without trying all */
#include "prefix.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#if defined(__SSE2__) && !defined(PLAIN_C)
#include <emmintrin.h>
#define HAVE_SSE2 1
#else
#define HAVE_SSE2 0
#endif

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
	uint16_t *shared; /* by entry: for the text that is looked up */
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

static void
swap(uint64_t *a, uint64_t *b)
{
	uint64_t kept = *a;

	*a = *b;
	*b = kept;
}

/* The place of the middle one of the first, the middle and the last of N. */
static size_t
middle(const uint64_t *members, size_t n)
{
	uint64_t a = members[0], b = members[n / 2], c = members[n - 1];

	if ((a < b) == (b < c))
		return n / 2;
	return (b < a) == (a < c) ? 0 : n - 1;
}

/*
 * Order N > 0 members, of which no two are the same, around one of them: what
 * is less stands before it.  Returns its place.
 */
static size_t
part(uint64_t *members, size_t n)
{
	uint64_t pivot;
	size_t i, less = 0;

	swap(&members[middle(members, n)], &members[n - 1]);
	pivot = members[n - 1];
	/* Without a branch: which way each goes is anybody's guess. */
	for (i = 0; i < n - 1; i++) {
		size_t is_less = members[i] < pivot;

		swap(&members[less], &members[i]);
		less += is_less;
	}
	swap(&members[less], &members[n - 1]);
	return less;
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

/* How often the words of MEMBERS are in the text at hand. */
static size_t
all_times(const struct prefix *p, const uint64_t *members, size_t n)
{
	size_t sum = 0, i;

	for (i = 0; i < n; i++)
		sum += p->times[(uint32_t)members[i]];
	return sum;
}

/*
 * Move the rarest of COUNT members to the front, as few as leave words that are
 * at most LEFT_OUT times in the text of N; how many these are.  A quicksort
 * that only goes into the part where the last of them is (C. A. R. Hoare,
 * "Find", 1961).
 */
static size_t
select_rarest(struct prefix *p, size_t count, size_t n, size_t left_out)
{
	size_t low = 0, high = count, rest = n;

	while (low < high && rest > left_out) {
		uint64_t *m = p->members + low;
		size_t less = part(m, high - low);
		size_t times = all_times(p, m, less);

		if (rest - times <= left_out) {
			high = low + less;
			continue;
		}
		rest -= times + p->times[(uint32_t)m[less]];
		low += less + 1;
	}
	return low;
}

/*
 * The prefix of a text in members[], in no order; how many words it has.
 * times[] holds how often each is in the text until forget_times().
 */
static size_t
take_prefix(struct prefix *p, struct prefix_text text)
{
	size_t left_out = least_common(p, text.n) - least_shared(p, text.n);
	size_t count = 0, i;

	for (i = 0; i < text.n; i++) {
		uint32_t id = text.ids[i];

		if (p->times[id]++ == 0)
			p->members[count++] = (uint64_t)p->texts[id] << 32 | id;
	}
	return select_rarest(p, count, text.n, left_out);
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

/* From entry E on, the next STRIDE that have not shared enough, if they all
 * are. */
#define STRIDE 8

static inline bool
none_shares(const uint16_t *shared, uint32_t least)
{
#if HAVE_SSE2
	__m128i x = _mm_loadu_si128((const void *)shared);
	/* What is over stays if it is too large by 0. */
	__m128i over = _mm_subs_epu16(x, _mm_set1_epi16((short)(least - 1)));

	return _mm_movemask_epi8(_mm_cmpeq_epi16(over, _mm_setzero_si128())) ==
	       0xFFFF;
#else
	uint16_t most = 0;
	size_t i;

	for (i = 0; i < STRIDE; i++)
		most = shared[i] > most ? shared[i] : most;
	return most < least;
#endif
}

/* Put into OUT what shared at least LEAST words with TEXT, and forget them. */
static void
gather(struct prefix *p, struct prefix_text text, uint32_t least,
    struct ids *out)
{
	uint32_t e = 0, end;

	while (e < p->count) {
		end = e + STRIDE < p->count ? e + STRIDE : p->count;
		if (end - e == STRIDE && none_shares(p->shared + e, least))
			e = end;
		for (; e < end; e++)
			if (p->shared[e] >= least &&
			    !too_unlike(p, text.n, p->entries[e].text.n))
				ids_add(out, p->entries[e].number);
	}
	if (p->count > 0)
		memset(p->shared, 0, p->count * sizeof(*p->shared));
}

void
prefix_find(struct prefix *p, struct prefix_text text, size_t id_count,
    struct ids *out)
{
	size_t count, i, j;

	make_room(p, text.n, id_count);
	count = take_prefix(p, text);
	for (i = 0; i < count; i++) {
		uint32_t id = (uint32_t)p->members[i];
		const struct list *list = &p->lists[id];
		uint16_t times = (uint16_t)p->times[id];
		const uint32_t *entry;

		if (list->len == 0)
			continue;
		entry = p->pool + list->at;
		for (j = 0; j < list->len; j++)
			p->shared[entry[j]] =
			    (uint16_t)(p->shared[entry[j]] + times);
	}
	forget_times(p, text);
	out->len = 0;
	gather(p, text, least_shared(p, text.n), out);
}
