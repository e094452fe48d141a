/*
 * backoff.h - how long to wait before trying again
 *
 * Exponential with full jitter ("Exponential Backoff And Jitter", AWS
 * Architecture Blog, 2015): a random time below min(cap, base * 2^n), and never
 * less than the peer asked for.
 */
#ifndef BACKOFF_H
#define BACKOFF_H

#include <stdint.h>

struct backoff {
	uint64_t base_ms;   /* 0: 1 s */
	uint64_t cap_ms;    /* 0: 60 s */
	uint64_t honour_ms; /* longest wait a peer may ask for; 0: 10 min */
	uint64_t random; /* state of the generator; 0: seeded from the system */
};

/*
 * Milliseconds before try ATTEMPT (1 is the first repetition).  ASKED_MS is
 * what the peer asked for, 0 if nothing; more than honour_ms is cut to it.
 */
uint64_t backoff_wait(struct backoff *b, unsigned int attempt,
    uint64_t asked_ms);

/*
 * A Retry-After value, seconds or an HTTP date, in milliseconds from now; 0
 * when it is neither or past.
 */
uint64_t backoff_retry_after(const char *value);

#endif
