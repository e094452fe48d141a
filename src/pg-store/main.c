/* pg-store: keep the jobs, the runs and what was paid for in PostgreSQL */
#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "commands.h"
#include "log.h"
#include "opt.h"
#include "sig.h"
#include "status.h"

static const struct {
	const char *name;
	int (*run)(int argc, char *argv[]);
	const char *summary;
} commands[] = {
	{ "migrate", cmd_migrate, "bring the store's schema up to date" },
	{ "feed", cmd_feed, "add, list, show, set, remove feeds" },
	{ "begin", cmd_begin, "begin a run of a feed; print its number" },
	{ "heartbeat", cmd_heartbeat, "keep a run alive" },
	{ "abort", cmd_abort, "end a run that changes nothing" },
	{ "recall", cmd_recall, "filter: fill in answers that are known" },
	{ "remember", cmd_remember, "filter: keep the answers that pass" },
	{ "stage", cmd_stage, "take the records of a run in" },
	{ "commit", cmd_commit, "make what was staged the truth" },
	{ "list", cmd_list, "print the jobs of a table as records" },
};

#define COMMANDS (sizeof commands / sizeof *commands)

/* What --help lists. */
static void
add_commands(struct buf *notes)
{
	size_t i;

	buf_text(notes, "Commands:");
	for (i = 0; i < COMMANDS; i++)
		buf_printf(notes, "\n  %-12s%s", commands[i].name,
		    commands[i].summary);
	buf_text(notes, "\n\n'pg-store COMMAND --help' tells more of each. "
	                "DATABASE_URL names the store.");
}

int
main(int argc, char *argv[])
{
	struct buf notes = { 0 };
	struct opt_tool tool = {
		.name = "pg-store",
		.synopsis = "command [option ...] [operand ...]",
		.summary = "Keep jobs, runs and answers in PostgreSQL.",
		.operands_min = 1,
		.operands_max = -1,
	};
	size_t i;

	sig_init();
	log_init("pg-store");
	for (i = 0; argc > 1 && i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	add_commands(&notes);
	tool.notes = buf_string(&notes);
	i = (size_t)opt_parse(&tool, argc, argv);
	opt_wrong(&tool, "no such command", argv[i]);
}
