/*
 * sig.h - signals, and the state a process starts in
 */
#ifndef SIG_H
#define SIG_H

#include <stdbool.h>

/*
 * First thing in main(): standard descriptors that are closed are opened on
 * /dev/null the wrong way round, so that no data lands in a file by accident
 * and using them fails; SIGPIPE kills again; the locale stays "C".  SIGINT and
 * SIGTERM are noted by sig_stop() and interrupt system calls; the second one
 * kills at once.
 */
void sig_init(void);

/* Whether to stop: a signal came.  Cheap. */
bool sig_stop(void);

/* Die of the signal that came, so that the parent sees it; else returns. */
void sig_die(void);

#endif
