/*
 * summary.h - the sentences that say what a job is, and its tasks
 */
#ifndef SUMMARY_H
#define SUMMARY_H

#include "answer.h"
#include "outline.h"

#define SUMMARY_MIN 3     /* sentences, where the ad has as many */
#define SUMMARY_MAX 5     /* sentences */
#define SUMMARY_BYTES 700 /* after so many no further sentence begins */
#define SUMMARY_TASKS 4

/*
 * Add the first sentences that mean something to OUT, in their order: those
 * about the job before those about the company, list items last, boilerplate
 * and benefits never.  Marks in O are used up.
 */
void summary_write(const char *text, struct outline *o, struct buf *out);

/* List the tasks: items of the duties, then lines that begin as tasks do. */
void summary_tasks(const char *text, const struct outline *o,
    struct answer_list *out);

#endif
