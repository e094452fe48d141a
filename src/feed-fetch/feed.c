/* feed.c - one feed, from its name to the bytes on standard output */
#include "feed.h"

#include <string.h>

#include "local.h"
#include "log.h"
#include "progress.h"
#include "sig.h"
#include "state.h"
#include "stats.h"
#include "status.h"

/* The feed at hand. */
struct feed {
	const struct feed_options *options;
	struct body_options body_options; /* with what belongs to this feed */
	const char *name;                 /* a path, "-" or a URL */
	struct url *url;                  /* NULL: it is none */
	const char *path;                 /* of a file, else NULL */
	bool from_web;
	struct state last;
	struct headers *headers; /* of a web server, else NULL */
	struct fetched got;
	struct out *out;
	struct stats *stats;
	struct progress progress;
	struct body *body;
};

/* Say what went wrong, the one time. */
static void
report(const struct feed *feed, const struct fault *why)
{
	const char *shown =
	    feed->url != NULL ? url_shown(feed->url) : feed->name;

	/* The first field that is NULL ends the line. */
	log_error(why->what,
	    LOG_TEXT(feed->url != NULL ? "url" : "file", shown),
	    why->detail[0] != '\0' ? LOG_TEXT("reason", why->detail) : NULL,
	    feed->got.content_type[0] != '\0' && why->status == EX_DATAERR
	        ? LOG_TEXT("content_type", feed->got.content_type)
	        : NULL);
}

/* Take the name apart; a URL of no use ends the program (64). */
static void
name_feed(struct feed *feed, const char *name)
{
	struct fault why = { .status = EX_OK };

	feed->name = name;
	if (!url_is(name)) {
		feed->path = name;
		return;
	}
	feed->url = url_parse(name, &why);
	if (feed->url == NULL)
		die(why.status, why.what, LOG_TEXT("reason", why.detail));
	feed->path = url_path(feed->url);
	feed->from_web = feed->path == NULL;
}

static void
open_feed(struct feed *feed)
{
	const struct feed_options *o = feed->options;
	struct deliver_options *d = &feed->body_options.deliver;

	feed->stats = stats_open();
	feed->body_options = o->body;
	feed->body_options.as_is = o->encoding == FEED_IDENTITY;
	if (o->state != NULL) {
		state_lock(o->state);
		state_load(&feed->last, o->state, feed->name);
		d->last = &feed->last;
		d->digest = true;
	}
	if (feed->from_web)
		feed->headers = headers_open(o->header_file, feed->url);
	feed->out = out_stdout(false);
	d->out = feed->out;
	d->wanted = (enum deliver_wanted)o->expect;
	d->may_be_empty = strcmp(feed->name, "-") == 0;
	feed->body = body_open(&feed->body_options);
	feed->progress = progress_new(!o->no_progress);
}

/* From here on, strangers have a say. */
static void
give_up_rights(const struct feed *feed)
{
	const struct feed_options *o = feed->options;
	struct sandbox box = o->sandbox;

	box.network = feed->from_web;
	box.guarded = true;
	sandbox_file(&box, o->state);
	sandbox_file(&box, o->new_state);
	sandbox_file(&box, o->body.snapshot);
	sandbox_enter(&box);
}

static bool
fetch_web(struct feed *feed, struct fault *why)
{
	struct fetch_parts parts = { .url = feed->url,
		.headers = feed->headers,
		.last = feed->options->state != NULL ? &feed->last : NULL,
		.body = feed->body,
		.out = feed->out,
		.stats = feed->stats,
		.progress = &feed->progress };

	return fetch_run(&feed->options->fetch, &parts, &feed->got, why);
}

