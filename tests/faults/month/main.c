/*
 * month: feeds live for some days; the real programs have to keep up
 *
 *     month [OPTION...] DAYS SEED
 *
 * In an empty working folder and an empty database (DATABASE_URL), with the
 * programs in PATH and the stand-ins of Xano and Gemini and a web server.  Each
 * day something happens to each feed: ads come, go, are closed, expire, are
 * listed anew, move to another town, change; and the feed itself may be cut,
 * shrunken, empty, gone or a page for a while.  Some runs are disturbed:
 * services fail, processes are killed, the database dies.  Then comes a run
 * that is left in peace, after which the store must be what a plain model says
 * (model.c), the mirror what the store is (mirror.c), each new answer paid for
 * once, and each report the sum of what it tells.
 *
 * Days pass as JOBMILL_NOW for the programs, and by aging what the store waits
 * for.  What does not hold is told with its day; the same words do it again,
 * but for the moment at which something is killed.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "opt.h"
#include "status.h"
#include "world.h"

void
take_dice(struct world *w, enum purpose purpose, unsigned int feed)
{
	uint64_t of = ((uint64_t)w->day * 8 + feed) * 8 + purpose;

	/* An odd number, which spreads the bits of what is multiplied. */
	w->dice = w->seed + (of + 1) * UINT64_C(0xD1342543DE82EF95);
}

unsigned int
below(struct world *w, unsigned int n)
{
	return dice_below(&w->dice, n);
}

bool
chance(struct world *w, unsigned int percent)
{
	return dice_chance(&w->dice, percent);
}

_Noreturn void
broken(const struct world *w, const char *fmt, ...)
{
	va_list args;

	printf("day %d of seed %" PRIu64 ", %s: ", w->day, w->seed,
	    w->gemini ? "gemini" : "local");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	kill(w->web.pid, SIGTERM);
	kill(w->xano.pid, SIGTERM);
	if (w->gemini)
		kill(w->model.pid, SIGTERM);
	exit(EXIT_FAILURE);
}

/* Answers of both stages that are kept. */
static long long
answers(struct world *w)
{
	return ask_number(w, "select count(*) from jobmill.enrichments", NULL);
}

/* A number of the feed's last report. */
static long long
reported(struct world *w, const struct feed *f, const char *what)
{
	char sql[300], number[16];

	snprintf(number, sizeof number, "%u", f->number);
	snprintf(sql, sizeof sql,
	    "select coalesce(%s, 0) from jobmill.execution_reports"
	    " where feed_id = $1 order by run_id desc limit 1",
	    what);
	return ask_number(w, sql, number);
}

static bool
is_reported(struct world *w, const struct feed *f, const char *status)
{
	char number[16];
	PGresult *r;
	bool is;

	snprintf(number, sizeof number, "%u", f->number);
	r = ask_store(w,
	    "select status from jobmill.execution_reports where feed_id = $1"
	    " order by run_id desc limit 1",
	    number);
	is = PQntuples(r) == 1 && strcmp(PQgetvalue(r, 0, 0), status) == 0;
	PQclear(r);
	return is;
}

/* A sum of the two stages that ask, in the feed's last report. */
static long long
asking(struct world *w, const struct feed *f, const char *what)
{
	char sql[200];

	if (is_reported(w, f, "not_modified"))
		return 0;
	snprintf(sql, sizeof sql,
	    "coalesce((stages -> 'enrich-industry' ->> '%s')::bigint, 0)"
	    " + coalesce((stages -> 'enrich-function' ->> '%s')::bigint, 0)",
	    what, what);
	return reported(w, f, sql);
}

/*
 * Every answer that was asked for is one that was not there.  What was paid for
 * in a run that died comes from its journal, and costs nothing.
 */
static void
check_answers(struct world *w, const struct feed *f, long long before)
{
	long long asked = asking(w, f, "answered");
	long long kept = asking(w, f, "kept");
	long long fresh = answers(w) - before, paid;

	if (asked + kept != fresh)
		broken(w,
		    "feed %u: %lld answers were asked for and %lld kept, "
		    "%lld are new",
		    f->number, asked, kept, fresh);
	if (!w->gemini)
		return;
	paid = model_asked(w);
	if (paid != asked)
		broken(w, "feed %u: %lld answers were paid for, %lld are new",
		    f->number, paid, asked);
}

