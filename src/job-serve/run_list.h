/*
 * run_list.h - the runs of this server, for those parts that change the list
 */
#ifndef RUN_LIST_H
#define RUN_LIST_H

#include "child.h"
#include "runs.h"

enum run_state { RUN_BEGINNING, RUN_WAITING, RUN_RUNNING };

struct run {
	struct runs *all;
	int64_t id; /* 0: not yet */
	int64_t feed;
	enum run_state state;
	bool full, no_sync;
	struct child *child;
	struct run_waiter *waiters; /* for the number */
	uint64_t told_ms;           /* when it was told to end; 0: not */
	bool killed;
	struct run *next;
};

struct runs {
	struct server *server;
	struct run *first; /* in the order they came */
	uint64_t beat_ms;
	bool stopping;
};

/* NULL when there is none. */
struct run *run_of_feed(const struct runs *all, int64_t feed);
struct run *run_by_id(const struct runs *all, int64_t id);

/* Claim a run of a feed in the store. */
struct run *run_begin(struct runs *all, int64_t feed);

/*
 * Call TELL when the run has its number (END is NULL then), or when it has
 * none, with how pg-store ended.  It may be told of several times.
 */
void run_when_begun(struct run *run,
    void (*tell)(void *of, const struct run *run, const struct child_end *end),
    void *of);

/* End a run in the store; ENDED may be NULL. */
void run_abort(struct runs *all, int64_t id, const char *status,
    const char *reason, void (*ended)(void *of, const struct child_end *end),
    void *of);

/* Stop it: by SIGTERM, and whoever says it again by SIGKILL. */
void run_stop(struct run *run);

/* Take it off the list. */
void run_forget(struct run *run);

#endif
