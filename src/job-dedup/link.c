/* link.c - which jobs of one key are one: star linkage */
#include "link.h"

#include <stdlib.h>
#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

#include "advert.h"
#include "lcs.h"
#include "mem.h"
#include "sig.h"
#include "similar.h"
#include "survivors.h"
#include "take.h"

/* How far below the threshold a pair is worth a line of --explain. */
#define NEAR_MISS (SIMILAR_ONE / 10)

/*
 * Words are kept from group to group, for most are the same; but no more than
 * this, and not for a large group, whose index is then the same in every run.
 */
#define KEEP_WORDS 16384
#define LARGE_GROUP 256

/* Where the jobs of a pinned set went, in the group at hand. */
struct placed {
	uint32_t survivor;
	bool known;
	bool waits; /* one of them is left for the next turn */
};

struct link {
	struct link_rules rules;
	struct link_counts counts;
	struct explain explain;
	struct hold *hold; /* of the group at hand */
	struct words *words;
	struct advert *advert;
	struct veto_room *veto;
	struct lcs *lcs;
	struct survivors survivors;
	struct placed *placed; /* by set of pins */
	struct ids touched;    /* sets that have something there */
	bool first_waits;      /* the first survivor's text is not made yet */
	bool turn_over;        /* no room for more survivors in this turn */
	uint32_t *turn;        /* jobs to judge, then those left for the next */
	size_t turn_cap;
	/* The job at hand: */
	uint32_t number;
	struct job *job;
	const char *line;
	uint32_t known; /* words before its own */
	struct ids ids;
	struct seeker text;
	uint64_t text_hash, description_hash;
	bool has_text; /* the four above are made */
	bool taken;    /* by lcs */
	struct ids marks, other_marks;
	bool has_marks;
	struct buf room, other; /* lines that are on disk */
};

struct link *
link_new(const struct link_rules *rules)
{
	struct link *l = mem_zero(1, sizeof(*l));
	uint32_t search = rules->threshold;

	l->rules = *rules;
	l->words = words_new(rules->seed);
	l->advert = advert_new(rules->places);
	l->veto = veto_room_new(rules->veto);
	l->lcs = lcs_new();
	if (rules->explain)
		search -= NEAR_MISS;
	survivors_open(&l->survivors, search,
	    rules->shorts || rules->explain ? 1 : LINK_SHORT);
	if (rules->pins != NULL)
		l->placed =
		    mem_zero(pins_sets(rules->pins), sizeof(*l->placed));
	return l;
}

void
link_free(struct link *l)
{
	if (l == NULL)
		return;
	explain_free(&l->explain);
	words_free(l->words);
	advert_free(l->advert);
	veto_room_free(l->veto);
	lcs_free(l->lcs);
	survivors_close(&l->survivors);
	free(l->placed);
	ids_free(&l->ids);
	ids_free(&l->marks);
	ids_free(&l->other_marks);
	ids_free(&l->touched);
	free(l->turn);
	buf_free(&l->room);
	buf_free(&l->other);
	free(l);
}

const struct link_counts *
link_counts(const struct link *l)
{
	return &l->counts;
}

struct explain *
link_explain(struct link *l)
{
	return &l->explain;
}

/* Turn to the next job. */
static void
begin_job(struct link *l, uint32_t number)
{
	struct json_value d;

	l->number = number;
	l->job = &l->hold->jobs[number];
	l->line = hold_line(l->hold, l->job, &l->room);
	l->known = words_count(l->words);
	l->has_text = l->has_marks = l->taken = false;
	d = take_description(l->job, l->line);
	l->description_hash = XXH3_64bits(d.text, d.len);
}

static void
make_text(struct link *l, const struct job *job, const char *line)
{
	advert_words(l->advert, job, line, l->words, &l->ids);
	l->text.ids = l->ids.at;
	l->text.n = l->ids.len;
	l->text_hash = XXH3_64bits(l->ids.at, l->ids.len * sizeof(*l->ids.at));
	bag_fill(&l->text.bag, l->ids.at, l->ids.len, words_buckets(l->words));
}

/* The text of a survivor, which is made. */
static void
keep_text(struct link *l, uint32_t i)
{
	survivors_text(&l->survivors, i, &l->text);
	table_add(&l->survivors.texts, l->text_hash, i);
	l->known = words_count(l->words);
	l->turn_over =
	    words_memory(l->words) + survivors_memory(&l->survivors) >
	    l->rules.memory;
}

/*
 * Make the text of the job at hand.  It is put off as long as the description
 * alone may settle it, and that of the first survivor until there is another
 * to compare it with.
 */
