/*
 * salary.h - what a job pays, read from prose
 *
 * "$50K per year", "De 500€ à 1700€ par mois", "Up to $21/hour", "90 000".
 * Numbers are kept as decimal digits; bounds the wrong way round are swapped.
 * What is no amount ("competitive", a telephone number, three amounts that are
 * no range) is refused.
 */
#ifndef SALARY_H
#define SALARY_H

#include <stdbool.h>
#include <stddef.h>

#include "amount.h"
#include "words.h"

struct salary {
	char min[AMOUNT], max[AMOUNT]; /* "" : not stated */
	char currency[4];              /* ISO 4217, or "" */
	const char *period;            /* HOUR DAY WEEK MONTH YEAR, or NULL */
};

/* COUNTRY, a code or NULL, tells whose dollar or crown it is. */
bool salary_parse(const struct words *words, const char *text, size_t len,
    const char *country, struct salary *out);

/* One amount alone, as an element of its own has it: "£24,454". */
bool salary_amount(const char *text, size_t len, char out[AMOUNT]);

/* The currency and the period that a text names, if it does. */
void salary_unit(const struct words *words, const char *text, size_t len,
    const char *country, struct salary *out);

/* Put the lower bound first. */
void salary_order(struct salary *s);

#endif
