/* test_enrich_local.c - what the built-in provider says of an ad */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "file.h"
#include "log.h"
#include "utf8.h"

#include "../../src/ai-enrich/local.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const struct taxonomy *taxonomy;
static struct local *local;

static int
open_all(void **state)
{
	struct buf path = { 0 };

	(void)state;
	taxonomy = taxonomy_load(file_share(&path, "taxonomy/taxonomy.json"));
	local =
	    local_open(taxonomy, file_share(&path, "taxonomy/lexicon.json"));
	buf_free(&path);
	return 0;
}

static int
close_all(void **state)
{
	(void)state;
	local_close(local);
	taxonomy_free(taxonomy);
	return 0;
}

static struct ad_part
part(const char *text)
{
	return (struct ad_part){ text, strlen(text) };
}

static void
assert_text(const struct buf *b, const char *want)
{
	struct buf copy = { 0 };

	buf_add(&copy, b->data, b->len);
	assert_string_equal(buf_string(&copy), want);
	buf_free(&copy);
}

static void
a_title_is_cleaned_of_all_that_is_no_title(void **state)
{
	static const char *const titles[][2] = {
		{ "Line Cook - $18-$21/hr - Downtown", "Line Cook" },
		{ "Line Cook at The Copper Ladle", "Line Cook" },
		{ "Line Cook | The Copper Ladle | Austin, TX", "Line Cook" },
		{ "Line Cook (Springfield)", "Line Cook" },
		{ "REGISTERED NURSE (RN) - NIGHTS - $10,000 SIGN ON BONUS!!!",
		    "Registered Nurse (RN)" },
		{ "SERVERS WANTED!!! Apply today", "Servers" },
		{ "*** URGENT *** forklift driver needed asap",
		    "Forklift Driver" },
		{ "Warehouse Associate \u2013 2nd Shift \u2013 Req #12345",
		    "Warehouse Associate" },
		{ "Estimator, Ref: 7719/PC-22", "Estimator" },
		{ "Travel RN - ICU - 13 weeks - Job ID 8837261",
		    "Travel RN - ICU" },
		{ "Software Engineer | Remote | $130,000 - $200,000 USD",
		    "Software Engineer" },
		{ "Koch / K\u00f6chin (m/w/d) in Vollzeit",
		    "Koch / K\u00f6chin" },
		{ "Ergotherapeut*in (w/m/d)", "Ergotherapeut*in" },
		{ "Mitarbeiter:in Verkauf (all genders)",
		    "Mitarbeiter:in Verkauf" },
		{ "VERK\u00c4UFER/IN GESUCHT", "Verk\u00e4ufer/in" },
		{ "Employ\u00e9(e) polyvalent(e) H/F",
		    "Employ\u00e9(e) polyvalent(e)" },
		{ "Fachkraft f\u00fcr Tief- und Hochbau",
		    "Fachkraft f\u00fcr Tief- und Hochbau" },
		{ "\U0001f69a CDL A Driver \U0001f69a Home Weekly!",
		    "CDL A Driver" },
		{ "Truck Driver - Austin, TX", "Truck Driver" },
		{ "Vineyard Worker (pruning, picking)",
		    "Vineyard Worker (pruning, picking)" },
		{ "Contract Manager", "Contract Manager" },
		{ "HR Specialist (HR Shared Services)",
		    "HR Specialist (HR Shared Services)" },
		{ "C++ Developer (m/f/d)", "C++ Developer" },
		{ "Head of R&D", "Head of R&D" },
		{ "Sr. Accountant", "Sr. Accountant" },
		{ "line cook", "Line Cook" },
		{ "Line  Cook   of  the House\u202c",
		    "Line Cook of the House" },
		{ "AWS SAA ARCHITECT", "AWS Saa Architect" },
		{ "SAAS SALES MANAGER", "SaaS Sales Manager" },
		/* nothing but noise is better than nothing */
		{ "URGENT!!!", "Urgent" }, { "12345", "12345" }, { "", "" },
		{ " -- !!! ", "" }
	};
	struct industry_answer a = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(titles); i++) {
		const struct ad ad = { .title = part(titles[i][0]),
			.company = part("The Copper Ladle"),
			.places = part("Springfield\nIL") };

		local_industry(local, &ad, &a);
		assert_text(&a.title, titles[i][1]);
	}
	answer_free(&a);
}

static void
a_clean_title_is_clean(void **state)
{
	static const char *const titles[] = { "Line Cook", "Sous-chef H/F",
		"Registered Nurse (RN) - Med/Surg - Nights - $40/hr",
		"URGENT: CNC Machinist, 2nd shift", "Pflegefachkraft (m/w/d)" };
	struct industry_answer once = { 0 }, twice = { 0 };
	struct ad ad = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(titles); i++) {
		ad.title = part(titles[i]);
		local_industry(local, &ad, &once);
		ad.title = (struct ad_part){ once.title.data, once.title.len };
		local_industry(local, &ad, &twice);
		assert_int_equal(once.title.len, twice.title.len);
		assert_memory_equal(once.title.data, twice.title.data,
		    once.title.len);
	}
	answer_free(&once);
	answer_free(&twice);
}

