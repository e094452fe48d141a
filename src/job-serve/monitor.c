/* monitor.c - the process that starts programs, and sees them to their end */
/* For close_range() and pipe2(). */
#define _GNU_SOURCE
#include "monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "environment.h"
#include "log.h"
#include "mem.h"
#include "notify.h"
#include "out.h"
#include "programs.h"
#include "status.h"
#include "strays.h"
#include "wire.h"

/* A program that does not end on SIGTERM is killed after this long. */
#define PATIENCE_MS 10000

#define TICK_MS 200

/* A program that was started. */
struct kid {
	uint32_t id; /* what the worker calls it */
	pid_t pid;   /* and, of a run, its session */
	bool is_run;
	struct kid *next;
};

struct monitor {
	const struct monitor_options *options;
	pid_t self;
	int signals; /* a signalfd */
	struct kid *kids;
	struct strays strays;
	char *files[PROGRAMS]; /* where each program is */
	char **environment;
	bool worker_ended;
	int worker_status;
	uint64_t kill_at_ms; /* 0: nothing is being ended */
	struct wire message;
};

char *
monitor_find(const char *share, const char *file)
{
	struct buf path = { 0 };
	char self[4096], *slash;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash != NULL)
		*slash = '\0';
	buf_printf(&path, "%s/%s", self, file);
	if (access(buf_string(&path), X_OK) < 0) {
		buf_clear(&path);
		buf_printf(&path, "%s/../pipelines/%s", share, file);
	}
	if (access(buf_string(&path), X_OK) < 0)
		die(EX_UNAVAILABLE, "a program is missing",
		    LOG_TEXT("program", file), LOG_TEXT("beside", self));
	return path.data;
}

void
monitor_block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static void
tell(struct monitor *m, enum wire_kind kind, uint32_t id, int value,
    const int *fds, size_t count)
{
	m->message.kind = kind;
	m->message.id = id;
	m->message.value = value;
	m->message.len = 0;
	/* A worker that is gone shows by its socket, and by SIGCHLD. */
	(void)wire_send(m->options->socket, &m->message, fds, count);
}

/* In the new process: become the program.  OURS[i] is its descriptor i. */
_Noreturn static void
become(const struct monitor *m, enum program p, char *argv[], const int ours[3])
{
	static const int usual[] = { SIGINT, SIGTERM, SIGHUP, SIGCHLD,
		SIGPIPE };
	sigset_t none;
	size_t i;
	int fd;

	setsid();
	/* If the monitor is killed, nobody is left to end us. */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != m->self)
		_exit(EX_TEMPFAIL);
	for (i = 0; i < sizeof usual / sizeof *usual; i++)
		signal(usual[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (fd = 0; fd < 3; fd++)
		if (dup2(ours[fd], fd) < 0)
			_exit(EX_OSERR);
	close_range(3, ~0U, 0);
	execve(m->files[p], argv, m->environment);
	log_error("cannot start a program", LOG_TEXT("program", m->files[p]),
	    LOG_TEXT("error", strerror(errno)));
	_exit(EX_UNAVAILABLE);
}

static void
close_all(int fds[], size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (fds[i] >= 0)
			close(fds[i]);
		fds[i] = -1;
	}
}

