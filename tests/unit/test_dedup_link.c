/*
 * test_dedup_link.c - groups come out as the plain star linkage has them
 *
 * The oracle is star.h.
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

#include "mem.h"
#include "rounds.h"
#include "star.h"

#define MOST 420

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
make_world(struct star *s, const struct pins *pins, uint32_t n, bool in_order)
{
	struct buf line = { 0 };
	struct rec *rec = rec_new();
	uint32_t i;
	size_t at;

	star_open(s);
	for (i = 0; i < n; i++) {
		write_job(&line, &drafts[i],
		    in_order ? i + 1 : (i * 7919 + 13) % (n + n / 2));
		assert_null(rec_parse(rec, line.data, line.len, &at));
		assert_true(star_add(s, rec, pins));
	}
	rec_free(rec);
	buf_free(&line);
}

/* One world under every rule that could change the way, or the outcome. */
static void
check_rules(uint32_t n, size_t longest)
{
	struct star s;
	struct link_rules rules, r;

	make_drafts(n, longest, 0);
	make_world(&s, NULL, n, false);
	rules = star_rules(&s);
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	r = rules;
	r.explain = true;
	assert_true(star_holds(&s, &r));
	r = rules;
	r.memory = 1; /* a turn for each survivor */
	assert_true(star_holds(&s, &r));
	r.memory = 60000;
	assert_true(star_holds(&s, &r));
	rules.shorts = true;
	rules.veto = NULL;
	rules.threshold = 650000;
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	rules.memory = 60000;
	assert_true(star_holds(&s, &rules));
	rules.record_max = 4000; /* few go into one */
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	rules.memory = (size_t)64 << 20;
	assert_true(star_holds(&s, &rules));
	star_close(&s);
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
	struct star s;
	struct link_rules rules;

	(void)state;
	/* Most survive, so that the index is used. */
	make_drafts(MOST, 75, 0);
	make_world(&s, NULL, MOST, false);
	rules = star_rules(&s);
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	rules.shorts = true;
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	rules.explain = true;
	assert_true(star_holds(&s, &rules));
	star_close(&s);
}

/* More words than are kept from job to job. */
static void
groups_of_many_words_equal_it_too(void **state)
{
	struct star s;
	struct link_rules rules;

	(void)state;
	make_drafts(220, 390, 1000000);
	make_world(&s, NULL, 220, false);
	rules = star_rules(&s);
	star_expect(&s, &rules);
	assert_true(star_holds(&s, &rules));
	rules.memory = 400000;
	assert_true(star_holds(&s, &rules));
	star_close(&s);
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
	struct star s;
	struct link_rules rules;
	char *path = new_pins("{\"apart\":[1,2]}\n");
	struct pins *pins = pins_load(path);
	uint32_t i;

	(void)state;
	for (drafts[0].n = 0; drafts[0].n < 100; drafts[0].n++)
		drafts[0].word[drafts[0].n] = RARE + (uint32_t)drafts[0].n;
	for (i = 1; i < 3; i++) {
		drafts[i] = drafts[0];
		drafts[i].word[50] = 0;
		drafts[i].word[drafts[i].n++] = CITY;
	}
	make_world(&s, pins, 3, true);
	rules = star_rules(&s);
	rules.pins = pins;
	star_expect(&s, &rules);
	assert_int_equal(s.expected[1], 1);
	assert_int_equal(s.expected[2], 0);
	assert_true(star_holds(&s, &rules));
	star_close(&s);
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
		struct star s;
		struct link_rules rules;
		uint32_t n = 20 + chance(60);
		char *path = write_pins(n + n / 2);
		struct pins *pins = pins_load(path);

		make_drafts(n, 130, 0);
		make_world(&s, pins, n, false);
		rules = star_rules(&s);
		rules.pins = pins;
		star_expect(&s, &rules);
		assert_true(star_holds(&s, &rules));
		rules.memory = 60000;
		assert_true(star_holds(&s, &rules));
		rules.memory = 1;
		assert_true(star_holds(&s, &rules));
		star_close(&s);
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
