/*
 * torture: fail call number 1, 2, 3... of a program in turn, until it passes
 * untouched, once each and from then on; as SQLite and curl test themselves.
 *
 *   torture [-f] [-i FILE] [-k KIND[=ERRNO]]... [-m MOST] PRELOAD PROGRAM...
 *
 * KIND is alloc, or a system call by its name with the errno it ends with
 * (EIO).  PRELOAD is failing.so.  -i is the standard input.  -m: at most MOST
 * calls of a kind, evenly chosen once the first third of them have been tried.
 * -f: output and status may differ from an untouched run's, as when what the
 * program talks to has a memory.
 *
 * Whatever fails, the program ends by itself within 20 seconds with a status
 * of the suite's table and a few lines that say why; if it says 0, its output
 * is that of the untouched run; if not, its output is a part of that, from its
 * beginning.  A line for each kind tells what was seen; exit 1 if it was wrong.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_KINDS 32
#define MOST_LINES 8
#define PATIENCE 20 /* seconds */
#define MARK 9      /* the descriptor on which failing.so tells */

static struct {
	const char *kinds[MOST_KINDS];
	int kind_count;
	const char *input, *preload;
	char **program;
	bool free;
	long most;
	char folder[64];
} set = { .input = "/dev/null", .most = 1000000 };

struct text {
	char *bytes;
	size_t len;
};

struct ending {
	bool hangs, reached;
	int status;
	struct text out, err;
};

/* One call to fail: of a kind, by its number, and all after it or not. */
struct fault {
	const char *kind;
	long at;
	bool on;
};

static void
give_up(const char *what)
{
	fprintf(stderr, "torture: %s: %s\n", what, strerror(errno));
	exit(2);
}

static const char *
path_of(const char *name)
{
	static char path[4][128];
	static unsigned int turn;
	char *to = path[turn++ % 4];

	(void)snprintf(to, sizeof path[0], "%s/%s", set.folder, name);
	return to;
}

static struct text
read_all(const char *name)
{
	struct text t = { NULL, 0 };
	struct stat st;
	int fd = open(path_of(name), O_RDONLY | O_CLOEXEC);
	ssize_t got;

	if (fd < 0)
		return t;
	if (fstat(fd, &st) != 0)
		give_up("fstat");
	t.bytes = malloc((size_t)st.st_size + 1);
	if (t.bytes == NULL)
		give_up("malloc");
	while (
	    t.len < (size_t)st.st_size &&
	    (got = read(fd, t.bytes + t.len, (size_t)st.st_size - t.len)) > 0)
		t.len += (size_t)got;
	t.bytes[t.len] = '\0';
	close(fd);
	return t;
}

static void
redirect(int to, const char *path, int flags)
{
	int fd = open(path, flags, 0600);

	if (fd < 0 || dup2(fd, to) < 0)
		_exit(126);
	if (fd != to)
		close(fd);
}

static void
set_number(const char *name, long value)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%ld", value);
	(void)setenv(name, text, 1);
}

/* In the child: become the program, with strace around it for system calls. */
static void
become(const struct fault *f)
{
	char inject[96], trace[64], call[32];
	const char *equals;
	const char *words[64] = { "strace", "-f", "-qq", "--seccomp-bpf", "-o",
		path_of("trace"), "-e", trace, "-e", inject };
	int count = 10;

	sigset_t none;

	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setpgid(0, 0);
	redirect(0, set.input, O_RDONLY);
	redirect(1, path_of("out"), O_WRONLY | O_CREAT | O_TRUNC);
	redirect(2, path_of("err"), O_WRONLY | O_CREAT | O_TRUNC);
	redirect(MARK, path_of("mark"), O_WRONLY | O_CREAT | O_TRUNC);
	if (f->at == 0 || strcmp(f->kind, "alloc") == 0) {
		if (f->at > 0) {
			(void)setenv("LD_PRELOAD", set.preload, 1);
			set_number("FAILING_AT", f->at);
			set_number("FAILING_FD", MARK);
			if (f->on)
				set_number("FAILING_ON", 1);
		}
		execvp(set.program[0], set.program);
		_exit(126);
	}
	equals = strchr(f->kind, '=');
	(void)snprintf(call, sizeof call, "%.*s",
	    (int)(equals != NULL ? equals - f->kind : 30), f->kind);
	(void)snprintf(trace, sizeof trace, "trace=%s", call);
	(void)snprintf(inject, sizeof inject, "inject=%s:error=%s:when=%ld%s",
	    call, equals != NULL ? equals + 1 : "EIO", f->at, f->on ? "+" : "");
	for (char **word = set.program; *word != NULL && count < 63; word++)
		words[count++] = *word;
	execvp(words[0], (char *const *)words);
	_exit(126);
}

/* Wait for it; what does not end is killed with all it started. */
static void
await(pid_t child, struct ending *e)
{
	const struct timespec patience = { PATIENCE, 0 };
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	while (waitpid(child, &e->status, WNOHANG) == 0) {
		if (sigtimedwait(&ended, NULL, &patience) < 0 &&
		    errno == EAGAIN) {
			e->hangs = true;
			(void)kill(-child, SIGKILL);
			(void)waitpid(child, &e->status, 0);
			return;
		}
	}
}

static struct ending
run(const struct fault *f)
{
	struct ending e = { .hangs = false };
	struct text seen;
	pid_t child;

	(void)unlink(path_of("trace"));
	child = fork();
	if (child < 0)
		give_up("fork");
	if (child == 0)
		become(f);
	await(child, &e);
	e.out = read_all("out");
	e.err = read_all("err");
	seen = read_all("mark");
	e.reached = seen.len > 0;
	free(seen.bytes);
	seen = read_all("trace");
	if (seen.bytes != NULL && strstr(seen.bytes, "(INJECTED)") != NULL)
		e.reached = true;
	free(seen.bytes);
	return e;
}

