/* seek.c - the job at hand, and the survivor that it goes into */
#include "seek.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "take.h"

void
seek_job(struct link *l, uint32_t number)
{
	struct json_value d;

	l->number = number;
	l->job = &l->hold->jobs[number];
	l->line = hold_line(l->hold, l->job, &l->room);
	l->known = words_count(l->words);
	l->has_text = l->has_marks = l->has_halves = l->taken = false;
	d = take_description(l->job, l->line);
	l->description_hash = XXH3_64bits(d.text, d.len);
}

static void
make_text(struct link *l, const struct job *job, const char *line)
{
	advert_words(l->advert, job, line, l->words, &l->ids);
	l->counts.texts++;
	l->text.ids = l->ids.at;
	l->text.n = l->ids.len;
	l->text_hash = XXH3_64bits(l->ids.at, l->ids.len * sizeof(*l->ids.at));
	bag_fill(&l->text.bag, l->ids.at, l->ids.len, words_buckets(l->words));
}

void
seek_keep_text(struct link *l, uint32_t i)
{
	survivors_text(&l->survivors, i, &l->text);
	table_add(&l->survivors.texts, l->text_hash, i);
	l->known = words_count(l->words);
	l->turn_over =
	    words_memory(l->words) + survivors_memory(&l->survivors) >
	    l->rules.memory;
}

void
seek_text(struct link *l)
{
	if (l->has_text)
		return;
	if (l->first_waits) {
		const struct job *first =
		    &l->hold->jobs[l->survivors.list[0].job];

		l->first_waits = false;
		make_text(l, first, hold_line(l->hold, first, &l->other));
		seek_keep_text(l, 0);
	}
	make_text(l, l->job, l->line);
	l->has_text = true;
}

static void
need_marks(struct link *l)
{
	if (l->has_marks)
		return;
	veto_marks(l->veto, l->words, l->text.ids, l->text.n, &l->marks);
	l->has_marks = true;
}

static void
mark_survivor(struct link *l, struct survivor *s)
{
	struct ids *marks = &l->other_marks;

	if (s->marked)
		return;
	veto_marks(l->veto, l->words, s->ids, s->n, marks);
	s->marks =
	    arena_alloc(&l->survivors.bytes, marks->len * sizeof(*s->marks));
	if (marks->len > 0)
		memcpy(s->marks, marks->at, marks->len * sizeof(*s->marks));
	s->mark_count = marks->len;
	s->marked = true;
}

static void
tell(struct link *l, const struct survivor *s, bool same, const char *rule,
    int veto, size_t common)
{
	struct explain_pair p = {
		.survivor = &l->hold->jobs[s->job],
		.job = l->job,
		.same = same,
		.rule = rule,
		.millionths = -1,
	};

	if (!l->rules.explain)
		return;
	if (veto != VETO_NONE) {
		p.reason = veto_reason(l->rules.veto, (size_t)veto);
		p.veto = l->veto;
		p.veto_reason = veto;
		p.survivor_marks = s->marks;
		p.survivor_mark_count = s->mark_count;
		p.job_marks = l->marks.at;
		p.job_mark_count = l->marks.len;
	}
	if (common != SIZE_MAX) {
		p.millionths = similar_ratio(common, l->text.n, s->n);
		p.words = l->words;
		p.survivor_ids = s->ids;
		p.survivor_n = s->n;
		p.job_ids = l->text.ids;
		p.job_n = l->text.n;
	}
	explain_add(&l->explain, &p);
}

/* The job goes into a survivor by a rule. */
static void
join(struct link *l, const struct survivor *s, enum join_rule rule,
    size_t common)
{
	l->job->rule = rule;
	l->job->millionths =
	    common != SIZE_MAX ? similar_ratio(common, l->text.n, s->n) : 0;
	tell(l, s, true, join_name(rule), VETO_NONE, common);
}

static bool
has_room(struct link *l, struct survivor *s)
{
	if (!s->full && s->size + l->job->cost > l->rules.record_max) {
		s->full = true;
		tell(l, s, false, "size", VETO_NONE, SIZE_MAX);
	}
	return !s->full;
}

/* Whether the descriptions are the same, byte for byte. */
static bool
same_description(struct link *l, const struct survivor *s)
{
	const struct job *job = &l->hold->jobs[s->job];
	struct json_value a = take_description(l->job, l->line), b;

	if (job->description.len != a.len)
		return false;
	b = take_description(job, hold_line(l->hold, job, &l->other));
	return memcmp(a.text, b.text, a.len) == 0;
}

/* The first survivor with the same description. */
static uint32_t
find_description(struct link *l)
{
	struct survivors *all = &l->survivors;
	uint32_t at = 0, i;

	while ((i = table_next(&all->descriptions, l->description_hash, &at)) !=
	       TABLE_NONE)
		if (!all->list[i].full && same_description(l, &all->list[i]) &&
		    has_room(l, &all->list[i]))
			return i;
	return SURVIVORS_NONE;
}

static bool
same_words(const struct link *l, const struct survivor *s)
{
	return s->n == l->text.n &&
	       (s->n == 0 ||
	           memcmp(s->ids, l->text.ids, s->n * sizeof(*s->ids)) == 0);
}

/* The first survivor with the same words. */
static uint32_t
find_text(struct link *l)
{
	struct survivors *all = &l->survivors;
	uint32_t at = 0, i;

	while ((i = table_next(&all->texts, l->text_hash, &at)) != TABLE_NONE)
		if (!all->list[i].full && same_words(l, &all->list[i]) &&
		    has_room(l, &all->list[i]))
			return i;
	return SURVIVORS_NONE;
}

