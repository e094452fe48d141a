/*
 * test_dedup_similar.c - what is fast decides as what is plain would
 *
 * The oracle of a longest common subsequence is the table of all prefixes,
 * filled cell by cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/job-dedup/bag.h"
#include "../../src/job-dedup/lcs.h"
#include "../../src/job-dedup/prefix.h"
#include "../../src/job-dedup/similar.h"
#include "mem.h"
#include "rounds.h"

#define WORDS_MAX 3000
#define IDS 5000

static uint64_t state_of_random = 20261123;

/* xorshift64*; below N. */
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

struct text {
	uint32_t ids[WORDS_MAX];
	size_t n;
};

static size_t
plain_lcs(const struct text *a, const struct text *b)
{
	static uint32_t row[WORDS_MAX + 1];
	size_t i, j;

	memset(row, 0, sizeof(row));
	for (i = 0; i < a->n; i++) {
		uint32_t diagonal = 0;

		for (j = 0; j < b->n; j++) {
			uint32_t above = row[j + 1];

			if (a->ids[i] == b->ids[j])
				row[j + 1] = diagonal + 1;
			else if (row[j] > above)
				row[j + 1] = row[j];
			diagonal = above;
		}
	}
	return row[b->n];
}

static void
random_text(struct text *t, size_t n, uint32_t words)
{
	for (t->n = 0; t->n < n; t->n++) {
		/* Squared: a few words are frequent, as in a language. */
		uint64_t x = chance(1000), y = chance(1000);

		t->ids[t->n] = (uint32_t)(x * y * words / 1000000);
	}
}

/* Insert, delete and replace EDITS words. */
static void
edit(struct text *t, size_t edits, uint32_t words)
{
	size_t at;

	for (; edits > 0; edits--) {
		at = chance((uint32_t)t->n + 1);
		switch (chance(3)) {
		case 0:
			if (at < t->n) {
				memmove(t->ids + at, t->ids + at + 1,
				    (t->n - at - 1) * sizeof(*t->ids));
				t->n--;
			}
			break;
		case 1:
			if (t->n < WORDS_MAX) {
				memmove(t->ids + at + 1, t->ids + at,
				    (t->n - at) * sizeof(*t->ids));
				t->ids[at] = chance(words);
				t->n++;
			}
			break;
		default:
			if (at < t->n)
				t->ids[at] = chance(words);
		}
	}
}

/* Move a stretch of words elsewhere: the same bag, another order. */
static void
move_stretch(struct text *t)
{
	static uint32_t cut[WORDS_MAX];
	size_t len, from, to;

	if (t->n < 4)
		return;
	len = 1 + chance((uint32_t)t->n / 2);
	from = chance((uint32_t)(t->n - len + 1));
	memcpy(cut, t->ids + from, len * sizeof(*cut));
	memmove(t->ids + from, t->ids + from + len,
	    (t->n - from - len) * sizeof(*cut));
	to = chance((uint32_t)(t->n - len + 1));
	memmove(t->ids + to + len, t->ids + to,
	    (t->n - len - to) * sizeof(*cut));
	memcpy(t->ids + to, cut, len * sizeof(*cut));
}

static size_t
random_length(void)
{
	switch (chance(40)) {
	case 0:
		return chance(1500);
	case 1:
		return 64 * (1 + chance(6));
	case 2:
		return chance(3);
	default:
		return chance(130);
	}
}

/* A pair of one of the kinds that could break something. */
static void
random_pair(struct text *a, struct text *b)
{
	static const uint32_t sizes[] = { 1, 2, 5, 40, 400, IDS };
	uint32_t words = sizes[chance(6)];

	random_text(a, random_length(), words);
	*b = *a;
	switch (chance(6)) {
	case 0:
		random_text(b, random_length(), words);
		break;
	case 1:
		edit(b, chance(4), words);
		break;
	case 2: /* close to a threshold of nine in ten */
		edit(b, a->n / 10 + chance(5), words);
		break;
	case 3:
		move_stretch(b);
		edit(b, chance(4), words);
		break;
	case 4: /* one end is cut off, the other grows */
		if (b->n > 0) {
			b->n -= chance((uint32_t)b->n / 6 + 1);
			memmove(b->ids, b->ids + b->n / 20,
			    (b->n - b->n / 20) * sizeof(*b->ids));
			b->n -= b->n / 20;
		}
		break;
	default:
		edit(a, a->n / 20, words);
		edit(b, b->n / 20, words);
	}
}

