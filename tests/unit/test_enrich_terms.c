/* test_enrich_terms.c - words, vocabularies, phrases, scores */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ai-enrich/score.h"
#include "../../src/ai-enrich/terms.h"
#include "../../src/ai-enrich/vocab.h"
#include "../../src/ai-enrich/words.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static void
words_that_differ_in_form_only_are_equal(void **state)
{
	static const char *const same[][2] = { { "Nurse", "NURSES" },
		{ "companies", "Company" }, { "boxes", "box" },
		{ "dishes", "dish" }, { "classes", "class" },
		{ "Caf\u00e9", "cafe" }, { "Cafe\u0301", "caf\u00e9" },
		{ "K\u00f6chin", "Kochin" }, { "STRASSE", "stra\u00dfe" },
		{ "driver's licence", "Driver licences" },
		{ "driver\u2019s", "driver" }, { "full-time", "full time" },
		{ "R&D", "r d" }, { "C++", "c++" }, { "C#, .NET", "c# .net" },
		{ "ASP.NET", "asp net" },
		{ "\u0421\u041b\u041e\u0412\u041e",
		    "\u0441\u043b\u043e\u0432\u043e" },
		{ "na\u00ef\u00adve", "naive" }, { "", " -- !" } };
	static const char *const other[][2] = { { "bus", "bu" },
		{ "class", "clas" }, { "this", "thi" }, { "c", "c++" },
		{ "net", ".net" }, { "nurse", "nurse aide" }, { "a", "" } };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(same); i++)
		assert_true(words_equal(same[i][0], strlen(same[i][0]),
		    same[i][1], strlen(same[i][1])));
	for (i = 0; i < COUNT(other); i++)
		assert_false(words_equal(other[i][0], strlen(other[i][0]),
		    other[i][1], strlen(other[i][1])));
}

static void
tokens_know_where_they_stand_and_what_parts_them(void **state)
{
	static const char text[] = "One, two (three). Four\nfive end.Next "
	                           "node.js a - b x-y";
	static const struct {
		const char *word;
		enum words_gap gap;
	} want[] = { { "One", GAP_LINE }, { "two", GAP_CLAUSE },
		{ "three", GAP_CLAUSE }, { "Four", GAP_SENTENCE },
		{ "five", GAP_LINE }, { "end", GAP_SPACE },
		{ "Next", GAP_SENTENCE }, { "node", GAP_SPACE },
		{ "js", GAP_SPACE }, { "a", GAP_SPACE }, { "b", GAP_CLAUSE },
		{ "x", GAP_SPACE }, { "y", GAP_SPACE } };
	struct vocab *v = vocab_new();
	struct tokens t = { 0 };
	size_t i;

	(void)state;
	vocab_seal(v);
	vocab_settle(v);
	words_of(v, text, strlen(text), &t);
	assert_int_equal(t.count, COUNT(want));
	for (i = 0; i < t.count; i++) {
		assert_int_equal(t.items[i].len, strlen(want[i].word));
		assert_memory_equal(text + t.items[i].at, want[i].word,
		    t.items[i].len);
		assert_int_equal(t.items[i].gap, want[i].gap);
		assert_int_equal(t.items[i].word, 0);
	}
	tokens_free(&t);
	vocab_free(v);
}

static void
many_words_keep_their_numbers(void **state)
{
	struct vocab *v = vocab_new();
	struct tokens t = { 0 };
	char word[32];
	uint32_t i;

	(void)state;
	for (i = 1; i <= 20000; i++) {
		(void)snprintf(word, sizeof word, "%sword%u",
		    i % 2 == 0 ? "averyverylong" : "", i);
		assert_null(words_add(v, word, &t));
		assert_int_equal(t.items[0].word, i);
	}
	vocab_seal(v);
	vocab_settle(v);
	assert_int_equal(vocab_size(v), 20000);
	for (i = 1; i <= 20000; i++) {
		(void)snprintf(word, sizeof word, "%sword%u",
		    i % 2 == 0 ? "averyverylong" : "", i);
		words_of(v, word, strlen(word), &t);
		assert_int_equal(t.count, 1);
		assert_int_equal(t.items[0].word, i);
	}
	words_of(v, "word20001 averyverylongword1", 28, &t);
	assert_int_equal(t.items[0].word, 0);
	assert_int_equal(t.items[1].word, 0);
	tokens_free(&t);
	vocab_free(v);
}

