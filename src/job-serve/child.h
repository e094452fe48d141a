/*
 * child.h - programs that the monitor starts for the worker
 *
 * Their output is read as it comes, their end told once: after their last
 * output.  Callbacks come from children_read() and from the loop, never from
 * the calls below.
 */
#ifndef CHILD_H
#define CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "loop.h"
#include "programs.h"

struct children;
struct child;

/* How a program ended. */
struct child_end {
	int status; /* as it exited; 128 + N: killed by signal N */
	const char *out;
	size_t len;
	const char *error; /* its last words, or "" */
};

struct child_order {
	enum program program;
	void *of;
	/* A line of output; NULL: it is gathered, for the end. */
	void (*line)(void *of, const char *line, size_t len);
	void (*ended)(void *of, const struct child_end *end);
	size_t max_out;      /* bytes of a line, or of all output */
	uint64_t timeout_ms; /* it is stopped then; 0: it may take long */
	bool talks;          /* what it says is shown by the server as well */
};

/*
 * SOCKET leads to the monitor.  STOP is called when that asks to stop, or is
 * gone.
 */
struct children *children_new(struct loop *loop, int socket,
    void (*stop)(void *of, bool gone), void *of);

/* For deadlines; every fraction of a second. */
void children_tick(struct children *c, uint64_t now_ms);

/* How many there are. */
size_t children_count(const struct children *c);

/* Tell the monitor that the server answers at URL. */
void children_ready(struct children *c, const char *url);

/* Arguments for child_start(), see programs.h: add to an empty buffer. */
void child_option(struct buf *args, const char *name, const char *value);
void child_operand(struct buf *args, const char *value);
void child_number(struct buf *args, const char *name, int64_t value);

/*
 * Start a program.  Never NULL: one that can't be started ends with 71.  It is
 * good until ENDED has been called.
 */
struct child *child_start(struct children *c, const struct child_order *order,
    const struct buf *args);

/* Give it input; child_close() says that there is no more. */
void child_write(struct child *child, const void *bytes, size_t len);
void child_close(struct child *child);

/* Bytes of input that it has not taken. */
size_t child_pending(const struct child *child);

/* Send the input that was given since: once, after many small writes. */
void child_flush(struct child *child);

/* SIGTERM or SIGKILL. */
void child_signal(struct child *child, int number);

#endif