/* Whether the halves of both texts allow so many words in common. */
static bool
halves_allow(struct link *l, struct survivor *s, size_t need)
{
	const uint16_t *buckets = words_buckets(l->words);
	size_t n = l->text.n, m = s->n;

	if (!l->has_halves)
		bag_halve(&l->halves, l->text.ids, n, buckets);
	l->has_halves = true;
	if (s->halves == NULL) {
		s->halves =
		    arena_alloc(&l->survivors.bytes, sizeof(*s->halves));
		bag_halve(s->halves, s->ids, m, buckets);
	}
	return bag_halves_near(&l->halves, n, s->halves, m, n + m - 2 * need);
}

/* Whether the words in common, at least as many as asked for, are enough. */
static bool
enough_in_common(struct link *l, struct survivor *s, size_t *common)
{
	size_t n = l->text.n, m = s->n;
	size_t need = similar_need(l->rules.threshold, n, m);

	*common = SIZE_MAX;
	if (!halves_allow(l, s, similar_need(l->survivors.threshold, n, m)))
		return false;
	if (!l->taken)
		lcs_take(l->lcs, l->text.ids, n, words_count(l->words));
	l->taken = true;
	l->counts.lcs++;
	if (!l->rules.explain)
		return lcs_reaches(l->lcs, s->ids, m, need);
	*common = lcs_length(l->lcs, s->ids, m,
	    similar_need(l->rules.threshold - NEAR_MISS, n, m));
	if (*common < similar_need(l->rules.threshold - NEAR_MISS, n, m))
		return false;
	if (!l->rules.shorts && (n < LINK_SHORT || m < LINK_SHORT)) {
		tell(l, s, false, "short", VETO_NONE, *common);
		return false;
	}
	if (*common < need)
		tell(l, s, false, "threshold", VETO_NONE, *common);
	return *common >= need;
}

/* Rule 4, for a survivor that no bound rules out. */
static bool
resembles(struct link *l, struct survivor *s)
{
	size_t common;
	int veto;

	if (s->full || !enough_in_common(l, s, &common))
		return false;
	need_marks(l);
	mark_survivor(l, s);
	veto = veto_differ(l->veto, l->marks.at, l->marks.len, s->marks,
	    s->mark_count);
	if (veto != VETO_NONE) {
		l->counts.veto[veto]++;
		tell(l, s, false, "veto", veto, common);
		return false;
	}
	if (!has_room(l, s))
		return false;
	/* How many exactly is seldom needed, and here it is. */
	if (common == SIZE_MAX)
		common = lcs_length(l->lcs, s->ids, s->n,
		    similar_need(l->rules.threshold, l->text.n, s->n));
	join(l, s, JOIN_SIMILAR, common);
	return true;
}

/* The first survivor below LIMIT by rule 4. */
static uint32_t
find_similar(struct link *l, uint32_t limit)
{
	struct survivors *all = &l->survivors;
	uint32_t from = 0, i;

	survivors_seek(all, &l->text, words_count(l->words));
	while (
	    (i = survivors_next(all, &l->text, &from, limit)) != SURVIVORS_NONE)
		if (resembles(l, &all->list[i]))
			return i;
	return SURVIVORS_NONE;
}

/*
 * If one has the very words
 * of the job, all before it were found to differ from them when it came (unless
 * pins had a say), so there is nothing to compare.
 */
uint32_t
seek_survivor(struct link *l)
{
	struct survivors *all = &l->survivors;
	uint32_t same, words, first, i;

	if (all->count == 0)
		return SURVIVORS_NONE;
	same = find_description(l);
	if (same == 0) {
		join(l, &all->list[same], JOIN_DESCRIPTION, SIZE_MAX);
		return same;
	}
	seek_text(l);
	words = find_text(l);
	first = words < same ? words : same;
	if (words == SURVIVORS_NONE || all->list[words].pinned) {
		i = find_similar(l, first);
		if (i != SURVIVORS_NONE)
			return i;
	}
	if (first != SURVIVORS_NONE)
		join(l, &all->list[first],
		    first == same ? JOIN_DESCRIPTION : JOIN_WORDS, SIZE_MAX);
	return first;
}

/* Whether a job of a set pinned apart from the job's went into survivor I. */
static bool
is_apart(const struct link *l, uint32_t i)
{
	size_t count, k;
	const uint32_t *sets = pins_apart(l->rules.pins, l->job->pin, &count);

	for (k = 0; k < count; k++)
		if (l->placed[sets[k]].known &&
		    l->placed[sets[k]].survivor == i)
			return true;
	return false;
}

uint32_t
seek_pinned(struct link *l)
{
	struct survivors *all = &l->survivors;
	const struct placed *p = &l->placed[l->job->pin];
	uint32_t from = 0, i, next;

	seek_text(l);
	if (p->known && has_room(l, &all->list[p->survivor])) {
		join(l, &all->list[p->survivor], JOIN_PIN, SIZE_MAX);
		return p->survivor;
	}
	survivors_seek(all, &l->text, words_count(l->words));
	next = survivors_next(all, &l->text, &from, SURVIVORS_NONE);
	for (i = 0; i < all->count; i++) {
		struct survivor *s = &all->list[i];
		bool candidate = i == next;

		if (candidate)
			next = survivors_next(all, &l->text, &from,
			    SURVIVORS_NONE);
		if (s->full)
			continue;
		if (is_apart(l, i)) {
			tell(l, s, false, "pin", VETO_NONE, SIZE_MAX);
			continue;
		}
		if ((same_description(l, s) || same_words(l, s)) &&
		    has_room(l, s)) {
			join(l, s, JOIN_WORDS, SIZE_MAX);
			return i;
		}
		if (candidate && resembles(l, s))
			return i;
	}
	return SURVIVORS_NONE;
}
