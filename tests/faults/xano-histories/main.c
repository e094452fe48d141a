/*
 * xano-histories: random histories of a mirror, and what must hold in each
 *
 *     xano-histories HISTORIES SEED
 *
 * Each history starts with an empty table of the stand-in and a few rows, by
 * one of the profiles that are shipped, in turns.  Then the wanted rows change
 * at random, other people write, Xano fails in every way the stand-in knows,
 * xano-sync is killed, told to stop, or started twice; after each run it must
 * hold that
 *
 *     no row was deleted whose key is wanted, unless it was there twice, or its
 *         row was not as wanted and the profile can't change it in place
 *     no row was added whose key was there, but by a request that came late
 *     no more rows were deleted than --max-delete allows
 *     without an end mark, none was
 *     after exit status 0 the table equals the wanted rows
 *     after 1 no wanted row that was there is gone
 *     a row without a key is where it was
 *
 * and at the end, when the faults are over, that one run makes the table equal
 * and the next one writes nothing.  Both programs come from PATH.  The seed of
 * a history that fails is printed, and repeats it with HISTORIES 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "world.h"

#define WORDS 40 /* of a command line */

struct command {
	const char *words[WORDS];
	size_t count;
	char numbers[6][24]; /* room for some of them */
	size_t number_count;
};

unsigned int
below(struct world *w, unsigned int n)
{
	return dice_below(&w->random, n);
}

bool
chance(struct world *w, unsigned int percent)
{
	return dice_chance(&w->random, percent);
}

void
ask(struct world *w, const char *path, const char *body, struct buf *out)
{
	standin_ask(w->standin, w->http, path, body, out);
}

void
control(struct world *w, struct buf *orders)
{
	standin_control(w->standin, w->http, orders);
}

_Noreturn void
broken(const struct world *w, const char *fmt, ...)
{
	va_list args;

	printf("seed %" PRIu64 " (%s): ", w->seed, door_files[w->door]);
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	printf("\n");
	fflush(stdout);
	kill(w->standins[0].pid, SIGTERM);
	kill(w->standins[1].pid, SIGTERM);
	exit(EXIT_FAILURE);
}

static void
add(struct command *c, const char *word)
{
	c->words[c->count++] = word;
	c->words[c->count] = NULL;
}

static void
add_number(struct command *c, const char *option, unsigned int n,
    const char *unit)
{
	char *room = c->numbers[c->number_count++];

	snprintf(room, sizeof c->numbers[0], "%u%s", n, unit);
	add(c, option);
	add(c, room);
}

/* What every run has. */
static struct command
command_of(const struct world *w)
{
	struct command c = { .count = 0 };

	add(&c, "xano-sync");
	add(&c, "-p");
	add(&c, door_files[w->door]);
	if (w->door == DOOR_CUSTOM) {
		add(&c, "--scope");
		add(&c, "feed_id=1");
	}
	return c;
}

/* Start a program, stopped until a byte comes through *GO. */
static pid_t
start(struct world *w, const struct command *c, int *go)
{
	int gate[2];
	pid_t pid;
	char byte;

	if (pipe(gate) != 0 || (pid = fork()) < 0)
		broken(w, "no process: %s", strerror(errno));
	if (pid == 0) {
		int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
		int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600);

		close(gate[1]);
		dup2(out, STDOUT_FILENO);
		dup2(err, STDERR_FILENO);
		if (read(gate[0], &byte, 1) != 1)
			_exit(EX_OSERR);
		close(gate[0]);
		execvp(c->words[0], (char *const *)c->words);
		_exit(EX_OSERR);
	}
	close(gate[0]);
	*go = gate[1];
	return pid;
}

static void
release(struct world *w, int go)
{
	if (write(go, "", 1) != 1)
		broken(w, "the gate is shut");
	close(go);
}

