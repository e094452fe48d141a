/*
 * stats.h - counters of a stage, for the run folder
 *
 * With JOBMILL_RUN_DIR set, STAGE.progress there holds the counters as one
 * JSON line, replaced at most twice a second, and STAGE.stats the final ones.
 * STAGE is JOBMILL_STAGE or the program's name.  Without it, nothing is
 * written.  The law that stats_close() checks: in = out + merged + dead,
 * but for a stage whose reading or writing failed.
 */
#ifndef STATS_H
#define STATS_H

#include <stdbool.h>
#include <stdint.h>

struct stats {
	uint64_t in;     /* records that came in, dead ones among them */
	uint64_t out;    /* records that left */
	uint64_t merged; /* folded into another one */
	uint64_t dead;   /* refused, and written as dead letters */
	uint64_t changed;
	uint64_t bytes_in, bytes_out;
	uint64_t total_hint;   /* records or bytes expected, 0 unknown */
	struct stats_run *run; /* the rest, private */
};

/*
 * Start counting.  Exits 73 if the run folder can't be written to.
 */
struct stats *stats_open(void);

/*
 * A figure of the stage's own (tokens, requests, cost), shown after the
 * counters in the order they were first set.  NAME must last.
 */
void stats_set(struct stats *s, const char *name, uint64_t value);
void stats_add(struct stats *s, const char *name, uint64_t value);
void stats_set_text(struct stats *s, const char *name, const char *value);
void stats_set_json(struct stats *s, const char *name, const char *json);

/* A record more was handled: cheap; rewrites STAGE.progress when it is time. */
void stats_tick(struct stats *s);

/*
 * Write STAGE.stats with the exit STATUS, remove STAGE.progress, and release.
 * Returns STATUS, or EX_SOFTWARE (70) after one line when the law is broken.
 */
int stats_close(struct stats *s, int status);

#endif
