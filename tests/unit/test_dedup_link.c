/*
 * test_dedup_link.c - groups come out as the plain star linkage has them
 *
 * The oracle compares every job with every survivor before it by the table of
 * all prefixes, without bags, index, band, caches, turns or threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/job-dedup/advert.h"
#include "../../src/job-dedup/hold.h"
#include "../../src/job-dedup/link.h"
#include "../../src/job-dedup/order.h"
#include "../../src/job-dedup/similar.h"
#include "../../src/job-dedup/take.h"
#include "../../src/job-dedup/team.h"
#include "mem.h"
#include "rounds.h"

#define MOST 420
#define KEY "k"

static uint64_t state_of_random = 7;

static uint32_t
chance(uint32_t n)
{
	state_of_random ^= state_of_random >> 12;
	state_of_random ^= state_of_random << 25;
	state_of_random ^= state_of_random >> 27;
	return (uint32_t)((state_of_random * UINT64_C(2685821657736338717)) >>
	                  33) %
	       n;
}

static const char *const words[] = { "alpha", "Beta", "GAMMA", "delta",
	"écoles", "ÉCOLES", "naïve", "ﬁnance", "Straße", "日本語", "の", "c++",
	"C#", "a", "of", "the", "senior", "Night", "Python", "Java", "6 months",
	"12 months", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9",
	"x10", "x11", "x12", "x13", "x14", "<b>bold</b>", "R&amp;D", "don't",
	"Ελλάδα", "работа", "ไทย", "<li>item</li>", "re-use" };
static const char *const cities[] = { "Austin", "Denver", "New York", "東京",
	"Zürich", "Orange" };

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

#define CITY COUNT(words) /* the own one */
#define RARE 1000u        /* from here on, words of their own */

/* A text to be written down: words by number. */
struct draft {
	uint32_t word[400];
	size_t n;
};

static uint32_t
any_word(void)
{
	return chance((uint32_t)CITY + 1);
}

static void
write_word(struct buf *b, uint32_t word, const char *city)
{
	if (word >= RARE)
		buf_printf(b, "rare%u", word);
	else
		buf_text(b, word < CITY ? words[word] : city);
}

static void
write_job(struct buf *b, const struct draft *d, unsigned int id)
{
	const char *city = cities[chance((uint32_t)COUNT(cities))];
	size_t i;

	buf_clear(b);
	buf_printf(b,
	    "{\"source_id\":\"%u\",\"locations\":[{\"city\":\"%s\"}],"
	    "\"description\":\"",
	    id, city);
	for (i = 0; i < d->n; i++) {
		if (i > 0)
			buf_byte(b, ' ');
		write_word(b, d->word[i], city);
	}
	buf_text(b, "\"}");
}

/*
 * A draft in the families of those before it, or a new one.  SPREAD words of
 * their own are to be had.
 */
static void
make_draft(struct draft *all, size_t i, size_t longest, uint32_t spread)
{
	struct draft *d = &all[i];
	size_t edits;

	if (i == 0 || chance(spread > 0 ? 2 : 5) == 0) {
		d->n = longest / 2 + chance((uint32_t)longest / 2);
		for (edits = 0; edits < d->n; edits++)
			d->word[edits] = spread > 0 && chance(20) > 0
			                     ? RARE + chance(spread)
			                     : any_word();
		return;
	}
	*d = all[chance((uint32_t)i)];
	for (edits = chance((uint32_t)d->n / 6); edits > 0; edits--)
		d->word[chance((uint32_t)d->n)] = any_word();
	if (chance(3) == 0 && d->n > 20)
		d->n -= chance((uint32_t)d->n / 10);
}

struct world {
	struct hold hold;
	struct places *places;
	struct veto *veto;
	uint32_t order[MOST];
	uint32_t expected[MOST]; /* into, by job */
	uint32_t n;
};

static struct draft drafts[MOST];

static void
make_drafts(uint32_t n, size_t longest, uint32_t spread)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		make_draft(drafts, i, longest, spread);
}

/* Jobs of the drafts; ids in no order and some twice, unless IN_ORDER. */
static void
make_world(struct world *w, const struct pins *pins, uint32_t n, bool in_order)
{
	struct buf line = { 0 }, room = { 0 };
	struct rec *rec = rec_new();
	struct job job;
	uint32_t i;
	size_t at;

	hold_open(&w->hold, 1);
	w->n = n;
	for (i = 0; i < n; i++) {
		write_job(&line, &drafts[i],
		    in_order ? i + 1 : (i * 7919 + 13) % (n + n / 2));
		assert_null(rec_parse(rec, line.data, line.len, &at));
		assert_true(take_job(rec, pins, &room, &job));
		job.seq = i;
		hold_join(&w->hold, hold_add(&w->hold, &job), KEY, 1,
		    hold_hash(&w->hold, KEY, 1));
	}
	hold_order(&w->hold, &w->hold.groups[0], w->order);
	rec_free(rec);
	buf_free(&line);
	buf_free(&room);
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
	static uint32_t row[2000];
	size_t i, j;

	assert_true(b->len < COUNT(row));
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
	    memcmp(a->ids.at, b->ids.at, a->ids.len * sizeof(uint32_t)) == 0)
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
plain_pins(const struct world *w, const struct pins *pins, uint32_t job,
    uint32_t survivor)
{
	uint32_t i, set = w->hold.jobs[job].pin;
	size_t count, k;
	const uint32_t *apart;
	int verdict = 0;

	if (set == PINS_NONE)
		return 0;
	apart = pins_apart(pins, set, &count);
	for (i = 0; i < w->n; i++) {
		if (w->expected[i] != survivor ||
		    w->hold.jobs[i].pin == PINS_NONE)
			continue;
		if (w->hold.jobs[i].pin == set)
			verdict = 1;
		for (k = 0; k < count; k++)
			if (apart[k] == w->hold.jobs[i].pin)
				return -1;
	}
	return verdict;
}

