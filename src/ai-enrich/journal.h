/*
 * journal.h - answers that were paid for, on disk as soon as they are in
 *
 * An answer may have to wait for others before its record can leave, and is
 * lost when the program is killed meanwhile.  A journal is a file that each
 * answer is appended to at once, so that the next run over the same jobs takes
 * it from there: what is paid twice is at most what was on its way.  A job is
 * known again by the words that were sent about it and by the profile, not by
 * its place or its id.
 *
 * A line is one JSON object: "sum" (16 digits of the SHA-256 of what follows
 * it), "id", "profile", "fields", "bill".  Lines that do not hold, such as the
 * last one of a run that was killed, are passed over.  The file is locked: one
 * run at a time.  It survives the program, not the machine.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include <stdbool.h>

#include "item.h"
#include "rec.h"
#include "result.h"

struct journal;

/*
 * Open or make the file at PATH.  Never NULL: exits 73 if that fails, 75 if
 * another run has it.
 */
struct journal *journal_open(const char *path, enum result_stage stage,
    const char *profile);

/* Answers that an earlier run left. */
uint64_t journal_count(const struct journal *j);

/* Put the answer about ITEM into JOB, its record; false if there is none. */
bool journal_take(struct journal *j, const struct item *item, struct rec *job);

/*
 * Keep the answer that JOB, the record of ITEM, has just got.  Should that
 * fail, it is warned about once, and no more is kept.
 */
void journal_keep(struct journal *j, const struct item *item,
    const struct rec *job);

/* Takes NULL.  The file stays. */
void journal_close(struct journal *j);

#endif
