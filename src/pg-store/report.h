/*
 * report.h - a run's report, read from the store and shown in several ways
 */
#ifndef REPORT_H
#define REPORT_H

#include "db.h"
#include "out.h"

/* All that the store knows of one run: results to be cleared. */
struct report {
	PGresult *run;      /* one row, see report.c */
	PGresult *outcomes; /* route, reason, records */
	PGresult *stages;   /* name, in, out, seconds; slowest first */
	PGresult *guards;   /* guard, what it saw, accepted */
};

/* Columns of the run's row. */
enum report_column {
	RUN_ID,
	FEED_ID,
	FEED_NAME,
	STATUS,
	STARTED,
	SECONDS,
	ERROR,
	IN_FEED,
	STAGED,
	MERGED,
	DEAD,
	CREATED,
	CHANGED,
	MOVED,
	UNCHANGED,
	CLOSED,
	REOPENED,
	MISSED,
	STALE,
	REQUESTS,
	TOKENS_IN,
	TOKENS_OUT,
	COST,
	REPEATED,
	REPORT_COLUMNS
};

/* A figure that the report counts jobs by, and its words. */
struct report_change {
	int column; /* an enum report_column */
	const char *words;
};

/* New, changed, moved, ... in the order they are told; ended by no words. */
extern const struct report_change report_changes[];

/* For people on a terminal, and as one HTML file. */
void report_text(struct out *out, const struct report *r);
void report_html(struct out *out, const struct report *r);

/* A number with a comma every three digits; "" if it is null. */
const char *report_number(const struct report *r, int column, char out[32]);
const char *report_grouped(const char *digits, char out[32]);

#endif
