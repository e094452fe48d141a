/* run.c - the real programs: at work, and disturbed at it */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "status.h"
#include "world.h"

#define PATIENCE_MS 120000 /* for what is left of a run to end */

static void
pause_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* Start a program in a session of its own; what it says goes to "log". */
static pid_t
start(struct world *w, const char *const *words)
{
	pid_t pid = fork();

	if (pid < 0)
		broken(w, "no process: %s", strerror(errno));
	if (pid == 0) {
		int log = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
		int null = open("/dev/null", O_RDWR);

		setsid();
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(log, STDERR_FILENO);
		execvp(words[0], (char *const *)words);
		_exit(EX_OSERR);
	}
	return pid;
}

/* A process that stands in /proc: its session, and its name. */
static bool
look_up(const char *pid, pid_t *session, char name[32])
{
	char path[300], text[512], *end;
	FILE *f;
	size_t n;
	int id;

	snprintf(path, sizeof path, "/proc/%s/stat", pid);
	if (!isdigit((unsigned char)*pid) || (f = fopen(path, "r")) == NULL)
		return false;
	n = fread(text, 1, sizeof text - 1, f);
	fclose(f);
	text[n] = '\0';
	/* "PID (NAME) STATE PPID PGRP SESSION ..." */
	end = strrchr(text, ')');
	if (end == NULL || end[1] == '\0' || end[2] == 'Z' ||
	    sscanf(end + 4, "%*d %*d %d", &id) != 1)
		return false;
	*session = id;
	snprintf(name, 32, "%.*s", (int)(end - strchr(text, '(') - 1),
	    strchr(text, '(') + 1);
	return true;
}

/* Processes of a session; kill the one at place WHICH, or all at SIZE_MAX. */
static size_t
session_of(pid_t session, size_t which, bool all)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;
	size_t n = 0;

	while (proc != NULL && (d = readdir(proc)) != NULL) {
		pid_t of;
		char name[32];

		if (!look_up(d->d_name, &of, name) || of != session)
			continue;
		if (all || n == which)
			kill((pid_t)strtol(d->d_name, NULL, 10), SIGKILL);
		n++;
	}
	if (proc != NULL)
		closedir(proc);
	return n;
}