static uint32_t
plain_find(const struct world *w, const struct link_rules *rules,
    struct veto_room *room, struct seen *seen, uint32_t upto)
{
	uint32_t job = w->order[upto], k;
	const struct job *jobs = w->hold.jobs;
	int pass;

	/* Where others of the set are comes first. */
	for (pass = 0; pass < 2; pass++)
		for (k = 0; k < upto; k++) {
			uint32_t s = w->order[k];
			int pinned;

			if (w->expected[s] != s)
				continue;
			pinned = plain_pins(w, rules->pins, job, s);
			if (pinned < 0 || (pass == 0 && pinned == 0))
				continue;
			if (pass == 1 &&
			    !plain_same(rules, room, &seen[s], &seen[job]))
				continue;
			if (seen[s].size + jobs[job].cost > rules->record_max) {
				seen[s].size = UINT64_MAX / 2; /* full */
				continue;
			}
			seen[s].size += jobs[job].cost;
			return s;
		}
	return job;
}

static void
plain_linkage(struct world *w, const struct link_rules *rules)
{
	struct seen *seen = mem_zero(w->n, sizeof(*seen));
	struct words *vocabulary = words_new(3);
	struct advert *advert = advert_new(rules->places);
	struct veto_room *room = veto_room_new(rules->veto);
	uint32_t i;

	for (i = 0; i < w->n; i++) {
		const struct job *job = &w->hold.jobs[i];

		advert_words(advert, job, job->line, vocabulary, &seen[i].ids);
		veto_marks(room, vocabulary, seen[i].ids.at, seen[i].ids.len,
		    &seen[i].marks);
		seen[i].description = take_description(job, job->line);
		seen[i].size = (uint64_t)job->len + job->cost;
		w->expected[i] = HOLD_NONE;
	}
	for (i = 0; i < w->n; i++)
		w->expected[w->order[i]] = plain_find(w, rules, room, seen, i);
	for (i = 0; i < w->n; i++) {
		ids_free(&seen[i].ids);
		ids_free(&seen[i].marks);
	}
	free(seen);
	words_free(vocabulary);
	advert_free(advert);
	veto_room_free(room);
}

static void
check_judged(struct world *w, const struct link_rules *rules)
{
	struct team *team = team_new(rules, 1);
	struct explain explain = { .lines = NULL };
	uint32_t i, k, merged = 0, chained = 0;

	/* A hold is judged from the order its group was joined in. */
	w->hold.groups[0].first = 0;
	for (i = 0; i < w->n; i++)
		w->hold.jobs[i].next = i + 1 < w->n ? i + 1 : HOLD_NONE;
	assert_true(team_judge(team, &w->hold, &explain));
	for (i = 0; i < w->n; i++) {
		assert_int_equal(w->hold.jobs[i].into, w->expected[i]);
		merged += w->expected[i] != i;
		if (w->expected[i] != i)
			continue;
		for (k = w->hold.jobs[i].next; k != HOLD_NONE;
		     k = w->hold.jobs[k].next) {
			assert_int_equal(w->hold.jobs[k].into, i);
			chained++;
		}
	}
	assert_int_equal(chained, merged);
	assert_int_equal(team_counts(team).merged, merged);
	if (rules->explain)
		assert_true(explain.count >= merged);
	explain_free(&explain);
	team_free(team);
}

static struct link_rules
rules_for(struct world *w)
{
	w->places = places_load();
	w->veto = veto_load(NULL);
	return (struct link_rules){
		.threshold = 900000,
		.veto = w->veto,
		.places = w->places,
		.memory = (size_t)64 << 20,
		.record_max = (uint64_t)16 << 20,
		.seed = 99,
	};
}

static void
end_world(struct world *w)
{
	hold_close(&w->hold);
	places_free(w->places);
	veto_free(w->veto);
}

