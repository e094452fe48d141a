/*
 * server.h - all that the worker has: one of it, handed to every part
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
struct files;
struct store;

struct server {
	const struct settings *settings;
	const char *share, *state; /* folders */
	struct loop *loop;
	struct children *children;
	struct store *store;
	struct files *files;
	struct conns conns;
	struct gate_hosts hosts;
	struct MHD_Daemon *daemon;
	bool resumed;         /* the library has something to do */
	uint64_t stopping_ms; /* since when; 0: not */
	bool alone;           /* the monitor is gone: end now */
};

/*
 * Serve on LISTENING until told to stop; MONITOR leads to the other process.
 * Returns the status to exit with.
 */
int server_run(const struct settings *settings, const char *share,
    const char *state, int listening, const char *url, int monitor);

#endif