static const char nurse_text[] =
    "About us\n"
    "Founded in 1901, Lakeside runs three hospitals by the sea.\n"
    "Your role\n"
    "You care for patients on a medical surgical unit of 32 beds. "
    "You work with physicians, e.g. Dr. Smith, and with therapists.\n"
    "Responsibilities\n"
    "- Assess patients and document nursing care in Epic\n"
    "- Administer medications and IV therapy;\n"
    "- Educate patients and families\n"
    "Requirements\n"
    "- Bachelor's degree in nursing\n"
    "Benefits\n"
    "- 401(k) and dental insurance\n"
    "- Cashback at supermarkets and restaurants\n"
    "We are an equal opportunity employer and love all people.\n";

static void
a_nurse_is_found_out(void **state)
{
	const struct ad ad = { .title = part("RN, Night Shift"),
		.company = part("Lakeside"),
		.text = part(nurse_text) };
	struct industry_answer a = { 0 };
	struct function_answer f;

	(void)state;
	local_industry(local, &ad, &a);
	assert_string_equal(a.industry->code, "health");
	assert_true(a.confidence > 8600);
	local_function(local, &ad, a.industry, &f);
	assert_string_equal(f.function->code, "nursing");
	assert_true(f.confidence > 8600);
	assert_in_range(a.skills.count, 4, 6);
	assert_text(&a.tags.items[0], "Nursing");
	assert_text(&a.tags.items[1], "Night shift");
	assert_in_range(a.search_terms.count, 4, 6);
	answer_free(&a);
}

static void
the_description_is_about_the_job(void **state)
{
	const struct ad ad = { .text = part(nurse_text) };
	struct industry_answer a = { 0 };

	(void)state;
	local_industry(local, &ad, &a);
	assert_text(&a.description,
	    "Founded in 1901, Lakeside runs three hospitals by the sea. "
	    "You care for patients on a medical surgical unit of 32 beds. "
	    "You work with physicians, e.g. Dr. Smith, and with therapists.");
	answer_free(&a);
}

static void
tasks_are_the_items_of_the_duties(void **state)
{
	const struct ad ad = { .text = part(nurse_text) };
	struct industry_answer a = { 0 };

	(void)state;
	local_industry(local, &ad, &a);
	assert_in_range(a.tasks.count, 3, 4);
	assert_text(&a.tasks.items[0],
	    "Assess patients and document nursing care in Epic");
	assert_text(&a.tasks.items[1], "Administer medications and IV therapy");
	assert_text(&a.tasks.items[2], "Educate patients and families");
	answer_free(&a);
}

static void
without_evidence_and_at_ties_it_is_not_sure(void **state)
{
	static const char *const ads[][2] = { { "", "" },
		{ "xqzv", "Zwx qqq. Zzz!" },
		{ "Colleague", "We need you. Start now. Good pay." },
		/* one of each */
		{ "Worker",
		    "Our clients are hospitals, banks, farms, hotels, shops, "
		    "mines, schools, theatres and warehouses." } };
	struct industry_answer a = { 0 };
	struct function_answer f;
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(ads); i++) {
		const struct ad ad = { .title = part(ads[i][0]),
			.text = part(ads[i][1]) };

		local_industry(local, &ad, &a);
		assert_non_null(a.industry);
		assert_true(a.confidence < 5000);
		local_function(local, &ad, &taxonomy->industries[0], &f);
		assert_non_null(f.function);
		assert_true(f.confidence < 5000);
	}
	answer_free(&a);
}

static void
benefits_and_boilerplate_tell_no_industry(void **state)
{
	static const char plain[] = "You drive a truck with freight.";
	static const char noisy[] =
	    "You drive a truck with freight.\n"
	    "We are an equal opportunity employer in hospitals and banks.\n"
	    "Benefits\n"
	    "- Restaurant, hotel and gym vouchers\n"
	    "- A nurse, a bank and a school on the campus\n";
	struct industry_answer a = { 0 }, b = { 0 };
	struct ad ad = { .title = part("Driver"), .text = part(plain) };

	(void)state;
	local_industry(local, &ad, &a);
	ad.text = part(noisy);
	local_industry(local, &ad, &b);
	assert_ptr_equal(a.industry, b.industry);
	assert_int_equal(a.confidence, b.confidence);
	answer_free(&a);
	answer_free(&b);
}

