/* feed-fetch: bring a feed to standard output, whole, or say why not */
#include <stdlib.h>
#include <string.h>

#include "body.h"
#include "fetch.h"
#include "local.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "progress.h"
#include "sig.h"
#include "state.h"
#include "stats.h"
#include "status.h"

/* --encoding: the first two say how bytes are judged, the others name one. */
enum encoding { ENCODING_AUTO, ENCODING_IDENTITY };

static struct {
	struct body_options body;
	struct fetch_options fetch;
	const char *header_file, *state, *new_state;
	int expect, encoding;
	bool no_progress;
} options = {
	.body = { .max_bytes = (uint64_t)4 << 30,
	    .max_inflated = (uint64_t)32 << 30,
	    .max_ratio = 100 },
	.fetch = { .exchange = { .connect_ms = 15000,
	               .user_agent = "jobmill/" VERSION " feed-fetch" },
	    .max_redirects = 5,
	    .retries = 5,
	    .retry_ms = 1000,
	    .stall_ms = 60000,
	    .min_rate = 1024,
	    .max_ms = 7200000 },
};

static const char *const expects[] = { "xml", "json", "any", NULL };
static const char *const encodings[] = { "auto", "identity", "gzip", "deflate",
	"br", "zstd", NULL };

static const struct opt table[] = {
	{ .letter = 's',
	    .name = "state",
	    .kind = OPT_TEXT,
	    .to = &options.state,
	    .arg = "FILE",
	    .help = "remember the version fetched in FILE",
	    .env = "JOBMILL_FEED_STATE" },
	{ .name = "new-state",
	    .kind = OPT_TEXT,
	    .to = &options.new_state,
	    .arg = "FILE",
	    .help = "write to FILE what --state is to become",
	    .env = "JOBMILL_FEED_NEW_STATE" },
	{ .letter = 'H',
	    .name = "header-file",
	    .kind = OPT_TEXT,
	    .to = &options.header_file,
	    .arg = "FILE",
	    .help = "send the header fields in FILE",
	    .env = "JOBMILL_FEED_HEADER_FILE" },
	{ .letter = 'A',
	    .name = "user-agent",
	    .kind = OPT_TEXT,
	    .to = &options.fetch.exchange.user_agent,
	    .arg = "TEXT",
	    .help = "say TEXT is asking (jobmill/" VERSION " feed-fetch)",
	    .env = "JOBMILL_USER_AGENT" },
	{ .letter = 'x',
	    .name = "expect",
	    .kind = OPT_CHOICE,
	    .to = &options.expect,
	    .arg = "WHAT",
	    .help = "refuse all but xml, json; or any (xml)",
	    .env = "JOBMILL_FEED_EXPECT",
	    .choices = expects },
	{ .letter = 'e',
	    .name = "encoding",
	    .kind = OPT_CHOICE,
	    .to = &options.encoding,
	    .arg = "NAME",
	    .help = "unpack a file as gzip, deflate, br, zstd (auto)",
	    .env = "JOBMILL_FEED_ENCODING",
	    .choices = encodings },
	{ .letter = 'o',
	    .name = "snapshot",
	    .kind = OPT_TEXT,
	    .to = &options.body.snapshot,
	    .arg = "FILE",
	    .help = "keep the bytes as they came in FILE",
	    .env = "JOBMILL_FEED_SNAPSHOT" },
	{ .name = "spool",
	    .kind = OPT_FLAG,
	    .to = &options.body.deliver.whole,
	    .help = "write nothing before all of it has come",
	    .env = "JOBMILL_FEED_SPOOL" },
	{ .name = "allow-private",
	    .kind = OPT_FLAG,
	    .to = &options.fetch.exchange.allow_private,
	    .help = "connect to private addresses, too",
	    .env = "JOBMILL_ALLOW_PRIVATE" },
	{ .name = "ca-file",
	    .kind = OPT_TEXT,
	    .to = &options.fetch.exchange.ca_file,
	    .arg = "FILE",
	    .help = "trust the certificates in FILE only",
	    .env = "JOBMILL_CA_FILE" },
	{ .name = "max-bytes",
	    .kind = OPT_SIZE,
	    .to = &options.body.max_bytes,
	    .arg = "BYTES",
	    .help = "refuse a larger feed as it comes in (4G)",
	    .env = "JOBMILL_FEED_MAX_BYTES",
	    .min = 1 },
	{ .name = "max-inflated",
	    .kind = OPT_SIZE,
	    .to = &options.body.max_inflated,
	    .arg = "BYTES",
	    .help = "refuse a larger feed once unpacked (32G)",
	    .env = "JOBMILL_FEED_MAX_INFLATED",
	    .min = 1 },
	{ .name = "max-ratio",
	    .kind = OPT_COUNT,
	    .to = &options.body.max_ratio,
	    .arg = "N",
	    .help = "refuse N times as much unpacked (100; 0: any)",
	    .env = "JOBMILL_FEED_MAX_RATIO" },
	{ .name = "max-redirects",
	    .kind = OPT_COUNT,
	    .to = &options.fetch.max_redirects,
	    .arg = "N",
	    .help = "follow N redirects (5)",
	    .env = "JOBMILL_FEED_MAX_REDIRECTS",
	    .max = 50 },
	{ .name = "retries",
	    .kind = OPT_COUNT,
	    .to = &options.fetch.retries,
	    .arg = "N",
	    .help = "try N times more without progress (5)",
	    .env = "JOBMILL_FEED_RETRIES",
	    .max = 1000 },
	{ .name = "retry-wait",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.retry_ms,
	    .arg = "TIME",
	    .help = "wait that long at most, then twice... (1)",
	    .env = "JOBMILL_FEED_RETRY_WAIT",
	    .min = 1,
	    .max = 60000 },
	{ .name = "connect-timeout",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.exchange.connect_ms,
	    .arg = "TIME",
	    .help = "give up connecting after TIME (15)",
	    .env = "JOBMILL_CONNECT_TIMEOUT",
	    .min = 1,
	    .max = 3600000 },
	{ .name = "min-rate",
	    .kind = OPT_SIZE,
	    .to = &options.fetch.min_rate,
	    .arg = "BYTES",
	    .help = "break off below BYTES a second... (1K)",
	    .env = "JOBMILL_FEED_MIN_RATE" },
	{ .name = "stall",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.stall_ms,
	    .arg = "TIME",
	    .help = "... for TIME (60)",
	    .env = "JOBMILL_FEED_STALL",
	    .min = 1 },
	{ .name = "max-time",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.max_ms,
	    .arg = "TIME",
	    .help = "give up after TIME (2h; 0: never)",
	    .env = "JOBMILL_FEED_MAX_TIME" },
	{ .name = "limit-rate",
	    .kind = OPT_SIZE,
	    .to = &options.fetch.exchange.limit_rate,
	    .arg = "BYTES",
	    .help = "ask for BYTES a second at most (0: no limit)",
	    .env = "JOBMILL_FEED_LIMIT_RATE",
	    .max = (uint64_t)1 << 40 },
	{ .name = "no-progress",
	    .kind = OPT_FLAG,
	    .to = &options.no_progress,
	    .help = "draw no progress line on a terminal",
	    .env = "JOBMILL_NO_PROGRESS" },
	{ .name = NULL },
};