/* See a session to its end; the status of its first process. */
static int
finish(struct world *w, pid_t pid)
{
	unsigned int waited = 0;
	int status;

	if (waitpid(pid, &status, 0) != pid)
		broken(w, "lost a process");
	/* What a killed script leaves behind comes to its own end. */
	while (session_of(pid, SIZE_MAX, false) > 0) {
		if (waited > PATIENCE_MS) {
			session_of(pid, SIZE_MAX, true);
			broken(w, "something of a run never ends");
		}
		pause_ms(5);
		waited += 5;
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int
run_quietly(struct world *w, const char *const *words)
{
	return finish(w, start(w, words));
}

/* Today, for whoever asks when jobs expire. */
static void
set_today(const struct world *w)
{
	time_t now = 1767600000 + (time_t)w->day * 86400;
	struct tm tm;
	char text[32];

	gmtime_r(&now, &tm);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	setenv("JOBMILL_NOW", text, 1);
}

/* Where the feed is fetched from, with what is to go wrong. */
static void
set_url(struct world *w, const struct feed *f, const char *query)
{
	char number[16], url[200];
	const char *words[] = { "pg-store", "feed", "set", "--url", url, number,
		NULL };

	snprintf(number, sizeof number, "%u", f->number);
	snprintf(url, sizeof url, "%s/feed-%u.xml%s", w->web.url, f->number,
	    query);
	if (run_quietly(w, words) != EX_OK)
		broken(w, "the feed can't be set");
}

static pid_t
start_feed(struct world *w, const struct feed *f)
{
	static char number[16];
	const char *words[] = { "process-feed", number, NULL };

	snprintf(number, sizeof number, "%u", f->number);
	set_today(w);
	/* Whoever was killed is dead by now. */
	PQclear(ask_store(w,
	    "update jobmill.execution_reports"
	    " set heartbeat_at = now() - interval '1 hour'"
	    " where status = 'running'",
	    NULL));
	w->runs++;
	return start(w, words);
}

int
run_feed(struct world *w, const struct feed *f)
{
	return finish(w, start_feed(w, f));
}

/* What the services do wrong, for this run. */
static void
send_faults(struct world *w)
{
	static const char *const kinds[] = { "\"status\":503",
		"\"status\":429,\"retry_after\":\"0\"", "\"reset\":true",
		"\"status\":500", "\"cut\":40", "\"reset\":true,\"apply\":true",
		"\"status\":502,\"html\":true" };
	struct buf xano = { 0 }, model = { 0 };
	unsigned int n = below(w, 4), i;

	buf_text(&xano, "{\"fault\":[");
	for (i = 0; i < n; i++)
		buf_printf(&xano,
		    "%s{\"path\":\"/\",\"skip\":%u,\"times\":%u,%s}",
		    i > 0 ? "," : "", below(w, 8), 1 + below(w, 3),
		    kinds[below(w, 7)]);
	buf_text(&xano, "]}");
	standin_control(&w->xano, w->http, &xano);
	if (!w->gemini)
		return;
	buf_text(&model, "{\"fault\":[");
	n = below(w, 3);
	for (i = 0; i < n; i++)
		buf_printf(&model,
		    "%s{\"path\":\"generate\",\"skip\":%u,\"times\":%u,%s}",
		    i > 0 ? "," : "", below(w, 4), 1 + below(w, 3),
		    kinds[below(w, 7)]);
	buf_printf(&model, "],\"random\":{\"seed\":%u,\"share\":0.2}}",
	    below(w, 100000));
	standin_control(&w->model, w->http, &model);
}

static void
clear_faults(struct world *w)
{
	struct buf xano = { 0 }, model = { 0 };

	buf_text(&xano, "{\"clear_faults\":true}");
	standin_control(&w->xano, w->http, &xano);
	if (!w->gemini)
		return;
	buf_text(&model, "{\"clear_faults\":true,\"random\":null}");
	standin_control(&w->model, w->http, &model);
}

/* The database server dies as by a power cut, and is started again. */
static void
crash_database(struct world *w)
{
	const char *crash[] = { "db", "crash", w->db_folder, NULL };
	const char *start_it[] = { "db", "--test", "start", w->db_folder,
		NULL };

	run_quietly(w, crash);
	if (run_quietly(w, start_it) != EX_OK)
		broken(w, "the database does not start again");
}

/* Something dies at a random moment. */
static void
disturb(struct world *w, pid_t pid)
{
	unsigned int way = below(w, 100);

	pause_ms(below(w, 900));
	w->kills++;
	if (way < 40) {
		size_t n = session_of(pid, SIZE_MAX, false);

		if (n > 0)
			session_of(pid, below(w, (unsigned int)n), false);
	} else if (way < 60) {
		session_of(pid, 0, true); /* the machine */
	} else if (way < 75) {
		kill(pid, SIGKILL); /* the script alone */
	} else if (way < 85) {
		kill(pid, SIGTERM);
	} else if (way < 97 || w->db_folder == NULL) {
		PQclear(ask_store(w,
		    "select pg_terminate_backend(pid) from pg_stat_activity"
		    " where application_name = 'pg-store'"
		    " and datname = current_database()",
		    NULL));
	} else {
		crash_database(w);
	}
}

void
run_disturbed(struct world *w, const struct feed *f)
{
	static const char *const queries[] = { "", "?cut=700&times=1",
		"?status=503&times=1&retry_after=0", "?cut=300&reset=1",
		"?status=500", "?length=no&cut=400", "?garbage=1&times=1" };
	const char *query = chance(w, 60) ? "" : queries[below(w, 7)];
	bool kills = chance(w, 50);
	pid_t pid;
	int status;

	w->disturbed++;
	send_faults(w);
	if (*query != '\0')
		set_url(w, f, query);
	pid = start_feed(w, f);
	if (kills)
		disturb(w, pid);
	status = finish(w, pid);
	/* A stage that was killed may look like one that crashed. */
	if (status == EX_SOFTWARE && !kills)
		broken(w, "process-feed ended with %d: a bug", status);
	clear_faults(w);
	if (*query != '\0')
		set_url(w, f, "");
}

void
age_store(struct world *w)
{
	PQclear(ask_store(w,
	    "update jobmill.feeds set guard = jsonb_set(guard, '{since}',"
	    " to_jsonb((guard ->> 'since')::timestamptz - interval '1 day'))"
	    " where guard is not null",
	    NULL));
}
