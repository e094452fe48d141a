/* feed-fetch: bring a feed to standard output, whole, or say why not */
#include <stdlib.h>

#include "feed.h"
#include "log.h"
#include "opt.h"
#include "sig.h"

static struct feed_options options = {
	.body = { .max_bytes = (uint64_t)4 << 30,
	    .max_inflated = (uint64_t)32 << 30,
	    .max_ratio = 100 },
	.fetch = { .exchange = { .connect_ms = 15000,
	               .user_agent = "jobmill/" VERSION " feed-fetch" },
	    .max_redirects = 5,
	    .retries = 5,
	    .retry_ms = 1000,
	    .watch = { .stall_ms = 60000,
	        .min_rate = 1024,
	        .max_ms = 7200000 } },
};

/* In the order of enum deliver_wanted. */
static const char *const expects[] = { "xml", "json", "any", NULL };
/* In the order of enum feed_encoding. */
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
	    .to = &options.fetch.watch.min_rate,
	    .arg = "BYTES",
	    .help = "break off below BYTES a second... (1K)",
	    .env = "JOBMILL_FEED_MIN_RATE" },
	{ .name = "stall",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.watch.stall_ms,
	    .arg = "TIME",
	    .help = "... for TIME (60)",
	    .env = "JOBMILL_FEED_STALL",
	    .min = 1 },
	{ .name = "max-time",
	    .kind = OPT_SECONDS,
	    .to = &options.fetch.watch.max_ms,
	    .arg = "TIME",
	    .help = "give up after TIME (2h; 0: never)",
	    .env = "JOBMILL_FEED_MAX_TIME" },
	{ .name = "limit-rate",
	    .kind = OPT_SIZE,
	    .to = &options.fetch.watch.limit_rate,
	    .arg = "BYTES",
	    .help = "ask for BYTES a second at most (0: no limit)",
	    .env = "JOBMILL_FEED_LIMIT_RATE",
	    .max = (uint64_t)1 << 40 },
	{ .name = "no-progress",
	    .kind = OPT_FLAG,
	    .to = &options.no_progress,
	    .help = "draw no progress line on a terminal",
	    .env = "JOBMILL_NO_PROGRESS" },
	SANDBOX_OPTS(&options.sandbox),
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

/* What can't be said in the table. */
static void
check_options(void)
{
	const struct watch_limits *w = &options.fetch.watch;

	if (options.new_state != NULL && options.state == NULL)
		opt_wrong(&tool, "--new-state needs --state",
		    options.new_state);
	if (w->limit_rate > 0 && w->limit_rate < w->min_rate)
		opt_wrong(&tool, "--limit-rate is below --min-rate", NULL);
	/* In pieces of an eighth of a second's worth a rate is even. */
	if (w->limit_rate > 0)
		options.fetch.exchange.piece = w->limit_rate / 8 + 1;
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
	int operand, status;

	log_init("feed-fetch");
	sig_init();
	operand = opt_parse(&tool, argc, argv);
	check_options();
	status = feed_run(&options, source(argv[operand]));
	sig_die();
	return status;
}
