/*
 * strays.h - processes of runs that have ended
 *
 * A run is a session, named by its first process.  When that one ends, others
 * of its session may be left: of a pipeline whose shell was killed.  They are
 * children of the monitor then (PR_SET_CHILD_SUBREAPER), and are ended too.
 */
#ifndef STRAYS_H
#define STRAYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STRAYS 64

struct strays {
	struct {
		pid_t session;
		uint64_t kill_at_ms; /* SIGTERM was sent; SIGKILL then */
	} items[STRAYS];
	size_t count;
};

/* A run has ended whose first process was SESSION: end what is left of it. */
void strays_of(struct strays *s, pid_t session);

/* Look again; forgets sessions of which nothing is left. */
void strays_tick(struct strays *s);

bool strays_any(const struct strays *s);

#endif
