/*
 * sandbox.h - a program gives up the rights that it will not need
 *
 * A program reads what strangers wrote.  When its options are read and its
 * files are open, and before the first byte of theirs, it enters a sandbox: an
 * attacker who takes it over through a fault of ours can't start a program,
 * look into another process or change the system, and
 *   - one that needs no network can't open a socket (seccomp);
 *   - one that reads from the network can't make, change or remove a file but
 *     in the places that it named, JOBMILL_RUN_DIR and TMPDIR among them
 *     (Landlock).
 * A call that is refused fails with EPERM (seccomp) or EACCES (Landlock).  It
 * holds for all threads, and there is no way out.  Where the kernel lacks one
 * of them, or a container does not let it through, one warning says so and the
 * program goes on, unless it was told that it needs its sandbox.
 *
 * Sources: seccomp(2), landlock(7).
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

#include "opt.h"

/* The options that every program in a sandbox has; BOX is a struct sandbox. */
#define SANDBOX_OPTS(box)                                                      \
	{ .name = "need-sandbox",                                              \
		.kind = OPT_FLAG,                                              \
		.to = &(box)->needed,                                          \
		.help = "end where rights can't be given up",                  \
		.env = "JOBMILL_NEED_SANDBOX" },                               \
	{                                                                      \
		.name = "no-sandbox", .kind = OPT_FLAG, .to = &(box)->off,     \
		.help = "keep rights that are not needed",                     \
		.env = "JOBMILL_NO_SANDBOX"                                    \
	}

/* Places that a client has to write to; more is a bug. */
#define SANDBOX_PLACES 8

struct sandbox_place {
	const char *path;
	bool is_file; /* then its folder is meant */
};

/* All zeros: a filter, which opens no socket. */
struct sandbox {
	bool off;     /* keep all rights */
	bool needed;  /* exit where the kernel has no such guard */
	bool network; /* it needs sockets */
	bool guarded; /* it changes files in places only */
	struct sandbox_place places[SANDBOX_PLACES];
	unsigned int count;
};

/*
 * A file that will be replaced or appended to, which is a right to its folder;
 * or a folder that exists by the time of sandbox_enter().  PATH must last until
 * then; NULL and "" are passed over.
 */
void sandbox_file(struct sandbox *box, const char *path);
void sandbox_folder(struct sandbox *box, const char *path);

/*
 * Enter it.  Exits 71 when the kernel has it but fails to do it, for want of
 * memory; and when BOX needs it and a guard is not to be had.
 */
void sandbox_enter(const struct sandbox *box);

/*
 * For a program that knows secrets: no core file, whoever would write it, and
 * no look into its memory or environment by others of the same user.  Files
 * under /proc/self may not open any more.
 */
void sandbox_keep_secrets(void);

#endif
