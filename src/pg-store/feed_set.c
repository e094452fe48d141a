/* feed_set.c - change how a feed is read and guarded */
#include "commands.h"

#include <string.h>

#include "db.h"
#include "due.h"
#include "feed.h"
#include "file.h"
#include "guard.h"
#include "log.h"
#include "opt.h"
#include "scan.h"
#include "schedule.h"
#include "status.h"

#define NOT_GIVEN UINT64_MAX

static const char set_sql[] =
    "update jobmill.feeds f set name = coalesce($2, name),"
    " url = coalesce($3, url), map = coalesce($4, map),"
    " load = coalesce($5, load),"
    " misses = coalesce($6::integer, case when 'misses' = any(u) then null"
    "  else misses end),"
    " max_close = coalesce($7::numeric, case when 'max-close' = any(u)"
    "  then null else max_close end),"
    " confirm_after = coalesce($8::integer, case when 'confirm-after'"
    "  = any(u) then null else confirm_after end),"
    " accept = coalesce(string_to_array($9, ','), accept),"
    " bypass_filters = coalesce($10::boolean, bypass_filters),"
    " enabled = coalesce($11::boolean, enabled),"
    " options = case when $4 is null then options"
    "  else options - 'feed_map' end || coalesce($12::jsonb, '{}'),"
    " schedule = coalesce($14, case when 'schedule' = any(u) then null"
    "  else schedule end),"
    " updated_at = now()"
    " from string_to_array(coalesce($13, ''), ',') u"
    " where" FEED_IS_NAMED " returning feed_id";

/* What can be said; NULL, NOT_GIVEN or -1: nothing. */
struct settings {
	const char *name, *url, *map, *max_close, *accept, *options, *unset;
	const char *schedule;
	uint64_t misses, confirm_ms;
	int load, bypass, enabled;
};

#define NOTHING_GIVEN                                                          \
	{                                                                      \
		.misses = NOT_GIVEN, .confirm_ms = NOT_GIVEN, .load = -1,      \
		.bypass = -1, .enabled = -1                                    \
	}

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
	        s->enabled < 0 ? NULL : choices[s->enabled], s->options,
	        s->unset, s->schedule));

	if (strcmp(db_sqlstate(db), "23505") == 0)
		die(EX_CANTCREAT, "a feed of that name exists",
		    LOG_TEXT("name", s->name));
	if (strncmp(db_sqlstate(db), "22", 2) == 0)
		die(EX_USAGE, "a setting is not what it should be",
		    LOG_TEXT("error", db_error(db)));
	db_check(db, "cannot change the feed");
	found = PQntuples(r) > 0;
	if (found && (s->schedule != NULL || s->unset != NULL))
		due_keep(db, db_text(r, 0, 0));
	PQclear(r);
	db_check(db, "cannot schedule the feed");
	if (!found)
		feed_unknown(feed);
	db_close(db);
}

