/* score.c - a linear classifier over weighted terms */
#include "score.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"

#define FULL 10000

struct posting {
	uint32_t term;
	uint32_t before; /* of the same term, while terms are added; 0: none */
	uint16_t class;
	uint8_t fields;
	int8_t weight;
};

struct scorer {
	struct terms *terms;
	struct score_rules rules;
	struct posting *postings; /* the first is none; sorted once sealed */
	size_t posting_count, posting_room;
	uint32_t *first; /* by term: its first posting; one more at the end;
	                    while terms are added its last */
	size_t first_room;
	int64_t *scores; /* by class */
	size_t classes;
	uint8_t *seen;     /* by term and field: how often, at most REPEATS */
	uint32_t *touched; /* places in SEEN that are not 0 */
	size_t touched_count;
};

struct scorer *
scorer_new(struct vocab *v, size_t classes, const struct score_rules *rules)
{
	struct scorer *s = mem_zero(1, sizeof *s);

	s->terms = terms_new(v);
	s->rules = *rules;
	s->classes = classes;
	s->scores = mem_zero(classes, sizeof *s->scores);
	s->posting_room = s->first_room = 1024;
	s->postings = mem_zero(s->posting_room, sizeof *s->postings);
	s->posting_count = 1;
	s->first = mem_zero(s->first_room, sizeof *s->first);
	return s;
}

void
scorer_free(struct scorer *s)
{
	if (s == NULL)
		return;
	terms_free(s->terms);
	free(s->postings);
	free(s->first);
	free(s->scores);
	free(s->seen);
	free(s->touched);
	free(s);
}

/* Room for one posting more, of TERM. */
static void
make_room(struct scorer *s, uint32_t term)
{
	size_t old = s->first_room;

	if (s->posting_count == s->posting_room) {
		s->posting_room *= 2;
		s->postings = mem_resize(s->postings, s->posting_room,
		    sizeof *s->postings);
	}
	if (term < old)
		return;
	while (s->first_room <= term)
		s->first_room *= 2;
	s->first = mem_resize(s->first, s->first_room, sizeof *s->first);
	memset(s->first + old, 0, (s->first_room - old) * sizeof *s->first);
}

const char *
scorer_add(struct scorer *s, size_t class, unsigned int fields, int weight,
    const char *phrase)
{
	uint32_t term, i;
	const char *error = terms_add(s->terms, phrase, &term);

	if (error != NULL || class == SCORE_NOBODY)
		return error;
	make_room(s, term);
	for (i = s->first[term]; i != 0; i = s->postings[i].before)
		if (s->postings[i].class == class &&
		    (s->postings[i].fields & fields) != 0)
			return "the term is there twice";
	s->postings[s->posting_count] = (struct posting){ .term = term,
		.before = s->first[term],
		.class = (uint16_t) class,
		.fields = (uint8_t)fields,
		.weight = (int8_t)weight };
	s->first[term] = (uint32_t)s->posting_count++;
	return NULL;
}

bool
scorer_knows(const struct scorer *s, size_t class)
{
	size_t i;

	for (i = 1; i < s->posting_count; i++)
		if (s->postings[i].class == class)
			return true;
	return false;
}

static int
by_term(const void *a, const void *b)
{
	const struct posting *pa = a, *pb = b;

	if (pa->term != pb->term)
		return pa->term < pb->term ? -1 : 1;
	return (pa->class > pb->class) - (pa->class < pb->class);
}

void
scorer_seal(struct scorer *s)
{
	size_t terms = terms_size(s->terms), i, t = 0;

	terms_seal(s->terms);
	qsort(s->postings, s->posting_count, sizeof *s->postings, by_term);
	free(s->first);
	s->first = mem_zero(terms + 2, sizeof *s->first);
	for (i = 0; i < s->posting_count; i++)
		while (t < s->postings[i].term)
			s->first[++t] = (uint32_t)i;
	while (t < terms + 1)
		s->first[++t] = (uint32_t)s->posting_count;
	s->seen = mem_zero((terms + 1) * SCORE_FIELDS, sizeof *s->seen);
	s->touched = mem_zero((terms + 1) * SCORE_FIELDS, sizeof *s->touched);
}

void
scorer_start(struct scorer *s)
{
	size_t i;

	for (i = 0; i < s->touched_count; i++)
		s->seen[s->touched[i]] = 0;
	s->touched_count = 0;
	memset(s->scores, 0, s->classes * sizeof *s->scores);
}

static void
count_term(struct scorer *s, enum score_field field, uint32_t term)
{
	uint32_t place = term * SCORE_FIELDS + (uint32_t)field, i;
	uint8_t *seen = &s->seen[place];
	int64_t share = (int64_t)s->rules.field[field] * s->rules.repeat[*seen];

	if (*seen == 0)
		s->touched[s->touched_count++] = place;
	if (*seen < SCORE_REPEATS - 1)
		++*seen;
	for (i = s->first[term]; i < s->first[term + 1]; i++)
		if ((s->postings[i].fields & 1u << field) != 0)
			s->scores[s->postings[i].class] +=
			    s->postings[i].weight * share;
}

void
scorer_count(struct scorer *s, enum score_field field, const struct token *from,
    size_t count)
{
	uint8_t bit = terms_bit(s->terms);
	size_t i = 0, n;
	uint32_t term;

	while (i < count) {
		n = (from[i].sets & bit) != 0
		        ? terms_match(s->terms, &from[i], count - i, &term)
		        : 0;
		if (n > 0)
			count_term(s, field, term);
		i += n > 0 ? n : 1;
	}
}

int64_t
scorer_score(const struct scorer *s, size_t class)
{
	return s->scores[class];
}

unsigned int
scorer_margin(const struct scorer *s, int64_t best, int64_t next)
{
	if (next < 0)
		next = 0;
	if (best <= next)
		return 0;
	return (unsigned int)((best - next) * FULL /
	                      (best + (int64_t)s->rules.evidence * 100));
}

unsigned int
scorer_confidence(const struct scorer *s, int64_t best, int64_t next)
{
	const struct score_rules *r = &s->rules;
	unsigned int x = scorer_margin(s, best, next);
	size_t i;

	if (x <= r->points[0].x)
		return r->points[0].y;
	for (i = 1; i < r->point_count; i++)
		if (x <= r->points[i].x)
			return r->points[i - 1].y +
			       (r->points[i].y - r->points[i - 1].y) *
			           (x - r->points[i - 1].x) /
			           (r->points[i].x - r->points[i - 1].x);
	return r->points[r->point_count - 1].y;
}
