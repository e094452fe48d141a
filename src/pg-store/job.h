/*
 * job.h - a stored job as a record: what was staged, as it stands now
 */
#ifndef JOB_H
#define JOB_H

#include <stdbool.h>

#include "db.h"
#include "out.h"
#include "rec.h"

/* The columns that job_print() wants, of jobmill.jobs, in this order. */
#define JOB_COLUMNS "job_id, route, route_reason, edits, record"

struct job; /* room that is used again */

struct job *job_new(void);
void job_free(struct job *j);

/*
 * A row as a line: its record with job_id, where it is now, and what a person
 * changed.  False, after one line, if what is stored is no record.
 */
bool job_print(struct job *j, struct out *out, const PGresult *r, int row);

/* Whether TEXT has the form of a job_id. */
bool job_is_id(const char *text);

#endif
