/* local.c - the provider that is built in */
#include "local.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lexicon.h"
#include "mem.h"
#include "outline.h"
#include "skills.h"
#include "summary.h"
#include "title.h"

#define TITLE_BYTES ((size_t)1 << 10) /* more of an ad is not looked at */
#define TEXT_BYTES ((size_t)16 << 10)

struct local {
	const struct taxonomy *taxonomy;
	struct lexicon *lexicon;
	struct tokens title, company, text;
	struct outline outline;
	struct title_room *titles;
	struct skills *skills;
	struct buf core;
	unsigned int *spread; /* by function: how many industries have it */
};

/* In how many industries each function is. */
static unsigned int *
count_spread(const struct taxonomy *t)
{
	unsigned int *spread = mem_zero(t->kinds, sizeof *spread);
	size_t i, k;

	for (i = 0; i < t->count; i++)
		for (k = 0; k < t->industries[i].function_count; k++)
			spread[t->industries[i].functions[k]->id]++;
	return spread;
}

struct local *
local_open(const struct taxonomy *taxonomy, const char *path)
{
	struct local *l = mem_zero(1, sizeof *l);

	l->taxonomy = taxonomy;
	l->lexicon = lexicon_load(taxonomy, path);
	l->titles = title_new();
	l->skills = skills_new(l->lexicon);
	l->spread = count_spread(taxonomy);
	return l;
}

void
local_close(struct local *l)
{
	if (l == NULL)
		return;
	lexicon_free(l->lexicon);
	tokens_free(&l->title);
	tokens_free(&l->company);
	tokens_free(&l->text);
	outline_free(&l->outline);
	title_free(l->titles);
	skills_free(l->skills);
	buf_free(&l->core);
	free(l->spread);
	free(l);
}

const char *
local_digest(const struct local *l)
{
	return l->lexicon->digest;
}

/* At most MAX bytes of whole characters. */
static struct ad_part
cut(struct ad_part part, size_t max)
{
	if (part.len > max) {
		part.len = max;
		while (part.len > 0 && (part.utf8[part.len] & 0xc0) == 0x80)
			part.len--;
	}
	return part;
}

/* Take the ad apart; AD becomes what is looked at. */
static void
read_ad(struct local *l, struct ad *ad)
{
	const struct vocab *v = l->lexicon->vocab;

	ad->title = cut(ad->title, TITLE_BYTES);
	ad->company = cut(ad->company, TITLE_BYTES);
	ad->text = cut(ad->text, TEXT_BYTES);
	words_of(v, ad->title.utf8, ad->title.len, &l->title);
	words_of(v, ad->company.utf8, ad->company.len, &l->company);
	words_of(v, ad->text.utf8, ad->text.len, &l->text);
	outline_of(l->lexicon, ad->text.utf8, ad->text.len, &l->text,
	    &l->outline);
}

/* Count what speaks for the classes of S: all but boilerplate and benefits. */
static void
score(struct local *l, struct scorer *s)
{
	const struct sentence *sentence;
	size_t i;

	scorer_start(s);
	scorer_count(s, SCORE_TITLE, l->title.items, l->title.count);
	scorer_count(s, SCORE_COMPANY, l->company.items, l->company.count);
	for (i = 0; i < l->outline.count; i++) {
		sentence = &l->outline.items[i];
		if (!sentence->idle && sentence->part != PART_BENEFITS)
			scorer_count(s, SCORE_TEXT,
			    l->text.items + sentence->first, sentence->count);
	}
}

/* The best two of some classes; of equal ones the first. */
struct ranking {
	size_t best; /* index among them */
	int64_t score, next;
};

static void
rank(struct ranking *r, size_t i, int64_t score)
{
	if (i == 0 || score > r->score) {
		r->next = i == 0 ? 0 : r->score;
		r->score = score;
		r->best = i;
	} else if (score > r->next) {
		r->next = score;
	}
}

static const struct taxonomy_function *
best_function(const struct local *l, const struct taxonomy_industry *industry,
    unsigned int *confidence)
{
	const struct scorer *s = l->lexicon->functions;
	struct ranking r = { 0 };
	size_t i;

	for (i = 0; i < industry->function_count; i++)
		rank(&r, i, scorer_score(s, industry->functions[i]->id));
	if (confidence != NULL)
		*confidence = scorer_confidence(s, r.score, r.next);
	return industry->functions[r.best];
}

/* Where a person would look for the job. */
static void
add_search_terms(struct local *l, const char *function,
    struct industry_answer *out)
{
	struct answer_list *terms = &out->search_terms;
	size_t i;

	title_core(l->titles, l->lexicon, &out->title, &l->core);
	answer_add(terms, l->core.data, l->core.len);
	answer_add(terms, out->title.data, out->title.len);
	if (function != NULL)
		answer_add(terms, function, strlen(function));
	for (i = 0; i < out->skills.count && terms->count < SKILLS_TERMS - 1;
	     i++)
		answer_add(terms, out->skills.items[i].data,
		    out->skills.items[i].len);
	answer_add(terms, out->industry->name, strlen(out->industry->name));
}

/*
 * What the functions of an industry that the title speaks for say for it: a
 * miner works in a mine, a buyer anywhere.
 */
static int64_t
function_share(const struct local *l, const struct taxonomy_industry *industry)
{
	const struct taxonomy_function *f;
	int64_t best = 0, score;
	size_t i;

	for (i = 0; i < industry->function_count; i++) {
		f = industry->functions[i];
		score = scorer_score(l->lexicon->functions, f->id) *
		        l->lexicon->function_share / 100 / l->spread[f->id];
		if (score > best)
			best = score;
	}
	return best;
}

static struct ranking
rank_industries(struct local *l)
{
	struct lexicon *x = l->lexicon;
	struct ranking r = { 0 };
	size_t i;

	score(l, x->industries);
	scorer_start(x->functions);
	scorer_count(x->functions, SCORE_TITLE, l->title.items, l->title.count);
	for (i = 0; i < l->taxonomy->count; i++)
		rank(&r, i,
		    scorer_score(x->industries, i) +
		        function_share(l, &l->taxonomy->industries[i]));
	return r;
}

void
local_industry(struct local *l, const struct ad *given,
    struct industry_answer *out)
{
	struct ad ad = *given;
	struct skills_ad words = { &l->title, &l->text, &l->outline };
	struct ranking r;
	const struct taxonomy_function *f;
	const char *function = NULL;

	answer_clear(out);
	read_ad(l, &ad);
	r = rank_industries(l);
	out->industry = &l->taxonomy->industries[r.best];
	out->confidence =
	    scorer_confidence(l->lexicon->industries, r.score, r.next);
	f = best_function(l, out->industry, NULL);
	if (scorer_score(l->lexicon->functions, f->id) > 0)
		function = f->name;
	title_clean(l->titles, l->lexicon, &ad, &out->title);
	summary_write(ad.text.utf8, &l->outline, &out->description);
	summary_tasks(ad.text.utf8, &l->outline, &out->tasks);
	skills_list(l->skills, &words, &out->skills);
	if (function != NULL)
		answer_add(&out->tags, function, strlen(function));
	skills_tags(l->skills, &words, &out->tags);
	add_search_terms(l, function, out);
	answer_plain(out);
}

void
local_function(struct local *l, const struct ad *given,
    const struct taxonomy_industry *industry, struct function_answer *out)
{
	struct ad ad = *given;

	read_ad(l, &ad);
	score(l, l->lexicon->functions);
	out->function = best_function(l, industry, &out->confidence);
}
