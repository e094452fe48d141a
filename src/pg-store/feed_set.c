/* feed_set.c - change how a feed is read and guarded */
#include "commands.h"

#include <string.h>

#include "db.h"
#include "feed.h"
#include "guard.h"
#include "log.h"
#include "opt.h"
#include "status.h"

#define NOT_GIVEN UINT64_MAX

static const char set_sql[] =
    "update jobmill.feeds set name = coalesce($2, name),"
    " url = coalesce($3, url), map = coalesce($4, map),"
    " load = coalesce($5, load), misses = coalesce($6::integer, misses),"
    " max_close = coalesce($7::numeric, max_close),"
    " confirm_after = coalesce($8::integer, confirm_after),"
    " accept = coalesce(string_to_array($9, ','), accept),"
    " bypass_filters = coalesce($10::boolean, bypass_filters),"
    " enabled = coalesce($11::boolean, enabled),"
    " options = options || coalesce($12::jsonb, '{}'), updated_at = now()"
    " where" FEED_IS_NAMED " returning feed_id";

/* What can be said; NULL, NOT_GIVEN or -1: nothing. */
struct settings {
	const char *name, *url, *map, *max_close, *accept, *options;
	uint64_t misses, confirm_ms;
	int load, bypass, enabled;
};

static const char *const loads[] = { "snapshot", "delta", NULL };
static const char *const choices[] = { "no", "yes", NULL };

/* Apply settings to a feed; what they do not name stays. */
static void
apply(const char *feed, const struct settings *s)
{
	char misses[DB_NUMBER], seconds[DB_NUMBER];
	bool found;
	struct db *db = db_open();
	PGresult *r = db_query(db, set_sql,
	    DB_VALUES(feed, s->name, s->url, s->map,
	        s->load < 0 ? NULL : loads[s->load],
	        s->misses == NOT_GIVEN ? NULL
	                               : db_number((int64_t)s->misses, misses),
	        s->max_close,
	        s->confirm_ms == NOT_GIVEN
	            ? NULL
	            : db_number((int64_t)(s->confirm_ms / 1000), seconds),
	        s->accept, s->bypass < 0 ? NULL : choices[s->bypass],
	        s->enabled < 0 ? NULL : choices[s->enabled], s->options));

	if (strcmp(db_sqlstate(db), "23505") == 0)
		die(EX_CANTCREAT, "a feed of that name exists",
		    LOG_TEXT("name", s->name));
	if (strncmp(db_sqlstate(db), "22", 2) == 0)
		die(EX_USAGE, "a setting is not what it should be",
		    LOG_TEXT("error", db_error(db)));
	db_check(db, "cannot change the feed");
	found = PQntuples(r) > 0;
	PQclear(r);
	if (!found)
		feed_unknown(feed);
	db_close(db);
}

/* How a feed is guarded: as the options of `commit` are called. */
#define GUARD_OPTS(s)                                                          \
	{ .name = "load",                                                      \
		.kind = OPT_CHOICE,                                            \
		.to = &(s)->load,                                              \
		.arg = "KIND",                                                 \
		.help = "snapshot, or delta: closes only what it names",       \
		.choices = loads },                                            \
	    { .name = "misses",                                                \
		    .kind = OPT_COUNT,                                         \
		    .to = &(s)->misses,                                        \
		    .arg = "N",                                                \
		    .help = "complete runs without a job before it closes",    \
		    .min = 1,                                                  \
		    .max = 1000 },                                             \
	    { .name = "max-close",                                             \
		    .kind = OPT_DECIMAL,                                       \
		    .to = &(s)->max_close,                                     \
		    .arg = "PERCENT",                                          \
		    .help = "share of its live jobs one run may close",        \
		    .low = "0",                                                \
		    .high = "100" },                                           \
	    { .name = "confirm-after",                                         \
		    .kind = OPT_SECONDS,                                       \
		    .to = &(s)->confirm_ms,                                    \
		    .arg = "TIME",                                             \
		    .help = "a run this much later may lift a guard" },        \
	{                                                                      \
		.name = "accept", .kind = OPT_TEXT, .to = &(s)->accept,        \
		.arg = "GUARDS",                                               \
		.help = "guards that are off: empty,shrink,dead,drift"         \
	}

int
cmd_feed_set(int argc, char *argv[])
{
	struct settings s = { .misses = NOT_GIVEN,
		.confirm_ms = NOT_GIVEN,
		.load = -1,
		.bypass = -1,
		.enabled = -1 };
	const struct opt opts[] = {
		{ .name = "name",
		    .kind = OPT_TEXT,
		    .to = &s.name,
		    .arg = "NAME",
		    .help = "what people call it" },
		{ .letter = 'u',
		    .name = "url",
		    .kind = OPT_TEXT,
		    .to = &s.url,
		    .arg = "URL",
		    .help = "where it is fetched from" },
		{ .letter = 'm',
		    .name = "map",
		    .kind = OPT_TEXT,
		    .to = &s.map,
		    .arg = "MAP",
		    .help = "feed map for xml2jsonl" },
		GUARD_OPTS(&s),
		{ .name = "bypass",
		    .kind = OPT_CHOICE,
		    .to = &s.bypass,
		    .arg = "YES|NO",
		    .help = "approve its jobs whatever the model says",
		    .choices = choices },
		{ .name = "enabled",
		    .kind = OPT_CHOICE,
		    .to = &s.enabled,
		    .arg = "YES|NO",
		    .help = "whether scheduled runs take it",
		    .choices = choices },
		{ .name = "options",
		    .kind = OPT_TEXT,
		    .to = &s.options,
		    .arg = "JSON",
		    .help = "an object of further settings, added" },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store feed set",
		.synopsis = "[option ...] feed",
		.summary = "Change a feed; what is not named stays as it is.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);
	unsigned int guards;

	if (s.name != NULL)
		feed_check_name(&tool, s.name);
	if (s.accept != NULL && !guard_list(s.accept, &guards))
		opt_wrong(&tool, "--accept names a guard that there is not",
		    s.accept);
	if (s.accept != NULL && strcmp(s.accept, "none") == 0)
		s.accept = "";
	apply(argv[at], &s);
	return EX_OK;
}

static int
switch_feed(int argc, char *argv[], int enabled)
{
	const struct settings s = { .misses = NOT_GIVEN,
		.confirm_ms = NOT_GIVEN,
		.load = -1,
		.bypass = -1,
		.enabled = enabled };
	const struct opt_tool tool = { .name = enabled
		                                   ? "pg-store feed enable"
		                                   : "pg-store feed disable",
		.synopsis = "feed",
		.summary = enabled ? "Let scheduled runs take a feed."
		                   : "Keep scheduled runs from a feed.",
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	apply(argv[at], &s);
	return EX_OK;
}

int
cmd_feed_enable(int argc, char *argv[])
{
	return switch_feed(argc, argv, 1);
}

int
cmd_feed_disable(int argc, char *argv[])
{
	return switch_feed(argc, argv, 0);
}