/* The last report is that of a run of today's file. */
static void
check_report(struct world *w, const struct feed *f)
{
	enum outcome outcome = feed_outcome(f);
	long long seen, wanted = (long long)published_count(f);

	if (outcome == NOTHING) {
		if (!is_reported(w, f, "failed"))
			broken(w, "feed %u: the run should have failed",
			    f->number);
		return;
	}
	if (is_reported(w, f, "not_modified"))
		return;
	if (outcome == PART && !is_reported(w, f, "partial"))
		broken(w, "feed %u: the run should be partial", f->number);
	if (outcome == WHOLE &&
	    !is_reported(w, f, f->waits != 0 ? "partial" : "succeeded"))
		broken(w, "feed %u: the run should be %s", f->number,
		    f->waits != 0 ? "held by a guard" : "whole");
	/* The half ad behind a cut is refused, and counted. */
	seen = reported(w, f, "total_in_feed");
	if (seen != wanted && !(outcome == PART && seen == wanted + 1))
		broken(w, "feed %u: %lld ads were seen, not %lld", f->number,
		    seen, wanted);
	if (reported(w, f, "staged + merged + dead") != seen)
		broken(w, "feed %u: the report does not add up", f->number);
}

static void
check_status(struct world *w, const struct feed *f, int status)
{
	static const int good[] = { EX_OK, EX_SOME_BAD, EX_DATAERR,
		EX_UNAVAILABLE, EX_TEMPFAIL, EX_PROTOCOL, EX_GUARD };
	size_t i;

	for (i = 0; i < sizeof good / sizeof *good; i++)
		if (status == good[i])
			return;
	broken(w, "feed %u: process-feed ended with %d", f->number, status);
}

/* A day of one feed. */
static void
live(struct world *w, struct feed *f)
{
	unsigned int disturbed = 0;
	long long before;
	int status;

	take_dice(w, FOR_LIFE, f->number);
	feed_live(w, f);
	feed_write(w, f);
	take_dice(w, FOR_FAULTS, f->number);
	if (w->day >= w->rough_from && chance(w, 60))
		disturbed = 1 + below(w, 2);
	while (disturbed-- > 0) {
		run_disturbed(w, f);
		check_disturbed(w, f);
	}
	before = answers(w);
	if (w->gemini)
		model_asked(w);
	status = run_feed(w, f);
	check_status(w, f, status);
	model_apply(w, f);
	check_report(w, f);
	check_answers(w, f, before);
}

static void
check_store(struct world *w)
{
	static const char *const words[] = { "pg-store", "check", NULL };

	if (run_quietly(w, words) != EX_OK)
		broken(w, "pg-store check finds something");
}

/* A person rejects a job, and sees to it that the mirror knows. */
static void
review(struct world *w)
{
	static const char *const words[] = { "sync-xano", "--", "--max-delete",
		"100%", "--allow-empty", NULL };

	model_review(w, &w->feeds[below(w, (unsigned int)w->feed_count)]);
	if (run_quietly(w, words) != EX_OK)
		broken(w, "sync-xano after a review fails");
}

static void
run_day(struct world *w)
{
	size_t i;

	age_store(w);
	take_dice(w, FOR_REVIEW, 0);
	if (w->day > 0 && chance(w, 20))
		review(w);
	for (i = 0; i < w->feed_count; i++)
		if (w->only == 0 || w->only == i + 1)
			live(w, &w->feeds[i]);
	check_store(w);
	check_mirror(w);
}

static void
add_feed(struct world *w, size_t i)
{
	struct feed *f = &w->feeds[i];
	char name[32], number[16], url[100];
	const char *add[] = { "pg-store", "feed", "add", "--map", "jobmill",
		name, url, NULL };
	const char *set[] = { "pg-store", "feed", "set", "--accept", "drift",
		number, NULL };

	f->number = (unsigned int)i + 1;
	snprintf(name, sizeof name, "feed-%u", f->number);
	snprintf(number, sizeof number, "%u", f->number);
	snprintf(url, sizeof url, "%s/%s.xml", w->web.url, name);
	if (run_quietly(w, add) != EX_OK || run_quietly(w, set) != EX_OK)
		broken(w, "feed %u can't be added", f->number);
	take_dice(w, FOR_BEGIN, f->number);
	feed_begin(w, f);
}

static void
set_environment(const struct world *w)
{
	static const char *const settings[][2] = { { "JOBMILL_ENV_FILE",
		                                       "/dev/null" },
		{ "JOBMILL_RUNS", "runs" }, { "JOBMILL_STATE_DIR", "state" },
		{ "JOBMILL_LOG", "warning" }, { "JOBMILL_ALLOW_PRIVATE", "1" },
		{ "JOBMILL_APPROVE_FROM", "0" },
		{ "JOBMILL_ARCHIVE_BELOW", "0" },
		{ "JOBMILL_FEED_RETRY_WAIT", "1ms" },
		{ "JOBMILL_FEED_RETRIES", "2" },
		{ "JOBMILL_RETRY_WAIT", "1ms" }, { "JOBMILL_DB_WAIT", "30" },
		{ "XANO_RETRY_WAIT", "1ms" }, { "XANO_MAX_WAIT", "20ms" },
		{ "XANO_RETRIES", "4" }, { "XANO_TOKEN", "token" },
		{ "XANO_WORKSPACE", "1" }, { "XANO_TABLE", "1" },
		{ "GEMINI_API_KEY", "test-key" } };
	char url[100];
	size_t i;

	for (i = 0; i < sizeof settings / sizeof *settings; i++)
		setenv(settings[i][0], settings[i][1], 1);
	if (!w->gemini)
		setenv("JOBMILL_PROVIDER", "local", 1);
	snprintf(url, sizeof url, "%s/api:meta", w->xano.url);
	setenv("XANO_BASE_URL", url, 1);
	snprintf(url, sizeof url, "%s/v1beta", w->model.url);
	setenv("GEMINI_BASE_URL", url, 1);
}

