/*
 * player.h - what programs that play histories share: chance, and stand-ins
 *
 * All of it exits or calls the player's own broken() when the stage itself does
 * not do; that is no finding about the programs under test.
 */
#ifndef PLAYER_H
#define PLAYER_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "http.h"

/* A random number below N; whether it is below PERCENT of 100. */
unsigned int dice_below(uint64_t *dice, unsigned int n);
bool dice_chance(uint64_t *dice, unsigned int percent);

/* A stand-in that was started; it ends with us at the latest. */
struct standin {
	pid_t pid;
	int in; /* closed, it ends */
	char url[64];
};

/* Start a program of PATH with "--port 0 --with-stdin" and these words. */
void standin_start(struct standin *s, const char *name,
    const char *const *words);
void standin_end(struct standin *s);

/* Ask one, by GET or, with a BODY, by POST; OUT is cleared first. */
void standin_ask(struct standin *s, struct http *http, const char *path,
    const char *body, struct buf *out);

/* Give it orders, whose bytes are taken. */
void standin_control(struct standin *s, struct http *http, struct buf *orders);

#endif
