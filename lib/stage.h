/*
 * stage.h - a stage of the pipeline: records in, records out
 *
 * Reader, output, dead letters, counters and signals, put together once.
 * Lines count from 1; empty ones are passed over; a byte order mark and
 * carriage returns at line ends are dropped.  A line that is too long or no
 * record is refused: warned about, kept as a dead letter, counted; the rest
 * goes on.  A last line without '\n' is taken with a warning if it is whole,
 * else refused as truncated, and the exit status is EX_DATAERR (65), as it is
 * past --max-dead.  Read errors exit 74, a file that is not there 66.
 */
#ifndef STAGE_H
#define STAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dead.h"
#include "opt.h"
#include "out.h"
#include "rec.h"
#include "stats.h"

#define STAGE_MAX_RECORD ((uint64_t)16 << 20)

struct stage_options {
	const char *input;   /* path; NULL or "-" is standard input */
	const char *dead;    /* path for dead letters, or NULL */
	uint64_t max_record; /* bytes of the longest line */
	uint64_t max_dead; /* dead letters before the stage gives up; 0: none */
	bool line_buffered;
};

#define STAGE_DEFAULTS                                                         \
	{                                                                      \
		.max_record = STAGE_MAX_RECORD                                 \
	}

/* The options every stage has, for its table: STAGE_OPTS(&o), OPT_END. */
#define STAGE_OPTS(o)                                                          \
	{ .letter = 'd',                                                       \
		.name = "dead",                                                \
		.kind = OPT_TEXT,                                              \
		.to = &(o)->dead,                                              \
		.arg = "FILE",                                                 \
		.help = "append refused records to FILE",                      \
		.env = "JOBMILL_DEAD" },                                       \
	    { .letter = 'm',                                                   \
		    .name = "max-record",                                      \
		    .kind = OPT_SIZE,                                          \
		    .to = &(o)->max_record,                                    \
		    .arg = "BYTES",                                            \
		    .help = "refuse longer records (16M)",                     \
		    .env = "JOBMILL_MAX_RECORD",                               \
		    .min = 2,                                                  \
		    .max = (uint64_t)1 << 30 },                                \
	    { .name = "max-dead",                                              \
		    .kind = OPT_COUNT,                                         \
		    .to = &(o)->max_dead,                                      \
		    .arg = "N",                                                \
		    .help = "exit 65 after N refused records "                 \
		            "(0: never)",                                      \
		    .env = "JOBMILL_MAX_DEAD" },                               \
	{                                                                      \
		.name = "line-buffered", .kind = OPT_FLAG,                     \
		.to = &(o)->line_buffered, .help = "write line by line",       \
		.env = "JOBMILL_LINE_BUFFERED"                                 \
	}
#define OPT_END                                                                \
	{                                                                      \
		.name = NULL                                                   \
	}

struct stage;

/*
 * Open what OPTIONS name.  Never NULL: exits 66, 73, 74, and 64 with a hint
 * when the input is a terminal.  stage_open_source() is for a stage that makes
 * its records from something else: it has no reader.
 */
struct stage *stage_open(const struct stage_options *options);
struct stage *stage_open_source(const struct stage_options *options);

/*
 * The next record, routed or not; NULL at the end, after a signal asked to
 * stop, or past --max-dead.  Good until the next call.  It has to be given to
 * one of the calls below.
 */
struct rec *stage_read(struct stage *s);

/*
 * The next record without a route; routed ones are passed on on the way.
 */
struct rec *stage_next(struct stage *s);

/*
 * For a stage that waits for other things too: whether stage_read() would not
 * wait for input, after reading what is there; and what to wait for if it
 * would.
 */
bool stage_ready(struct stage *s);
int stage_fd(const struct stage *s);

/*
 * Whether reading failed (74): a stage that holds records must not take what
 * came for all there is.
 */
bool stage_broken(const struct stage *s);

/* Pass the record on with its edits; counts it as changed if it has any. */
void stage_pass(struct stage *s, const struct rec *job);

/* A line made elsewhere, without '\n': out it goes, counted as a record out. */
void stage_emit(struct stage *s, const char *line, size_t len, bool changed);

/* The record last read was folded into another, or is kept by the caller. */
void stage_merged(struct stage *s);

/* Refuse the record last read. */
void stage_refuse(struct stage *s, const char *error);

/*
 * For a source: a record was made (in and out are counted by this and
 * stage_emit()), or is refused with its place in the source.
 */
void stage_made(struct stage *s);
void stage_refuse_raw(struct stage *s, uint64_t line, uint64_t offset,
    const char *error, const char *raw, size_t len);

/* Where the record last read stands: line from 1, byte offset from 0. */
uint64_t stage_line(const struct stage *s);
uint64_t stage_offset(const struct stage *s);

struct stats *stage_stats(struct stage *s);
struct out *stage_out(struct stage *s);

/*
 * Flush and close all, write the stats, release S; returns the status to exit
 * with: the worst of STATUS (EX_OK or why the caller stopped) and what
 * happened.  When a signal asked to stop, dies of it.
 */
int stage_close(struct stage *s, int status);

#endif
