/* fetch.c - a feed from a web server: redirects, repetitions, resumption */
#include "fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "backoff.h"
#include "buf.h"
#include "clock.h"
#include "log.h"
#include "sig.h"
#include "status.h"

/* What of an error page is read, for the connection's sake. */
#define MAX_PAGE ((uint64_t)64 << 10)

enum content {
	CONTENT_FEED, /* goes into the body */
	CONTENT_PAGE  /* is read and forgotten */
};

struct fetch {
	const struct fetch_options *options;
	const struct fetch_parts *parts;
	struct fetched *got;
	struct fault *why;
	struct exchange *exchange;
	struct backoff backoff;

	/* The version that the body holds a part of. */
	struct answer version; /* status 0: none */
	bool whole;            /* all of it came, and it is still no good */

	/* The answer under way. */
	enum content content;
	uint64_t from; /* byte that was asked for */
	uint64_t page; /* bytes of a page */

	struct watch watch;
	bool idle; /* nothing came since the last tick */
};

/* Bytes that came, to see how fast: pages do not count for long. */
static void
expect_bytes(struct fetch *f)
{
	watch_expect(&f->watch, body_bytes(f->parts->body) + f->page);
}

static void
show(struct fetch *f)
{
	struct stats *s = f->parts->stats;
	uint64_t bytes = body_bytes(f->parts->body);

	s->bytes_in = bytes;
	s->bytes_out = body_result(f->parts->body)->length;
	stats_tick(s);
	progress_show(f->parts->progress, bytes, s->total_hint);
}

/* A slow server must not make the reader wait for what there is. */
static void
flush(struct fetch *f)
{
	uint64_t stopped = watch_stop();

	out_flush(f->parts->out);
	watch_go_on(&f->watch, stopped);
}

static bool
on_tick(void *self)
{
	struct fetch *f = self;

	if (sig_stop())
		return false;
	if (f->idle)
		flush(f);
	f->idle = true;
	show(f);
	return watch_check(&f->watch, body_bytes(f->parts->body) + f->page,
	    f->why);
}

static bool
on_body(void *self, const char *bytes, size_t len)
{
	struct fetch *f = self;
	uint64_t stopped;
	bool taken;

	f->idle = false;
	if (f->content == CONTENT_PAGE) {
		f->page += len;
		return f->page <= MAX_PAGE;
	}
	stopped = watch_stop();
	taken = body_take(f->parts->body, bytes, len, f->why);
	watch_keep_rate(&f->watch, len);
	watch_go_on(&f->watch, stopped);
	return taken;
}

/* Bytes that an answer with all of a feed has, or UINT64_MAX. */
static uint64_t
length_of(const struct answer *a)
{
	return a->has_length && !a->chunked ? a->length : UINT64_MAX;
}

/* A body of all bytes from the first. */
static bool
begin_whole(struct fetch *f, const struct answer *a)
{
	uint64_t length = length_of(a);
	enum coding coding;

	if (f->from > 0 && body_began(f->parts->body)) {
		if (f->version.etag[0] == '"' &&
		    strcmp(f->version.etag, a->etag) == 0)
			return fault_set(f->why, EX_TEMPFAIL,
			    "the connection broke, and the server does not go "
			    "on from there",
			    "asked for byte %" PRIu64 ", it began anew",
			    f->from);
		return fault_set(f->why, EX_TEMPFAIL,
		    "the feed changed while it was fetched",
		    "after %" PRIu64 " bytes", f->from);
	}
	if (!decode_named(a->content_encoding, &coding))
		return fault_set(f->why, EX_PROTOCOL,
		    "the answer is in a coding that was not asked for", "%s",
		    a->content_encoding);
	f->version = *a;
	f->content = CONTENT_FEED;
	f->parts->stats->total_hint = length != UINT64_MAX ? length : 0;
	if (!body_start(f->parts->body, coding, length, f->why))
		return false;
	expect_bytes(f);
	return true;
}

static bool
changed(struct fetch *f, const char *what)
{
	return fault_set(f->why, EX_TEMPFAIL,
	    "the feed changed while it was fetched",
	    "%s is another after %" PRIu64 " bytes", what, f->from);
}

/*
 * The rest of what the body holds a part of.  Fields that are not needed beside
 * If-Range may be missing (RFC 9110, 15.3.7.1).
 */
