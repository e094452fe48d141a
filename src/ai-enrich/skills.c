/* skills.c - what an ad asks for, and under which words it is looked for */
#include "skills.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define TITLE_COUNTS 3 /* being named in the title is worth so many times */
#define COUNT_MAX 4    /* more often says no more */

struct skills {
	const struct lexicon *lexicon;
	unsigned char *counts; /* by label, of the set in use */
	uint16_t *found;       /* labels with a count, in order of the ad */
	size_t found_count;
};

struct skills *
skills_new(const struct lexicon *l)
{
	struct skills *s = mem_zero(1, sizeof *s);
	size_t most = l->skills.count;

	if (l->soft_skills.count > most)
		most = l->soft_skills.count;
	if (l->tags.count > most)
		most = l->tags.count;
	s->lexicon = l;
	s->counts = mem_zero(most + 1, sizeof *s->counts);
	s->found = mem_zero(most + 1, sizeof *s->found);
	return s;
}

void
skills_free(struct skills *s)
{
	if (s == NULL)
		return;
	free(s->counts);
	free(s->found);
	free(s);
}

static void
count(struct skills *s, const struct labels *labels, const struct token *from,
    size_t left, unsigned int weight)
{
	uint8_t bit = terms_bit(labels->terms);
	size_t i, n;
	uint16_t label;

	for (i = 0; i < left; i += n) {
		n = 1;
		if ((from[i].sets & bit) == 0)
			continue;
		label = lexicon_label(labels, &from[i], left - i, &n);
		if (label == 0)
			continue;
		if (s->counts[label] == 0)
			s->found[s->found_count++] = label;
		if (s->counts[label] < COUNT_MAX)
			s->counts[label] =
			    (unsigned char)(s->counts[label] + weight);
	}
}

/* Count the labels of an ad; BENEFITS says whether they count there too. */
static void
count_all(struct skills *s, const struct labels *labels,
    const struct skills_ad *ad, bool benefits)
{
	const struct sentence *sentence;
	size_t i;

	for (i = 0; i < s->found_count; i++)
		s->counts[s->found[i]] = 0;
	s->found_count = 0;
	count(s, labels, ad->title->items, ad->title->count, TITLE_COUNTS);
	for (i = 0; i < ad->outline->count; i++) {
		sentence = &ad->outline->items[i];
		if (benefits ||
		    (!sentence->idle && sentence->part != PART_BENEFITS))
			count(s, labels, ad->text->items + sentence->first,
			    sentence->count, 1);
	}
}

/* Add the labels found to OUT until it has MOST, the highest counts first. */
static void
add_found(struct skills *s, const struct labels *labels,
    struct answer_list *out, size_t most)
{
	unsigned int weight;
	const char *name;
	size_t i;

	for (weight = COUNT_MAX + TITLE_COUNTS; weight > 0; weight--)
		for (i = 0; i < s->found_count && out->count < most; i++) {
			if (s->counts[s->found[i]] != weight)
				continue;
			name = labels->names[s->found[i]];
			answer_add(out, name, strlen(name));
		}
}

void
skills_list(struct skills *s, const struct skills_ad *ad,
    struct answer_list *out)
{
	count_all(s, &s->lexicon->skills, ad, false);
	add_found(s, &s->lexicon->skills, out, SKILLS_MAX);
	if (out->count >= SKILLS_MIN)
		return;
	count_all(s, &s->lexicon->soft_skills, ad, false);
	add_found(s, &s->lexicon->soft_skills, out, SKILLS_MIN);
}

void
skills_tags(struct skills *s, const struct skills_ad *ad,
    struct answer_list *out)
{
	count_all(s, &s->lexicon->tags, ad, true);
	add_found(s, &s->lexicon->tags, out, SKILLS_TAGS);
}
