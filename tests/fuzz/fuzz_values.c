/* fuzz_values.c - words of feeds: dates, pay, places, lines of text */
#include <string.h>

#include "../../src/xml2jsonl/date.h"
#include "../../src/xml2jsonl/place.h"
#include "../../src/xml2jsonl/salary.h"
#include "../unit/pieces.h"
#include "clock.h"
#include "fold.h"
#include "fuzz.h"
#include "scan.h"
#include "text.h"
#include "utf8.h"

/* A date that was read is one that is written and read again. */
static void
try_date(const char *text, size_t len, enum map_dates order)
{
	char stamp[CLOCK_STAMP];
	int64_t seconds, again;

	if (!date_parse(text, len, order, &seconds))
		return;
	hold(seconds > 0);
	clock_format(seconds, stamp);
	hold(clock_parse(stamp, CLOCK_STAMP - 1, &again));
	hold(again == seconds);
	hold(date_parse(stamp, CLOCK_STAMP - 1, order, &again));
	hold(again == seconds);
}

static void
try_amount(const char *digits)
{
	struct scan *scan = scan_new();
	size_t at;

	if (*digits != '\0') {
		hold(scan_value(scan, digits, strlen(digits), &at) == NULL);
		hold(json_compare(digits, strlen(digits), "0", 1) > 0);
	}
	scan_free(scan);
}

static void
try_salary(const char *text, size_t len)
{
	struct salary s = { .period = NULL };
	char amount[AMOUNT];

	if (salary_amount(text, len, amount))
		try_amount(amount);
	if (!salary_parse(shared_words(), text, len, "CA", &s))
		return;
	hold(s.min[0] != '\0' || s.max[0] != '\0');
	try_amount(s.min);
	try_amount(s.max);
	if (s.min[0] != '\0' && s.max[0] != '\0')
		hold(json_compare(s.min, strlen(s.min), s.max, strlen(s.max)) <=
		     0);
}

/* Whether a part of a place lies in the text, or is a constant of two letters.
 */
static void
try_part(struct text part, const char *text, size_t len)
{
	hold(part.len == 0 || part.len == 2 ||
	     (part.utf8 >= text && part.utf8 + part.len <= text + len));
}

static void
try_places(const char *text, size_t len)
{
	struct places p = { .items = NULL };

	places_clear(&p);
	places_read(&p, shared_words(), (struct text){ text, len });
	for (size_t i = 0; i < p.count; i++) {
		hold(p.items[i].text.len > 0);
		try_part(p.items[i].city, text, len);
		try_part(p.items[i].state, text, len);
		try_part(p.items[i].country, text, len);
		try_part(p.items[i].postal_code, text, len);
		try_part(p.items[i].text, text, len);
	}
	places_free(&p);
}

/* Text of text is that text, but for what looks like markup in it. */
static void
try_text(const char *text, size_t len)
{
	struct buf out = { 0 }, folded = { 0 };

	text_from_html(&out, text, len);
	hold(utf8_valid(out.data == NULL ? "" : out.data, out.len) == out.len);
	fold_text(&folded, text, len);
	hold(utf8_valid(folded.data == NULL ? "" : folded.data, folded.len) ==
	     folded.len);
	buf_free(&out);
	buf_free(&folded);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* what comes from an XML parser is UTF-8 */
	size_t len = utf8_valid((const char *)data, size);
	char *text = malloc(len + 1);

	hold(text != NULL);
	memcpy(text, data, len);
	for (int order = DATES_UNKNOWN; order <= DATES_MONTH_FIRST; order++)
		try_date(text, len, (enum map_dates)order);
	try_salary(text, len);
	try_places(text, len);
	try_text(text, len);
	free(text);
	return 0;
}
