/*
 * price.h - what tokens cost
 *
 * Money is counted in picodollars (10^-12 USD): a price in USD for a million
 * tokens with up to six decimals is a whole number of them a token, so no sum
 * is ever rounded.
 */
#ifndef PRICE_H
#define PRICE_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

struct usage {
	uint64_t in;     /* tokens of the prompt, cached ones among them */
	uint64_t cached; /* of these, read from the service's cache */
	uint64_t out;    /* tokens of the answer, thinking among them */
};

/* Picodollars a token. */
struct price {
	bool known;
	uint64_t in, cached, out;
	unsigned int batch_percent; /* of it in the batch tier */
	char as_of[11];             /* date of the table */
};

/*
 * The price of MODEL in the table at PATH: of the longest name there that
 * MODEL is or begins with before a '-', "@" or ':'.  TODAY is a date such as
 * 2026-11-23, for prices that end.  Exits 66 or 78.
 */
struct price price_of(const char *path, const char *model, const char *today);

uint64_t price_cost(const struct price *p, const struct usage *u);

/* USD with 6 to 12 decimals: 0.000123. */
void price_text(struct buf *out, uint64_t picodollars);

/* The reverse, for an option; TEXT is a plain decimal number. */
uint64_t price_parse(const char *text);

#endif
