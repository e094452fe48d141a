/*
 * server.h - all that the worker has: one of it, handed to every part
 *
 * What it has lives as long as the process; nothing of it is freed at the end.
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "child.h"
#include "conn.h"
#include "gate.h"
#include "loop.h"
#include "settings.h"

struct MHD_Daemon;
struct auth;
struct files;
struct store;
struct runs;
struct events;
struct recover;
struct scheduler;
struct refs;
struct syncs;
struct metrics;
struct lingering;

struct server {
	const struct settings *settings;
	const char *share, *state; /* folders */
	struct loop *loop;
	struct children *children;
	struct store *store;
	struct files *files;
	struct runs *runs;
	struct events *events; /* who follows runs */
	struct recover *recover;
	struct scheduler *scheduler;
	struct refs *refs;
	struct syncs *syncs;
	struct metrics *metrics;
	struct auth *auth; /* tokens, and who gave wrong ones */
	struct conns conns;
	struct lingering *linger; /* connections that were refused */
	struct gate_hosts hosts;
	struct MHD_Daemon *daemon;
	bool resumed;         /* the library has something to do */
	uint64_t stopping_ms; /* since when; 0: not */
	bool alone;           /* the monitor is gone: end now */
};

struct server_options {
	const struct settings *settings;
	struct auth *auth;
	const char *share, *state; /* folders */
	const char *url;           /* that of LISTENING */
	int listening, monitor;    /* sockets */
};

/* Serve until told to stop; returns the status to exit with. */
int server_run(const struct server_options *options);

#endif
