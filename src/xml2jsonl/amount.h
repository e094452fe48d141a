/*
 * amount.h - numbers in prose that may be money
 *
 * Digits are kept as they are written, without the signs that group them, with
 * a point before the decimals: "1.234,5" is "1234.5".  A word behind a number
 * that multiplies it counts: "50k", "1.5M", "60 тыс.", "5 lakh".
 */
#ifndef AMOUNT_H
#define AMOUNT_H

#include <stdbool.h>
#include <stddef.h>

#define AMOUNT 24 /* bytes of the digits with the NUL */
#define AMOUNTS 4 /* in one text; more are no pay */

/* An amount where it stands. */
struct amount {
	char digits[AMOUNT];
	const char *start,
	    *end;           /* of the digits, and of what multiplies them */
	unsigned int zeros; /* that the multiplying word stands for */
};

/*
 * The amount whose first digit is at P.  False when it is none, as a number of
 * more than twelve digits is.
 */
bool amount_read(const char *p, const char *end, struct amount *out);

/* The amounts of a text; false when there are more than AMOUNTS. */
bool amounts_find(const char *text, const char *end,
    struct amount amounts[AMOUNTS], size_t *count);

/* Multiply by ten to the power of ZEROS. */
void amount_scale(char digits[AMOUNT], unsigned int zeros);

bool amount_is_zero(const char *digits);

#endif
