/*
 * explain.h - why two jobs were folded into one, or were not
 *
 * One JSON line a pair that mattered.  Lines are kept by the job that was
 * judged, so that they come out in the order of the input whatever threads and
 * partitions there were.
 */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buf.h"
#include "hold.h"
#include "veto.h"
#include "words.h"

#define EXPLAIN_MOST 16 /* lines of one job that keep it apart */

struct explain_line {
	uint64_t seq;   /* of the job that was judged */
	size_t at, len; /* in text, with its '\n' */
};

/* Zeros are an empty one. */
struct explain {
	struct buf text;
	struct explain_line *lines;
	size_t count, cap;
	uint64_t last; /* seq of the last line */
	size_t same;   /* lines of that job */
};

void explain_free(struct explain *e);
void explain_clear(struct explain *e);

/* What is said of a pair; what is NULL or below 0 is left out. */
struct explain_pair {
	const struct job *survivor, *job;
	int64_t millionths; /* of similarity */
	bool same;          /* the verdict */
	const char *rule;
	const char *reason; /* of a veto, and what each text says of it: */
	const struct veto_room *veto;
	int veto_reason;
	const uint32_t *survivor_marks, *job_marks;
	size_t survivor_mark_count, job_mark_count;
	const struct words *words;
	const uint32_t *survivor_ids, *job_ids;
	size_t survivor_n, job_n;
};

void explain_add(struct explain *e, const struct explain_pair *pair);

/* Put the lines in the order of their jobs. */
void explain_sort(struct explain *e);

/* Add all of one job to OUT, once sorted. */
void explain_of(const struct explain *e, uint64_t seq, struct buf *out);

#endif