static bool
read_local(struct feed *feed, struct fault *why)
{
	static const enum coding codings[] = {
		[FEED_AUTO] = CODING_IDENTITY, /* then the body's own magic */
		[FEED_IDENTITY] = CODING_IDENTITY,
		[FEED_GZIP] = CODING_GZIP,
		[FEED_DEFLATE] = CODING_DEFLATE,
		[FEED_BR] = CODING_BR,
		[FEED_ZSTD] = CODING_ZSTD,
	};
	struct local_parts parts = { .path = feed->path,
		.coding = codings[feed->options->encoding],
		.body = feed->body,
		.out = feed->out,
		.stats = feed->stats,
		.progress = &feed->progress };

	return local_run(&parts, why);
}

/* The figures of a fetch, well ended or not. */
static void
note(struct feed *feed, bool same)
{
	const struct delivered *d = body_result(feed->body);
	struct stats *s = feed->stats;

	s->bytes_in = body_bytes(feed->body);
	s->bytes_out = out_bytes(feed->out);
	s->total_hint = 0;
	stats_set(s, "bytes", d->length);
	stats_set(s, "not_modified", same ? 1 : 0);
	if (!feed->from_web)
		return;
	stats_set(s, "http_status", (uint64_t)feed->got.status);
	stats_add(s, "requests", 0);
	stats_add(s, "redirects", 0);
	stats_add(s, "retries", 0);
	stats_add(s, "resumed", 0);
	stats_set_text(s, "proof", feed->got.proof);
	stats_set_text(s, "etag", feed->got.etag);
	stats_set_text(s, "last_modified", feed->got.last_modified);
}

/* A feed that lost most of its jobs is handed on, and looked at twice. */
static void
note_shrinkage(const struct feed *feed, const struct delivered *d)
{
	uint64_t before = feed->last.length;
	bool suspicious = feed->last.known && d->length <= before / 10;

	stats_set(feed->stats, "suspicious", suspicious ? 1 : 0);
	if (suspicious)
		log_warning("the feed has shrunk to a tenth or less",
		    LOG_UINT("bytes", d->length), LOG_UINT("before", before));
}

/* All of it is out: remember which version it was. */
static void
remember(struct feed *feed, const struct delivered *d)
{
	struct state now = { .etag = feed->got.etag,
		.last_modified = feed->got.last_modified,
		.length = d->length };

	note_shrinkage(feed, d);
	stats_set_text(feed->stats, "sha256", d->digest);
	memcpy(now.digest, d->digest, sizeof now.digest);
	memcpy(now.head, d->head, sizeof now.head);
	state_save(&now,
	    feed->options->new_state != NULL ? feed->options->new_state
	                                     : feed->options->state,
	    feed->name);
}

/*
 * Close what is open; the status.  The state comes last: with it a feed counts
 * as dealt with.
 */
static int
close_feed(struct feed *feed, bool ok, const struct fault *why)
{
	struct delivered d = *body_result(feed->body);
	bool whole = ok && !sig_stop();
	bool same = whole && (feed->got.not_modified || d.unchanged);
	bool came = whole && !feed->got.not_modified;
	int status = whole ? EX_OK : ok ? EX_TEMPFAIL : why->status;

	progress_hide(&feed->progress);
	if (!ok)
		report(feed, why);
	note(feed, same);
	out_close(feed->out);
	body_close(feed->body, came);
	if (came && feed->options->state != NULL)
		remember(feed, &d);
	if (whole)
		log_info(same ? "not modified" : "done",
		    LOG_UINT("bytes_in", feed->stats->bytes_in),
		    LOG_UINT("bytes_out", feed->stats->bytes_out));
	status = stats_close(feed->stats, status);
	headers_free(feed->headers);
	state_free(&feed->last);
	url_free(feed->url);
	return status;
}

int
feed_run(const struct feed_options *options, const char *name)
{
	struct feed feed = { .options = options };
	struct fault why = { .status = EX_OK };
	bool ok;

	name_feed(&feed, name);
	open_feed(&feed);
	give_up_rights(&feed);
	ok = feed.from_web ? fetch_web(&feed, &why) : read_local(&feed, &why);
	return close_feed(&feed, ok, &why);
}