static void
entries_with_a_star_fit_beginnings_and_ends(void **state)
{
	struct vocab *v = vocab_new();
	struct tokens t = { 0 };
	uint32_t nurse, weld, welding, driver;

	(void)state;
	assert_null(words_add(v, "pflege*", &t));
	nurse = t.items[0].word;
	assert_null(words_add(v, "weld*", &t));
	weld = t.items[0].word;
	assert_null(words_add(v, "*fahrer", &t));
	driver = t.items[0].word;
	assert_null(words_add(v, "welding", &t));
	welding = t.items[0].word;
	assert_string_equal(words_add(v, "abc*", &t),
	    "too few letters beside '*'");
	vocab_seal(v);
	vocab_settle(v);
	words_of(v, "Pflegekraft Welder welding Kraftfahrer Pflege wel", 50,
	    &t);
	assert_int_equal(t.items[0].alt, nurse);
	assert_int_equal(t.items[1].alt, weld);
	assert_int_equal(t.items[1].word, 0);
	assert_int_equal(t.items[2].word, welding);
	assert_int_equal(t.items[2].alt, weld);
	assert_int_equal(t.items[3].alt, driver);
	assert_int_equal(t.items[4].alt, nurse);
	assert_int_equal(t.items[5].alt, 0);
	tokens_free(&t);
	vocab_free(v);
}

struct phrases {
	struct vocab *v;
	struct terms *t;
	struct tokens tokens;
};

static void
phrases_open(struct phrases *p, const char *const *list, size_t count)
{
	uint32_t term;
	size_t i;

	*p = (struct phrases){ 0 };
	p->v = vocab_new();
	p->t = terms_new(p->v);
	for (i = 0; i < count; i++) {
		assert_null(terms_add(p->t, list[i], &term));
		assert_int_equal(term, i + 1);
	}
	vocab_seal(p->v);
	terms_seal(p->t);
	vocab_settle(p->v);
}

static void
phrases_close(struct phrases *p)
{
	tokens_free(&p->tokens);
	terms_free(p->t);
	vocab_free(p->v);
}

static void
the_longest_phrase_wins_and_stays_in_its_clause(void **state)
{
	static const char *const list[] = { "nurse", "registered nurse",
		"nurse aide", "home health", "home health aide", "weld*",
		"pipe weld* helper" };
	static const struct {
		const char *text;
		size_t count;
		uint32_t term;
	} want[] = { { "nurse", 1, 1 }, { "Registered nurses", 2, 2 },
		{ "registered, nurse", 0, 0 }, { "registered. Nurse", 0, 0 },
		{ "nurse (aide)", 1, 1 }, { "home health aides wanted", 3, 5 },
		{ "home health nurse", 2, 4 }, { "home", 0, 0 },
		{ "welder", 1, 6 }, { "pipe welding helper", 3, 7 },
		{ "unknown nurse", 0, 0 } };
	struct phrases p;
	uint32_t term;
	size_t i, n;

	(void)state;
	phrases_open(&p, list, COUNT(list));
	for (i = 0; i < COUNT(want); i++) {
		words_of(p.v, want[i].text, strlen(want[i].text), &p.tokens);
		n = terms_match(p.t, p.tokens.items, p.tokens.count, &term);
		assert_int_equal(n, want[i].count);
		if (n > 0)
			assert_int_equal(term, want[i].term);
	}
	phrases_close(&p);
}

/* What terms_match() should find, the plain way. */
static size_t
plain_match(const char *const *list, size_t count, const char *text,
    const struct tokens *t, size_t from, uint32_t *term)
{
	size_t best = 0, i, k, at, end;

	for (k = 1; from + k <= t->count; k++) {
		at = t->items[from].at;
		end = (size_t)t->items[from + k - 1].at +
		      t->items[from + k - 1].len;
		for (i = 0; i < count; i++)
			if (words_equal(text + at, end - at, list[i],
			        strlen(list[i]))) {
				best = k;
				*term = (uint32_t)i + 1;
			}
	}
	return best;
}

