/*
 * monitor.h - the process that starts programs
 *
 * It has the environment, and so the secrets, and reads nothing that comes
 * from the network but what wire.h and programs.h let through.  It ends when
 * the worker does, and no program outlives it: first SIGTERM, then SIGKILL.
 */
#ifndef MONITOR_H
#define MONITOR_H

#include <sys/types.h>

#include "settings.h"

struct monitor_options {
	int socket;   /* to the worker */
	pid_t worker; /* a child of this process */
	const struct settings *settings;
	const char *state; /* folder for what is kept between runs */
	const char *share; /* that of the suite */
};

/*
 * Serve the worker until it ends; returns the status to exit with: EX_OK when
 * it was told to stop, else the worker's own, or EX_SOFTWARE.
 */
int monitor_run(const struct monitor_options *options);

/* Block the signals that monitor_run() and the worker wait for; before fork. */
void monitor_block_signals(void);

/*
 * Where a program is: beside this one, or with the pipelines of its checkout.
 * Exits 69 when it is nowhere.  The caller frees it.
 */
char *monitor_find(const char *share, const char *file);

#endif
