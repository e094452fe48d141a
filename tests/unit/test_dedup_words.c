/* test_dedup_words.c - words, places and marks of a text; keys and their hash
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/job-dedup/hold.h"
#include "../../src/job-dedup/places.h"
#include "../../src/job-dedup/table.h"
#include "../../src/job-dedup/veto.h"
#include "../../src/job-dedup/words.h"
#include "fold.h"
#include "scan.h"

static uint64_t state_of_random = 5;

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

/* Words with '|' between them; a place is shown as "@". */
static void
join(const struct words *w, const struct ids *ids, struct buf *out)
{
	size_t i, len;
	const char *text;

	buf_clear(out);
	for (i = 0; i < ids->len; i++) {
		if (i > 0)
			buf_byte(out, '|');
		text = words_text(w, ids->at[i], &len);
		if (ids->at[i] == WORDS_PLACE)
			buf_byte(out, '@');
		else
			buf_add(out, text, len);
	}
}

static void
expect_words(const char *text, const char *expected)
{
	struct words *w = words_new(1);
	struct ids ids = { NULL, 0, 0 };
	struct buf folded = { 0 }, out = { 0 };

	fold_text(&folded, text, strlen(text));
	/* Enough behind it, so that the fast way is taken too. */
	words_split(w, folded.data, folded.len, &ids);
	join(w, &ids, &out);
	assert_string_equal(buf_string(&out), expected);
	words_free(w);
	ids_free(&ids);
	buf_free(&folded);
	buf_free(&out);
}

static void
words_are_runs_of_letters_digits_and_marks(void **state)
{
	(void)state;
	expect_words("", "");
	expect_words(" .,;!? ", "");
	expect_words("a", "a");
	expect_words("The quick, brown fox's 2nd den (12-3).",
	    "the|quick|brown|fox|s|2nd|den|12|3");
	expect_words("exactly16letters exactlysixteen_x seventeenletters1",
	    "exactly16letters|exactlysixteen|x|seventeenletters1");
	expect_words(
	    "abcdefghijklmnopqrstuvwxyz0123456789 tail of the text here",
	    "abcdefghijklmnopqrstuvwxyz0123456789|tail|of|the|text|here");
	expect_words("naïve café Straße ÉCOLE e\xCC\x81t", "naïve|café|"
	                                                   "strasse|école|ét");
	expect_words("x²³ ½ day", "x23|1|2|day");
	expect_words("नमस्ते दुनिया", "नमस्ते|दुनिया");
	expect_words("Ελλάδα работа", "ελλάδα|работа");
}

static void
scripts_without_spaces_give_a_word_each_code_point(void **state)
{
	(void)state;
	expect_words("看護師 3名", "看|護|師|3|名");
	expect_words("カタカナ ﾊﾝｶｸ", "カ|タ|カ|ナ|ハ|ン|カ|ク");
	expect_words("ไทย", "ไ|ท|ย");
	expect_words("abc漢def", "abc|漢|def");
}

static void
signs_tell_languages_of_one_letter_apart(void **state)
{
	(void)state;
	expect_words("C, C++, C# and F#; vitamin C.",
	    "c|c++|c#|and|f#|vitamin|c");
	expect_words("cc++ c+ c", "cc|c|c");
	expect_words("c#", "c#");
}

/* By the plain rule, for ASCII: what words_split() may do faster. */
static void
split_plainly(struct words *w, const char *text, size_t len, struct ids *out)
{
	size_t i = 0, from;

	while (i < len) {
		for (; i < len && strchr(" .-_/#+", text[i]) != NULL; i++)
			continue;
		for (from = i; i < len && strchr(" .-_/#+", text[i]) == NULL;
		     i++)
			continue;
		if (i - from == 1 && i < len && text[i] == '#')
			i++;
		else if (i - from == 1 && i + 1 < len && text[i] == '+' &&
		         text[i + 1] == '+')
			i += 2;
		if (i > from)
			ids_add(out, words_add(w, text + from, i - from));
	}
}

static void
the_fast_way_gives_the_words_of_the_plain_one(void **state)
{
	static const char letters[] = "abcdefgxyz0189 .-_/#+   ";
	struct words *w = words_new(9);
	struct ids fast = { NULL, 0, 0 }, plain = { NULL, 0, 0 };
	char *text;
	int round;

	(void)state;
	for (round = 0; round < 20000; round++) {
		size_t len = chance(60), i;

		/* As long as it is, to be seen if more is read. */
		text = malloc(len + 1);
		for (i = 0; i < len; i++)
			text[i] = letters[chance(
			    chance(3) == 0 ? sizeof(letters) - 1 : 14)];
		fast.len = plain.len = 0;
		words_split(w, text, len, &fast);
		split_plainly(w, text, len, &plain);
		assert_int_equal(fast.len, plain.len);
		if (fast.len > 0)
			assert_memory_equal(fast.at, plain.at,
			    fast.len * sizeof(*fast.at));
		words_split_known(w, text, len, &fast);
		if (plain.len > 0)
			assert_memory_equal(fast.at + plain.len, plain.at,
			    plain.len * sizeof(*plain.at));
		free(text);
	}
	words_free(w);
	ids_free(&fast);
	ids_free(&plain);
}

