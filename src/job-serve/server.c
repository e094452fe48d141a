/* server.c - the worker: one thread that faces the network */
#include "server.h"

#include <microhttpd.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "environment.h"
#include "events.h"
#include "files.h"
#include "linger.h"
#include "log.h"
#include "mem.h"
#include "metrics.h"
#include "recover.h"
#include "refs.h"
#include "request.h"
#include "runs.h"
#include "scheduler.h"
#include "status.h"
#include "store.h"
#include "syncs.h"

/* Between looks at what has taken too long. */
#define TICK_MS 200

/* Requests that are being answered when a signal comes have this long. */
#define FINISH_MS 5000

/* A second signal that comes later than this is another one. */
#define AGAIN_MS 1000

static void
stop(void *of, bool gone)
{
	struct server *s = of;

	if (gone && !s->alone) {
		log_error("the process that starts programs does not answer");
		s->alone = true;
	}
	if (s->stopping_ms != 0) {
		/* Who says it twice means it; one who is told once by two is
		 * meant once. */
		if (!gone && clock_ms() > s->stopping_ms + AGAIN_MS)
			runs_stop(s->runs, true);
		return;
	}
	s->stopping_ms = clock_ms();
	log_info("stopping", LOG_UINT("runs", runs_running(s->runs)));
	close(MHD_quiesce_daemon(s->daemon));
	runs_stop(s->runs, false);
	events_stop(s->events);
}

/* The library has something to do when its own epoll descriptor says so. */
static void
library_ready(void *of, uint32_t events)
{
	(void)events;
	((struct server *)of)->resumed = true;
}

/* Milliseconds until something is to be done without being called. */
static int
time_left(const struct server *s, uint64_t next_tick_ms)
{
	uint64_t now = clock_ms();
	MHD_UNSIGNED_LONG_LONG library;
	int left = now >= next_tick_ms ? 0 : (int)(next_tick_ms - now);

	if (s->resumed)
		return 0;
	if (MHD_get_timeout(s->daemon, &library) == MHD_YES &&
	    library < (MHD_UNSIGNED_LONG_LONG)left)
		left = (int)library;
	return left;
}

static void
tick(struct server *s, uint64_t now)
{
	conn_tick(&s->conns, now);
	linger_tick(s->linger, now);
	children_tick(s->children, now);
	store_tick(s->store, now);
	runs_tick(s->runs, now);
	events_tick(s->events, now);
	recover_tick(s->recover, now);
	scheduler_tick(s->scheduler, now);
	/* What the library itself gives up after silence. */
	s->resumed = true;
}

static void
run_library(struct server *s)
{
	MHD_UNSIGNED_LONG_LONG left;
	int turns = 0;

	s->resumed = false;
	do {
		MHD_run(s->daemon);
		/* What it has put off it does at once, but not for ever. */
	} while (MHD_get_timeout(s->daemon, &left) == MHD_YES && left == 0 &&
	         ++turns < 8);
}

static bool
is_idle(const struct server *s)
{
	const struct conn *c;

	for (c = s->conns.first; c != NULL; c = c->next)
		if (c->state != CONN_WAITS)
			return false;
	return true;
}

/* Whether nothing is left to be waited for. */
static bool
has_ended(struct server *s, uint64_t now)
{
	uint64_t since = now - s->stopping_ms;

	if (runs_count(s->runs) > 0 && since > s->settings->stop_ms)
		runs_stop(s->runs, true);
	/* Two programs that answer questions are there to the end. */
	if (children_count(s->children) > STORE_LANES &&
	    since < s->settings->stop_ms + FINISH_MS)
		return false;
	return is_idle(s) || since > FINISH_MS;
}

static void
loop(struct server *s)
{
	uint64_t next_tick_ms = clock_ms() + TICK_MS, now;

	while (!s->alone) {
		loop_wait(s->loop, time_left(s, next_tick_ms));
		now = clock_ms();
		if (now >= next_tick_ms) {
			tick(s, now);
			next_tick_ms = now + TICK_MS;
		}
		if (s->resumed)
			run_library(s);
		store_flush(s->store);
		if (s->stopping_ms != 0 && has_ended(s, now))
			return;
	}
}

static void
enter_sandbox(const struct settings *settings)
{
	struct sandbox box = settings->sandbox;

	/* It changes no file, and starts no program. */
	box.network = true;
	box.guarded = true;
	sandbox_enter(&box);
}

int
server_run(const struct server_options *o)
{
	const struct settings *settings = o->settings;
	struct server *s = mem_zero(1, sizeof *s);
	const union MHD_DaemonInfo *info;
	struct buf path = { 0 };
	struct watch library = { .ready = library_ready, .of = s };

	signal(SIGPIPE, SIG_IGN);
	s->settings = settings;
	s->auth = o->auth;
	s->share = o->share;
	s->state = o->state;
	s->conns = (struct conns){ .most = settings->max_connections,
		.most_each = settings->max_per_address,
		.head_ms = settings->header_ms,
		.body_ms = settings->body_ms,
		.each_is_set = settings->each_is_set };
	s->hosts =
	    (struct gate_hosts){ settings->hosts.items, settings->hosts.count };
	buf_printf(&path, "%s/www", s->share);
	s->files = files_load(buf_string(&path));
	buf_free(&path);
	s->refs = refs_load(s->share);
	environment_wipe();
	s->loop = loop_new();
	s->linger = linger_new(s->loop);
	s->children = children_new(s->loop, o->monitor, stop, s);
	request_listen(s, o->listening);
	info = MHD_get_daemon_info(s->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	library.fd = info->epoll_fd;
	enter_sandbox(settings);
	s->store = store_new(s->children);
	s->runs = runs_new(s);
	s->events = events_new(s);
	s->recover = recover_new(s);
	s->scheduler = scheduler_new(s);
	s->syncs = syncs_new(s);
	s->metrics = metrics_new();
	loop_watch(s->loop, &library, EPOLLIN);
	children_ready(s->children, o->url);
	loop(s);
	log_info("ended");
	/* What is left is not worth an orderly end: the kernel has it. */
	return s->alone ? EX_OSERR : EX_OK;
}
