/* star.c - the groups that job-dedup has to come out with, see star.h */
#include "star.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/job-dedup/advert.h"
#include "../../src/job-dedup/order.h"
#include "../../src/job-dedup/similar.h"
#include "../../src/job-dedup/take.h"
#include "../../src/job-dedup/team.h"
#include "mem.h"

#define KEY "k"

void
star_open(struct star *s)
{
	*s = (struct star){ .places = places_load(), .veto = veto_load(NULL) };
	hold_open(&s->hold, 1);
}

void
star_close(struct star *s)
{
	hold_close(&s->hold);
	places_free(s->places);
	veto_free(s->veto);
	free(s->order);
	free(s->expected);
}

void
star_clear(struct star *s)
{
	hold_clear(&s->hold);
	s->n = 0;
}

struct link_rules
star_rules(const struct star *s)
{
	return (struct link_rules){
		.threshold = 900000,
		.veto = s->veto,
		.places = s->places,
		.memory = (size_t)64 << 20,
		.record_max = (uint64_t)16 << 20,
		.seed = 99,
	};
}

/* In one group, in the order in which they came: judging them changes that. */
static void
join_again(struct hold *h)
{
	if (h->count == 0)
		return;
	h->groups[0].first = 0;
	for (uint32_t i = 0; i < h->count; i++)
		h->jobs[i].next = i + 1 < h->count ? i + 1 : HOLD_NONE;
}

bool
star_add(struct star *s, const struct rec *rec, const struct pins *pins)
{
	struct buf room = { 0 };
	struct job job;
	bool good = take_job(rec, pins, &room, &job);

	if (good) {
		job.seq = s->n++;
		hold_join(&s->hold, hold_add(&s->hold, &job), KEY, 1,
		    hold_hash(&s->hold, KEY, 1));
	}
	buf_free(&room);
	return good;
}

/* A job as the oracle sees it. */
struct seen {
	struct ids ids, marks;
	struct json_value description;
	uint64_t size;
};

static size_t
plain_lcs(const struct ids *a, const struct ids *b)
{
	static uint32_t row[STAR_WORDS];
	size_t i, j;

	if (b->len >= STAR_WORDS)
		abort();
	memset(row, 0, sizeof(row));
	for (i = 0; i < a->len; i++) {
		uint32_t diagonal = 0;

		for (j = 0; j < b->len; j++) {
			uint32_t above = row[j + 1];

			if (a->at[i] == b->at[j])
				row[j + 1] = diagonal + 1;
			else if (row[j] > above)
				row[j + 1] = row[j];
			diagonal = above;
		}
	}
	return row[b->len];
}

static bool
plain_same(const struct link_rules *rules, struct veto_room *room,
    const struct seen *a, const struct seen *b)
{
	if (a->description.len == b->description.len &&
	    memcmp(a->description.text, b->description.text,
	        a->description.len) == 0)
		return true;
	if (a->ids.len == b->ids.len &&
	    (a->ids.len == 0 || memcmp(a->ids.at, b->ids.at,
	                            a->ids.len * sizeof(uint32_t)) == 0))
		return true;
	if (!rules->shorts &&
	    (a->ids.len < LINK_SHORT || b->ids.len < LINK_SHORT))
		return false;
	if (plain_lcs(&a->ids, &b->ids) <
	    similar_need(rules->threshold, a->ids.len, b->ids.len))
		return false;
	return veto_differ(room, a->marks.at, a->marks.len, b->marks.at,
	           b->marks.len) == VETO_NONE;
}

/* Whether pins decide about a job and what went into a survivor so far. */
static int
plain_pins(const struct star *s, const struct pins *pins, uint32_t job,
    uint32_t survivor)
{
	uint32_t i, set = s->hold.jobs[job].pin;
	size_t count, k;
	const uint32_t *apart;
	int verdict = 0;

	if (set == PINS_NONE)
		return 0;
	apart = pins_apart(pins, set, &count);
	for (i = 0; i < s->n; i++) {
		if (s->expected[i] != survivor ||
		    s->hold.jobs[i].pin == PINS_NONE)
			continue;
		if (s->hold.jobs[i].pin == set)
			verdict = 1;
		for (k = 0; k < count; k++)
			if (apart[k] == s->hold.jobs[i].pin)
				return -1;
	}
	return verdict;
}