static bool
begin_rest(struct fetch *f, const struct answer *a)
{
	struct answer *v = &f->version;
	uint64_t first, last, total;

	if (f->from == 0 || !answer_range(a, &first, &last, &total) ||
	    first != f->from)
		return fault_set(f->why, EX_PROTOCOL,
		    "the server sends another part than was asked for",
		    "asked for byte %" PRIu64 " on, got '%s'", f->from,
		    a->content_range);
	if (a->etag[0] != '\0' && strcmp(a->etag, v->etag) != 0)
		return changed(f, "ETag");
	if (a->last_modified[0] != '\0' &&
	    strcmp(a->last_modified, v->last_modified) != 0)
		return changed(f, "Last-Modified");
	if (a->content_encoding[0] != '\0' &&
	    strcmp(a->content_encoding, v->content_encoding) != 0)
		return changed(f, "Content-Encoding");
	if (total != UINT64_MAX && length_of(v) != UINT64_MAX &&
	    total != length_of(v))
		return changed(f, "its length");
	if (total != UINT64_MAX) {
		v->has_length = true;
		v->chunked = false;
		v->length = total;
	}
	f->content = CONTENT_FEED;
	stats_add(f->parts->stats, "resumed", 1);
	expect_bytes(f);
	return true;
}

static bool
on_head(void *self, const struct answer *a)
{
	struct fetch *f = self;

	f->got->status = a->status;
	f->content = CONTENT_PAGE;
	if (a->status == 200)
		return begin_whole(f, a);
	if (a->status == 206)
		return begin_rest(f, a);
	return true;
}

static struct curl_slist *
add_conditions(const struct fetch *f, struct curl_slist *list)
{
	const struct state *last = f->parts->last;
	const char *strong = answer_strong(&f->version);
	struct buf line = { 0 };

	if (f->from > 0 && strong != NULL) {
		buf_printf(&line, "Range: bytes=%" PRIu64 "-", f->from);
		list = headers_line(list, buf_string(&line));
		buf_clear(&line);
		buf_printf(&line, "If-Range: %s", strong);
		list = headers_line(list, buf_string(&line));
	} else if (last != NULL && last->known) {
		if (*last->etag != '\0') {
			buf_printf(&line, "If-None-Match: %s", last->etag);
			list = headers_line(list, buf_string(&line));
		}
		if (*last->last_modified != '\0') {
			buf_clear(&line);
			buf_printf(&line, "If-Modified-Since: %s",
			    last->last_modified);
			list = headers_line(list, buf_string(&line));
		}
	}
	buf_free(&line);
	return list;
}

static bool
ask(struct fetch *f, const struct url *u, struct answer *a)
{
	const struct exchange_user user = { on_head, on_body, on_tick, f };
	bool trusted = url_same_site(f->parts->url, u);
	struct curl_slist *list;
	bool ok;

	list = headers_add(f->parts->headers, NULL, trusted);
	list = add_conditions(f, list);
	log_debug("asking", LOG_TEXT("url", url_shown(u)),
	    LOG_UINT("from", f->from));
	stats_add(f->parts->stats, "requests", 1);
	f->page = 0;
	expect_bytes(f);
	ok = exchange_run(f->exchange, u, list, &user, a, f->why);
	curl_slist_free_all(list);
	return ok;
}

/* Ask, and go where the answers lead to; *A is the last one. */
static bool
ask_around(struct fetch *f, struct answer *a)
{
	struct url *there = NULL, *next;
	uint64_t left = f->options->max_redirects;
	bool ok;

	for (;;) {
		ok = ask(f, there != NULL ? there : f->parts->url, a);
		if (!ok || sig_stop() || !answer_redirects(a))
			break;
		if (left-- == 0) {
			ok = fault_set(f->why, EX_PROTOCOL,
			    "redirected more often than --max-redirects",
			    "%" PRIu64, f->options->max_redirects);
			break;
		}
		next = url_follow(there != NULL ? there : f->parts->url,
		    a->location, f->why);
		url_free(there);
		there = next;
		if (there == NULL)
			return false;
		stats_add(f->parts->stats, "redirects", 1);
		log_info("redirected", LOG_TEXT("to", url_shown(there)));
	}
	url_free(there);
	return ok;
}

/* An answer that is neither a feed nor a redirect. */
static bool
judge_status(struct fetch *f, const struct answer *a)
{
	static const char again[] = "the server can't answer now";
	static const char refused[] = "the server refuses";

	switch (a->status) {
	case 204:
	case 205:
		return fault_set(f->why, EX_GUARD, "the feed is empty",
		    "status %ld", a->status);
	case 401:
	case 403:
	case 407:
		return fault_set(f->why, EX_NOPERM,
		    "the server does not allow it", "status %ld", a->status);
	case 416:
		return f->from > 0 ? changed(f, "its length")
		                   : fault_set(f->why, EX_UNAVAILABLE, refused,
		                         "status %ld", a->status);
	case 408:
	case 425:
	case 429:
		break;
	case 501:
	case 505:
		return fault_set(f->why, EX_UNAVAILABLE, refused, "status %ld",
		    a->status);
	default:
		if (a->status >= 500)
			break;
		return fault_set(f->why,
		    a->status >= 400 ? EX_UNAVAILABLE : EX_PROTOCOL,
		    a->status >= 400 ? refused
		                     : "the server gives an answer of no use",
		    "status %ld", a->status);
	}
	fault_again(f->why, EX_TEMPFAIL, again, "status %ld", a->status);
	f->why->asked_ms = backoff_retry_after(a->retry_after);
	return false;
}

