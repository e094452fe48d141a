/*
 * runs.h - a run's row in the store, from begin to its report
 *
 * A run that runs is a row with status 'running'; an index allows one a feed.
 */
#ifndef RUNS_H
#define RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"
#include "db.h"

/* Where records of a run are staged: "jobmill_stage.run_7". */
#define RUN_TABLE 48
const char *run_table(int64_t run, char out[RUN_TABLE]);

/* A run's number from the command line: 1 and more; -1 if it is none. */
int64_t run_number(const char *text);

/*
 * End a run that is running, inside a transaction: its report, and the feed's
 * statistics.  REASON and C may be NULL.  False if it was not running.
 */
bool run_end(struct db *db, int64_t run, const char *status, const char *reason,
    const struct chain *c);

/* Drop the staged records of a run, if there are any. */
void run_drop_stage(struct db *db, int64_t run);

/* Keep the dead letters that the stages left in FOLDER, the first ones. */
void run_keep_letters(struct db *db, int64_t run, int64_t feed,
    const char *folder);

#endif