static uint32_t
plain_find(const struct star *s, const struct link_rules *rules,
    struct veto_room *room, struct seen *seen, uint32_t upto)
{
	uint32_t job = s->order[upto], k;
	const struct job *jobs = s->hold.jobs;
	int pass;

	/* Where others of the set are comes first. */
	for (pass = 0; pass < 2; pass++)
		for (k = 0; k < upto; k++) {
			uint32_t other = s->order[k];
			int pinned;

			if (s->expected[other] != other)
				continue;
			pinned = plain_pins(s, rules->pins, job, other);
			if (pinned < 0 || (pass == 0 && pinned == 0))
				continue;
			if (pass == 1 &&
			    !plain_same(rules, room, &seen[other], &seen[job]))
				continue;
			if (seen[other].size + jobs[job].cost >
			    rules->record_max) {
				seen[other].size = UINT64_MAX / 2; /* full */
				continue;
			}
			seen[other].size += jobs[job].cost;
			return other;
		}
	return job;
}

void
star_expect(struct star *s, const struct link_rules *rules)
{
	struct seen *seen = mem_zero(s->n, sizeof(*seen));
	struct words *vocabulary = words_new(3);
	struct advert *advert = advert_new(rules->places);
	struct veto_room *room = veto_room_new(rules->veto);
	uint32_t i;

	s->order = mem_resize(s->order, s->n + 1, sizeof(*s->order));
	s->expected = mem_resize(s->expected, s->n + 1, sizeof(*s->expected));
	join_again(&s->hold);
	if (s->n > 0)
		hold_order(&s->hold, &s->hold.groups[0], s->order);
	for (i = 0; i < s->n; i++) {
		const struct job *job = &s->hold.jobs[i];

		advert_words(advert, job, job->line, vocabulary, &seen[i].ids);
		veto_marks(room, vocabulary, seen[i].ids.at, seen[i].ids.len,
		    &seen[i].marks);
		seen[i].description = take_description(job, job->line);
		seen[i].size = (uint64_t)job->len + job->cost;
		s->expected[i] = HOLD_NONE;
	}
	for (i = 0; i < s->n; i++)
		s->expected[s->order[i]] = plain_find(s, rules, room, seen, i);
	for (i = 0; i < s->n; i++) {
		ids_free(&seen[i].ids);
		ids_free(&seen[i].marks);
	}
	free(seen);
	words_free(vocabulary);
	advert_free(advert);
	veto_room_free(room);
}

/* Whether a survivor's list has those that went into it; how many. */
static bool
chain_holds(const struct hold *h, uint32_t survivor, uint32_t *chained)
{
	uint32_t k;

	for (k = h->jobs[survivor].next; k != HOLD_NONE; k = h->jobs[k].next) {
		if (h->jobs[k].into != survivor)
			return false;
		++*chained;
	}
	return true;
}

/* Whether each job went where it has to go. */
static bool
groups_hold(const struct star *s, uint32_t *merged)
{
	uint32_t chained = 0;

	*merged = 0;
	for (uint32_t i = 0; i < s->n; i++) {
		if (s->hold.jobs[i].into != s->expected[i]) {
			fprintf(stderr, "job %u went into %u, not into %u\n", i,
			    s->hold.jobs[i].into, s->expected[i]);
			return false;
		}
		*merged += s->expected[i] != i;
		if (s->expected[i] == i && !chain_holds(&s->hold, i, &chained))
			return false;
	}
	return chained == *merged;
}

bool
star_holds(struct star *s, const struct link_rules *rules)
{
	struct team *team;
	struct explain explain = { .lines = NULL };
	uint32_t merged;
	bool good;

	if (s->n == 0)
		return true;
	team = team_new(rules, 1);
	join_again(&s->hold);
	good = team_judge(team, &s->hold, &explain) &&
	       groups_hold(s, &merged) && team_counts(team).merged == merged &&
	       (!rules->explain || explain.count >= merged);
	explain_free(&explain);
	team_free(team);
	return good;
}
