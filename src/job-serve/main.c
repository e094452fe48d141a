/* job-serve: trigger, watch and review over HTTP and in a browser */
/* For realpath(). */
#define _XOPEN_SOURCE 700
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "auth.h"
#include "environment.h"
#include "file.h"
#include "listen.h"
#include "log.h"
#include "mem.h"
#include "monitor.h"
#include "notify.h"
#include "out.h"
#include "route.h"
#include "server.h"
#include "settings.h"
#include "sig.h"
#include "status.h"
#include "wire.h"

#define SECOND UINT64_C(1000)

static const char *const role_names[] = { "none", "read", "write" };

static struct settings settings = { .listen = "127.0.0.1:8080",
	.max_runs = 2,
	.max_queue = 20,
	.max_connections = 256,
	.header_ms = 10 * SECOND,
	.body_ms = 15 * SECOND,
	.stop_ms = 20 * SECOND,
	.session_ms = 12 * 3600 * SECOND };

static const struct opt table[] = {
	{ .letter = 'l',
	    .name = "listen",
	    .kind = OPT_TEXT,
	    .to = &settings.listen,
	    .arg = "ADDRESS",
	    .help = "address:port (127.0.0.1:8080)",
	    .env = "JOBMILL_LISTEN" },
	{ .name = "host",
	    .kind = OPT_LIST,
	    .to = &settings.hosts,
	    .arg = "NAME",
	    .help = "a name that requests may ask us by",
	    .env = "JOBMILL_SERVE_HOST" },
	{ .name = "proxy",
	    .kind = OPT_FLAG,
	    .to = &settings.proxy,
	    .help = "a proxy is in front: believe X-Forwarded-*",
	    .env = "JOBMILL_SERVE_PROXY" },
	{ .name = "runs",
	    .kind = OPT_TEXT,
	    .to = &settings.runs,
	    .arg = "DIR",
	    .help = "where run folders are made",
	    .env = "JOBMILL_RUNS" },
	{ .name = "files",
	    .kind = OPT_FLAG,
	    .to = &settings.files,
	    .help = "feeds may be files of this machine",
	    .env = "JOBMILL_SERVE_FILES" },
	{ .name = "state",
	    .kind = OPT_TEXT,
	    .to = &settings.state,
	    .arg = "DIR",
	    .help = "where runs, samples and plans are kept",
	    .env = "JOBMILL_STATE" },
	{ .letter = 's',
	    .name = "schedule",
	    .kind = OPT_FLAG,
	    .to = &settings.schedule,
	    .help = "start the runs of feeds that are due",
	    .env = "JOBMILL_SERVE_SCHEDULE" },
	{ .name = "max-runs",
	    .kind = OPT_COUNT,
	    .to = &settings.max_runs,
	    .arg = "N",
	    .help = "runs at the same time (2)",
	    .env = "JOBMILL_MAX_RUNS",
	    .min = 1,
	    .max = 100 },
	{ .name = "max-queue",
	    .kind = OPT_COUNT,
	    .to = &settings.max_queue,
	    .arg = "N",
	    .help = "runs that may wait for their turn (20)",
	    .env = "JOBMILL_MAX_QUEUE",
	    .max = 50 },
	{ .name = "max-connections",
	    .kind = OPT_COUNT,
	    .to = &settings.max_connections,
	    .arg = "N",
	    .help = "connections at the same time (256)",
	    .env = "JOBMILL_MAX_CONNECTIONS",
	    .min = 4,
	    .max = 10000 },
	{ .name = "max-per-address",
	    .kind = OPT_COUNT,
	    .to = &settings.max_per_address,
	    .arg = "N",
	    .help = "of one address (32; local ones: any)",
	    .env = "JOBMILL_MAX_PER_ADDRESS",
	    .min = 1,
	    .max = 10000 },
	{ .name = "header-time",
	    .kind = OPT_SECONDS,
	    .to = &settings.header_ms,
	    .arg = "TIME",
	    .help = "a request's head is there by then (10s)",
	    .env = "JOBMILL_HEADER_TIME",
	    .min = 100,
	    .max = 600000 },
	{ .name = "body-time",
	    .kind = OPT_SECONDS,
	    .to = &settings.body_ms,
	    .arg = "TIME",
	    .help = "and its body (15s)",
	    .env = "JOBMILL_BODY_TIME",
	    .min = 100,
	    .max = 600000 },
	{ .name = "routes",
	    .kind = OPT_FLAG,
	    .to = &settings.routes,
	    .help = "print the routes and the roles they need" },
	{ .name = "session",
	    .kind = OPT_SECONDS,
	    .to = &settings.session_ms,
	    .arg = "TIME",
	    .help = "a login lasts so long (12h)",
	    .env = "JOBMILL_SESSION",
	    .min = 60000,
	    .max = 30 * 86400 * SECOND },
	SANDBOX_OPTS(&settings.sandbox),
	{ .name = NULL },
};

