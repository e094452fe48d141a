/*
 * date_words.h - the words of dates: months, weekdays, zones, fillers
 *
 * In English, and in full in the languages of the dialects that were seen.
 * Words are given in UTF-8; ASCII letters match in either case.
 */
#ifndef DATE_WORDS_H
#define DATE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether a word is OTHER, which is in lower case. */
bool date_is_word(const char *word, size_t len, const char *other);

/* 1 to 12, or 0 for no month. */
int date_month(const char *word, size_t len);

/* A weekday, or a word that says nothing: "of", "th", "de". */
bool date_says_nothing(const char *word, size_t len);

/* The minutes east of UTC of a zone whose name means one thing. */
bool date_zone(const char *word, size_t len, int *minutes);

#endif
