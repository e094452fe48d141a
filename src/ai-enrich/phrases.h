/*
 * phrases.h - find phrases in text, word by word
 */
#ifndef PHRASES_H
#define PHRASES_H

#include <stdbool.h>

#include "buf.h"

struct phrases;

/*
 * LIST: one phrase a line, folded as by fold_text(); '*' stands for up to four
 * words; empty lines and those that start with '#' are passed over.
 */
struct phrases *phrases_new(const char *list);

/*
 * Whether any of them is in TEXT, which is folded.  ASCII signs between words
 * do not count.  TEXT is changed: they become spaces.
 */
bool phrases_find(const struct phrases *p, struct buf *text);

void phrases_free(struct phrases *p);

#endif