static void
release(struct ending *e)
{
	free(e->out.bytes);
	free(e->err.bytes);
}

static long
count_lines(const struct text *t)
{
	long lines = 0;

	for (size_t i = 0; i < t->len; i++)
		lines += t->bytes[i] == '\n';
	return lines;
}

static bool
is_of_the_table(int status)
{
	static const int table[] = { 0, 1, 65, 66, 69, 71, 73, 74, 75, 76, 77,
		78, 80 };

	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (table[i] == status)
			return true;
	return false;
}

/* The loader of programs has words and a status of its own. */
static bool
is_the_loader(const struct ending *e)
{
	return WIFEXITED(e->status) && WEXITSTATUS(e->status) == 127 &&
	       e->err.bytes != NULL &&
	       (strstr(e->err.bytes, "shared librar") != NULL ||
	           strstr(e->err.bytes, "shared object") != NULL);
}

/* What is wrong with how it ended, or NULL. */
static const char *
judge(const struct fault *f, const struct ending *e, const struct ending *plain)
{
	static char why[64];
	bool begins;

	if (e->hangs)
		return "it hangs";
	if (is_the_loader(e))
		return NULL;
	if (WIFSIGNALED(e->status)) {
		(void)snprintf(why, sizeof why, "it dies of signal %d",
		    WTERMSIG(e->status));
		return why;
	}
	if (!is_of_the_table(WEXITSTATUS(e->status))) {
		(void)snprintf(why, sizeof why, "it exits with %d",
		    WEXITSTATUS(e->status));
		return why;
	}
	if (set.free)
		return NULL;
	begins = e->out.len <= plain->out.len &&
	         (e->out.len == 0 ||
	             memcmp(e->out.bytes, plain->out.bytes, e->out.len) == 0);
	if (e->status == plain->status)
		return begins && e->out.len == plain->out.len
		           ? NULL
		           : "it passes, and its output is another";
	if (WEXITSTATUS(e->status) == 0)
		return "it passes, and untouched it does not";
	if (!begins && WEXITSTATUS(e->status) != 1)
		return "its output is no part of the right one";
	/* Words are written, too. */
	if (count_lines(&e->err) == 0)
		return f->on && strncmp(f->kind, "write", 5) == 0
		           ? NULL
		           : "it does not say why";
	return count_lines(&e->err) > count_lines(&plain->err) + MOST_LINES
	           ? "it says too much"
	           : NULL;
}

static void
tell(const struct fault *f, const struct ending *e, const char *why)
{
	printf("wrong: %s %ld%s: %s; status %#x, said: %.300s\n", f->kind,
	    f->at, f->on ? " and all after it" : "", why,
	    (unsigned int)e->status, e->err.bytes != NULL ? e->err.bytes : "");
}

/* The next number to try: all at first, then in steps that grow. */
static long
next_after(long at)
{
	return at < set.most / 3 ? at + 1 : at + 1 + at * 3 / set.most;
}

/* Fail the calls of a kind in turn; how many were wrong. */
static long
torture(const char *kind, bool on, const struct ending *plain)
{
	struct fault f = { kind, 1, on };
	long failed = 0, survived = 0, wrong = 0;
	bool reached = true;

	for (; reached && wrong < 10; f.at = next_after(f.at)) {
		struct ending e = run(&f);
		const char *why = judge(&f, &e, plain);

		reached = e.reached;
		if (why != NULL) {
			wrong++;
			tell(&f, &e, why);
		} else if (reached && e.status == plain->status)
			survived++;
		else if (reached)
			failed++;
		release(&e);
	}
	printf("%s: %s%s: %ld failed as they should, %ld survived, %ld wrong\n",
	    set.program[0], kind, on ? " and all after it" : "", failed,
	    survived, wrong);
	fflush(stdout);
	return wrong;
}

static void
parse(int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "+fi:k:m:")) != -1)
		switch (c) {
		case 'f':
			set.free = true;
			break;
		case 'i':
			set.input = optarg;
			break;
		case 'k':
			if (set.kind_count < MOST_KINDS)
				set.kinds[set.kind_count++] = optarg;
			break;
		case 'm':
			set.most = strtol(optarg, NULL, 10);
			break;
		default:
			exit(2);
		}
	if (argc - optind < 2 || set.kind_count == 0 || set.most < 3) {
		fprintf(stderr, "torture: usage is in its source\n");
		exit(2);
	}
	set.preload = argv[optind];
	set.program = argv + optind + 1;
}

int
main(int argc, char *argv[])
{
	const char *tmp = getenv("TMPDIR");
	const struct fault none = { "alloc", 0, false };
	struct ending plain;
	sigset_t ended;
	long wrong = 0;

	parse(argc, argv);
	(void)snprintf(set.folder, sizeof set.folder, "%.40s/torture.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(set.folder) == NULL)
		give_up(set.folder);
	/* Blocked, so that it can be waited for. */
	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &ended, NULL);
	plain = run(&none);
	for (int i = 0; i < set.kind_count; i++) {
		wrong += torture(set.kinds[i], false, &plain);
		wrong += torture(set.kinds[i], true, &plain);
	}
	release(&plain);
	for (int i = 0; i < 4; i++)
		(void)unlink(path_of(
		    ((const char *[]){ "out", "err", "mark", "trace" })[i]));
	(void)rmdir(set.folder);
	return wrong > 0;
}
