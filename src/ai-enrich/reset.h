/*
 * reset.h - when a day's quota is there again: at midnight in California
 */
#ifndef RESET_H
#define RESET_H

#include <stdint.h>

/* The next midnight there, in seconds since 1970, after NOW. */
int64_t reset_after(int64_t now);

/* Say so, as a warning. */
void reset_say(void);

#endif
