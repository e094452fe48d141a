/*
 * limits.h - how much of a feed one run may close
 *
 * What the command line or the environment says, else what the feed says,
 * else the usual.
 */
#ifndef LIMITS_H
#define LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "db.h"
#include "opt.h"

#define LIMITS_NOT_GIVEN UINT64_MAX

/* As the options give them. */
struct limits_given {
	const char *max_close, *max_dead, *accept;
	uint64_t misses, confirm_ms;
};

#define LIMITS_DEFAULTS                                                        \
	{                                                                      \
		.misses = LIMITS_NOT_GIVEN, .confirm_ms = LIMITS_NOT_GIVEN     \
	}

struct limits {
	char max_close[32];    /* per cent of the live jobs */
	char max_dead[32];     /* per cent of the feed's records */
	int64_t misses;        /* complete runs without a job */
	int64_t confirm_after; /* seconds */
	unsigned int accept;   /* guards that are off: a bit each */
	bool delta;            /* the feed names what it closes */
};

/* The options of all that guards a feed, for a table. */
#define LIMITS_OPTS(g)                                                         \
	{ .name = "max-close",                                                 \
		.kind = OPT_DECIMAL,                                           \
		.to = &(g)->max_close,                                         \
		.arg = "PERCENT",                                              \
		.help = "of the live jobs one run may close (30)",             \
		.env = "JOBMILL_MAX_CLOSE",                                    \
		.low = "0",                                                    \
		.high = "100" },                                               \
	    { .name = "confirm-after",                                         \
		    .kind = OPT_SECONDS,                                       \
		    .to = &(g)->confirm_ms,                                    \
		    .arg = "TIME",                                             \
		    .help = "a run this much later may lift a guard (6h)",     \
		    .env = "JOBMILL_CONFIRM_AFTER" },                          \
	{                                                                      \
		.name = "accept", .kind = OPT_TEXT, .to = &(g)->accept,        \
		.arg = "GUARDS", .help = "lift these: empty,shrink,dead,drift" \
	}

/* Exits 64 if --accept names a guard that there is not. */
void limits_check(const struct limits_given *given,
    const struct opt_tool *tool);

/* The limits of a feed; errors stick to DB. */
void limits_load(struct limits *limits, struct db *db, const char *feed,
    const struct limits_given *given);

#endif