static const struct opt_tool tool = {
	.name = "feed-fetch",
	.synopsis = "[option ...] [URL | file | -]",
	.summary = "Bring a feed to standard output, whole, or say why not.",
	.notes = "Keys come from JOBMILL_FEED_AUTH_BEARER or "
	         "JOBMILL_FEED_AUTH_BASIC\n(name:password), or from files that "
	         "these names with _FILE name;\na URL that is secret from "
	         "JOBMILL_FEED_URL.",
	.opts = table,
	.operands_max = 1,
};

/* The feed at hand. */
struct feed {
	const char *name; /* a path, "-" or a URL */
	struct url *url;  /* NULL: it is none */
	const char *path; /* of a file, else NULL */
	struct state last;
	struct fetched got;
	struct out *out;
	struct stats *stats;
	struct progress progress;
	struct body *body;
};

/* What can't be said in the table. */
static void
check_options(void)
{
	struct fetch_options *f = &options.fetch;

	if (options.new_state != NULL && options.state == NULL)
		opt_wrong(&tool, "--new-state needs --state",
		    options.new_state);
	if (f->exchange.limit_rate > 0 && f->exchange.limit_rate < f->min_rate)
		opt_wrong(&tool, "--limit-rate is below --min-rate", NULL);
}

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
}