/* See it to its end; 128 and the signal if it died of one. */
static int
finish(struct world *w, pid_t pid)
{
	static const int good[] = { EX_OK, EX_SOME_BAD, EX_PENDING,
		EX_UNAVAILABLE, EX_TEMPFAIL, EX_PROTOCOL, EX_NOPERM, EX_GUARD,
		128 + SIGKILL, 128 + SIGTERM };
	int ended, status;
	size_t i;

	if (waitpid(pid, &ended, 0) != pid)
		broken(w, "lost a process");
	status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128 + WTERMSIG(ended);
	w->runs++;
	w->statuses[status & 0xFF]++;
	for (i = 0; i < sizeof good / sizeof *good; i++)
		if (status == good[i])
			return status;
	broken(w, "xano-sync ended with %d, see err", status);
}

static int
run(struct world *w, const struct command *c)
{
	int go;
	pid_t pid = start(w, c, &go);

	release(w, go);
	return finish(w, pid);
}

static void
pause_us(unsigned int us)
{
	struct timespec t = { 0, (long)us * 1000 };

	nanosleep(&t, NULL);
}

/* Options that are nobody's business but must not matter. */
static void
add_options(struct world *w, struct command *c)
{
	add_number(c, "--bulk", 1 + below(w, 10), "");
	add_number(c, "--per-page", 2 + below(w, 30), "");
	add_number(c, "-j", 1 + below(w, 4), "");
	add_number(c, "--max-delete", PERCENT, "%");
	add(c, "--order");
	add(c, chance(w, 50) ? "add-first" : "delete-first");
	add(c, "--retry-wait");
	add(c, "1ms");
	add(c, "--max-wait");
	add(c, "3ms");
	add(c, "--timeout");
	add(c, "150ms");
	add(c, "--retries");
	add(c, "3");
}

/* Rows come from "in", or from a plan that is made of it before. */
static void
add_source(struct world *w, struct command *c)
{
	struct command plan = *c;

	if (chance(w, 80)) {
		add(c, "in");
		return;
	}
	unlink("plan");
	add(&plan, "--plan");
	add(&plan, "plan");
	add(&plan, "in");
	run(w, &plan);
	add(c, "--apply");
	add(c, "plan");
}

/* Whether the mirror said that. */
static bool
says(struct world *w, const char *what)
{
	struct buf err = { 0 };
	const char *wrong = file_read("err", 1 << 24, &err);
	bool found;

	if (wrong != NULL)
		broken(w, "cannot read err: %s", wrong);
	found = strstr(buf_string(&err), what) != NULL;
	buf_free(&err);
	return found;
}

/* A run under faults, and what must hold after it. */
static void
run_faulty(struct world *w)
{
	struct command c = command_of(w);
	bool complete = !chance(w, 10), twice = chance(w, 10);
	unsigned int before, deleted, most;
	int go, second_go = -1, status, second = EX_TEMPFAIL;
	pid_t pid, second_pid = 0;

	add_options(w, &c);
	write_wanted(w, complete);
	play_history(w);
	before = rows_of_ours(w);
	note_right(w);
	add_source(w, &c);
	if (access("plan", F_OK) != 0 && c.words[c.count - 1][0] == 'p')
		return; /* what it was for does not bear a plan */
	pid = start(w, &c, &go);
	if (twice)
		second_pid = start(w, &c, &second_go);
	send_faults(w, pid);
	release(w, go);
	if (twice)
		release(w, second_go);
	if (chance(w, 8)) {
		pause_us(below(w, 20000));
		kill(pid, SIGTERM);
	}
	status = finish(w, pid);
	if (twice)
		second = finish(w, second_pid);
	if (w->late)
		pause_us(300000); /* for what is under way to be handled */
	deleted = play_history(w);
	/* What others add while it reads may count for it. */
	most = (before + (w->others ? 20 : 0)) * PERCENT / 100;
	if (deleted > most || (deleted > 0 && !complete))
		broken(w, "%u rows deleted of %u%s", deleted, before,
		    complete ? "" : " without an end mark");
	if ((status == EX_OK || status == EX_SOME_BAD) && !w->others &&
	    !w->late && !says(w, "could not be put back"))
		check_kept(w);
	if (status != EX_OK && second != EX_OK)
		return;
	if (anything_bad(w))
		broken(w, "exit 0, but there are rows that Xano refuses");
	/* A plan of input that was not complete is done when it is done. */
	if (!w->others && !w->late && complete)
		check_equal(w, "after exit 0");
}

