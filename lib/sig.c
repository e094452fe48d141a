/* sig.c - signals, and the state a process starts in */
#include "sig.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static volatile sig_atomic_t came;

static void
note(int number)
{
	if (came != 0) {
		signal(number, SIG_DFL);
		raise(number);
	}
	came = number;
}

/* Whether a descriptor is open. */
static bool
is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0 || errno != EBADF;
}

void
sig_init(void)
{
	static const int stops[] = { SIGINT, SIGTERM, SIGHUP };
	struct sigaction action = { .sa_handler = note }, old;
	size_t i;

	/* open() gives the lowest free descriptor: in order, the one at hand.
	 */
	if (!is_open(STDIN_FILENO) && open("/dev/null", O_WRONLY) < 0)
		_exit(71);
	if (!is_open(STDOUT_FILENO) && open("/dev/null", O_RDONLY) < 0)
		_exit(71);
	if (!is_open(STDERR_FILENO) && open("/dev/null", O_RDONLY) < 0)
		_exit(71);

	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof stops / sizeof *stops; i++) {
		/* Who starts us with a signal ignored (nohup, &) means it. */
		if (sigaction(stops[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_IGN)
			continue;
		sigaction(stops[i], &action, NULL);
	}
}

bool
sig_stop(void)
{
	return came != 0;
}

void
sig_die(void)
{
	if (came == 0)
		return;
	signal(came, SIG_DFL);
	raise(came);
}
