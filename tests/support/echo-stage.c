/* echo-stage: the smallest stage there is, for what the library promises */
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "sig.h"
#include "stage.h"
#include "status.h"

/* Pass everything on; change, fold or refuse what says so in "do". */
static void
echo(struct stage *s)
{
	struct buf room = { 0 };
	struct rec *job;
	const char *what;
	size_t len;

	while ((job = stage_next(s)) != NULL) {
		what = rec_text(job, "do", &room, &len);
		if (what != NULL && len == 6 &&
		    memcmp(what, "refuse", 6) == 0) {
			stage_refuse(s, "it says so");
			continue;
		}
		if (what != NULL && len == 5 && memcmp(what, "merge", 5) == 0) {
			stage_merged(s);
			continue;
		}
		/* A program with a fault: the record goes nowhere. */
		if (what != NULL && len == 4 && memcmp(what, "lose", 4) == 0)
			continue;
		if (what != NULL && len == 4 && memcmp(what, "mark", 4) == 0)
			rec_set_string(job, "marked", "yes", 3);
		stage_pass(s, job);
	}
	stats_set(stage_stats(s), "own", 7);
	stats_set_text(stage_stats(s), "word", "a\"b");
	buf_free(&room);
}

int
main(int argc, char *argv[])
{
	struct stage_options options = STAGE_DEFAULTS;
	static const char *const colours[] = { "red", "green", NULL };
	struct opt_list list = { NULL, 0 };
	uint64_t count = 3, time_ms = 1000;
	const char *decimal = "0.86";
	bool flag = false, unflag = true;
	int colour = 0;
	const struct opt opts[] = {
		STAGE_OPTS(&options),
		{ 'c', "count", OPT_COUNT, &count, "N", "a count (3)",
		    "ECHO_COUNT", 2, 99, NULL, NULL, NULL },
		{ .name = "time",
		    .kind = OPT_SECONDS,
		    .to = &time_ms,
		    .help = "a time (1s)" },
		{ .name = "decimal",
		    .kind = OPT_DECIMAL,
		    .to = &decimal,
		    .help = "a decimal (0.86)",
		    .low = "0",
		    .high = "1" },
		{ .name = "colour",
		    .kind = OPT_CHOICE,
		    .to = &colour,
		    .help = "a colour (red)",
		    .env = "ECHO_COLOUR",
		    .choices = colours },
		{ .name = "flag",
		    .kind = OPT_FLAG,
		    .to = &flag,
		    .help = "a flag",
		    .env = "ECHO_FLAG" },
		{ .name = "no-unflag",
		    .kind = OPT_UNFLAG,
		    .to = &unflag,
		    .help = "its opposite" },
		{ .name = "list",
		    .kind = OPT_LIST,
		    .to = &list,
		    .help = "any number of times" },
		OPT_END,
	};
	const struct opt_tool tool = { .name = "echo-stage",
		.synopsis = "[-d FILE] [file]",
		.summary = "Pass records on.",
		.opts = opts,
		.operands_max = 1 };
	struct stage *s;
	int first;

	sig_init();
	log_init("echo-stage");
	first = opt_parse(&tool, argc, argv);
	options.input = argv[first];
	log_debug("options", LOG_UINT("count", count),
	    LOG_UINT("time_ms", time_ms), LOG_TEXT("decimal", decimal),
	    LOG_TEXT("colour", colours[colour]), LOG_UINT("flag", flag),
	    LOG_UINT("unflag", unflag), LOG_UINT("list", list.count),
	    LOG_TEXT("first", list.count > 0 ? list.items[0] : ""));
	free(list.items);
	s = stage_open(&options);
	echo(s);
	return stage_close(s, EX_OK);
}
