/*
 * builtin.h - a stage that asks nobody: the provider local
 */
#ifndef BUILTIN_H
#define BUILTIN_H

#include "local.h"
#include "result.h"
#include "stage.h"

/*
 * Answer about the records of S until its input ends; returns the status to
 * close it with.  PROFILE is put into each answer.
 */
int builtin_run(struct stage *s, struct local *local,
    const struct taxonomy *taxonomy, enum result_stage stage,
    const char *profile);

#endif