/* Many words share a bucket. */
static const uint16_t *
some_buckets(void)
{
	static uint16_t buckets[IDS];
	uint32_t i;

	for (i = 0; buckets[1] == 0 && i < IDS; i++)
		buckets[i] = (uint16_t)(i * 7 % 97 * 3 % BAG_BUCKETS);
	return buckets;
}

static void
count_words(struct bag *bag, const struct text *t)
{
	bag_fill(bag, t->ids, t->n, some_buckets());
}

/* Every way that this machine has says the same. */
static void
check_ways(const struct bag *x, const struct bag *y)
{
	bag_way *ways[BAG_WAYS];
	size_t n = bag_ways(ways), i;

	for (i = 0; i < n; i++)
		assert_int_equal(ways[i](x, y), bag_distance(x, y));
}

/* No alignment that there is may be ruled out. */
static void
check_halves(const struct text *a, const struct text *b, size_t distance)
{
	struct halves x, y;

	bag_halve(&x, a->ids, a->n, some_buckets());
	bag_halve(&y, b->ids, b->n, some_buckets());
	assert_true(bag_halves_near(&x, a->n, &y, b->n, distance));
	assert_true(bag_halves_near(&y, b->n, &x, a->n, distance));
}

static void
check_pair(struct lcs *l, const struct text *a, const struct text *b)
{
	static const uint32_t thresholds[] = { 500000, 750000, 900000, 925001,
		1000000 };
	size_t plain = plain_lcs(a, b), i, need, got;
	struct bag x, y;

	count_words(&x, a);
	count_words(&y, b);
	check_ways(&x, &y);
	assert_true(bag_distance(&x, &y) <= a->n + b->n - 2 * plain);
	check_halves(a, b, a->n + b->n - 2 * plain);
	lcs_take(l, a->ids, a->n, IDS);
	assert_int_equal(lcs_length(l, b->ids, b->n, 0), plain);
	for (i = 0; i < sizeof(thresholds) / sizeof(thresholds[0]); i++) {
		need = similar_need(thresholds[i], a->n, b->n);
		assert_true(
		    lcs_reaches(l, b->ids, b->n, need) == (plain >= need));
		got = lcs_length(l, b->ids, b->n, need);
		if (plain >= need)
			assert_int_equal(got, plain);
		else
			assert_true(got < need);
	}
}

static void
a_hundred_thousand_pairs_are_decided_as_by_the_plain_table(void **state)
{
	static struct text a, b;
	struct lcs *l = lcs_new();
	int i, count = rounds(100000);

	(void)state;
	for (i = 0; i < count; i++) {
		random_pair(&a, &b);
		check_pair(l, &a, &b);
	}
	lcs_free(l);
}

static void
one_text_can_be_compared_with_many(void **state)
{
	static struct text a, b;
	struct lcs *l = lcs_new();
	size_t need;
	int i;

	(void)state;
	random_text(&a, 300, 400);
	lcs_take(l, a.ids, a.n, IDS);
	for (i = 0; i < 1000; i++) {
		b = a;
		edit(&b, chance(60), 400);
		need = similar_need(900000, a.n, b.n);
		assert_true(lcs_reaches(l, b.ids, b.n, need) ==
		            (plain_lcs(&a, &b) >= need));
	}
	lcs_free(l);
}

static void
needs_are_exact_at_the_threshold(void **state)
{
	(void)state;
	/* 2 * 90 / 200 is 0.9, and 89 is not enough. */
	assert_int_equal(similar_need(900000, 100, 100), 90);
	assert_int_equal(similar_need(900001, 100, 100), 91);
	assert_int_equal(similar_need(1000000, 7, 7), 7);
	assert_int_equal(similar_need(500000, 1, 0), 1);
	assert_int_equal(similar_need(900000, 0, 0), 0);
	assert_int_equal(similar_ratio(90, 100, 100), 900000);
	assert_int_equal(similar_ratio(0, 0, 0), SIMILAR_ONE);
	/* 82 of 100 can be 0.9 (164/182 is 0.901), 81 can't (162/181). */
	assert_int_equal(similar_fewest(900000, 100), 82);
}