/* Pipes to a program: the worker's ends and the program's. */
static bool
make_pipes(bool reads, int theirs[3], int ours[3])
{
	int ends[2], i;

	for (i = 0; i < 3; i++)
		theirs[i] = ours[i] = -1;
	for (i = 0; i < 3; i++) {
		if (i == 0 && !reads) {
			ours[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
			theirs[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
		} else if (pipe2(ends, O_CLOEXEC) == 0) {
			ours[i] = ends[i == 0 ? 0 : 1];
			theirs[i] = ends[i == 0 ? 1 : 0];
		}
		if (ours[i] < 0 || theirs[i] < 0)
			return false;
		/* The worker must not wait; more room means fewer turns. */
		fcntl(theirs[i], F_SETFL,
		    fcntl(theirs[i], F_GETFL) | O_NONBLOCK);
		fcntl(theirs[i], F_SETPIPE_SZ, 1 << 18);
	}
	return true;
}

/* 0, or an errno. */
static int
start(struct monitor *m, uint32_t id, enum program p, char *argv[])
{
	int theirs[3], ours[3], error = 0;
	struct kid *kid;
	pid_t pid;

	if (!make_pipes(program_reads(p), theirs, ours)) {
		error = errno;
	} else if ((pid = fork()) < 0) {
		error = errno;
	} else if (pid == 0) {
		become(m, p, argv, ours);
	} else {
		kid = mem_alloc(sizeof *kid);
		*kid = (struct kid){ id, pid, program_is_run(p), m->kids };
		m->kids = kid;
		tell(m, WIRE_STARTED, id, 0, theirs, 3);
		log_debug("started", LOG_TEXT("program", argv[0]),
		    LOG_SINT("pid", pid));
	}
	close_all(theirs, 3);
	close_all(ours, 3);
	return error;
}

static void
handle_start(struct monitor *m)
{
	const struct wire *w = &m->message;
	struct program_argv line = { .argv = { NULL } };
	const char *wrong = NULL;
	uint32_t id = w->id;
	int error = EINVAL;

	if (w->value < 0 || w->value >= PROGRAMS || m->kill_at_ms != 0)
		wrong = "no program is to be started";
	else
		wrong = program_line((enum program)w->value, w->text, w->len,
		    m->options->settings->files, &line);
	if (wrong != NULL)
		log_warning("a program is not started", LOG_TEXT("why", wrong),
		    LOG_SINT("program", w->value));
	else
		error = start(m, id, (enum program)w->value, line.argv);
	if (error != 0)
		tell(m, WIRE_STARTED, id, error, NULL, 0);
	buf_free(&line.text);
}

/* Only its own process: it passes a signal on as it sees fit. */
static void
handle_signal(struct monitor *m, uint32_t id, int number)
{
	struct kid *kid;

	if (number != SIGTERM && number != SIGKILL)
		return;
	for (kid = m->kids; kid != NULL; kid = kid->next)
		if (kid->id == id)
			kill(kid->pid, number);
}

/* The one line of standard output: who starts us may wait for it. */
static void
print_url(const struct monitor *m)
{
	struct out *out = out_stdout(true);

	out_add(out, m->message.text, m->message.len);
	out_line(out);
	out_close(out);
}

static void
read_worker(struct monitor *m)
{
	int fds[WIRE_FDS], got;

	while ((got = wire_receive(m->options->socket, &m->message, fds)) > 0) {
		close_all(fds, WIRE_FDS);
		switch (m->message.kind) {
		case WIRE_START:
			handle_start(m);
			break;
		case WIRE_SIGNAL:
			handle_signal(m, m->message.id, m->message.value);
			break;
		case WIRE_READY:
			print_url(m);
			notify_service("READY=1\nSTATUS=Answering");
			break;
		default:
			break;
		}
	}
	/* It has nothing to say any more: its death will be told. */
	if (got < 0 && !m->worker_ended)
		kill(m->options->worker, SIGKILL);
}

static void
bury(struct monitor *m, pid_t pid, int status)
{
	struct kid **at = &m->kids, *kid;

	if (pid == m->options->worker) {
		m->worker_ended = true;
		m->worker_status = status;
		return;
	}
	for (; (kid = *at) != NULL; at = &kid->next) {
		if (kid->pid != pid)
			continue;
		*at = kid->next;
		if (kid->is_run)
			strays_of(&m->strays, kid->pid);
		tell(m, WIRE_ENDED, kid->id, status, NULL, 0);
		free(kid);
		return;
	}
}

static void
read_signals(struct monitor *m)
{
	struct signalfd_siginfo info;
	int status;
	pid_t pid;

	while (read(m->signals, &info, sizeof info) == (ssize_t)sizeof info) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		notify_service("STOPPING=1\nSTATUS=Stopping");
		tell(m, WIRE_STOP, 0, (int)info.ssi_signo, NULL, 0);
	}
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		bury(m, pid, status);
}

/* The worker is gone: all others follow. */
static void
end_all(struct monitor *m)
{
	uint64_t now = clock_ms();
	int number = SIGTERM;
	struct kid *kid;

	if (m->kill_at_ms != 0 && now < m->kill_at_ms)
		return;
	if (m->kill_at_ms != 0)
		number = SIGKILL;
	m->kill_at_ms = now + PATIENCE_MS;
	for (kid = m->kids; kid != NULL; kid = kid->next)
		kill(kid->pid, number);
}

static void
open_signals(struct monitor *m)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	m->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (m->signals < 0)
		die(EX_OSERR, "cannot wait for signals",
		    LOG_TEXT("error", strerror(errno)));
}

