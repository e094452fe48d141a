/* answer.c - the head of an HTTP answer, as far as a fetch needs it */
#include "answer.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "status.h"

#define MAX_BYTES ((uint64_t)256 << 10)
#define MAX_LINES 1000
#define STRONG_AFTER 60 /* seconds */

static void
keep(char *to, size_t room, const char *value, size_t len)
{
	to[0] = '\0';
	if (len >= room || memchr(value, '\0', len) != NULL)
		return;
	memcpy(to, value, len);
	to[len] = '\0';
}

/* Codings may stand in several fields: together they are one list. */
static void
keep_coding(struct answer *a, const char *value, size_t len)
{
	size_t had = strlen(a->content_encoding);

	if (had > 0 && had + 1 < sizeof a->content_encoding)
		a->content_encoding[had++] = ',';
	if (len < sizeof a->content_encoding - had)
		keep(a->content_encoding + had,
		    sizeof a->content_encoding - had, value, len);
	else /* too long to be one coding */
		keep(a->content_encoding, sizeof a->content_encoding, "?", 1);
}

/* Digits from *AT on that fit; *AT is left behind them. */
static bool
number(const char **at, uint64_t *out)
{
	unsigned long long n;
	char *end;

	if (**at < '0' || **at > '9')
		return false;
	errno = 0;
	n = strtoull(*at, &end, 10);
	*at = end;
	*out = n;
	return errno == 0;
}

static void
keep_length(struct answer *a, const char *value, size_t len)
{
	char text[32];
	const char *at = text;

	keep(text, sizeof text, value, len);
	a->has_length = number(&at, &a->length) && *at == '\0';
}

static void
keep_field(struct answer *a, const char *name, size_t name_len,
    const char *value, size_t len)
{
	const struct {
		const char *name;
		char *to;
		size_t room;
	} fields[] = {
		{ "ETag", a->etag, sizeof a->etag },
		{ "Last-Modified", a->last_modified, sizeof a->last_modified },
		{ "Date", a->date, sizeof a->date },
		{ "Content-Type", a->content_type, sizeof a->content_type },
		{ "Content-Range", a->content_range, sizeof a->content_range },
		{ "Retry-After", a->retry_after, sizeof a->retry_after },
		{ "Location", a->location, sizeof a->location },
	};
	size_t i;

	for (i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strlen(fields[i].name) == name_len &&
		    strncasecmp(fields[i].name, name, name_len) == 0)
			keep(fields[i].to, fields[i].room, value, len);
	if (name_len == 14 && strncasecmp(name, "Content-Length", 14) == 0)
		keep_length(a, value, len);
	if (name_len == 16 && strncasecmp(name, "Content-Encoding", 16) == 0)
		keep_coding(a, value, len);
	if (name_len == 17 && strncasecmp(name, "Transfer-Encoding", 17) == 0)
		a->chunked = true;
}

/* "HTTP/1.1 200 OK": a head begins, and what was before it was interim. */
static void
begin(struct answer *a, const char *line, size_t len)
{
	uint64_t bytes = a->bytes, lines = a->lines;
	const char *space = memchr(line, ' ', len);
	uint64_t status = 0;
	char digits[4] = "";
	const char *at = digits;

	*a = (struct answer){ .bytes = bytes, .lines = lines };
	if (space != NULL && len - (size_t)(space - line) >= 4)
		memcpy(digits, space + 1, 3);
	if (number(&at, &status))
		a->status = (long)status;
	a->multiplexed = len > 5 && (line[5] == '2' || line[5] == '3');
}

bool
answer_line(struct answer *a, const char *line, size_t len, struct fault *why)
{
	const char *colon, *value;

	a->bytes += len;
	a->lines++;
	if (a->bytes > MAX_BYTES || a->lines > MAX_LINES)
		return fault_set(why, EX_PROTOCOL,
		    "the head of the answer is too long",
		    "more than %d lines or 256 KiB", MAX_LINES);
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		begin(a, line, len);
		return true;
	}
	while (len > 0 && strchr("\r\n \t", line[len - 1]) != NULL &&
	       line[len - 1] != '\0')
		len--;
	if (len == 0) {
		a->complete = a->status >= 200;
		return true;
	}
	colon = memchr(line, ':', len);
	if (a->complete || colon == NULL)
		return true;
	value = colon + 1;
	while (value < line + len && (*value == ' ' || *value == '\t'))
		value++;
	keep_field(a, line, (size_t)(colon - line), value,
	    (size_t)(line + len - value));
	return true;
}

bool
answer_redirects(const struct answer *a)
{
	return (a->status == 301 || a->status == 302 || a->status == 303 ||
	           a->status == 307 || a->status == 308) &&
	       a->location[0] != '\0';
}

const char *
answer_strong(const struct answer *a)
{
	time_t changed, sent;

	if (a->etag[0] == '"')
		return a->etag;
	/* what a validator must not be taken for is no date, either */
	if (a->etag[0] != '\0' || a->last_modified[0] == '\0' ||
	    strpbrk(a->last_modified, "/\"") != NULL)
		return NULL;
	changed = curl_getdate(a->last_modified, NULL);
	sent = curl_getdate(a->date, NULL);
	if (changed < 0 || sent < changed || sent - changed < STRONG_AFTER)
		return NULL;
	return a->last_modified;
}

bool
answer_range(const struct answer *a, uint64_t *first, uint64_t *last,
    uint64_t *total)
{
	const char *at = a->content_range;

	if (strncasecmp(at, "bytes ", 6) != 0)
		return false;
	at += 6;
	if (!number(&at, first) || *at++ != '-' || !number(&at, last) ||
	    *at++ != '/' || *last < *first)
		return false;
	if (strcmp(at, "*") == 0) {
		*total = UINT64_MAX;
		return true;
	}
	return number(&at, total) && *at == '\0' && *last < *total;
}
