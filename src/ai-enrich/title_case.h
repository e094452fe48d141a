/*
 * title_case.h - upper and lower case of a title
 */
#ifndef TITLE_CASE_H
#define TITLE_CASE_H

#include "buf.h"
#include "lexicon.h"

/*
 * Add TEXT to OUT.  When it shouts, or has no upper case at all, each word gets
 * its own case: acronyms as the lexicon writes them, small words in lower case,
 * others with a capital.  Long words that shout alone are calmed too.  ROOM is
 * used for the words of TEXT.
 */
void title_case(const struct lexicon *l, struct tokens *room,
    const struct buf *text, struct buf *out);

#endif
