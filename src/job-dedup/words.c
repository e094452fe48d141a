/* words.c - texts as sequences of words, words as small numbers */
#include "words.h"

#include <stdbool.h>
#include <stdlib.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "bag.h"
#include "cut.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define FIRST_SLOTS 1024 /* a power of two */

struct word {
	size_t at; /* in text */
	uint32_t len, hash;
	uint64_t low, high; /* of a short one */
};

struct slot {
	uint32_t hash;
	uint32_t id; /* 0, which is never looked up: free */
};

struct words {
	uint64_t seed;
	struct word *words;
	uint16_t *buckets;
	uint32_t count, cap;
	struct slot *slots; /* open addressing, linear probing */
	uint32_t mask;
	struct buf text;
};

struct words *
words_new(uint64_t seed)
{
	struct words *w = mem_zero(1, sizeof(*w));

	w->seed = seed;
	w->cap = FIRST_SLOTS / 2;
	w->words = mem_resize(NULL, w->cap, sizeof(*w->words));
	w->buckets = mem_resize(NULL, w->cap, sizeof(*w->buckets));
	w->slots = mem_zero(FIRST_SLOTS, sizeof(*w->slots));
	w->mask = FIRST_SLOTS - 1;
	w->words[WORDS_PLACE] = (struct word){ .len = 0 };
	w->buckets[WORDS_PLACE] = 0;
	w->count = 1;
	return w;
}

void
words_free(struct words *w)
{
	if (w == NULL)
		return;
	free(w->words);
	free(w->buckets);
	free(w->slots);
	buf_free(&w->text);
	free(w);
}

uint32_t
words_count(const struct words *w)
{
	return w->count;
}

static void
put_slot(struct words *w, uint32_t id)
{
	uint32_t hash = w->words[id].hash, i = hash & w->mask;

	while (w->slots[i].id != 0)
		i = (i + 1) & w->mask;
	w->slots[i] = (struct slot){ hash, id };
}

/*
 * With linear probing the word that came last can simply be taken out, as long
 * as all before it stand as they did when it came; grow() keeps that order.
 */
void
words_cut(struct words *w, uint32_t count)
{
	uint32_t i;

	while (w->count > count) {
		w->count--;
		i = w->words[w->count].hash & w->mask;
		while (w->slots[i].id != w->count)
			i = (i + 1) & w->mask;
		w->slots[i].id = 0;
		w->text.len = w->words[w->count].at;
	}
}

static void
grow(struct words *w)
{
	uint32_t id;

	if (w->cap > UINT32_MAX / 4)
		die(EX_OSERR, "too many distinct words in one group");
	w->cap *= 2;
	w->words = mem_resize(w->words, w->cap, sizeof(*w->words));
	w->buckets = mem_resize(w->buckets, w->cap, sizeof(*w->buckets));
	free(w->slots);
	w->slots = mem_zero((size_t)w->cap * 2, sizeof(*w->slots));
	w->mask = w->cap * 2 - 1;
	for (id = 1; id < w->count; id++)
		put_slot(w, id);
}

/* Two rounds of a multiplication that strangers do not know the start of. */
static inline uint32_t
hash_of(const struct words *w, const struct token *t)
{
	uint64_t h;

	if (t->len > CUT_SHORT)
		return (
		    uint32_t)XXH3_64bits_withSeed(t->bytes, t->len, w->seed);
	h = (t->low ^ w->seed) * UINT64_C(0x9E3779B97F4A7C15);
	h = (h ^ h >> 32 ^ t->high) * UINT64_C(0xD6E8FEB86659FD93);
	return (uint32_t)(h >> 32);
}

static inline bool
is_word(const struct words *w, const struct word *at, const struct token *t)
{
	if (at->len != t->len)
		return false;
	if (t->len <= CUT_SHORT)
		return at->low == t->low && at->high == t->high;
	return memcmp(w->text.data + at->at, t->bytes, t->len) == 0;
}

/* The slot of a word, or the free one where it would go. */
static inline struct slot *
look_up(const struct words *w, const struct token *t, uint32_t hash)
{
	uint32_t i = hash & w->mask;

	for (; w->slots[i].id != 0; i = (i + 1) & w->mask)
		if (w->slots[i].hash == hash &&
		    is_word(w, &w->words[w->slots[i].id], t))
			break;
	return &w->slots[i];
}

static uint32_t
insert(struct words *w, struct slot *s, const struct token *t, uint32_t hash)
{
	uint32_t id = w->count;

	w->words[id] = (struct word){ w->text.len, (uint32_t)t->len, hash,
		t->low, t->high };
	/* Not by the seed: the same bags, and counters, in every run. */
	w->buckets[id] =
	    (uint16_t)(XXH3_64bits(t->bytes, t->len) % BAG_BUCKETS);
	buf_add(&w->text, t->bytes, t->len);
	*s = (struct slot){ hash, id };
	w->count++;
	if (w->count == w->cap)
		grow(w);
	return id;
}

static inline uint32_t
add_token(struct words *w, const struct token *t)
{
	uint32_t hash = hash_of(w, t);
	struct slot *s = look_up(w, t, hash);

	return s->id != 0 ? s->id : insert(w, s, t, hash);
}

static inline uint32_t
find_token(const struct words *w, const struct token *t)
{
	const struct slot *s = look_up(w, t, hash_of(w, t));

	return s->id != 0 ? s->id : WORDS_NONE;
}

uint32_t
words_find(const struct words *w, const char *word, size_t len)
{
	struct token t = token_of(word, len);

	return find_token(w, &t);
}

uint32_t
words_add(struct words *w, const char *word, size_t len)
{
	struct token t = token_of(word, len);

	return add_token(w, &t);
}

const char *
words_text(const struct words *w, uint32_t id, size_t *len)
{
	*len = w->words[id].len;
	return w->text.data + w->words[id].at;
}

const uint16_t *
words_buckets(const struct words *w)
{
	return w->buckets;
}

size_t
words_memory(const struct words *w)
{
	return w->cap * (sizeof(*w->words) + sizeof(*w->buckets) +
	                    2 * sizeof(*w->slots)) +
	       w->text.cap;
}

void
ids_add(struct ids *list, uint32_t id)
{
	if (list->len == list->cap) {
		list->cap = list->cap > 0 ? 2 * list->cap : 1024;
		list->at = mem_resize(list->at, list->cap, sizeof(*list->at));
	}
	list->at[list->len++] = id;
}

void
ids_free(struct ids *list)
{
	free(list->at);
	*list = (struct ids){ NULL, 0, 0 };
}

void
words_split(struct words *w, const char *folded, size_t len, struct ids *out)
{
	const char *at = folded, *end = len > 0 ? folded + len : folded;
	size_t most = out->len + len / 2 + 1;
	struct token t;

	/* Of words in a row one has three bytes, or a byte is between them. */
	if (most > out->cap) {
		out->cap = most > 2 * out->cap ? most : 2 * out->cap;
		out->at = mem_resize(out->at, out->cap, sizeof(*out->at));
	}
	while (cut_word(&at, end, &t))
		out->at[out->len++] = add_token(w, &t);
}

void
words_split_known(const struct words *w, const char *folded, size_t len,
    struct ids *out)
{
	const char *at = folded, *end = len > 0 ? folded + len : folded;
	struct token t;

	while (cut_slowly(&at, end, &t))
		ids_add(out, find_token(w, &t));
}