/*
 * The connection is at its end; whether the feed is.  What came with no length
 * and in no form that has an end mark may be cut: then a document that does not
 * end in a tag is.
 */
static bool
is_whole(struct fetch *f, const struct answer *a)
{
	const struct answer *v = &f->version;
	uint64_t bytes = body_bytes(f->parts->body);
	bool xml_ends = body_result(f->parts->body)->ends_well;

	if (length_of(v) != UINT64_MAX) {
		f->got->proof = "length";
		return bytes == v->length ||
		       fault_again(f->why, EX_TEMPFAIL,
		           "the connection broke off",
		           "%" PRIu64 " of %" PRIu64 " bytes", bytes,
		           v->length);
	}
	if (a->chunked || a->multiplexed) {
		f->got->proof = "end mark";
		return true;
	}
	if (v->content_encoding[0] != '\0') {
		f->got->proof = "end mark";
		return true;
	}
	f->got->proof = "end tag";
	return xml_ends ||
	       fault_again(f->why, EX_TEMPFAIL, "the connection broke off",
	           "no length was given, and no tag ends the feed");
}

/* One try, redirects and all. */
static bool
try_once(struct fetch *f)
{
	struct answer a;
	const struct state *last = f->parts->last;

	if (!ask_around(f, &a) || sig_stop())
		return f->why->status == EX_OK;
	if (a.status == 304 && f->from == 0 && last != NULL && last->known) {
		f->got->not_modified = true;
		return true;
	}
	if (a.status != 200 && a.status != 206)
		return judge_status(f, &a);
	if (!is_whole(f, &a))
		return false;
	f->whole = true;
	return body_end(f->parts->body, f->why);
}

/* After a fault: whether and from which byte to try again. */
static bool
can_go_on(struct fetch *f)
{
	uint64_t bytes = body_bytes(f->parts->body);

	f->from = 0;
	if (f->version.status == 0 || bytes == 0)
		return true;
	if (!f->whole && answer_strong(&f->version) != NULL) {
		f->from = bytes;
		return true;
	}
	/* body_start() will forget what there is. */
	if (!body_began(f->parts->body))
		return true;
	if (!f->whole)
		f->why->what = "the connection broke off, and without a strong "
		               "ETag or Last-Modified there is no going on";
	return false;
}

static void
wait_for_retry(struct fetch *f, unsigned int failures)
{
	uint64_t ms = backoff_wait(&f->backoff, failures, f->why->asked_ms);

	progress_hide(f->parts->progress);
	log_warning("trying again", LOG_TEXT("url", url_shown(f->parts->url)),
	    LOG_TEXT("after", f->why->what), LOG_TEXT("reason", f->why->detail),
	    LOG_UINT("from", f->from), LOG_UINT("wait_ms", ms));
	stats_add(f->parts->stats, "retries", 1);
	clock_sleep_ms(ms);
}

static bool
try_until(struct fetch *f)
{
	uint64_t had, failures = 0;

	for (;;) {
		had = body_bytes(f->parts->body);
		f->whole = false;
		*f->why = (struct fault){ .status = EX_OK };
		if (sig_stop() || try_once(f) || sig_stop())
			return true;
		if (!f->why->again)
			return false;
		/* Crumbs from a server that is too slow are no progress. */
		if (body_bytes(f->parts->body) > had && !f->why->stalled)
			failures = 0;
		if (++failures > f->options->retries || !can_go_on(f) ||
		    !watch_in_time(&f->watch, f->why))
			return false;
		wait_for_retry(f, (unsigned int)failures);
	}
}

bool
fetch_run(const struct fetch_options *options, const struct fetch_parts *parts,
    struct fetched *got, struct fault *why)
{
	struct fetch f = { .options = options,
		.parts = parts,
		.got = got,
		.why = why };
	bool ok;

	*got = (struct fetched){ .proof = "none" };
	f.backoff.base_ms = options->retry_ms;
	f.watch = watch_new(&options->watch);
	f.exchange = exchange_open(&options->exchange);
	ok = try_until(&f);
	exchange_close(f.exchange);
	snprintf(got->etag, sizeof got->etag, "%s", f.version.etag);
	snprintf(got->last_modified, sizeof got->last_modified, "%s",
	    f.version.last_modified);
	snprintf(got->content_type, sizeof got->content_type, "%s",
	    f.version.content_type);
	return ok;
}
