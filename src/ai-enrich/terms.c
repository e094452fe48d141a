/* terms.c - phrases over the words of a vocabulary: a trie of words */
#include "terms.h"

#include <stdlib.h>

#include "mem.h"

/* From a node by a word to another node; node 0 is none, 1 the root. */
struct edge {
	uint32_t node; /* 0: the slot is free */
	uint32_t word;
	uint32_t to;
};

/*
 * NEXT has a bit for each word that leads on, by its hash: nearly all words
 * that do not are told without a look at the edges.
 */
struct node {
	uint32_t term; /* 0: no phrase ends here */
	uint32_t next;
};

struct terms {
	struct vocab *vocab;
	struct edge *edges; /* open addressing, a power of two, half empty */
	size_t edge_count, slots;
	struct node *nodes;
	size_t node_count, room;
	size_t count;    /* of phrases */
	uint32_t *first; /* by word: the node after it at the root */
	struct tokens tokens;
	uint8_t bit; /* of its set in the vocabulary */
};

struct terms *
terms_new(struct vocab *v)
{
	struct terms *t = mem_zero(1, sizeof *t);

	t->vocab = v;
	t->bit = vocab_new_set(v);
	t->slots = 256;
	t->edges = mem_zero(t->slots, sizeof *t->edges);
	t->room = 256;
	t->nodes = mem_zero(t->room, sizeof *t->nodes);
	t->node_count = 2;
	return t;
}

void
terms_free(struct terms *t)
{
	if (t == NULL)
		return;
	free(t->edges);
	free(t->nodes);
	free(t->first);
	tokens_free(&t->tokens);
	free(t);
}

size_t
terms_size(const struct terms *t)
{
	return t->count;
}

static uint32_t
bit_of(uint32_t word)
{
	return 1u << (word * 0x9e3779b1u >> 27);
}

static struct edge *
find_edge(const struct terms *t, uint32_t node, uint32_t word)
{
	uint64_t hash = ((uint64_t)node << 32 | word) * 0x9e3779b97f4a7c15;
	size_t i = (size_t)(hash >> 32) & (t->slots - 1);

	while (t->edges[i].node != 0 &&
	       (t->edges[i].node != node || t->edges[i].word != word))
		i = (i + 1) & (t->slots - 1);
	return &t->edges[i];
}

static void
grow_edges(struct terms *t)
{
	struct edge *old = t->edges;
	size_t n = t->slots, i;

	t->slots *= 2;
	t->edges = mem_zero(t->slots, sizeof *t->edges);
	for (i = 0; i < n; i++)
		if (old[i].node != 0)
			*find_edge(t, old[i].node, old[i].word) = old[i];
	free(old);
}

/* The node after WORD at NODE, made if need be. */
static uint32_t
step(struct terms *t, uint32_t node, uint32_t word)
{
	struct edge *e = find_edge(t, node, word);

	if (e->node != 0)
		return e->to;
	if (++t->edge_count * 2 > t->slots) {
		grow_edges(t);
		e = find_edge(t, node, word);
	}
	if (t->node_count == t->room) {
		t->room *= 2;
		t->nodes = mem_resize(t->nodes, t->room, sizeof *t->nodes);
	}
	t->nodes[node].next |= bit_of(word);
	t->nodes[t->node_count] = (struct node){ 0 };
	*e = (struct edge){ node, word, (uint32_t)t->node_count++ };
	return e->to;
}

const char *
terms_add(struct terms *t, const char *phrase, uint32_t *term)
{
	const char *error = words_add(t->vocab, phrase, &t->tokens);
	uint32_t node = 1;
	size_t i;

	if (error != NULL)
		return error;
	for (i = 0; i < t->tokens.count; i++) {
		if (i > 0 && t->tokens.items[i].gap >= GAP_CLAUSE)
			return "a phrase has no commas, brackets or full stops";
		node = step(t, node, t->tokens.items[i].word);
	}
	if (t->nodes[node].term == 0)
		t->nodes[node].term = (uint32_t)++t->count;
	*term = t->nodes[node].term;
	return NULL;
}

void
terms_seal(struct terms *t)
{
	size_t words = vocab_size(t->vocab), i;

	free(t->first);
	t->first = mem_zero(words + 1, sizeof *t->first);
	for (i = 0; i < t->slots; i++)
		if (t->edges[i].node == 1) {
			t->first[t->edges[i].word] = t->edges[i].to;
			vocab_join(t->vocab, t->edges[i].word, t->bit);
		}
}

uint8_t
terms_bit(const struct terms *t)
{
	return t->bit;
}

/* The node after WORD at NODE; 0 when there is none. */
static uint32_t
follow(const struct terms *t, uint32_t node, uint32_t word)
{
	const struct edge *e;

	if (word == 0 || (t->nodes[node].next & bit_of(word)) == 0)
		return 0;
	e = find_edge(t, node, word);
	return e->node != 0 ? e->to : 0;
}

/* The longest phrase from NODE, which is behind the first token. */
static size_t
longest(const struct terms *t, uint32_t node, const struct token *from,
    size_t left, uint32_t *term)
{
	uint32_t to;
	size_t best = 0, i;

	for (i = 1;; i++) {
		if (t->nodes[node].term != 0) {
			*term = t->nodes[node].term;
			best = i;
		}
		if (i == left || t->nodes[node].next == 0 ||
		    from[i].gap >= GAP_CLAUSE)
			return best;
		to = follow(t, node, from[i].word);
		if (to == 0)
			to = follow(t, node, from[i].alt);
		if (to == 0)
			return best;
		node = to;
	}
}

size_t
terms_match(const struct terms *t, const struct token *from, size_t left,
    uint32_t *term)
{
	uint32_t node, other, found;
	size_t best = 0, n;

	if ((from->sets & t->bit) == 0)
		return 0;
	node = t->first[from->word];
	other = t->first[from->alt];
	if (node != 0)
		best = longest(t, node, from, left, term);
	if (other != 0) {
		n = longest(t, other, from, left, &found);
		if (n > best) {
			*term = found;
			best = n;
		}
	}
	return best;
}