/* The words of a text whose words are all known are looked for byte by byte. */
static void
the_fast_way_stops_at_what_is_not_ascii(void **state)
{
	static const char *const pieces[] = { "a", "bc", "def", "0", "9x", " ",
		" ", "-", ".", "#", "+", "é", "ß", "漢", "字", "\314\201",
		"\302\240", "“", "…", "日本", "ñandú", "supercalifragilistic",
		"\377" };
	struct words *w = words_new(9);
	struct ids fast = { NULL, 0, 0 }, plain = { NULL, 0, 0 };
	struct buf text = { 0 };
	int round, i;

	(void)state;
	for (round = 0; round < 20000; round++) {
		buf_clear(&text);
		for (i = (int)chance(40); i > 0; i--)
			buf_text(&text,
			    pieces[chance(sizeof(pieces) / sizeof(*pieces))]);
		fast.len = plain.len = 0;
		words_split(w, buf_string(&text), text.len, &fast);
		words_split_known(w, buf_string(&text), text.len, &plain);
		assert_int_equal(fast.len, plain.len);
		if (fast.len > 0)
			assert_memory_equal(fast.at, plain.at,
			    fast.len * sizeof(*fast.at));
	}
	words_free(w);
	ids_free(&fast);
	ids_free(&plain);
	buf_free(&text);
}

static void
numbers_that_are_taken_back_leave_nothing_behind(void **state)
{
	struct words *w = words_new(3);
	char name[40];
	uint32_t i, kept, count;
	int round;

	(void)state;
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "kept%u", i);
		assert_int_equal(words_add(w, name, strlen(name)), i + 1);
	}
	kept = words_count(w);
	for (round = 0; round < 50; round++) {
		count = chance(2000);
		for (i = 0; i < count; i++) {
			snprintf(name, sizeof(name),
			    "a longer name of round %d %u", round, i);
			assert_int_equal(words_add(w, name, strlen(name)),
			    kept + i);
		}
		words_cut(w, kept);
		assert_int_equal(words_count(w), kept);
		assert_int_equal(words_find(w, name, strlen(name)), WORDS_NONE);
		for (i = 0; i < 300; i++) {
			snprintf(name, sizeof(name), "kept%u", i);
			assert_int_equal(words_find(w, name, strlen(name)),
			    i + 1);
		}
	}
	words_free(w);
}

/* Values of an array of locations, as a scan would have them. */
static struct json_value
array(const char *json)
{
	return (struct json_value){ *json == '[' ? JSON_ARRAY : JSON_STRING,
		false, json, strlen(json) };
}

static void
expect_masked(const char *locations, const char *text, const char *expected)
{
	struct places *places = places_load();
	struct places_room *room = places_room_new(places);
	struct words *w = words_new(1);
	struct ids ids = { NULL, 0, 0 };
	struct buf folded = { 0 }, out = { 0 };

	fold_text(&folded, text, strlen(text));
	words_split(w, folded.data, folded.len, &ids);
	places_mask(room, w, array(locations), &ids);
	join(w, &ids, &out);
	assert_string_equal(buf_string(&out), expected);
	/* The room is as it was. */
	places_mask(room, w, array("[]"), &ids);
	join(w, &ids, &out);
	assert_string_equal(buf_string(&out), expected);
	places_room_free(room);
	places_free(places);
	words_free(w);
	ids_free(&ids);
	buf_free(&folded);
	buf_free(&out);
}

static void
names_of_own_places_are_one_word(void **state)
{
	static const char *const austin =
	    "[{\"city\":\"Austin\",\"state\":\"TX\",\"country\":\"US\","
	    "\"postal_code\":\"78701\"}]";

	(void)state;
	expect_masked(austin, "Join us in Austin, Texas.", "join|us|in|@");
	expect_masked(austin, "Austin, TX 78701, USA: work in Denver",
	    "@|work|in|denver");
	expect_masked(austin, "Let us help. TX is not known alone",
	    "let|us|help|tx|is|not|known|alone");
	expect_masked("[{\"city\":\"New York\"}]",
	    "new work in New York City, new york!", "new|work|in|@|city|@");
	expect_masked("[{\"text\":\"Remote, Indianapolis (IN), US\"}]",
	    "Remote work in Indianapolis, IN. In the US",
	    "remote|work|in|@|the|us");
	expect_masked("[\"K\\u00f6ln / Bonn\"]", "in Köln oder Bonn",
	    "in|@|oder|@");
	expect_masked("[{\"city\":\"東京\"}]", "東京で働く", "@|で|働|く");
	expect_masked("[{\"city\":\"Munich\",\"country\":\"DE\"}]",
	    "Munich, Germany", "@");
	expect_masked("[]", "in Austin", "in|austin");
	expect_masked("[{\"city\":7},null,\"\",{\"city\":\"\"}]", "seven 7",
	    "seven|7");
}

