/*
 * measure - what a command costs
 *
 *     measure FILE COMMAND [ARGUMENT...]
 *
 * Runs the command with our own standard streams and appends one JSON line to
 * FILE: wall, user and sys in seconds, peak memory in KiB, of the command and
 * what it waited for; its status.  Exits with that.
 */
#define _DEFAULT_SOURCE /* wait4() */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "status.h"

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double
seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void
report(const char *file, double wall, const struct rusage *use, int status)
{
	FILE *f = fopen(file, "a");

	if (f == NULL)
		die(EX_CANTCREAT, "cannot open", LOG_TEXT("file", file));
	fprintf(f,
	    "{\"wall\":%.4f,\"user\":%.4f,\"sys\":%.4f,\"peak_kib\":%ld,"
	    "\"status\":%d}\n",
	    wall, seconds(use->ru_utime), seconds(use->ru_stime),
	    use->ru_maxrss, status);
	if (fclose(f) != 0)
		die(EX_IOERR, "cannot write", LOG_TEXT("file", file));
}

int
main(int argc, char *argv[])
{
	struct rusage use;
	double start = now();
	int status;
	pid_t child;

	log_init("measure");
	if (argc < 3)
		die(EX_USAGE, "usage: measure FILE COMMAND [ARGUMENT...]");
	child = fork();
	if (child < 0)
		die(EX_OSERR, "cannot start a process",
		    LOG_TEXT("error", strerror(errno)));
	if (child == 0) {
		execvp(argv[2], argv + 2);
		die(EX_UNAVAILABLE, "cannot run", LOG_TEXT("program", argv[2]),
		    LOG_TEXT("error", strerror(errno)));
	}
	while (wait4(child, &status, 0, &use) < 0)
		if (errno != EINTR)
			die(EX_OSERR, "cannot wait",
			    LOG_TEXT("error", strerror(errno)));
	status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	report(argv[1], now() - start, &use, status);
	return status;
}
