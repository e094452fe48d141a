/*
 * world.h - feeds that live, day by day, and a plain model of what the store
 * and the mirror have to make of them
 */
#ifndef WORLD_H
#define WORLD_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../player.h"

#define MOST_FEEDS 4
#define MOST_ROLES 40
#define MOST_ADS 4 /* of a role: a town each */
#define ID 37      /* a UUID with its NUL */
#define MAX_CLOSE 30
#define SAME_PERCENT 10
#define NO_JOB SIZE_MAX
#define GUARD_EMPTY 1U
#define GUARD_SHRINK 2U

/* An ad as its feed has it: one source_id. */
struct ad {
	unsigned int
	    serial; /* in its source_id; another one after a relisting */
	bool listed;
	bool closed; /* the feed says that it is over */
	bool hidden; /* as long as the feed is shrunken */
	int expires; /* from that day on; 0: never */
	unsigned int town, link;
};

/* A role: one text, in several towns. */
struct role {
	unsigned int text; /* its edition; 0: there is no such role yet */
	struct ad ads[MOST_ADS];
	size_t ad_count;
	unsigned int last_serial;
};

/* What can be the matter with a feed for a day or two. */
enum weather {
	FINE,
	SHRUNK, /* half of it is missing */
	EMPTY,  /* all of it is, and it is well-formed */
	CUT,    /* the file ends within an ad */
	GONE,   /* 404 */
	PAGE    /* a page of HTML */
};

/* A job as the store has to have it: some ads of a role. */
struct job {
	char id[ID];
	size_t role;
	bool live;
	unsigned int serials[MOST_ADS]; /* of its ads when it was last stored */
	size_t serial_count;
	unsigned int survivor; /* the one of them that speaks for it */
	unsigned int text, link;
	unsigned int rejected; /* edition that a person rejected; 0: none */
	unsigned int left;     /* the site, at that time; 0: never */
};

/* Which job an ad was once part of, or is. */
struct past {
	size_t role, job;
	unsigned int serial;
	bool now;
};

struct feed {
	unsigned int number; /* feed_id */
	struct role roles[MOST_ROLES];
	size_t role_count;
	enum weather weather;
	int weather_days; /* left */
	size_t cut_after; /* ads, of CUT */
	struct job *jobs;
	size_t job_count;
	struct past *pasts;
	size_t past_count;
	/* The guard that waits for a confirmation. */
	unsigned int waits; /* which; 0: none */
	int waits_since;
	size_t waits_staged;
};

/* A row of the mirror as it was seen last. */
struct mirrored {
	char id[ID];
	long long row; /* Xano's own id */
};

struct world {
	uint64_t dice, seed;
	int day;
	size_t feed_count, most_roles;
	size_t only;      /* this feed alone lives; 0: all */
	int rough_from;   /* before that day nothing fails, nobody is killed */
	int weather_from; /* before it all feeds are fine */
	unsigned int most_things; /* that happen to a feed in a day */
	bool gemini;
	struct feed feeds[MOST_FEEDS];
	struct http *http;
	struct standin web, xano, model;
	PGconn *db;
	const char *db_folder; /* whose server may be crashed, or NULL */
	struct mirrored *mirror;
	size_t mirror_count;
	unsigned int clock;  /* runs and reviews so far */
	size_t history_seen; /* bytes of Xano's history */
	size_t model_log_seen;
	unsigned int runs, disturbed, kills, guards, closed, reopened, reviews;
};

/*
 * Chance.  Each feed, each day and each purpose has dice of its own, so that a
 * history with less in it is the same in what is left.
 */
enum purpose { FOR_BEGIN, FOR_LIFE, FOR_FAULTS, FOR_REVIEW };
void take_dice(struct world *w, enum purpose purpose, unsigned int feed);
unsigned int below(struct world *w, unsigned int n);
bool chance(struct world *w, unsigned int percent);

/* Something does not hold: tells where and ends all. */
_Noreturn void broken(const struct world *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* feeds.c: how feeds change, and their files. */
void feed_begin(struct world *w, struct feed *f);
void feed_live(struct world *w, struct feed *f); /* a day passes */
void feed_write(struct world *w, const struct feed *f);
void source_id(const struct feed *f, size_t role, unsigned int serial,
    char out[40]);

/* Whether the file has the ad; whether it is open today. */
bool is_published(const struct feed *f, const struct ad *ad, size_t place);
bool is_open(const struct world *w, const struct ad *ad);

/* run.c: the real programs. */
int run_quietly(struct world *w, const char *const *words);
int run_feed(struct world *w, const struct feed *f);
void run_disturbed(struct world *w, const struct feed *f);
void age_store(struct world *w);

/* store.c: questions to the store.  Rows are the caller's to clear. */
PGresult *ask_store(struct world *w, const char *sql, const char *a);
long long ask_number(struct world *w, const char *sql, const char *a);

/* jobs.c: the jobs of a feed: their places in the model, NO_JOB for none. */
size_t job_by_id(const struct feed *f, const char *id);
size_t job_new(struct feed *f, size_t role, const char *id);
void job_remember(struct feed *f, size_t role, unsigned int serial, size_t job);

/* Whether it is on the site; and that it left it now, if it was and is not. */
bool job_on_site(const struct job *j);
void job_left(const struct world *w, struct job *j, bool was_on_site);

/*
 * An ad that the feed calls over has a job that is over, maybe of its own; it
 * may come back as that.
 */
void job_note_own(struct world *w, struct feed *f, size_t role,
    unsigned int serial);

/* The live rows of the feed in the store, by these columns; -1: no such row. */
enum {
	ROW_JOB,
	ROW_SOURCE,
	ROW_ROUTE,
	ROW_REASON,
	ROW_URL,
	ROW_EDITION,
	ROW_MERGED,
	ROW_STALE
};
PGresult *live_rows(struct world *w, const struct feed *f);
int row_by(const PGresult *rows, int column, const char *value);

/* A job, or all and the guard that waits, as the store has them. */
void job_read(struct job *j, const PGresult *rows, int row);
void jobs_take_over(struct world *w, struct feed *f, const PGresult *rows);

/* model.c: what a run of today's feed makes of the model, held against the
 * store as it is then. */
enum outcome { WHOLE, PART, NOTHING };
void model_apply(struct world *w, struct feed *f);
enum outcome feed_outcome(const struct feed *f);
void check_disturbed(struct world *w, struct feed *f);
void model_review(struct world *w, struct feed *f);
size_t published_count(const struct feed *f);

/* mirror.c: what must hold of the mirror at the end of a day. */
void check_mirror(struct world *w);

/* A job whose row may go and come again. */
void mirror_forget(struct world *w, const char *id);

/* What the model was asked since the last look: ads in good answers. */
long long model_asked(struct world *w);

#endif