static void
the_longest_name_counts(void **state)
{
	(void)state;
	expect_masked("[{\"city\":\"York\"},{\"city\":\"New York\"},"
	              "{\"city\":\"New York Mills\"}]",
	    "york new york new york mills new yorks", "@|new|yorks");
}

static int
differ(const char *one, const char *two)
{
	struct veto *veto = veto_load(NULL);
	struct veto_room *room = veto_room_new(veto);
	struct words *w = words_new(1);
	struct ids a = { NULL, 0, 0 }, b = { NULL, 0, 0 }, x = { NULL, 0, 0 },
	           y = { NULL, 0, 0 };
	int reason;

	words_split(w, one, strlen(one), &a);
	veto_marks(room, w, a.at, a.len, &x);
	words_split(w, two, strlen(two), &b);
	veto_marks(room, w, b.at, b.len, &y);
	reason = veto_differ(room, x.at, x.len, y.at, y.len);
	assert_int_equal(reason, veto_differ(room, y.at, y.len, x.at, x.len));
	if (reason != VETO_NONE)
		assert_true((size_t)reason < veto_reasons(veto));
	ids_free(&a);
	ids_free(&b);
	ids_free(&x);
	ids_free(&y);
	words_free(w);
	veto_room_free(room);
	veto_free(veto);
	return reason;
}

static void
marks_count_how_often(void **state)
{
	(void)state;
	assert_int_equal(differ("night", "night"), VETO_NONE);
	assert_int_not_equal(differ("night night", "night"), VETO_NONE);
	assert_int_equal(differ("night x senior", "senior y night"), VETO_NONE);
	assert_int_not_equal(differ("senior", "junior"), VETO_NONE);
	assert_int_equal(differ("", ""), VETO_NONE);
	assert_int_equal(differ("permanent recruitment", ""), VETO_NONE);
	assert_int_not_equal(differ("permanent", ""), VETO_NONE);
	assert_int_equal(differ("06 months", "six months"), VETO_NONE);
}

static void
keys_of_one_hash_stay_apart(void **state)
{
	static const char *const keys[] = { "a", "b", "a", "ab", "", "b" };
	struct hold h;
	struct job model = { .line = "{}", .len = 2, .id = "1", .id_len = 1 };
	uint32_t i;

	(void)state;
	hold_open(&h, 1);
	for (i = 0; i < 6; i++)
		hold_join(&h, hold_add(&h, &model), keys[i], strlen(keys[i]),
		    42);
	assert_int_equal(h.group_count, 4);
	assert_int_equal(h.jobs[0].group, h.jobs[2].group);
	assert_int_equal(h.jobs[1].group, h.jobs[5].group);
	assert_int_not_equal(h.jobs[0].group, h.jobs[3].group);
	hold_close(&h);
}

static void
a_table_gives_all_numbers_of_a_hash_in_order(void **state)
{
	struct table t = { NULL, 0, 0 };
	uint32_t i, at = 0, expected = 0, n;

	(void)state;
	assert_int_equal(table_next(&t, 1, &at), TABLE_NONE);
	for (i = 0; i < 500; i++)
		table_add(&t, i % 5 * UINT64_C(0x100000000), i);
	while ((n = table_next(&t, 0, &at)) != TABLE_NONE) {
		assert_int_equal(n, expected);
		expected += 5;
	}
	assert_int_equal(expected, 500);
	table_clear(&t);
	at = 0;
	assert_int_equal(table_next(&t, 0, &at), TABLE_NONE);
	table_free(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_runs_of_letters_digits_and_marks),
		cmocka_unit_test(
		    scripts_without_spaces_give_a_word_each_code_point),
		cmocka_unit_test(signs_tell_languages_of_one_letter_apart),
		cmocka_unit_test(the_fast_way_gives_the_words_of_the_plain_one),
		cmocka_unit_test(the_fast_way_stops_at_what_is_not_ascii),
		cmocka_unit_test(
		    numbers_that_are_taken_back_leave_nothing_behind),
		cmocka_unit_test(names_of_own_places_are_one_word),
		cmocka_unit_test(the_longest_name_counts),
		cmocka_unit_test(marks_count_how_often),
		cmocka_unit_test(keys_of_one_hash_stay_apart),
		cmocka_unit_test(a_table_gives_all_numbers_of_a_hash_in_order),
	};

	/* Tests run from the top of the tree. */
	setenv("JOBMILL_SHARE", "share", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
