/*
 * fuzz_lines.c - lines of outsiders: heads of HTTP answers, addresses and
 * redirects, waits asked for, lines of a crontab, first bytes of what is to be
 * a feed; the first byte says which
 */
#include <string.h>

#include "../../src/feed-fetch/answer.h"
#include "../../src/feed-fetch/fault.h"
#include "../../src/feed-fetch/sniff.h"
#include "../../src/feed-fetch/url.h"
#include "../../src/pg-store/schedule.h"
#include "backoff.h"
#include "buf.h"
#include "fuzz.h"
#include "status.h"

#define TODAY 1795000000
#define EIGHT_YEARS (8 * 366 * INT64_C(86400))

/* Line by line, as curl hands them on. */
static void
try_head(const char *text, size_t len)
{
	struct answer a = { 0 };
	struct fault why = { 0 };
	uint64_t first, last, total;

	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t n = end != NULL ? (size_t)(end - text) + 1 : len;

		if (!answer_line(&a, text, n, &why)) {
			hold(why.status == EX_PROTOCOL && why.what != NULL);
			return;
		}
		text += n;
		len -= n;
	}
	hold(memchr(a.location, '\0', sizeof a.location) != NULL);
	hold(memchr(a.etag, '\0', sizeof a.etag) != NULL);
	if (answer_redirects(&a))
		hold(a.status >= 300 && a.status < 400 && *a.location != '\0');
	if (answer_range(&a, &first, &last, &total))
		hold(first <= last && last < total);
	if (answer_strong(&a) != NULL)
		hold(strncmp(answer_strong(&a), "W/", 2) != 0);
}

/* What is shown has no secret, and what is asked for stays what it was. */
static void
check_url(const struct url *u)
{
	struct fault why = { 0 };
	struct url *again = url_parse(url_text(u), &why);

	hold(again != NULL);
	hold(strcmp(url_text(again), url_text(u)) == 0);
	if (strcmp(url_scheme(u), "file") != 0) {
		hold(strcmp(url_host(again), url_host(u)) == 0);
		hold(url_same_site(u, u));
	}
	hold(strchr(url_text(u), '\n') == NULL);
	hold(strpbrk(url_shown(u), "\n\r\033") == NULL);
	url_free(again);
}

static void
try_url(const char *text)
{
	struct fault why = { 0 };
	struct url *base =
	    url_parse("https://user:word@feeds.example/a/b?k=v", &why);
	struct url *u = url_is(text) ? url_parse(text, &why) : NULL, *to;

	hold(u != NULL || !url_is(text) || why.status == EX_USAGE);
	if (u != NULL)
		check_url(u);
	why = (struct fault){ 0 };
	to = url_follow(base, text, &why);
	hold(to != NULL || why.status == EX_PROTOCOL);
	if (to != NULL) {
		hold(strncmp(url_text(to), "http", 4) == 0);
		check_url(to);
	}
	url_free(base);
	url_free(u);
	url_free(to);
}

static void
try_schedule(const char *text)
{
	struct schedule s;
	int64_t next, after;

	if (schedule_read(&s, text) != NULL)
		return;
	next = schedule_next(&s, TODAY);
	if (next == -1)
		return;
	hold(next > TODAY && next <= TODAY + EIGHT_YEARS);
	after = schedule_retry(&s, TODAY, 3);
	hold(after == -1 || after >= TODAY + 300);
}

/* What was decided by fewer bytes stays so. */
static void
try_first_bytes(const char *text, size_t len)
{
	enum sniff all = sniff(text, len, true), some;

	hold(all != SNIFF_MORE && *sniff_name(all) != '\0');
	for (size_t part = 0; part <= len; part += 1 + len / 16) {
		some = sniff(text, part, false);
		hold(some == SNIFF_MORE || some == all ||
		     (some == SNIFF_TEXT && all == SNIFF_BINARY));
		hold(some != SNIFF_MORE || part < SNIFF_BYTES);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = { 0 };

	if (size == 0 || size > 1 << 16)
		return 0;
	buf_add(&text, (const char *)data + 1, size - 1);
	switch (data[0]) {
	case 'h':
		try_head(buf_string(&text), text.len);
		break;
	case 'u':
		try_url(buf_string(&text));
		break;
	case 'f':
		try_first_bytes(buf_string(&text), text.len);
		break;
	case 's':
		try_schedule(buf_string(&text));
		break;
	default:
		hold(backoff_retry_after(buf_string(&text)) <= UINT64_MAX / 2);
	}
	buf_free(&text);
	return 0;
}