static void
phrases_are_found_as_by_comparing_all(void **state)
{
	static const char *const words[] = { "a", "bb", "ccc", "dd", "e" };
	static char text[400], room[60][24];
	const char *list[60];
	struct phrases p;
	uint32_t seed = 12345, found, plain;
	size_t i, k, n, count = 0;

	(void)state;
	while (count < COUNT(list)) {
		for (k = n = 0; k <= count % 4; k++) {
			seed = seed * 1664525 + 1013904223;
			n += (size_t)snprintf(room[count] + n,
			    sizeof room[count] - n, "%s ",
			    words[seed >> 24 & 3]);
		}
		for (i = 0; i < count && strcmp(list[i], room[count]) != 0;)
			i++;
		if (i < count) /* double: make it another one */
			(void)snprintf(room[count], sizeof room[count],
			    "bb x%zu e", count);
		list[count] = room[count];
		count++;
	}
	phrases_open(&p, list, count);
	for (i = 0; i < 400 - 4; i += strlen(text + i)) {
		seed = seed * 1664525 + 1013904223;
		(void)snprintf(text + i, 5, "%s ",
		    words[(seed >> 24) % COUNT(words)]);
	}
	words_of(p.v, text, strlen(text), &p.tokens);
	for (i = 0; i < p.tokens.count; i++) {
		n = terms_match(p.t, &p.tokens.items[i], p.tokens.count - i,
		    &found);
		assert_int_equal(n,
		    plain_match(list, count, text, &p.tokens, i, &plain));
		if (n > 0)
			assert_int_equal(found, plain);
	}
	phrases_close(&p);
}

static const struct score_rules rules = {
	.field = { 200, 300, 100 },
	.repeat = { 100, 50, 25, 10 },
	.evidence = 1000,
	.point_count = 3,
	.points = { { 0, 1000 }, { 5000, 6000 }, { 10000, 9900 } },
};

static void
scores_add_up_by_field_and_repetition(void **state)
{
	struct vocab *v = vocab_new();
	struct scorer *s = scorer_new(v, 2, &rules);
	struct tokens t = { 0 };
	static const char text[] = "bank bank, bank. bank bank food bank loan";

	(void)state;
	assert_null(scorer_add(s, 0, 7, 4, "bank"));
	assert_null(scorer_add(s, 0, 1 << SCORE_TITLE, 2, "loan"));
	assert_null(scorer_add(s, 1, 7, 5, "food bank"));
	assert_null(scorer_add(s, 1, 7, -3, "loan"));
	assert_string_equal(scorer_add(s, 0, 1 << SCORE_TEXT, 1, "banks"),
	    "the term is there twice");
	assert_true(scorer_knows(s, 0));
	vocab_seal(v);
	scorer_seal(s);
	vocab_settle(v);
	words_of(v, text, strlen(text), &t);
	scorer_start(s);
	scorer_count(s, SCORE_TEXT, t.items, t.count);
	/* the "bank" of "food bank" is no bank */
	assert_int_equal(scorer_score(s, 0), 4 * 100 * (100 + 50 + 25 + 20));
	assert_int_equal(scorer_score(s, 1), 5 * 10000 - 3 * 10000);
	scorer_start(s);
	assert_int_equal(scorer_score(s, 0), 0);
	scorer_count(s, SCORE_TITLE, &t.items[t.count - 1], 1);
	assert_int_equal(scorer_score(s, 0), 2 * 200 * 100);
	tokens_free(&t);
	scorer_free(s);
	vocab_free(v);
}

static void
confidence_grows_with_margin_and_with_evidence(void **state)
{
	struct vocab *v = vocab_new();
	struct scorer *s = scorer_new(v, 2, &rules);
	unsigned int last = 0, now;
	int64_t best;

	(void)state;
	/* nothing, and ties, are at the foot of the curve */
	assert_int_equal(scorer_confidence(s, 0, 0), 1000);
	assert_int_equal(scorer_confidence(s, 900000, 900000), 1000);
	assert_int_equal(scorer_confidence(s, -5, -9), 1000);
	for (best = 10000; best < 10000000; best += 10000) {
		now = scorer_confidence(s, best, 0);
		assert_true(now >= last);
		last = now;
	}
	assert_true(last > 9000 && last <= 9900);
	for (best = 0; best <= 500000; best += 1000) {
		now = scorer_confidence(s, 500000, best);
		assert_true(now <= last);
		last = now;
	}
	/* half of the sum is evidence: the middle of the curve */
	assert_int_equal(scorer_confidence(s, 100000, 0), 6000);
	scorer_free(s);
	vocab_free(v);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_that_differ_in_form_only_are_equal),
		cmocka_unit_test(
		    tokens_know_where_they_stand_and_what_parts_them),
		cmocka_unit_test(many_words_keep_their_numbers),
		cmocka_unit_test(entries_with_a_star_fit_beginnings_and_ends),
		cmocka_unit_test(
		    the_longest_phrase_wins_and_stays_in_its_clause),
		cmocka_unit_test(phrases_are_found_as_by_comparing_all),
		cmocka_unit_test(scores_add_up_by_field_and_repetition),
		cmocka_unit_test(
		    confidence_grows_with_margin_and_with_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
