/*
 * fault.h - why a fetch goes wrong
 *
 * Functions that can fail return a bool and fill one of these in when it is
 * false.  The first fault stands: what follows from it changes nothing.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>
#include <stdint.h>

#define FAULT_DETAIL 300

struct fault {
	int status;                /* to exit with; EX_OK: there is none */
	bool again;                /* whether another try may do better */
	bool stalled;              /* the peer was too slow */
	uint64_t asked_ms;         /* the wait it asked for, 0: none */
	const char *what;          /* a constant, for people */
	char detail[FAULT_DETAIL]; /* more of it, or "" */
};

/* Fill in unless there is a fault already.  FMT gives detail; always false. */
bool fault_set(struct fault *f, int status, const char *what, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

/* The same for what may be over at the next try. */
bool fault_again(struct fault *f, int status, const char *what, const char *fmt,
    ...) __attribute__((format(printf, 4, 5)));

#endif
