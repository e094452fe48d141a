/* vocab.c - the words that somebody waits for */
#include "vocab.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define WILD_BUCKETS 4096 /* a power of two */

struct entry {
	struct folded text;
	enum vocab_kind kind;
	uint32_t alt;  /* of a word: the longest entry with '*' that fits */
	uint32_t next; /* of one with '*': the next of its bucket */
};

/* The tag spares a look at the entry for nearly all words that are not in. */
struct slot {
	uint32_t tag;
	uint32_t word; /* 0: free */
};

struct vocab {
	struct entry *entries; /* the first is no word */
	size_t count, room;
	struct slot *slots; /* open addressing, a power of two, half empty */
	size_t slot_count;
	uint32_t prefixes[WILD_BUCKETS], suffixes[WILD_BUCKETS];
};

struct vocab *
vocab_new(void)
{
	struct vocab *v = mem_zero(1, sizeof *v);

	v->room = 1024;
	v->entries = mem_zero(v->room, sizeof *v->entries);
	v->count = 1;
	v->slot_count = 1024;
	v->slots = mem_zero(v->slot_count, sizeof *v->slots);
	return v;
}

void
vocab_free(struct vocab *v)
{
	if (v == NULL)
		return;
	free(v->entries);
	free(v->slots);
	free(v);
}

size_t
vocab_size(const struct vocab *v)
{
	return v->count - 1;
}

static size_t
wild_bucket(const char *four)
{
	uint32_t n;

	memcpy(&n, four, VOCAB_WILD);
	return (size_t)(n * 0x9e3779b1u >> 20) % WILD_BUCKETS;
}

static uint32_t *
bucket_of(struct vocab *v, const struct folded *w, enum vocab_kind kind)
{
	return kind == VOCAB_PREFIX
	           ? &v->prefixes[wild_bucket(w->bytes)]
	           : &v->suffixes[wild_bucket(w->bytes + w->len - VOCAB_WILD)];
}

static size_t
slot_of(const struct vocab *v, const struct folded *w, uint64_t hash)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	size_t i = (size_t)hash & (v->slot_count - 1);

	for (; v->slots[i].word != 0; i = (i + 1) & (v->slot_count - 1)) {
		const struct entry *e = &v->entries[v->slots[i].word];

		if (v->slots[i].tag == tag && e->text.len == w->len &&
		    memcmp(e->text.bytes, w->bytes, w->len) == 0)
			break;
	}
	return i;
}

static void
grow_slots(struct vocab *v)
{
	size_t i, at;
	uint64_t hash;

	free(v->slots);
	v->slot_count *= 2;
	v->slots = mem_zero(v->slot_count, sizeof *v->slots);
	for (i = 1; i < v->count; i++) {
		if (v->entries[i].kind != VOCAB_WORD)
			continue;
		hash = folded_hash(&v->entries[i].text);
		at = slot_of(v, &v->entries[i].text, hash);
		v->slots[at] =
		    (struct slot){ (uint32_t)(hash >> 32), (uint32_t)i };
	}
}

static uint32_t
add_entry(struct vocab *v, const struct folded *w, enum vocab_kind kind)
{
	if (v->count == v->room) {
		v->room *= 2;
		v->entries =
		    mem_resize(v->entries, v->room, sizeof *v->entries);
	}
	v->entries[v->count] = (struct entry){ .text = *w, .kind = kind };
	return (uint32_t)v->count++;
}

static uint32_t
add_wild(struct vocab *v, const struct folded *w, enum vocab_kind kind)
{
	uint32_t *bucket = bucket_of(v, w, kind);
	uint32_t i;

	for (i = *bucket; i != 0; i = v->entries[i].next)
		if (v->entries[i].text.len == w->len &&
		    memcmp(v->entries[i].text.bytes, w->bytes, w->len) == 0)
			return i;
	i = add_entry(v, w, kind);
	v->entries[i].next = *bucket;
	*bucket = i;
	return i;
}

uint32_t
vocab_add(struct vocab *v, const struct folded *w, enum vocab_kind kind)
{
	uint64_t hash;
	size_t at;

	if (kind != VOCAB_WORD)
		return add_wild(v, w, kind);
	if (v->count * 2 > v->slot_count)
		grow_slots(v);
	hash = folded_hash(w);
	at = slot_of(v, w, hash);
	if (v->slots[at].word == 0)
		v->slots[at] = (struct slot){ (uint32_t)(hash >> 32),
			add_entry(v, w, kind) };
	return v->slots[at].word;
}

/* Whether W begins, or ends, as an entry with "*" does. */
static bool
is_fit(const struct entry *e, const struct folded *w)
{
	size_t from = e->kind == VOCAB_SUFFIX ? w->len - e->text.len : 0;

	return e->text.len <= w->len &&
	       memcmp(e->text.bytes, w->bytes + from, e->text.len) == 0;
}

static uint32_t
longest_fit(const struct vocab *v, uint32_t i, const struct folded *w,
    uint32_t best)
{
	size_t len = best != 0 ? v->entries[best].text.len : 0;

	for (; i != 0; i = v->entries[i].next)
		if (v->entries[i].text.len > len && is_fit(&v->entries[i], w)) {
			best = i;
			len = v->entries[i].text.len;
		}
	return best;
}

static uint32_t
find_wild(const struct vocab *v, const struct folded *w)
{
	uint32_t best;

	if (w->len < VOCAB_WILD)
		return 0;
	best = longest_fit(v, v->prefixes[wild_bucket(w->bytes)], w, 0);
	return longest_fit(v,
	    v->suffixes[wild_bucket(w->bytes + w->len - VOCAB_WILD)], w, best);
}

void
vocab_seal(struct vocab *v)
{
	size_t i;

	for (i = 1; i < v->count; i++)
		if (v->entries[i].kind == VOCAB_WORD)
			v->entries[i].alt = find_wild(v, &v->entries[i].text);
}

uint32_t
vocab_find(const struct vocab *v, const struct folded *w, uint32_t *alt)
{
	uint32_t word = v->slots[slot_of(v, w, folded_hash(w))].word;

	*alt = word != 0 ? v->entries[word].alt : find_wild(v, w);
	return word;
}
