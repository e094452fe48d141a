/* shortlist.c - which industries to offer when there are too many */
#include "shortlist.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"
#include "mem.h"

#define SHORTEST 3  /* letters of a word that says something */
#define SLOTS 16384 /* a power of two */
#define IN_TITLE 4  /* a word of the title weighs so much more */

/* A word, and the industries that have it. */
struct word {
	char *text;
	uint16_t *industries;
	size_t count;
	uint64_t last_ad; /* the last one that had it */
	struct word *next;
};

struct shortlist {
	const struct taxonomy *taxonomy;
	struct word *slots[SLOTS];
	double *scores; /* by industry */
	struct buf folded;
	uint64_t ads;
};

static struct word **
slot_of(struct shortlist *s, const char *text, size_t len)
{
	uint32_t h = 2166136261u; /* FNV-1a */
	struct word **at;

	for (size_t i = 0; i < len; i++)
		h = (h ^ (unsigned char)text[i]) * 16777619u;
	for (at = &s->slots[h % SLOTS]; *at != NULL; at = &(*at)->next)
		if (strlen((*at)->text) == len &&
		    memcmp((*at)->text, text, len) == 0)
			break;
	return at;
}

/* The next word of the folded text; NULL at its end. */
static const char *
next_word(const struct buf *text, size_t *at, size_t *len)
{
	for (;;) {
		while (*at < text->len &&
		       (unsigned char)text->data[*at] < 0x80 &&
		       !isalnum((unsigned char)text->data[*at]))
			++*at;
		size_t from = *at;
		while (*at < text->len &&
		       ((unsigned char)text->data[*at] >= 0x80 ||
		           isalnum((unsigned char)text->data[*at])))
			++*at;
		*len = *at - from;
		if (*len == 0)
			return NULL;
		if (*len >= SHORTEST)
			return text->data + from;
	}
}

static void
add_words(struct shortlist *s, const char *name, uint16_t industry)
{
	size_t at = 0, len;
	const char *text;

	buf_clear(&s->folded);
	fold_text(&s->folded, name, strlen(name));
	while ((text = next_word(&s->folded, &at, &len)) != NULL) {
		struct word **slot = slot_of(s, text, len), *w = *slot;

		if (w == NULL) {
			w = *slot = mem_zero(1, sizeof(*w));
			w->text = mem_copy(text, len);
		}
		if (w->count > 0 && w->industries[w->count - 1] == industry)
			continue;
		w->industries = mem_resize(w->industries, w->count + 1,
		    sizeof(*w->industries));
		w->industries[w->count++] = industry;
	}
}

struct shortlist *
shortlist_new(const struct taxonomy *t)
{
	struct shortlist *s;

	if (t->count <= SHORTLIST_MOST)
		return NULL;
	s = mem_zero(1, sizeof(*s));
	s->taxonomy = t;
	s->scores = mem_zero(t->count, sizeof(*s->scores));
	for (size_t i = 0; i < t->count; i++) {
		const struct taxonomy_industry *industry = &t->industries[i];

		add_words(s, industry->name, (uint16_t)i);
		for (size_t j = 0; j < industry->path_count; j++)
			add_words(s, industry->path[j], (uint16_t)i);
		for (size_t j = 0; j < industry->function_count; j++)
			add_words(s, industry->functions[j]->name, (uint16_t)i);
	}
	return s;
}

void
shortlist_free(struct shortlist *s)
{
	if (s == NULL)
		return;
	for (size_t i = 0; i < SLOTS; i++)
		while (s->slots[i] != NULL) {
			struct word *w = s->slots[i];

			s->slots[i] = w->next;
			free(w->text);
			free(w->industries);
			free(w);
		}
	free(s->scores);
	buf_free(&s->folded);
	free(s);
}

/* Each different word of a text speaks once for the industries that have it. */
static void
count_words(struct shortlist *s, const struct buf *text, double weight)
{
	size_t at = 0, len;
	const char *found;

	if (text->len == 0)
		return;
	buf_clear(&s->folded);
	fold_text(&s->folded, text->data, text->len);
	while ((found = next_word(&s->folded, &at, &len)) != NULL) {
		struct word *w = *slot_of(s, found, len);

		if (w == NULL || w->last_ad == s->ads)
			continue;
		w->last_ad = s->ads;
		for (size_t i = 0; i < w->count; i++)
			s->scores[w->industries[i]] +=
			    weight * log((double)(s->taxonomy->count + 1) /
			                 (double)w->count);
	}
}

/* The best, by insertion: the list is short. */
static void
sort_best(struct shortlist *s, uint16_t *best)
{
	size_t filled = 0;

	for (size_t i = 0; i < s->taxonomy->count; i++) {
		size_t at = filled;

		if (filled == SHORTLIST_MOST &&
		    s->scores[best[filled - 1]] >= s->scores[i])
			continue;
		if (filled < SHORTLIST_MOST)
			filled++;
		else
			at--;
		for (; at > 0 && s->scores[best[at - 1]] < s->scores[i]; at--)
			best[at] = best[at - 1];
		best[at] = (uint16_t)i;
	}
}

uint16_t *
shortlist_rank(struct shortlist *s, const struct advert *ad)
{
	uint16_t *best = mem_zero(SHORTLIST_MOST, sizeof(*best));

	for (size_t i = 0; i < s->taxonomy->count; i++)
		s->scores[i] = 0;
	s->ads++;
	count_words(s, &ad->title, IN_TITLE);
	count_words(s, &ad->company, 2);
	count_words(s, &ad->text, 1);
	sort_best(s, best);
	return best;
}

static bool
holds(const struct choices *c, const struct taxonomy_industry *industry)
{
	for (size_t i = 0; i < c->count; i++)
		if (c->list[i] == industry)
			return true;
	return false;
}

void
choices_merge(struct choices *c, const struct taxonomy *t,
    const uint16_t *const *ranked, size_t jobs, size_t count)
{
	/* Each job's best before any job's second best. */
	for (size_t rank = 0; rank < SHORTLIST_MOST; rank++)
		for (size_t i = 0; i < jobs; i++) {
			const struct taxonomy_industry *industry =
			    &t->industries[ranked[i][rank]];

			if (c->count == count)
				return;
			if (!holds(c, industry))
				c->list[c->count++] = industry;
		}
}

const struct taxonomy_industry *
choices_find(const struct choices *c, const char *code)
{
	for (size_t i = 0; i < c->count; i++)
		if (strcmp(c->list[i]->code, code) == 0)
			return c->list[i];
	return NULL;
}
