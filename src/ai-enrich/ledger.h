/*
 * ledger.h - what may still be asked: requests and tokens a minute, requests a
 * day, money
 *
 * Limits are an account's, not a process's.  Processes that name the same file
 * share one account of them: what one takes the others lack, a pause that the
 * service asked of one is kept by all, and a process that begins where another
 * has just ended does not begin with a full minute.  Without a file it is this
 * run's alone.  What a process that was killed had reserved stays reserved: it
 * may have been paid.
 *
 * The file holds times of the machine's monotonic clock: it is of no use
 * elsewhere, and a restart of the machine is noticed.  Times are milliseconds,
 * money is picodollars, a limit of 0 is none.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <stdbool.h>
#include <stdint.h>

struct ledger;

struct ledger_limits {
	uint64_t rpm, tpm; /* in any minute */
	uint64_t rpd;      /* until midnight in California */
	uint64_t budget;
};

/* What a request is going to take. */
struct ledger_order {
	uint64_t tokens; /* about */
	uint64_t cost;   /* at the most */
	bool unpaced;    /* no part of what is counted by the minute */
};

enum ledger_word {
	LEDGER_TAKEN,
	LEDGER_WAIT,  /* *WAIT_MS says how long at least */
	LEDGER_DAY,   /* the requests of the day are used */
	LEDGER_BUDGET /* it may cost more than is left */
};

/*
 * PATH may be NULL.  Never NULL: exits 73, 74, or 78 if the file is none of
 * ours.
 */
struct ledger *ledger_open(const char *path, const struct ledger_limits *limits,
    uint64_t now_ms);

/* Take what ORDER wants, or nothing. */
enum ledger_word ledger_take(struct ledger *l, const struct ledger_order *order,
    uint64_t now_ms, uint64_t *wait_ms);

/* The bill: it cost COST, and had TOKENS of them (0: not known). */
void ledger_settle(struct ledger *l, const struct ledger_order *order,
    uint64_t tokens, uint64_t cost, uint64_t now_ms);

/* No request for so long. */
void ledger_pause(struct ledger *l, uint64_t ms, uint64_t now_ms);

/* Takes NULL.  The file stays. */
void ledger_close(struct ledger *l);

#endif
