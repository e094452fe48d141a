/*
 * world.h - a world with a mirror in it: what is wanted, the table as the
 * stand-in tells of it, and how both come to change
 */
#ifndef WORLD_H
#define WORLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "../player.h"
#include "scan.h"

#define KEYS 40       /* different keys there are */
#define MAX_ROWS 4000 /* ids of a history */
#define PERCENT 50    /* --max-delete */

/* How the table is reached: a profile each. */
enum door { DOOR_METADATA, DOOR_CRUD, DOOR_CRUD_PAGED, DOOR_CUSTOM, DOORS };

/* A wanted row; what is not wanted has VERSION 0. */
struct want {
	unsigned int version;
	bool bad; /* Xano will not take it: too many digits */
};

/* A row of the table, as the history of the stand-in tells it. */
struct live {
	bool there;
	int key; /* -1: none, -2: not one of ours */
};

struct world {
	uint64_t random, seed; /* of this history */
	struct http *http;
	struct standin standins[2]; /* the key's column is unique in one */
	struct standin *standin;    /* in use */
	enum door door;
	struct want wanted[KEYS];
	struct live rows[MAX_ROWS];
	bool right[KEYS]; /* its row was as wanted when this run began */
	bool had[KEYS];   /* it had a row then */
	size_t seen;      /* bytes of the history that were looked at */
	size_t foreign;
	bool others; /* somebody else writes in this run */
	bool late;   /* a request may be handled after its time-out */
	unsigned int histories[DOORS];
	unsigned int runs, faults, kills, gaps, statuses[256];
};

/* As dice_below(), dice_chance(). */
unsigned int below(struct world *w, unsigned int n);
bool chance(struct world *w, unsigned int percent);

/* Something does not hold: tells the seed and ends all. */
_Noreturn void broken(const struct world *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As standin_ask(), standin_control(), of the one in use. */
void ask(struct world *w, const char *path, const char *body, struct buf *out);
void control(struct world *w, struct buf *orders);

/* wanted.c: profiles and schemas into the working folder, rows into "in". */
extern const char *const door_files[DOORS];
void write_files(struct world *w);
void write_wanted(struct world *w, bool complete);
void change_wanted(struct world *w);
bool anything_bad(const struct world *w);
void nothing_bad(struct world *w);

/* Whether a row of the table has the values that are wanted for the key. */
bool is_right(const struct world *w, struct json_value row, int key);

/* faults.c: what goes wrong in a run; PID is the mirror's. */
void send_faults(struct world *w, pid_t pid);
void send_switches(struct world *w);
void clear_faults(struct world *w);

/* check.c: play what happened; returns how many keys were taken away. */
unsigned int play_history(struct world *w);
int key_of(struct json_value key);
unsigned int rows_of_ours(const struct world *w);
void note_right(struct world *w);
void check_kept(struct world *w);
void check_equal(struct world *w, const char *when);

#endif
