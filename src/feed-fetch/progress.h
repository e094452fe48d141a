/*
 * progress.h - a line on the terminal that shows how far a fetch is
 *
 *     feed-fetch: 45.2 MB of 160.0 MB  28%  82.1 MB/s  0:01 left
 *
 * Drawn on standard error five times a second at most, and only when that is a
 * terminal and standard output is not.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;      /* draw at all */
	bool visible; /* a line stands there */
	uint64_t started_ms, drawn_ms;
};

/* WANTED false: never draw. */
struct progress progress_new(bool wanted);

/* DONE bytes of TOTAL came, 0 if that is not known. */
void progress_show(struct progress *p, uint64_t done, uint64_t total);

/* Take the line away: before a message is written, and at the end. */
void progress_hide(struct progress *p);

/* The line itself, for tests: at most SIZE - 1 bytes in OUT. */
void progress_line(char *out, unsigned long size, uint64_t done, uint64_t total,
    uint64_t ms);

#endif