/* Without faults one run does all, and the next one nothing. */
static void
run_clean(struct world *w)
{
	struct command c = command_of(w);
	struct buf out = { 0 };
	int status, round;

	add(&c, "--max-delete");
	add(&c, "100%");
	add(&c, "--allow-empty");
	add(&c, "--refill");
	add(&c, "in");
	clear_faults(w);
	nothing_bad(w);
	write_wanted(w, true);
	for (round = 0; round < 2; round++) {
		play_history(w);
		note_right(w);
		w->others = w->late = false;
		status = run(w, &c);
		if (status != EX_OK)
			broken(w, "xano-sync ended with %d at last, see err",
			    status);
		play_history(w);
		check_equal(w, round == 0 ? "at the end" : "a second time");
	}
	if (file_read("out", 1 << 20, &out) != NULL || out.len > 0)
		broken(w, "the second run wrote: %s", buf_string(&out));
	buf_free(&out);
}

static void
set_environment(const struct world *w)
{
	char base[80];
	bool metadata = w->door == DOOR_METADATA;

	snprintf(base, sizeof base, "%s/api:%s", w->standin->url,
	    metadata ? "meta" : "Ab3_x-9Q");
	setenv("XANO_BASE_URL", base, 1);
	setenv("XANO_TOKEN", "good", 1);
	setenv("XANO_WORKSPACE", "1", 1);
	setenv("XANO_TABLE", metadata ? "1" : "job", 1);
}

static void
run_history(struct world *w, uint64_t seed)
{
	struct buf answer = { 0 };
	unsigned int steps, i;
	char state[32];

	/* What a sync remembers of the table goes with the table. */
	snprintf(state, sizeof state, "state.%" PRIu64, seed);
	setenv("JOBMILL_STATE_DIR", state, 1);
	w->random = w->seed = seed;
	w->door = seed % 2 == 0 ? DOOR_METADATA
	                        : (enum door)(1 + seed / 2 % (DOORS - 1));
	w->histories[w->door]++;
	w->standin = &w->standins[chance(w, 30)];
	memset(w->wanted, 0, sizeof w->wanted);
	memset(w->rows, 0, sizeof w->rows);
	w->seen = w->foreign = 0;
	set_environment(w);
	ask(w, "/_reset", "", &answer);
	buf_free(&answer);
	send_switches(w);
	for (i = 0; i < 4; i++)
		change_wanted(w);
	steps = 1 + below(w, 3);
	for (i = 0; i < steps; i++) {
		run_faulty(w);
		clear_faults(w);
		change_wanted(w);
	}
	run_clean(w);
}

static void
tell(const struct world *w, uint64_t count, uint64_t seed)
{
	size_t i;

	printf("%" PRIu64 " histories from seed %" PRIu64 ":", count, seed);
	for (i = 0; i < DOORS; i++)
		printf(" %s %u", door_files[i] + 2, w->histories[i]);
	printf("; %u runs, %u faults, %u kills, %u rows replaced; statuses",
	    w->runs, w->faults, w->kills, w->gaps);
	for (i = 0; i < 256; i++)
		if (w->statuses[i] > 0)
			printf(" %d:%u", (int)i, w->statuses[i]);
	printf("\n");
}

int
main(int argc, char *argv[])
{
	struct world *w = mem_zero(1, sizeof *w);
	struct http_options options = { .connect_ms = 5000 };
	const char *words[] = { "--schema", "schema.json", "--key", "job_hash",
		NULL };
	uint64_t count, seed, i;

	log_init("xano-histories");
	if (argc != 3)
		die(EX_USAGE, "wanted: HISTORIES SEED");
	count = strtoull(argv[1], NULL, 10);
	seed = strtoull(argv[2], NULL, 10);
	write_files(w);
	standin_start(&w->standins[0], "xano", words);
	words[1] = "unique.json";
	standin_start(&w->standins[1], "xano", words);
	w->http = http_open(&options);
	for (i = 0; i < count; i++)
		run_history(w, seed + i);
	tell(w, count, seed);
	http_close(w->http);
	standin_end(&w->standins[0]);
	standin_end(&w->standins[1]);
	free(w);
	return EXIT_SUCCESS;
}
