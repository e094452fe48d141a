/* xano-sync: make a Xano table equal to the rows that are wanted */
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "opt.h"
#include "out.h"
#include "sig.h"
#include "status.h"
#include "sync.h"

/* Options that have to be looked at before they mean something. */
struct raw {
	const char *rate, *max_delete;
	int order, foreign, doubles;
	bool columns;
};

static const char *const orders[] = { "delete-first", "add-first", NULL };
static const char *const policies[] = { "keep", "delete", "refuse", NULL };

static struct sync_options options = { .profile = "metadata",
	.api = { .retries = 5,
	    .wait_ms = 1000,
	    .max_wait_ms = 600000,
	    .timeout_ms = 120000,
	    .parallel = 2 },
	.stage = STAGE_DEFAULTS,
	.act = { .max_failed = 0 },
	.per_page = 500 };

static struct raw raw = { .rate = "0",
	.max_delete = "30%",
	.foreign = POLICY_KEEP,
	.doubles = POLICY_DELETE };

static const struct opt table[] = {
	{ .letter = 'p',
	    .name = "profile",
	    .kind = OPT_TEXT,
	    .to = &options.profile,
	    .arg = "NAME|FILE",
	    .help = "how the table is reached (metadata)",
	    .env = "XANO_PROFILE" },
	{ .name = "url",
	    .kind = OPT_TEXT,
	    .to = &options.api.base,
	    .arg = "URL",
	    .help = "where the API is",
	    .env = "XANO_BASE_URL" },
	{ .name = "workspace",
	    .kind = OPT_TEXT,
	    .to = &options.api.workspace,
	    .arg = "ID",
	    .help = "Xano's workspace",
	    .env = "XANO_WORKSPACE" },
	{ .name = "table",
	    .kind = OPT_TEXT,
	    .to = &options.api.table,
	    .arg = "ID",
	    .help = "Xano's table",
	    .env = "XANO_TABLE" },
	{ .name = "data-source",
	    .kind = OPT_TEXT,
	    .to = &options.api.data_source,
	    .arg = "LABEL",
	    .help = "Xano's data source (live)",
	    .env = "XANO_DATA_SOURCE" },
	{ .name = "branch",
	    .kind = OPT_TEXT,
	    .to = &options.api.branch,
	    .arg = "LABEL",
	    .help = "Xano's branch (the live one)",
	    .env = "XANO_BRANCH" },
	{ .letter = 's',
	    .name = "scope",
	    .kind = OPT_LIST,
	    .to = &options.scopes,
	    .arg = "COLUMN=VALUE",
	    .help = "only rows with that, on both sides" },
	{ .letter = 'n',
	    .name = "dry-run",
	    .kind = OPT_FLAG,
	    .to = &options.dry_run,
	    .help = "print the plan, do nothing" },
	{ .name = "plan",
	    .kind = OPT_TEXT,
	    .to = &options.plan_file,
	    .arg = "FILE",
	    .help = "write the plan to FILE, do nothing" },
	{ .name = "apply",
	    .kind = OPT_TEXT,
	    .to = &options.apply_file,
	    .arg = "FILE",
	    .help = "do what the plan says" },
	{ .name = "backup",
	    .kind = OPT_TEXT,
	    .to = &options.backup_file,
	    .arg = "FILE",
	    .help = "keep rows that go or change there" },
	{ .name = "restore",
	    .kind = OPT_TEXT,
	    .to = &options.restore_file,
	    .arg = "FILE",
	    .help = "put the rows of a backup back" },
	{ .name = "max-delete",
	    .kind = OPT_TEXT,
	    .to = &raw.max_delete,
	    .arg = "N|N%",
	    .help = "refuse to delete more rows (30%)",
	    .env = "XANO_MAX_DELETE" },
	{ .name = "allow-empty",
	    .kind = OPT_FLAG,
	    .to = &options.guard.allow_empty,
	    .help = "it is right that no row is wanted" },
	{ .name = "refill",
	    .kind = OPT_FLAG,
	    .to = &options.guard.refill,
	    .help = "it is right that the table lost its rows" },
	{ .name = "foreign",
	    .kind = OPT_CHOICE,
	    .to = &raw.foreign,
	    .arg = "POLICY",
	    .help = "rows without a key: keep, delete, refuse (keep)",
	    .choices = policies },
	{ .name = "doubles",
	    .kind = OPT_CHOICE,
	    .to = &raw.doubles,
	    .arg = "POLICY",
	    .help = "other rows of a key: the same words (delete)",
	    .choices = policies },
	{ .name = "order",
	    .kind = OPT_CHOICE,
	    .to = &raw.order,
	    .arg = "ORDER",
	    .help = "delete-first or add-first (delete-first)",
	    .choices = orders,
	    .env = "XANO_ORDER" },
	{ .name = "no-verify",
	    .kind = OPT_FLAG,
	    .to = &options.no_verify,
	    .help = "do not read the table again at the end" },
	{ .name = "no-preflight",
	    .kind = OPT_FLAG,
	    .to = &options.no_preflight,
	    .help = "do not ask for the table's schema" },
	{ .letter = 'r',
	    .name = "rate",
	    .kind = OPT_TEXT,
	    .to = &raw.rate,
	    .arg = "N/TIME",
	    .help = "at most N requests in TIME, as 10/20s (0: any)",
	    .env = "XANO_RATE" },
	{ .letter = 'j',
	    .name = "parallel",
	    .kind = OPT_COUNT,
	    .to = &options.api.parallel,
	    .arg = "N",
	    .help = "requests in flight that write (2)",
	    .env = "XANO_PARALLEL",
	    .min = 1,
	    .max = ACT_PARALLEL },
	{ .name = "per-page",
	    .kind = OPT_COUNT,
	    .to = &options.per_page,
	    .arg = "N",
	    .help = "rows to ask for at once (500)",
	    .env = "XANO_PER_PAGE",
	    .min = 1,
	    .max = 10000 },
	{ .name = "bulk",
	    .kind = OPT_COUNT,
	    .to = &options.bulk,
	    .arg = "N",
	    .help = "rows to write at once (as the profile has it)",
	    .env = "XANO_BULK",
	    .min = 1,
	    .max = 10000 },
	{ .name = "retries",
	    .kind = OPT_COUNT,
	    .to = &options.api.retries,
	    .arg = "N",
	    .help = "failures in a row to put up with (5)",
	    .env = "XANO_RETRIES",
	    .max = 1000 },
	{ .name = "retry-wait",
	    .kind = OPT_SECONDS,
	    .to = &options.api.wait_ms,
	    .arg = "TIME",
	    .help = "before the first repetition (1s)",
	    .env = "XANO_RETRY_WAIT",
	    .min = 1,
	    .max = 60000 },
	{ .name = "max-wait",
	    .kind = OPT_SECONDS,
	    .to = &options.api.max_wait_ms,
	    .arg = "TIME",
	    .help = "between two tries at most (10m)",
	    .env = "XANO_MAX_WAIT",
	    .min = 1,
	    .max = 86400000 },
	{ .name = "timeout",
	    .kind = OPT_SECONDS,
	    .to = &options.api.timeout_ms,
	    .arg = "TIME",
	    .help = "of a request (2m)",
	    .env = "XANO_TIMEOUT",
	    .min = 1,
	    .max = 3600000 },
	{ .name = "max-failed",
	    .kind = OPT_COUNT,
	    .to = &options.act.max_failed,
	    .arg = "N",
	    .help = "give up after N refused rows (0: never)",
	    .env = "XANO_MAX_FAILED" },
	{ .name = "columns",
	    .kind = OPT_FLAG,
	    .to = &raw.columns,
	    .help = "print the columns the table needs, and exit" },
	SANDBOX_OPTS(&options.sandbox),
	STAGE_OPTS(&options.stage),
	OPT_END,
};

