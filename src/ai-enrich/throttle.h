/*
 * throttle.h - how much may be asked now
 *
 * Requests in flight grow by one a round of good answers and shrink by a third
 * when the service is overloaded (additive increase, multiplicative decrease);
 * requests and tokens a minute stay within what the account allows.
 */
#ifndef THROTTLE_H
#define THROTTLE_H

#include <stdint.h>

#include "pace.h"

struct throttle {
	double in_flight; /* allowed now */
	double most;
	struct pace requests, tokens;
	uint64_t slowed_ms; /* when it last shrank */
};

/* RPM, TPM: 0 for no limit. */
void throttle_init(struct throttle *t, uint64_t in_flight, uint64_t rpm,
    uint64_t tpm, uint64_t now_ms);

/*
 * Milliseconds until a request of TOKENS may go while FLYING others are out; 0:
 * now.  UINT64_MAX: when one of them is back.
 */
uint64_t throttle_wait(struct throttle *t, uint64_t flying, uint64_t tokens,
    uint64_t now_ms);

void throttle_sent(struct throttle *t, uint64_t tokens, uint64_t now_ms);

/* A request of about TOKENS turned out to have ACTUAL ones. */
void throttle_counted(struct throttle *t, uint64_t tokens, uint64_t actual,
    uint64_t now_ms);

void throttle_good(struct throttle *t);

/* The service was overloaded by a request sent at SENT_MS. */
void throttle_slow(struct throttle *t, uint64_t sent_ms, uint64_t now_ms);

/* Nothing more for so long. */
void throttle_pause(struct throttle *t, uint64_t ms, uint64_t now_ms);

#endif