static const struct opt_tool tool = { .name = "job-serve",
	.synopsis = "[-l address:port] [option ...]",
	.summary = "Trigger, watch and review over HTTP and in a "
	           "browser.",
	.opts = table };

static void
print_routes(void)
{
	struct out *out = out_stdout(false);
	struct buf line = { 0 };
	const struct route *at;

	for (at = routes; at->pattern != NULL; at++) {
		buf_clear(&line);
		buf_printf(&line, "%s %s %s", route_method_name(at->method),
		    at->pattern, role_names[at->role]);
		out_add(out, line.data, line.len);
		out_line(out);
	}
	buf_free(&line);
	out_close(out);
}

/* The folder of the suite's data, as a path that a program may be told. */
static char *
share_folder(void)
{
	struct buf path = { 0 };
	char *real;

	file_share(&path, "");
	real = realpath(buf_string(&path), NULL);
	if (real == NULL)
		die(EX_NOINPUT, "the suite's data are missing",
		    LOG_TEXT("folder", path.data),
		    LOG_TEXT("see", "JOBMILL_SHARE"));
	buf_free(&path);
	return real;
}

/* Where things are kept, as the pipelines know it: see pipeline.bash. */
static char *
state_folder(const char *share)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = { 0 };

	buf_printf(&path, "%s/../VERSION", share);
	if (access(buf_string(&path), R_OK) == 0) {
		buf_clear(&path);
		buf_printf(&path, "%s/../var", share);
	} else {
		buf_clear(&path);
		if (state != NULL && *state != '\0')
			buf_text(&path, state);
		else
			buf_printf(&path, "%s/.local/state",
			    home != NULL && *home != '\0' ? home : "/var/lib");
		buf_text(&path, "/jobmill");
	}
	buf_string(&path);
	return path.data;
}

/* Until both have ended: the worker in a process of its own. */
static int
run(const char *share, const char *state)
{
	struct server_options server = { .settings = &settings,
		.share = share,
		.state = state,
		.listening = notify_listen_fd() };
	struct monitor_options monitor = { .settings = &settings,
		.share = share,
		.state = state };
	struct auth auth = { .wanted = false };
	struct buf url = { 0 };
	int ends[2];

	auth_load(&auth);
	server.auth = &auth;
	if (server.listening < 0)
		server.listening = listen_on(settings.listen);
	if (!auth.wanted && !listen_is_local(server.listening))
		die(EX_CONFIG, "an address that others can reach needs a token",
		    LOG_TEXT("listen", settings.listen),
		    LOG_TEXT("see", "JOBMILL_API_TOKEN_FILE"));
	listen_url(server.listening, &url);
	server.url = buf_string(&url);
	wire_pair(ends);
	monitor_block_signals();
	monitor.worker = fork();
	if (monitor.worker < 0)
		die(EX_OSERR, "cannot start the worker");
	if (monitor.worker == 0) {
		close(ends[0]);
		server.monitor = ends[1];
		_exit(server_run(&server));
	}
	close(ends[1]);
	close(server.listening);
	buf_free(&url);
	monitor.socket = ends[0];
	return monitor_run(&monitor);
}

/* What of the environment the worker has to know, and may. */
static void
note_surroundings(void)
{
	const char *below = getenv("JOBMILL_ARCHIVE_BELOW"),
	           *from = getenv("JOBMILL_APPROVE_FROM"),
	           *mirror = getenv("XANO_BASE_URL");

	settings.archive_below =
	    mem_string(below != NULL && *below != '\0' ? below : "0.5");
	settings.approve_from =
	    mem_string(from != NULL && *from != '\0' ? from : "0.86");
	settings.mirror = mirror != NULL && *mirror != '\0';
}

int
main(int argc, char *argv[])
{
	struct buf runs = { 0 };
	char *share, *state;
	int status;

	sig_init();
	log_init("job-serve");
	/* Changes are told of unless somebody asks for less. */
	if (getenv("JOBMILL_LOG") == NULL)
		log_louder();
	share = share_folder();
	environment_load(share);
	opt_parse(&tool, argc, argv);
	if (settings.routes) {
		print_routes();
		free(share);
		return EX_OK;
	}
	settings.each_is_set = settings.max_per_address > 0;
	if (!settings.each_is_set)
		settings.max_per_address = 32;
	state = settings.state != NULL ? mem_string(settings.state)
	                               : state_folder(share);
	/* A copy: the environment that it may stand in is wiped. */
	if (settings.runs != NULL)
		buf_text(&runs, settings.runs);
	else
		buf_printf(&runs, "%s/runs", state);
	settings.runs = buf_string(&runs);
	note_surroundings();
	umask(077);
	status = run(share, state);
	buf_free(&runs);
	free(settings.archive_below);
	free(settings.approve_from);
	free(state);
	free(share);
	return status;
}