static const struct opt_tool tool = { .name = "xano-sync",
	.synopsis = "[options] [file]",
	.summary = "make a Xano table equal to the rows wanted",
	.notes = "The token comes from XANO_TOKEN_FILE or XANO_TOKEN.\n",
	.opts = table,
	.operands_max = 1 };

/* A whole number at TEXT, at most MAX; where it ends. */
static const char *
take_number(const char *text, uint64_t max, uint64_t *out)
{
	*out = 0;
	for (; *text >= '0' && *text <= '9' && *out <= max; text++)
		*out = *out * 10 + (uint64_t)(*text - '0');
	return text;
}

/* "10/20s", "600/1m", "5/500ms", "10/20": requests in a span. */
static bool
parse_rate(const char *text, uint64_t *requests, uint64_t *span_ms)
{
	static const struct {
		const char *name;
		uint64_t ms;
	} units[] = { { "", 1000 }, { "s", 1000 }, { "ms", 1 }, { "m", 60000 },
		{ "h", 3600000 } };
	const char *at = take_number(text, 1000000, requests);
	uint64_t n;
	size_t i;

	if (*requests == 0 || *requests > 1000000 || *at != '/')
		return strcmp(text, "0") == 0;
	at = take_number(at + 1, 1000000, &n);
	for (i = 0; i < sizeof units / sizeof *units; i++)
		if (strcmp(at, units[i].name) == 0) {
			*span_ms = n * units[i].ms;
			return n > 0 && n <= 1000000;
		}
	return false;
}

