/*
 * state.h - one sync of a table at a time, and what the last one left
 *
 * A file per table under $JOBMILL_STATE_DIR, else $XDG_STATE_HOME/jobmill, else
 * ~/.local/state/jobmill, else $TMPDIR or /tmp.  It is locked as long as a sync
 * runs, and holds how many rows the last one left.
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

/* Rows that the last sync left; false when that is not known. */
bool state_rows(const struct state *s, uint64_t *rows);

void state_keep(struct state *s, uint64_t rows);

/* Takes NULL. */
void state_close(struct state *s);

#endif
