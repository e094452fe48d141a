/*
 * lexicon_terms.h - the classifiers of a lexicon
 */
#ifndef LEXICON_TERMS_H
#define LEXICON_TERMS_H

#include "lexicon.h"

/*
 * Make the classifier of L's part "industries" or "functions".  Terms of codes
 * that T does not have are left aside; a class that has none goes by the words
 * of its name.  Exits 78.
 */
struct scorer *lexicon_industries(struct lexicon *l, const char *file,
    const struct taxonomy *t);
struct scorer *lexicon_functions(struct lexicon *l, const char *file,
    const struct taxonomy *t);

#endif