static void
print_columns(const char *name)
{
	struct profile *p = profile_load(name);
	struct out *out = out_stdout(false);
	struct buf text = { 0 };

	profile_columns(p, &text);
	out_add(out, text.data, text.len);
	out_close(out);
	buf_free(&text);
	profile_free(p);
}

/* What the options mean together; exits 64 and 78. */
static void
finish_options(void)
{
	int sources = (options.stage.input != NULL) +
	              (options.apply_file != NULL) +
	              (options.restore_file != NULL);

	if (!parse_rate(raw.rate, &options.api.rate, &options.api.rate_ms))
		opt_wrong(&tool, "--rate wants REQUESTS/TIME, as 10/20s, or 0",
		    raw.rate);
	if (!guard_parse(&options.guard, raw.max_delete))
		opt_wrong(&tool,
		    "--max-delete wants a number of rows, or a share to 100%",
		    raw.max_delete);
	if (sources > 1)
		opt_wrong(&tool, "rows come from a file, --apply or --restore",
		    "more than one is given");
	if (options.dry_run && options.backup_file != NULL)
		opt_wrong(&tool, "--backup is for a run that writes",
		    "--dry-run");
	if (options.apply_file != NULL)
		options.stage.input = options.apply_file;
	if (options.restore_file != NULL)
		options.stage.input = options.restore_file;
	options.act.order = (enum order)raw.order;
	options.plan.foreign = (enum policy)raw.foreign;
	options.plan.doubles = (enum policy)raw.doubles;
	if (options.api.base == NULL)
		die(EX_CONFIG, "no URL: set XANO_BASE_URL to that of the API, "
		               "as https://x.n7.xano.io/api:meta");
	if (strncmp(options.api.base, "https://", 8) != 0 &&
	    strncmp(options.api.base, "http://", 7) != 0)
		die(EX_CONFIG, "XANO_BASE_URL starts with https://",
		    LOG_TEXT("is", options.api.base));
	options.api.token = file_secret("XANO_TOKEN");
}

int
main(int argc, char *argv[])
{
	int operand, status;

	sig_init();
	log_init("xano-sync");
	operand = opt_parse(&tool, argc, argv);
	if (raw.columns) {
		print_columns(options.profile);
		return EX_OK;
	}
	if (operand < argc)
		options.stage.input = argv[operand];
	finish_options();
	status = sync_run(&options);
	free(options.api.token);
	free(options.scopes.items);
	return status;
}