static bool
is_same(const struct buf *a, const struct buf *b)
{
	return a->len == b->len &&
	       (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

static void
an_answer_does_not_depend_on_the_ads_before(void **state)
{
	const struct ad ads[] = { { .title = part("RN"),
		                      .text = part(nurse_text) },
		{ .title = part("Baker"),
		    .text = part("Bake bread in our bakery. Night shift.") },
		{ .title = part("") } };
	struct industry_answer first[COUNT(ads)] = { 0 }, now = { 0 };
	size_t i, k;

	(void)state;
	for (i = 0; i < COUNT(ads); i++)
		local_industry(local, &ads[i], &first[i]);
	for (k = 0; k < COUNT(ads) * 3; k++) {
		i = (k * 2) % COUNT(ads);
		local_industry(local, &ads[i], &now);
		assert_true(is_same(&now.title, &first[i].title));
		assert_true(is_same(&now.description, &first[i].description));
		assert_int_equal(now.confidence, first[i].confidence);
		assert_int_equal(now.skills.count, first[i].skills.count);
		assert_int_equal(now.tags.count, first[i].tags.count);
	}
	for (i = 0; i < COUNT(ads); i++)
		answer_free(&first[i]);
	answer_free(&now);
}

static void
assert_sound_list(const struct answer_list *list)
{
	const struct buf *item;
	size_t i;

	for (i = 0; i < list->count; i++) {
		item = &list->items[i];
		assert_true(item->len > 0);
		assert_int_equal(utf8_valid(item->data, item->len), item->len);
	}
}

static void
assert_sound(const struct industry_answer *a)
{
	assert_non_null(a->industry);
	assert_true(a->confidence <= ANSWER_SURE);
	assert_true(a->title.len <= 2048);
	assert_int_equal(utf8_valid(a->title.data, a->title.len), a->title.len);
	assert_true(a->description.len <= 2600);
	assert_int_equal(utf8_valid(a->description.data, a->description.len),
	    a->description.len);
	assert_null(a->description.len > 0
	                ? memchr(a->description.data, '\n', a->description.len)
	                : NULL);
	assert_sound_list(&a->skills);
	assert_sound_list(&a->tasks);
	assert_sound_list(&a->tags);
	assert_sound_list(&a->search_terms);
}

/* Longer than any word that is looked up. */
#define ENDLESS                                                                \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"

static void
any_text_gets_a_sound_answer(void **state)
{
	static const char *const pieces[] = { "a", "- ", "\n", ". ", "!", "(",
		")", "[", "*", "/", ",", "$9", "99999", "Nurse", "\u00e9",
		"e\u0301", "\u2022 ", "\u2014", "\U0001f600", "\u4e2d\u6587",
		"\u0440\u0430\u0431\u043e\u0442\u0430", "\u00ad", "C++",
		" .net", "e.g. ", "Benefits:", "bank ", "\u2019s", " ", "'s",
		ENDLESS };
	struct industry_answer a = { 0 };
	struct function_answer f;
	struct buf text = { 0 };
	uint32_t seed = 7;
	size_t i, k;

	(void)state;
	for (i = 0; i < 3000; i++) {
		buf_clear(&text);
		seed = seed * 1664525 + 1013904223;
		for (k = seed >> 26; k > 0; k--) {
			seed = seed * 1664525 + 1013904223;
			buf_text(&text, pieces[(seed >> 20) % COUNT(pieces)]);
		}
		const struct ad_part all = { text.data, text.len };
		const struct ad ad = { all, all, all, all };

		local_industry(local, &ad, &a);
		assert_sound(&a);
		local_function(local, &ad, a.industry, &f);
		assert_non_null(f.function);
	}
	answer_free(&a);
	buf_free(&text);
}

static void
a_text_of_megabytes_is_bounded(void **state)
{
	static const char *const units[] = { "x", "nurse ", "\u00e9", "- a\n",
		"(", "bank. ", "\u4e2d" };
	struct industry_answer a = { 0 };
	struct buf text = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(units); i++) {
		buf_clear(&text);
		while (text.len < (size_t)4 << 20)
			buf_text(&text, units[i]);
		const struct ad_part all = { text.data, text.len };
		const struct ad ad = { all, all, all, all };

		local_industry(local, &ad, &a);
		assert_sound(&a);
	}
	answer_free(&a);
	buf_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_title_is_cleaned_of_all_that_is_no_title),
		cmocka_unit_test(a_clean_title_is_clean),
		cmocka_unit_test(a_nurse_is_found_out),
		cmocka_unit_test(the_description_is_about_the_job),
		cmocka_unit_test(tasks_are_the_items_of_the_duties),
		cmocka_unit_test(without_evidence_and_at_ties_it_is_not_sure),
		cmocka_unit_test(benefits_and_boilerplate_tell_no_industry),
		cmocka_unit_test(an_answer_does_not_depend_on_the_ads_before),
		cmocka_unit_test(any_text_gets_a_sound_answer),
		cmocka_unit_test(a_text_of_megabytes_is_bounded),
	};

	log_init("test_enrich_local");
	setenv("JOBMILL_SHARE", "share", 0);
	return cmocka_run_group_tests(tests, open_all, close_all);
}