/* Where it is and how it is read; a map of its own goes to OWN. */
#define SOURCE_OPTS(s, own)                                                    \
	{ .letter = 'u',                                                       \
		.name = "url",                                                 \
		.kind = OPT_TEXT,                                              \
		.to = &(s)->url,                                               \
		.arg = "URL",                                                  \
		.help = "where it is fetched from" },                          \
	    { .letter = 'm',                                                   \
		    .name = "map",                                             \
		    .kind = OPT_TEXT,                                          \
		    .to = &(s)->map,                                           \
		    .arg = "MAP",                                              \
		    .help = "feed map for xml2jsonl" },                        \
	    { .name = "options",                                               \
		    .kind = OPT_TEXT,                                          \
		    .to = &(s)->options,                                       \
		    .arg = "JSON",                                             \
		    .help = "an object of further settings, added" },          \
	{                                                                      \
		.name = "own-map", .kind = OPT_TEXT, .to = (own),              \
		.arg = "FILE",                                                 \
		.help = "a map of its own, kept in the store (-: stdin)"       \
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

#define MOST_MAP ((size_t)256 << 10)

/* The feed's own map, from a file or standard input, as a setting of it. */
static const char *
own_map(const char *path, struct buf *options)
{
	struct scan *scan = scan_new();
	const struct json_member *members;
	struct buf text = { 0 };
	const char *error;
	size_t count, at = 0;

	error = file_read(strcmp(path, "-") == 0 ? "/dev/stdin" : path,
	    MOST_MAP, &text);
	if (error != NULL)
		die(EX_NOINPUT, "cannot read the map", LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
	error = scan_object(scan, text.data, text.len, &members, &count, &at);
	if (error != NULL)
		die(EX_DATAERR, "a map is a JSON object",
		    LOG_TEXT("file", path), LOG_TEXT("error", error),
		    LOG_UINT("offset", at));
	buf_byte(options, '{');
	buf_json_member(options, "feed_map", text.data, text.len);
	buf_byte(options, '}');
	scan_free(scan);
	buf_free(&text);
	return buf_string(options);
}

/* What --unset may name. */
static bool
can_be_unset(const char *list)
{
	static const char *const names[] = { "misses", "max-close",
		"confirm-after", "schedule" };
	size_t i, len;

	while (*list != '\0') {
		len = strcspn(list, ",");
		for (i = 0; i < sizeof names / sizeof *names; i++)
			if (strlen(names[i]) == len &&
			    strncmp(names[i], list, len) == 0)
				break;
		if (i == sizeof names / sizeof *names)
			return false;
		list += len + (list[len] == ',');
	}
	return true;
}

/* Settings that are not what they should be are wrong usage. */
static void
check_settings(const struct opt_tool *tool, const struct settings *s)
{
	struct schedule schedule;
	unsigned int guards;
	const char *wrong;

	if (s->name != NULL)
		feed_check_name(tool, s->name);
	if (s->accept != NULL && !guard_list(s->accept, &guards))
		opt_wrong(tool, "--accept names a guard that there is not",
		    s->accept);
	if (s->schedule != NULL) {
		wrong = schedule_read(&schedule, s->schedule);
		if (wrong != NULL)
			opt_wrong(tool, wrong, s->schedule);
	}
	if (s->unset != NULL && !can_be_unset(s->unset))
		opt_wrong(tool, "--unset names a setting that has no default",
		    s->unset);
}

int
cmd_feed_set(int argc, char *argv[])
{
	const char *own = NULL;
	struct buf own_options = { 0 };
	struct settings s = NOTHING_GIVEN;
	const struct opt opts[] = {
		{ .name = "name",
		    .kind = OPT_TEXT,
		    .to = &s.name,
		    .arg = "NAME",
		    .help = "what people call it" },
		SOURCE_OPTS(&s, &own),
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
		{ .name = "schedule",
		    .kind = OPT_TEXT,
		    .to = &s.schedule,
		    .arg = "WHEN",
		    .help = "when it is due: 6h, or '0 6 * * mon-fri'" },
		{ .name = "unset",
		    .kind = OPT_TEXT,
		    .to = &s.unset,
		    .arg = "NAMES",
		    .help = "back to the default: misses, max-close, ..." },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store feed set",
		.synopsis = "[option ...] feed",
		.summary = "Change a feed; what is not named stays as it is.",
		.opts = opts,
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	check_settings(&tool, &s);
	if (s.accept != NULL && strcmp(s.accept, "none") == 0)
		s.accept = "";
	if (own != NULL && (s.map != NULL || s.options != NULL))
		opt_wrong(&tool, "--own-map excludes --map and --options", own);
	if (own != NULL) {
		s.options = own_map(own, &own_options);
		s.map = "own";
	}
	apply(argv[at], &s);
	buf_free(&own_options);
	return EX_OK;
}

static int
switch_feed(int argc, char *argv[], int enabled)
{
	struct settings s = NOTHING_GIVEN;
	const struct opt_tool tool = { .name = enabled
		                                   ? "pg-store feed enable"
		                                   : "pg-store feed disable",
		.synopsis = "feed",
		.summary = enabled ? "Let scheduled runs take a feed."
		                   : "Keep scheduled runs from a feed.",
		.operands_min = 1,
		.operands_max = 1 };
	int at = opt_parse(&tool, argc, argv);

	s.enabled = enabled;
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