static void
find_programs(struct monitor *m)
{
	const struct monitor_options *o = m->options;
	struct buf share = { 0 }, runs = { 0 }, samples = { 0 }, syncs = { 0 };
	char *bin;
	int p;

	for (p = 0; p < PROGRAMS; p++)
		m->files[p] =
		    monitor_find(o->share, program_file((enum program)p));
	buf_printf(&share, "JOBMILL_SHARE=%s", o->share);
	buf_printf(&runs, "JOBMILL_RUNS=%s", o->settings->runs);
	buf_printf(&samples, "JOBMILL_SAMPLES=%s/samples", o->state);
	buf_printf(&syncs, "JOBMILL_SYNCS=%s/syncs", o->state);
	bin = mem_string(m->files[PROGRAM_ASK]);
	*strrchr(bin, '/') = '\0';
	/* What goes wrong is read by the worker, line by line. */
	m->environment = environment_for(bin,
	    (const char *const[]){ buf_string(&share), buf_string(&runs),
	        buf_string(&samples), buf_string(&syncs),
	        "JOBMILL_LOG_FORMAT=text", "JOBMILL_REPORT=none", NULL });
	free(bin);
	buf_free(&share);
	buf_free(&runs);
	buf_free(&samples);
	buf_free(&syncs);
}

static void
forget_programs(struct monitor *m)
{
	size_t i;

	for (i = 0; i < PROGRAMS; i++)
		free(m->files[i]);
	for (i = 0; m->environment[i] != NULL; i++)
		free(m->environment[i]);
	free(m->environment);
}

static int
status_of(const struct monitor *m)
{
	if (WIFEXITED(m->worker_status))
		return WEXITSTATUS(m->worker_status);
	log_error("the server was killed",
	    LOG_SINT("signal", WTERMSIG(m->worker_status)));
	return EX_SOFTWARE;
}

int
monitor_run(const struct monitor_options *options)
{
	struct monitor *m = mem_zero(1, sizeof *m);
	struct pollfd fds[2];
	int status;

	m->options = options;
	m->self = getpid();
	/* Whoever loses its parent in a run comes to us, to be found. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	find_programs(m);
	open_signals(m);
	fds[0] = (struct pollfd){ .fd = options->socket, .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = m->signals, .events = POLLIN };
	while (!m->worker_ended || m->kids != NULL || strays_any(&m->strays)) {
		if (m->worker_ended) {
			end_all(m);
			fds[0].fd = -1;
		}
		strays_tick(&m->strays);
		if (poll(fds, 2,
		        m->worker_ended || strays_any(&m->strays) ? TICK_MS
		                                                  : -1) < 0 &&
		    errno != EINTR)
			break;
		if (fds[0].revents != 0)
			read_worker(m);
		read_signals(m);
	}
	status = status_of(m);
	close(m->signals);
	forget_programs(m);
	free(m);
	return status;
}
