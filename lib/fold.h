/*
 * fold.h - text as it is compared: NFKC, case folded, spaces collapsed
 *
 * Unicode 15 by utf8proc; plain ASCII never reaches it.
 */
#ifndef FOLD_H
#define FOLD_H

#include <stddef.h>

#include "buf.h"

/*
 * Add the folded form of LEN bytes of valid UTF-8 to OUT: compatibility
 * composed, case folded, invisible characters gone, every run of white space
 * one space, none at the ends.
 */
void fold_text(struct buf *out, const char *utf8, size_t len);

#endif
