/* pg-store: keep the jobs, the runs and what was paid for in PostgreSQL */
#include <stddef.h>
#include <string.h>

#include "buf.h"
#include "commands.h"
#include "log.h"
#include "opt.h"
#include "sig.h"
#include "status.h"

struct command {
	const char *name; /* one word or two */
	int (*run)(int argc, char *argv[]);
	const char *summary;
};

static const struct command commands[] = {
	{ "migrate", cmd_migrate, "bring the schema up to date" },
	{ "feed add", cmd_feed_add, "add a feed, print its number" },
	{ "feed list", cmd_feed_list, "print the feeds" },
	{ "feed show", cmd_feed_show, "print one feed" },
	{ "feed set", cmd_feed_set, "change a feed" },
	{ "feed enable", cmd_feed_enable, "let scheduled runs take it" },
	{ "feed disable", cmd_feed_disable, "keep scheduled runs from it" },
	{ "feed due", cmd_feed_due, "print the feeds that are due" },
	{ "feed remove", cmd_feed_remove, "forget a feed and its jobs" },
	{ "begin", cmd_begin, "begin a run of a feed, print its number" },
	{ "heartbeat", cmd_heartbeat, "tell that a run lives" },
	{ "recall", cmd_recall, "filter: fill in answers that are known" },
	{ "remember", cmd_remember, "filter: keep the answers that pass by" },
	{ "gate", cmd_gate,
	    "filter: stop a feed that shrank, before it costs" },
	{ "stage", cmd_stage, "take the records of a run in" },
	{ "commit", cmd_commit, "make what a run staged the truth" },
	{ "abort", cmd_abort, "end a run that changes nothing" },
	{ "report", cmd_report, "tell how a run went" },
	{ "list", cmd_list, "print the jobs of a table as records" },
	{ "review list", cmd_review_list, "print what waits for a person" },
	{ "review show", cmd_review_show, "print one job" },
	{ "review approve", cmd_review_approve, "approve jobs" },
	{ "review reject", cmd_review_reject, "reject jobs" },
	{ "review edit", cmd_review_edit, "set fields of jobs" },
	{ "review withdraw", cmd_review_withdraw, "take verdicts back" },
	{ "review log", cmd_review_log, "print the verdicts there were" },
	{ "trace", cmd_trace, "tell the story of a job" },
	{ "ask", cmd_ask, "filter: answer questions that have a name" },
	{ "ack", cmd_ack, "filter: note what the mirror did" },
	{ "forget", cmd_forget, "forget answers that are not used" },
	{ "check", cmd_check, "see whether the store keeps its promises" },
	{ "prune", cmd_prune, "take away what is old" },
};

#define COMMANDS (sizeof commands / sizeof *commands)

/*
 * How many words of ARGV are the command's name: one, two, or none if it is
 * another one.
 */
static int
words_of(const struct command *c, int argc, char *argv[])
{
	size_t len = strcspn(c->name, " ");

	if (argc < 2 || strncmp(argv[1], c->name, len) != 0 ||
	    argv[1][len] != '\0')
		return 0;
	if (c->name[len] == '\0')
		return 1;
	return argc > 2 && strcmp(argv[2], c->name + len + 1) == 0 ? 2 : 0;
}

/* What --help lists. */
static void
add_commands(struct buf *notes)
{
	size_t i;

	buf_text(notes, "Commands:");
	for (i = 0; i < COMMANDS; i++)
		buf_printf(notes, "\n  %-18s%s", commands[i].name,
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
	int words;

	sig_init();
	log_init("pg-store");
	for (i = 0; i < COMMANDS; i++) {
		words = words_of(&commands[i], argc, argv);
		if (words > 0)
			return commands[i].run(argc - words, argv + words);
	}
	add_commands(&notes);
	tool.notes = buf_string(&notes);
	i = (size_t)opt_parse(&tool, argc, argv);
	opt_wrong(&tool, "no such command", argv[i]);
}
