/*
 * rounds.h - how often a test of chance is played
 *
 * A sanitizer takes its time, and valgrind thirty times as much.
 */
#ifndef ROUNDS_H
#define ROUNDS_H

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ROUNDS_SLOWED 10
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ROUNDS_SLOWED 10
#endif
#endif
#ifndef ROUNDS_SLOWED
#define ROUNDS_SLOWED 1
#endif

/*
 * USUAL rounds, or so many times fewer as JOBMILL_TEST_FEWER says; at least
 * one.
 */
static inline int
rounds(int usual)
{
	const char *text = getenv("JOBMILL_TEST_FEWER");
	long fewer = text != NULL ? strtol(text, NULL, 10) : ROUNDS_SLOWED;

	return fewer < 1 ? usual : usual > fewer ? (int)(usual / fewer) : 1;
}

#endif