static void
need_text(struct link *l)
{
	if (l->has_text)
		return;
	if (l->first_waits) {
		const struct job *first =
		    &l->hold->jobs[l->survivors.list[0].job];

		l->first_waits = false;
		make_text(l, first, hold_line(l->hold, first, &l->other));
		keep_text(l, 0);
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
	if (veto != VETO_NONE)
		p.reason = veto_reason(l->rules.veto, (size_t)veto);
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

/* Whether the words in common, at least as many as asked for, are enough. */
static bool
enough_in_common(struct link *l, const struct survivor *s, size_t *common)
{
	size_t n = l->text.n, m = s->n;
	size_t need = similar_need(l->rules.threshold, n, m);

	*common = SIZE_MAX;
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
	tell(l, s, true, "similar", VETO_NONE, common);
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
 * The first survivor that the job is the same as.  If one has the very words
 * of the job, all before it were found to differ from them when it came (unless
 * pins had a say), so there is nothing to compare.
 */
static uint32_t
find(struct link *l)
{
	struct survivors *all = &l->survivors;
	uint32_t same, words, first, i;

	if (all->count == 0)
		return SURVIVORS_NONE;
	same = find_description(l);
	if (same == 0) {
		tell(l, &all->list[same], true, "description", VETO_NONE,
		    SIZE_MAX);
		return same;
	}
	need_text(l);
	words = find_text(l);
	first = words < same ? words : same;
	if (words == SURVIVORS_NONE || all->list[words].pinned) {
		i = find_similar(l, first);
		if (i != SURVIVORS_NONE)
			return i;
	}
	if (first != SURVIVORS_NONE)
		tell(l, &all->list[first], true,
		    first == same ? "description" : "words", VETO_NONE,
		    SIZE_MAX);
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

/* For a job that is pinned: survivor by survivor, without shortcuts. */
static uint32_t
find_pinned(struct link *l)
{
	struct survivors *all = &l->survivors;
	const struct placed *p = &l->placed[l->job->pin];
	uint32_t from = 0, i, next;

	need_text(l);
	if (p->known && has_room(l, &all->list[p->survivor])) {
		tell(l, &all->list[p->survivor], true, "pin", VETO_NONE,
		    SIZE_MAX);
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
			tell(l, s, true, "words", VETO_NONE, SIZE_MAX);
			return i;
		}
		if (candidate && resembles(l, s))
			return i;
	}
	return SURVIVORS_NONE;
}

static void
go_into(struct link *l, uint32_t i)
{
	struct survivor *s = &l->survivors.list[i];
	struct job *jobs = l->hold->jobs;

	l->job->into = s->job;
	jobs[s->last].next = l->number;
	s->last = l->number;
	s->size += l->job->cost;
	l->counts.merged++;
}

/* Bytes of a record at most once something went into it, entries apart. */
static uint64_t
first_size(const struct job *job)
{
	return (uint64_t)job->len + job->cost;
}

static uint32_t
survive(struct link *l)
{
	struct survivors *all = &l->survivors;
	bool pinned = l->job->pin != PINS_NONE;
	uint32_t i;

	if (all->count > 0 || pinned)
		need_text(l);
	i = survivors_add(all, l->number);
	all->list[i].size = first_size(l->job);
	all->list[i].pinned = pinned;
	table_add(&all->descriptions, l->description_hash, i);
	if (l->has_text)
		keep_text(l, i);
	else
		l->first_waits = true;
	return i;
}

/* Forget the words that only the job at hand had, if there are many. */
static void
end_job(struct link *l)
{
	if (words_count(l->words) <= KEEP_WORDS)
		return;
	words_cut(l->words, l->known);
	veto_room_cut(l->veto, l->known);
}

/* Where the job's set of pins is from now on. */
static void
place(struct link *l, struct placed where)
{
	l->placed[l->job->pin] = where;
	ids_add(&l->touched, l->job->pin);
}

/*
 * Judge a job; false if it is left for the next turn: it goes into none of this
 * turn's survivors, and there is no room for more of them.  The next turn goes
 * on as if they were still there, for none of them would take it.  One whose
 * pinned set has a job that was left waits with it.
 */
static bool
judge(struct link *l)
{
	const struct placed *set = NULL;
	uint32_t i = SURVIVORS_NONE;

	if (l->job->pin != PINS_NONE)
		set = &l->placed[l->job->pin];
	if (set == NULL)
		i = find(l);
	else if (!set->waits)
		i = find_pinned(l);
	if (i != SURVIVORS_NONE) {
		go_into(l, i);
	} else if (l->turn_over || (set != NULL && set->waits)) {
		if (set != NULL)
			place(l, (struct placed){ .waits = true });
		return false;
	} else {
		i = survive(l);
	}
	if (set != NULL)
		place(l, (struct placed){ .survivor = i, .known = true });
	return true;
}

static void
begin_turn(struct link *l, uint32_t n)
{
	l->turn_over = l->first_waits = false;
	survivors_clear(&l->survivors);
	if (n >= LARGE_GROUP || words_count(l->words) > KEEP_WORDS) {
		words_cut(l->words, 1);
		veto_room_clear(l->veto);
	}
	if (words_memory(l->words) > l->rules.memory / 4) {
		words_free(l->words);
		l->words = words_new(l->rules.seed);
		veto_room_clear(l->veto);
	}
	while (l->touched.len > 0)
		l->placed[l->touched.at[--l->touched.len]] =
		    (struct placed){ .known = false };
}

/* Judge the N jobs of turn[]; how many are left, moved to its start. */
static uint32_t
one_turn(struct link *l, uint32_t n)
{
	uint32_t i, left = 0;

	begin_turn(l, n);
	for (i = 0; i < n && !sig_stop(); i++) {
		begin_job(l, l->turn[i]);
		if (!judge(l))
			l->turn[left++] = l->turn[i];
		end_job(l);
	}
	return left;
}

bool
link_group(struct link *l, struct hold *h, const uint32_t *order, uint32_t n)
{
	uint32_t i, left = n;

	l->hold = h;
	l->counts.groups++;
	l->counts.pairs += (uint64_t)n * (n - 1) / 2;
	if (n > l->turn_cap) {
		l->turn_cap = n;
		l->turn = mem_resize(l->turn, n, sizeof(*l->turn));
	}
	for (i = 0; i < n; i++) {
		h->jobs[order[i]].into = order[i];
		h->jobs[order[i]].next = HOLD_NONE;
		l->turn[i] = order[i];
	}
	while (left > 0 && !sig_stop())
		left = one_turn(l, left);
	l->counts.bags += l->survivors.compared;
	l->survivors.compared = 0;
	if (!sig_stop())
		return true;
	for (i = 0; i < n; i++) {
		h->jobs[order[i]].into = order[i];
		h->jobs[order[i]].next = HOLD_NONE;
	}
	return false;
}