static void
open_feed(struct feed *feed)
{
	struct deliver_options *d = &options.body.deliver;

	feed->stats = stats_open();
	if (options.state != NULL) {
		state_lock(options.state);
		state_load(&feed->last, options.state, feed->name);
		d->last = &feed->last;
		d->digest = true;
	}
	feed->out = out_stdout(false);
	d->out = feed->out;
	d->wanted = (enum deliver_wanted)options.expect;
	d->may_be_empty = strcmp(feed->name, "-") == 0;
	options.body.as_is = options.encoding == ENCODING_IDENTITY;
	feed->body = body_open(&options.body);
	feed->progress = progress_new(!options.no_progress);
}

static bool
fetch_web(struct feed *feed, struct fault *why)
{
	struct headers *headers = headers_open(options.header_file, feed->url);
	struct fetch_parts parts = { .url = feed->url,
		.headers = headers,
		.last = options.state != NULL ? &feed->last : NULL,
		.body = feed->body,
		.out = feed->out,
		.stats = feed->stats,
		.progress = &feed->progress };
	bool ok = fetch_run(&options.fetch, &parts, &feed->got, why);

	headers_free(headers);
	return ok;
}

static bool
read_local(struct feed *feed, struct fault *why)
{
	struct local_parts parts = { .path = feed->path,
		.coding = CODING_IDENTITY,
		.body = feed->body,
		.out = feed->out,
		.stats = feed->stats,
		.progress = &feed->progress };

	if (options.encoding > ENCODING_IDENTITY)
		decode_named(encodings[options.encoding], &parts.coding);
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
	if (feed->url == NULL || feed->path != NULL)
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
remember(struct feed *feed)
{
	const struct delivered *d = body_result(feed->body);
	struct state now = { .etag = feed->got.etag,
		.last_modified = feed->got.last_modified,
		.length = d->length };

	note_shrinkage(feed, d);
	stats_set_text(feed->stats, "sha256", d->digest);
	memcpy(now.digest, d->digest, sizeof now.digest);
	memcpy(now.head, d->head, sizeof now.head);
	state_save(&now,
	    options.new_state != NULL ? options.new_state : options.state,
	    feed->name);
}

/* Close what is open, in the order that leaves nothing half; the status. */
static int
close_feed(struct feed *feed, bool ok, const struct fault *why)
{
	bool whole = ok && !sig_stop();
	bool same = whole && (feed->got.not_modified ||
	                         body_result(feed->body)->unchanged);
	int status = whole ? EX_OK : ok ? EX_TEMPFAIL : why->status;

	progress_hide(&feed->progress);
	if (!ok)
		report(feed, why);
	note(feed, same);
	out_close(feed->out);
	if (whole && !feed->got.not_modified && options.state != NULL)
		remember(feed);
	body_close(feed->body, whole && !feed->got.not_modified);
	if (same)
		log_info("not modified");
	status = stats_close(feed->stats, status);
	state_free(&feed->last);
	url_free(feed->url);
	return status;
}

/* What to fetch: the operand, else JOBMILL_FEED_URL, else standard input. */
static const char *
source(const char *operand)
{
	const char *set = getenv("JOBMILL_FEED_URL");

	if (operand != NULL)
		return operand;
	return set != NULL && *set != '\0' ? set : "-";
}

int
main(int argc, char *argv[])
{
	struct feed feed = { .name = NULL };
	struct fault why = { .status = EX_OK };
	int index, status;
	bool ok;

	log_init("feed-fetch");
	sig_init();
	index = opt_parse(&tool, argc, argv);
	check_options();
	name_feed(&feed, source(argv[index]));
	open_feed(&feed);
	ok = feed.path != NULL ? read_local(&feed, &why)
	                       : fetch_web(&feed, &why);
	status = close_feed(&feed, ok, &why);
	sig_die();
	return status;
}
