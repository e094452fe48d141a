/*
 * fuzz_local.c - an ad that the built-in provider is asked about: title,
 * company and places a line each, then the text; what it says is sound, and the
 * same whatever it was asked before
 */
#include <ctype.h>
#include <string.h>

#include "../../src/ai-enrich/local.h"
#include "../../src/ai-enrich/plain.h"
#include "fuzz.h"
#include "text.h"
#include "utf8.h"

static const struct taxonomy *taxonomy;
static struct local *local;

static void
hold_text(const struct buf *text, size_t most)
{
	uint32_t code = 0;
	size_t n;

	hold(text->len <= most);
	for (size_t i = 0; i < text->len; i += n) {
		n = utf8_decode(text->data + i, text->len - i, &code);
		hold(n > 0 && is_plain_code(code));
	}
}

static void
hold_list(const struct answer_list *list)
{
	hold(list->count <= ANSWER_ITEMS);
	for (size_t i = 0; i < list->count; i++) {
		hold(list->items[i].len > 0);
		hold_text(&list->items[i], 2048);
	}
}

/* What is left of a title keeps its words and their order. */
static void
hold_title(struct ad_part title, const struct buf *clean)
{
	size_t at = 0;
	bool letters = false;

	for (size_t i = 0; i < title.len; i++) {
		if (title.utf8[i] < 0)
			return;
		/* the s of "driver's" is no word */
		letters |= isalpha((unsigned char)title.utf8[i]) != 0 &&
		           (i == 0 || title.utf8[i - 1] != '\'');
	}
	hold((clean->len > 0) >= letters);
	for (size_t i = 0; i < clean->len; i++) {
		const int letter = tolower((unsigned char)clean->data[i]);

		if (!isalnum(letter))
			continue;
		while (at < title.len &&
		       tolower((unsigned char)title.utf8[at]) != letter)
			at++;
		hold(at++ < title.len);
	}
}

static void
hold_sound(const struct ad *ad, const struct industry_answer *a)
{
	struct function_answer f;
	bool known = false;

	hold(a->industry != NULL && a->confidence <= ANSWER_SURE);
	hold_text(&a->title, 2048);
	hold_title(ad->title, &a->title);
	hold_text(&a->description, 2600);
	hold_list(&a->skills);
	hold_list(&a->tasks);
	hold_list(&a->tags);
	hold_list(&a->search_terms);
	local_function(local, ad, a->industry, &f);
	hold(f.confidence <= ANSWER_SURE);
	for (size_t i = 0; i < a->industry->function_count; i++)
		known |= a->industry->functions[i] == f.function;
	hold(known);
}

static void
hold_same_list(const struct answer_list *a, const struct answer_list *b)
{
	hold(a->count == b->count);
	for (size_t i = 0; i < a->count; i++)
		hold_same(&a->items[i], &b->items[i]);
}

static void
hold_same_answer(const struct industry_answer *a,
    const struct industry_answer *b)
{
	hold(a->industry == b->industry && a->confidence == b->confidence);
	hold_same(&a->title, &b->title);
	hold_same(&a->description, &b->description);
	hold_same_list(&a->skills, &b->skills);
	hold_same_list(&a->tasks, &b->tasks);
	hold_same_list(&a->tags, &b->tags);
	hold_same_list(&a->search_terms, &b->search_terms);
}

static void
open_once(void)
{
	if (local != NULL)
		return;
	taxonomy = taxonomy_load("share/taxonomy/taxonomy.json");
	local = local_open(taxonomy, "share/taxonomy/lexicon.json");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct ad baker = { .title = { "Baker (m/w/d)", 13 },
		.text = { "Bake bread. Night shift.", 24 } };
	const char *at = (const char *)data, *end = at + size;
	struct industry_answer first = { 0 }, other = { 0 }, again = { 0 };
	struct buf title = { 0 }, company = { 0 }, places = { 0 };
	struct buf html = { 0 }, text = { 0 };
	struct ad ad;

	if (size > 1 << 16)
		return 0;
	open_once();
	take_line(&title, &at, end);
	take_line(&company, &at, end);
	take_line(&places, &at, end);
	for (size_t i = 0; i < places.len; i++)
		if (places.data[i] == '|')
			places.data[i] = '\n';
	buf_add(&html, at, utf8_valid(at, (size_t)(end - at)));
	text_from_html(&text, buf_string(&html), html.len);
	ad = (struct ad){ .title = { buf_string(&title), title.len },
		.company = { buf_string(&company), company.len },
		.text = { buf_string(&text), text.len },
		.places = { buf_string(&places), places.len } };
	local_industry(local, &ad, &first);
	hold_sound(&ad, &first);
	local_industry(local, &baker, &other);
	local_industry(local, &ad, &again);
	hold_same_answer(&first, &again);
	answer_free(&first);
	answer_free(&other);
	answer_free(&again);
	buf_free(&title);
	buf_free(&company);
	buf_free(&places);
	buf_free(&html);
	buf_free(&text);
	return 0;
}
