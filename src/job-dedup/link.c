/* link.c - which jobs of one key are one: star linkage */
#include "link.h"

#include <stdlib.h>

#include "mem.h"
#include "seek.h"
#include "sig.h"

/*
 * Words are kept from group to group, for most are the same; but no more than
 * this, and not for a large group, whose index is then the same in every run.
 */
#define KEEP_WORDS 16384
#define LARGE_GROUP 256

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
	    rules->shorts || rules->explain ? 1 : LINK_SHORT, LINK_LONG);
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
		seek_text(l);
	i = survivors_add(all, l->number);
	all->list[i].size = first_size(l->job);
	all->list[i].pinned = pinned;
	table_add(&all->descriptions, l->description_hash, i);
	if (l->has_text)
		seek_keep_text(l, i);
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
		i = seek_survivor(l);
	else if (!set->waits)
		i = seek_pinned(l);
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
		seek_job(l, l->turn[i]);
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
