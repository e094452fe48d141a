/*
 * fuzz_files.c - bytes as a file of a person: rules, a taxonomy, pins, words
 * that make another role, prices; loaded, or refused with one line.  The first
 * byte says which.
 */
#include "../../src/ai-enrich/price.h"
#include "../../src/ai-enrich/taxonomy.h"
#include "../../src/job-dedup/pins.h"
#include "../../src/job-dedup/veto.h"
#include "../../src/job-route/rules.h"
#include "fuzz.h"
#include "rec.h"
#include "refuse.h"

/* Rules that hold decide about any record without harm. */
static void
try_rules(const char *path)
{
	static const char line[] =
	    "{\"feed_id\":1,\"source_id\":\"a\",\"title\":\"Nurse\","
	    "\"locations\":[{\"city\":\"Austin\"}],\"salary_min\":1.50}";
	struct rules *rules = rules_load(path);
	struct rec *job = rec_new();
	struct rule_verdict verdict;
	const char *gave_up;
	size_t at;

	rec_parse(job, line, sizeof line - 1, &at);
	rules_apply(rules, job, false, &verdict, &gave_up);
	if (rules_apply(rules, job, true, &verdict, &gave_up) &&
	    verdict.route == NULL)
		abort();
	rec_free(job);
	rules_free(rules);
}

/* What is known of a price can be written, and never goes down with use. */
static void
try_prices(const char *path)
{
	const struct usage little = { 10, 5, 1 }, more = { 20, 5, 2 };
	struct price p = price_of(path, "gemini-2.5-flash", "2026-11-23");
	struct buf text = { 0 };

	hold(strlen(p.as_of) == 10);
	if (p.known) {
		hold(price_cost(&p, &little) <= price_cost(&p, &more));
		price_text(&text, price_cost(&p, &more));
		hold(price_parse(buf_string(&text)) == price_cost(&p, &more));
	}
	buf_free(&text);
}

static void
try_file(const char *path, void *kind)
{
	const struct taxonomy *t;
	struct pins *pins;

	switch (*(const uint8_t *)kind) {
	case 't':
		t = taxonomy_load(path);
		if (t->count < 2 || t->industries[0].function_count < 1)
			abort();
		taxonomy_free(t);
		break;
	case 'c':
		try_prices(path);
		break;
	case 'p':
		pins = pins_load(path);
		pins_set(pins, "A", 1);
		pins_free(pins);
		break;
	case 'v':
		veto_free(veto_load(path));
		break;
	default:
		try_rules(path);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t kind;

	if (size == 0 || size > 1 << 16)
		return 0;
	kind = *data;
	refuse_or(data + 1, size - 1, try_file, &kind);
	return 0;
}
