/*
 * opt.h - one table a program: it parses the command line, fills in from the
 * environment, and prints --help
 *
 * -h --help, -V --version, -v --verbose and -q --quiet are in every table by
 * themselves.  A value comes from the option, else from its environment
 * variable if that is set and not empty, else stays what *TO was before.
 * What is wrong is one line and exit EX_USAGE (64); in the environment
 * EX_CONFIG (78).
 */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum opt_kind {
	OPT_FLAG,   /* bool: the option makes it true; in the environment 1/0 */
	OPT_UNFLAG, /* bool: the option makes it false (--no-something) */
	OPT_TEXT,   /* const char *: as given */
	OPT_LIST,   /* struct opt_list: may be given more than once */
	OPT_COUNT,  /* uint64_t between min and max */
	OPT_SIZE,   /* uint64_t bytes, suffix K M G T (1024) allowed */
	OPT_SECONDS, /* uint64_t milliseconds; "5", "1.5", "300ms", "2m", "6h",
	                "1d" */
	OPT_DECIMAL, /* const char *: a plain decimal number such as 0.86 */
	OPT_CHOICE   /* int: index into choices */
};

struct opt_list {
	const char **items;
	size_t count;
};

struct opt {
	char letter; /* 0: long only */
	const char *name;
	enum opt_kind kind;
	void *to;
	const char *arg;  /* what --help calls the value */
	const char *help; /* one line, with the default in brackets */
	const char *env;  /* or NULL */
	uint64_t min,
	    max; /* OPT_COUNT, OPT_SIZE, OPT_SECONDS (ms); max 0: none */
	const char *low, *high;     /* OPT_DECIMAL: bounds, or NULL */
	const char *const *choices; /* OPT_CHOICE: ended by NULL */
};

struct opt_tool {
	const char *name;       /* "pg-store stage" for a subcommand */
	const char *synopsis;   /* what follows the name: "[-d dead] [file]" */
	const char *summary;    /* one line: what it does */
	const char *notes;      /* further lines of --help, or NULL */
	const struct opt *opts; /* ended by one without a name, or NULL */
	int operands_min, operands_max; /* max -1: any number */
};

/*
 * Parse; returns the index of the first operand in ARGV.  Exits after --help
 * and --version, and when something is wrong.
 */
int opt_parse(const struct opt_tool *tool, int argc, char *argv[]);

/* For what only the program can check: one line with a hint, exit 64. */
_Noreturn void opt_wrong(const struct opt_tool *tool, const char *what,
    const char *value);

#endif
