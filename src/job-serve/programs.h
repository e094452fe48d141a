/*
 * programs.h - what the monitor starts, and with which arguments
 *
 * The worker names a program of this list and gives it options and operands as
 * text: "name\0value\0" for an option, "\0value\0" for an operand.  Options
 * become --name=value, operands stand behind "--", and each has to have the
 * form that the list states: even a worker that was taken over can start
 * nothing else.
 */
#ifndef PROGRAMS_H
#define PROGRAMS_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

enum program {
	PROGRAM_ASK,
	PROGRAM_BEGIN,
	PROGRAM_RUN,
	PROGRAM_HEARTBEAT,
	PROGRAM_ABORT,
	PROGRAM_ACCEPT,
	PROGRAM_APPROVE,
	PROGRAM_REJECT,
	PROGRAM_EDIT,
	PROGRAM_WITHDRAW,
	PROGRAM_FEED_ADD,
	PROGRAM_FEED_SET,
	PROGRAM_FEED_REMOVE,
	PROGRAM_DUE,
	PROGRAM_INSPECT,
	PROGRAM_PREVIEW,
	PROGRAM_MAP_CHECK,
	PROGRAM_MAP_SAVE,
	PROGRAM_SYNC_PLAN,
	PROGRAM_SYNC_APPLY,
	PROGRAMS
};

#define PROGRAM_ARGS 64

struct program_argv {
	char *argv[PROGRAM_ARGS + 1]; /* ended by NULL; all in TEXT */
	struct buf text;
};

/* The file that is started: "pg-store". */
const char *program_file(enum program p);

/* Whether it reads standard input. */
bool program_reads(enum program p);

/* Whether it is a run: long, with processes of its own. */
bool program_is_run(enum program p);

/*
 * Put the command line of a program together.  NULL, or what is wrong (a
 * constant).  FILES allows feeds from files of this machine.
 */
const char *program_line(enum program p, const char *args, size_t len,
    bool files, struct program_argv *out);

#endif