static void
a_bag_counts_no_further_than_it_can(void **state)
{
	static struct text a, b;
	struct bag x, y;

	(void)state;
	random_text(&a, 1000, 1);
	random_text(&b, 300, 1);
	count_words(&x, &a);
	count_words(&y, &b);
	assert_int_equal(x.count[0], 255);
	assert_int_equal(bag_distance(&x, &y), 0);
	b.n = 250;
	count_words(&y, &b);
	assert_int_equal(bag_distance(&x, &y), 5);
	check_ways(&x, &y);
}

static void
halves_tell_another_order_apart(void **state)
{
	static struct text a, b;
	static uint16_t buckets[200];
	struct halves x, y;
	size_t i;

	(void)state;
	for (i = 0; i < 200; i++) {
		buckets[i] = (uint16_t)i;
		a.ids[i] = (uint32_t)i;
		b.ids[i] = (uint32_t)(i + 100) % 200;
	}
	a.n = b.n = 200;
	bag_halve(&x, a.ids, a.n, buckets);
	bag_halve(&y, b.ids, b.n, buckets);
	assert_false(bag_halves_near(&x, a.n, &y, b.n, 40));
	assert_true(bag_halves_near(&x, a.n, &x, a.n, 0));
}

/* Words in common, in any order. */
static size_t
overlap(const struct text *a, const struct text *b)
{
	static uint32_t times[IDS];
	size_t i, common = 0;

	memset(times, 0, sizeof(times));
	for (i = 0; i < a->n; i++)
		times[a->ids[i]]++;
	for (i = 0; i < b->n; i++)
		if (times[b->ids[i]] > 0) {
			times[b->ids[i]]--;
			common++;
		}
	return common;
}

static bool
is_in(const struct ids *list, uint32_t number)
{
	size_t i;

	for (i = 0; i < list->len; i++)
		if (list->at[i] == number)
			return true;
	return false;
}

/* Texts in families, so that some are similar, added one by one. */
static void
check_index(uint32_t threshold, uint32_t words, size_t count)
{
	struct text *texts = mem_zero(count, sizeof(*texts));
	struct prefix *p = prefix_new(threshold);
	struct ids found = { NULL, 0, 0 };
	size_t i, j, hits = 0;

	for (i = 0; i < count; i++) {
		struct text *t = &texts[i];

		if (i < 5 || chance(3) == 0) {
			random_text(t, 1 + chance(120), words);
		} else {
			*t = texts[chance((uint32_t)i)];
			edit(t, chance((uint32_t)t->n / 6 + 2), words);
			if (t->n == 0)
				random_text(t, 1, words);
		}
		prefix_find(p, (struct prefix_text){ t->ids, t->n }, IDS,
		    &found);
		for (j = 0; j < i; j++) {
			size_t n = t->n, m = texts[j].n;

			if (overlap(t, &texts[j]) <
			    similar_need(threshold, n, m))
				continue;
			assert_true(is_in(&found, (uint32_t)(j * 3)));
			hits++;
		}
		for (j = 1; j < found.len; j++)
			assert_true(found.at[j - 1] < found.at[j]);
		prefix_add(p, (uint32_t)(i * 3),
		    (struct prefix_text){ t->ids, t->n }, IDS);
	}
	assert_true(hits > count / 10);
	assert_int_equal(prefix_count(p), count);
	prefix_free(p);
	ids_free(&found);
	free(texts);
}

static void
the_index_finds_all_that_have_enough_in_common(void **state)
{
	(void)state;
	check_index(900000, IDS, 400);
	check_index(900000, 30, 400);
	check_index(500000, 400, 300);
	check_index(1000000, 400, 300);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_hundred_thousand_pairs_are_decided_as_by_the_plain_table),
		cmocka_unit_test(one_text_can_be_compared_with_many),
		cmocka_unit_test(needs_are_exact_at_the_threshold),
		cmocka_unit_test(a_bag_counts_no_further_than_it_can),
		cmocka_unit_test(halves_tell_another_order_apart),
		cmocka_unit_test(
		    the_index_finds_all_that_have_enough_in_common),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
