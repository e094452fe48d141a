/* vocab.c - the words that somebody waits for */
#include "vocab.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define WILD_BUCKETS 2048 /* a power of two */
#define FILTER_BITS ((size_t)1 << 16)

struct entry {
	struct folded text;
	enum vocab_kind kind;
	uint32_t next; /* of one with '*': the next of its bucket */
};

/*
 * Words of at most 8 bytes, nearly all of a text, are told by HEAD alone: all
 * is made for few cache misses.
 */
struct slot {
	uint64_t head; /* the first bytes, zeros behind them */
	uint32_t word; /* 0: free */
	uint32_t alt;
	uint8_t sets; /* of both */
};

struct vocab {
	struct entry *entries; /* the first is no word */
	size_t count, room;
	struct slot
	    *slots; /* open addressing, a power of two, a quarter free */
	size_t slot_count;
	uint8_t *sets; /* by number, once sealed */
	unsigned int set_count;
	uint32_t prefixes[WILD_BUCKETS], suffixes[WILD_BUCKETS];
	uint8_t filter[FILTER_BITS / 8]; /* bits of the hashes of all words */
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
	free(v->sets);
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

static uint64_t
head_of(const struct folded *w)
{
	uint64_t head;

	memcpy(&head, w->bytes, sizeof head);
	return head;
}

/* Where W is, or would be. */
static struct slot *
slot_of(const struct vocab *v, const struct folded *w, uint64_t hash)
{
	size_t i = (size_t)hash & (v->slot_count - 1);
	uint64_t head = head_of(w);
	const struct entry *e;

	for (; v->slots[i].word != 0; i = (i + 1) & (v->slot_count - 1)) {
		if (v->slots[i].head != head)
			continue;
		if (w->len < sizeof head)
			break;
		e = &v->entries[v->slots[i].word];
		if (e->text.len == w->len &&
		    memcmp(e->text.bytes, w->bytes, w->len) == 0)
			break;
	}
	return &v->slots[i];
}

static void
grow_slots(struct vocab *v)
{
	struct slot *old = v->slots;
	size_t n = v->slot_count, i;
	const struct folded *w;

	v->slot_count *= 2;
	v->slots = mem_zero(v->slot_count, sizeof *v->slots);
	for (i = 0; i < n; i++) {
		if (old[i].word == 0)
			continue;
		w = &v->entries[old[i].word].text;
		*slot_of(v, w, folded_hash(w)) = old[i];
	}
	free(old);
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

/* The bit of a hash in the filter: its upper half, as the slots use the other.
 */
static size_t
filter_bit(uint64_t hash)
{
	return (size_t)(hash >> 40) & (FILTER_BITS - 1);
}

uint32_t
vocab_add(struct vocab *v, const struct folded *w, enum vocab_kind kind)
{
	uint64_t hash;
	struct slot *slot;

	if (kind != VOCAB_WORD)
		return add_wild(v, w, kind);
	if (v->count * 4 > v->slot_count * 3)
		grow_slots(v);
	hash = folded_hash(w);
	slot = slot_of(v, w, hash);
	if (slot->word == 0) {
		slot->head = head_of(w);
		slot->word = add_entry(v, w, kind);
		v->filter[filter_bit(hash) / 8] |=
		    (uint8_t)(1u << filter_bit(hash) % 8);
	}
	return slot->word;
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

uint8_t
vocab_new_set(struct vocab *v)
{
	assert(v->set_count < VOCAB_SETS);
	return (uint8_t)(1u << v->set_count++);
}

void
vocab_seal(struct vocab *v)
{
	size_t i;
	struct slot *slot;

	free(v->sets);
	v->sets = mem_zero(v->count, sizeof *v->sets);
	for (i = 0; i < v->slot_count; i++) {
		slot = &v->slots[i];
		if (slot->word != 0)
			slot->alt = find_wild(v, &v->entries[slot->word].text);
	}
}

void
vocab_join(struct vocab *v, uint32_t word, uint8_t bit)
{
	v->sets[word] |= bit;
}

void
vocab_settle(struct vocab *v)
{
	struct slot *slot;
	size_t i;

	for (i = 0; i < v->slot_count; i++) {
		slot = &v->slots[i];
		slot->sets =
		    (uint8_t)(v->sets[slot->word] | v->sets[slot->alt]);
	}
}

struct vocab_word
vocab_find(const struct vocab *v, const struct folded *w)
{
	uint64_t hash = folded_hash(w);
	size_t bit = filter_bit(hash);
	const struct slot *slot;
	uint32_t alt;

	if ((v->filter[bit / 8] & 1u << bit % 8) != 0) {
		slot = slot_of(v, w, hash);
		if (slot->word != 0)
			return (struct vocab_word){ slot->word, slot->alt,
				slot->sets };
	}
	alt = find_wild(v, w);
	return (struct vocab_word){ 0, alt, v->sets[alt] };
}
