/*
 * due.h - the time at which a feed is due next, kept in its row
 */
#ifndef DUE_H
#define DUE_H

#include "db.h"

/*
 * Reckon next_due_at of FEED anew from its schedule, its last run and its
 * failures, as a part of what is under way in DB.  A schedule that can't be
 * read, which no command of ours puts there, is warned about and is none.
 */
void due_keep(struct db *db, const char *feed);

#endif