/* One world under every rule that could change the way, or the outcome. */
static void
check_rules(uint32_t n, size_t longest)
{
	struct world w;
	struct link_rules rules = rules_for(&w), r;

	make_drafts(n, longest, 0);
	make_world(&w, NULL, n, false);
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	r = rules;
	r.explain = true;
	check_judged(&w, &r);
	r = rules;
	r.memory = 1; /* a turn for each survivor */
	check_judged(&w, &r);
	r.memory = 60000;
	check_judged(&w, &r);
	rules.shorts = true;
	rules.veto = NULL;
	rules.threshold = 650000;
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	rules.memory = 60000;
	check_judged(&w, &rules);
	rules.record_max = 4000; /* few go into one */
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	rules.memory = (size_t)64 << 20;
	check_judged(&w, &rules);
	end_world(&w);
}

static void
groups_equal_the_plain_star_linkage(void **state)
{
	int i, count = rounds(60);

	(void)state;
	for (i = 0; i < count; i++)
		check_rules(2 + chance(20), 130);
	check_rules(110, 160);
}

static void
large_groups_equal_it_too(void **state)
{
	struct world w;
	struct link_rules rules = rules_for(&w);

	(void)state;
	/* Most survive, so that the index is used. */
	make_drafts(MOST, 75, 0);
	make_world(&w, NULL, MOST, false);
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	rules.shorts = true;
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	rules.explain = true;
	check_judged(&w, &rules);
	end_world(&w);
}

/* More words than are kept from job to job. */
static void
groups_of_many_words_equal_it_too(void **state)
{
	struct world w;
	struct link_rules rules = rules_for(&w);

	(void)state;
	make_drafts(220, 390, 1000000);
	make_world(&w, NULL, 220, false);
	plain_linkage(&w, &rules);
	check_judged(&w, &rules);
	rules.memory = 400000;
	check_judged(&w, &rules);
	end_world(&w);
}

static char *
new_pins(const char *text)
{
	char *path = mem_string("/tmp/test_dedup_link.XXXXXX");
	int fd = mkstemp(path);
	ssize_t n = write(fd, text, strlen(text));

	assert_int_equal(n, strlen(text));
	close(fd);
	return path;
}

/*
 * 2 is kept from 1 and survives beside it.  3 has the very words of 2, but 1
 * comes first and is similar enough.
 */
static void
who_survives_by_a_pin_draws_nobody_from_those_before(void **state)
{
	struct world w;
	struct link_rules rules = rules_for(&w);
	char *path = new_pins("{\"apart\":[1,2]}\n");
	struct pins *pins = pins_load(path);
	uint32_t i;

	(void)state;
	rules.pins = pins;
	for (drafts[0].n = 0; drafts[0].n < 100; drafts[0].n++)
		drafts[0].word[drafts[0].n] = RARE + (uint32_t)drafts[0].n;
	for (i = 1; i < 3; i++) {
		drafts[i] = drafts[0];
		drafts[i].word[50] = 0;
		drafts[i].word[drafts[i].n++] = CITY;
	}
	make_world(&w, pins, 3, true);
	plain_linkage(&w, &rules);
	assert_int_equal(w.expected[1], 1);
	assert_int_equal(w.expected[2], 0);
	check_judged(&w, &rules);
	end_world(&w);
	pins_free(pins);
	unlink(path);
	free(path);
}

static char *
write_pins(uint32_t ids)
{
	char *path = mem_string("/tmp/test_dedup_link.XXXXXX");
	int fd = mkstemp(path), i;
	FILE *f = fdopen(fd, "w");

	assert_non_null(f);
	for (i = 0; i < 12; i++) {
		/* Halves of the ids, so that nothing is pinned both ways. */
		if (i % 2 == 0)
			fprintf(f, "{\"same\":[\"%u\",%u]}\n",
			    chance(ids / 8) * 2, chance(ids / 8) * 2);
		else
			fprintf(f, "{\"apart\":[\"%u\",\"%u\"]}\n",
			    chance(ids / 2) * 2, chance(ids / 2) * 2 + 1);
	}
	fclose(f);
	return path;
}

static void
pins_win_as_in_the_plain_linkage(void **state)
{
	int i, count = rounds(60);

	(void)state;
	for (i = 0; i < count; i++) {
		struct world w;
		struct link_rules rules = rules_for(&w);
		uint32_t n = 20 + chance(60);
		char *path = write_pins(n + n / 2);
		struct pins *pins = pins_load(path);

		rules.pins = pins;
		make_drafts(n, 130, 0);
		make_world(&w, pins, n, false);
		plain_linkage(&w, &rules);
		check_judged(&w, &rules);
		rules.memory = 60000;
		check_judged(&w, &rules);
		rules.memory = 1;
		check_judged(&w, &rules);
		end_world(&w);
		pins_free(pins);
		unlink(path);
		free(path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups_equal_the_plain_star_linkage),
		cmocka_unit_test(large_groups_equal_it_too),
		cmocka_unit_test(groups_of_many_words_equal_it_too),
		cmocka_unit_test(
		    who_survives_by_a_pin_draws_nobody_from_those_before),
		cmocka_unit_test(pins_win_as_in_the_plain_linkage),
	};

	/* Tests run from the top of the tree. */
	setenv("JOBMILL_SHARE", "share", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
