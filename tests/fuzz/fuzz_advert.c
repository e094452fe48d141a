/*
 * fuzz_advert.c - an ad on its way to a model: title, company and text, a line
 * each; whatever they say, the prompt's own marks stay the only ones
 */
#include <ctype.h>
#include <string.h>

#include "../../src/ai-enrich/batch.h"
#include "../../src/ai-enrich/mask.h"
#include "../../src/ai-enrich/prompt.h"
#include "fuzz.h"
#include "text.h"
#include "utf8.h"

#define MOST 2000 /* bytes of a text that are kept */

/* The words that a mask leaves behind. */
static size_t
mask_at(const char *text, size_t len)
{
	if (len >= 7 && (memcmp(text, "[email]", 7) == 0 ||
	                    memcmp(text, "[phone]", 7) == 0))
		return 7;
	return 0;
}

/* Nothing of a chat format, of the prompt, or that nobody sees. */
static void
hold_harmless(const struct buf *part, size_t most)
{
	uint32_t code = 0;
	size_t n;

	/* a mask may be longer than what it is for */
	hold(part->len <= 2 * most);
	for (size_t i = 0; i < part->len; i += n) {
		char c = part->data[i];

		n = mask_at(part->data + i, part->len - i);
		if (n > 0)
			continue;
		n = utf8_decode(part->data + i, part->len - i, &code);
		hold(n > 0);
		hold(code >= ' ' || code == '\n');
		hold(code != 0x7f && (code < 0x80 || code >= 0xa0));
		hold(code != 0x2028 && code != 0x2029);
		hold(code < 0xe0000 && code != 0x202e && code != 0x200b);
		hold(n > 1 || strchr("<>[]{}`", c) == NULL);
		if (i + 2 < part->len && n == 1 && ispunct((unsigned char)c) &&
		    c != '.')
			hold(part->data[i + 1] != c || part->data[i + 2] != c);
	}
}

/* What has been masked needs no mask. */
static void
hold_masked(const struct buf *part)
{
	struct buf again = { 0 };
	unsigned int masked = 0;

	mask_private(part, &again, &masked);
	hold(masked == 0);
	buf_free(&again);
}

static size_t
count_of(const struct buf *text, const char *word)
{
	size_t len = strlen(word), count = 0;

	for (size_t i = 0; i + len <= text->len; i++)
		count += memcmp(text->data + i, word, len) == 0;
	return count;
}

/* The fence stands where we put it: named, before and behind the ad. */
static void
try_prompt(struct item *item)
{
	struct batch *b = batch_new(item);
	struct buf jobs = { 0 };

	memcpy(b->fence, "bcdfghjkmnpq", KEYS_FENCE);
	memcpy(item->key, "zzzzzz", KEYS_KEY);
	prompt_jobs(&jobs, b);
	hold(utf8_valid(jobs.data, jobs.len) == jobs.len);
	hold(count_of(&jobs, "[bcdfghjkmnpq ") == 2);
	hold(count_of(&jobs, "\nText:\n") >= 1);
	buf_free(&jobs);
	batch_free(b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct advert_rules *rules;
	const char *at = (const char *)data, *end = at + size;
	struct item *item;
	struct buf text = { 0 };

	if (size > 1 << 16)
		return 0;
	if (rules == NULL)
		rules = advert_rules_load("share/prompts/suspicious.txt", MOST,
		    false);
	item = item_new(0, "{}", 2);
	take_line(&item->ad.title, &at, end);
	take_line(&item->ad.company, &at, end);
	buf_add(&text, at, utf8_valid(at, (size_t)(end - at)));
	text_from_html(&item->ad.text, buf_string(&text), text.len);
	buf_free(&text);
	advert_guard(rules, &item->ad);
	hold_harmless(&item->ad.title, 300);
	hold_harmless(&item->ad.company, 200);
	hold_harmless(&item->ad.text, MOST);
	hold_masked(&item->ad.title);
	hold_masked(&item->ad.text);
	try_prompt(item);
	item_free(item);
	return 0;
}
