/*
 * settings.h - what the command line and the environment say
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "opt.h"
#include "sandbox.h"

struct settings {
	const char *listen; /* address and port as given */
	const char *state;  /* folder for all that is kept; NULL: the usual */
	const char *runs;   /* where run folders are made */
	struct opt_list hosts; /* names that requests may call us by */
	bool proxy;            /* one is in front: believe what it adds */
	bool files;            /* feeds may be files of this machine */
	bool schedule;         /* start what is due */
	bool routes;           /* print them, and end */
	uint64_t max_runs, max_queue;
	uint64_t max_connections, max_per_address;
	bool each_is_set; /* the latter holds for this machine, too */
	uint64_t header_ms, body_ms; /* a request has to be there by then */
	uint64_t stop_ms;            /* runs have so long to end */
	uint64_t session_ms;         /* how long a login lasts */
	bool mirror;                 /* one is configured */
	char *archive_below, *approve_from; /* as job-route has them */
	struct sandbox sandbox;
};

#endif
