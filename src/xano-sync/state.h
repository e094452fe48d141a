/*
 * state.h - one sync of a table at a time, and what the last one left
 *
 * Two files per table under $JOBMILL_STATE_DIR, else $XDG_STATE_HOME/jobmill,
 * else ~/.local/state/jobmill, else $TMPDIR or /tmp: one is locked as long as a
 * sync runs, the other holds how many rows the last one left, of the whole
 * table and of each scope.
 */
#ifndef STATE_H
#define STATE_H

#include <stdbool.h>
#include <stdint.h>

struct state;

/*
 * Lock the table that TARGET names.  Exits 75 when another sync has it, 73
 * when the file can't be made.
 */
struct state *state_open(const char *target);

/* What is known of it, without its lock: nothing can be kept. */
struct state *state_look(const char *target);

/* Where the files are; good until state_close(). */
const char *state_folder(const struct state *s);

/*
 * Rows that the last sync of SCOPE left, of the whole table when it is NULL;
 * false when that is not known.
 */
bool state_rows(const struct state *s, const char *scope, uint64_t *rows);

/* What is known of scopes is forgotten with a sync of the whole table. */
void state_keep(struct state *s, const char *scope, uint64_t rows);

/* Takes NULL. */
void state_close(struct state *s);

#endif