static void
begin(struct world *w)
{
	static const char *const migrate[] = { "pg-store", "migrate", NULL };
	const char *web[] = { "--root", "web", NULL };
	const char *none[] = { NULL };
	const char *xano[] = { "--schema", NULL, NULL };
	struct http_options options = { .connect_ms = 5000,
		.max_answer = (uint64_t)1 << 30 };
	struct buf columns = { 0 };
	size_t i;

	mkdir("web", 0755);
	file_share(&columns, "xano/columns.json");
	xano[1] = buf_string(&columns);
	standin_start(&w->web, "feed", web);
	standin_start(&w->xano, "xano", xano);
	if (w->gemini)
		standin_start(&w->model, "gemini", none);
	buf_free(&columns);
	set_environment(w);
	w->http = http_open(&options);
	if (run_quietly(w, migrate) != EX_OK)
		broken(w, "pg-store migrate fails");
	for (i = 0; i < w->feed_count; i++)
		add_feed(w, i);
}

static void
end(struct world *w, int days)
{
	size_t jobs = 0, i;

	for (i = 0; i < w->feed_count; i++) {
		jobs += w->feeds[i].job_count;
		free(w->feeds[i].jobs);
		free(w->feeds[i].pasts);
	}
	printf("%d days from seed %" PRIu64 ", %s: %u runs, %u disturbed, "
	       "%u kills, %zu jobs, %u closed, %u reopened, %u held by guards, "
	       "%u reviews\n",
	    days, w->seed, w->gemini ? "gemini" : "local", w->runs,
	    w->disturbed, w->kills, jobs, w->closed, w->reopened, w->guards,
	    w->reviews);
	standin_end(&w->web);
	standin_end(&w->xano);
	if (w->gemini)
		standin_end(&w->model);
	http_close(w->http);
	PQfinish(w->db);
	free(w->mirror);
	free(w);
}

int
main(int argc, char *argv[])
{
	struct world *w = mem_zero(1, sizeof *w);
	uint64_t feeds = 2, roles = 20, only = 0, rough = 0, weather = 0;
	uint64_t things = 6;
	bool gemini = false;
	const struct opt opts[] = {
		{ .name = "feeds",
		    .kind = OPT_COUNT,
		    .to = &feeds,
		    .arg = "N",
		    .help = "how many there are (2)",
		    .min = 1,
		    .max = MOST_FEEDS },
		{ .name = "roles",
		    .kind = OPT_COUNT,
		    .to = &roles,
		    .arg = "N",
		    .help = "at most in a feed (20)",
		    .min = 1,
		    .max = MOST_ROLES },
		{ .name = "only",
		    .kind = OPT_COUNT,
		    .to = &only,
		    .arg = "FEED",
		    .help = "the one that lives (all)",
		    .max = MOST_FEEDS },
		{ .name = "things",
		    .kind = OPT_COUNT,
		    .to = &things,
		    .arg = "N",
		    .help = "fewer than these happen in a day (6)",
		    .min = 1,
		    .max = 100 },
		{ .name = "rough-from",
		    .kind = OPT_COUNT,
		    .to = &rough,
		    .arg = "DAY",
		    .help = "before it nothing fails, nobody is killed (0)",
		    .max = 1000000 },
		{ .name = "weather-from",
		    .kind = OPT_COUNT,
		    .to = &weather,
		    .arg = "DAY",
		    .help = "before it no feed breaks (0)",
		    .max = 1000000 },
		{ .name = "gemini",
		    .kind = OPT_FLAG,
		    .to = &gemini,
		    .help = "the stand-in of Gemini answers" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "month",
		.synopsis = "[options] days seed",
		.summary = "feeds live for some days",
		.opts = opts,
		.operands_min = 2,
		.operands_max = 2 };
	int at, days;

	log_init("month");
	at = opt_parse(&tool, argc, argv);
	days = atoi(argv[at]);
	w->seed = strtoull(argv[at + 1], NULL, 10);
	w->feed_count = (size_t)feeds;
	w->most_roles = (size_t)roles;
	w->only = (size_t)only;
	w->rough_from = (int)rough;
	w->weather_from = (int)weather;
	w->most_things = (unsigned int)things;
	w->gemini = gemini;
	w->db_folder = getenv("MONTH_DB");
	begin(w);
	for (w->day = 0; w->day < days; w->day++)
		run_day(w);
	end(w, days);
	return EXIT_SUCCESS;
}
