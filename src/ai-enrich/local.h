/*
 * local.h - the provider that is built in: no network, no key, no cost
 *
 * A linear classifier over weighted terms.  Words of title, company and text
 * are folded (case, accents, plurals) and matched against the terms of
 * share/taxonomy/lexicon.json in one pass; the score of each industry or
 * function is the sum of its terms' weights, each term counted by field and
 * by a falling scale when it comes again.  Confidence is a monotone map of
 * margin and evidence to the share that was right on a development set; the
 * map is data of the lexicon.
 *
 * Same ad, same answer: no state goes from one call to the next.  Threads
 * must not share a struct local.
 */
#ifndef LOCAL_H
#define LOCAL_H

#include "answer.h"
#include "taxonomy.h"

struct local;

/*
 * Load the lexicon at PATH for TAXONOMY, which must outlive it.  Never NULL:
 * exits 66 when the file can't be read, 78 with one line when it is wrong.
 * Terms of codes that the taxonomy does not have are left aside; an industry
 * or function for which the lexicon has no terms goes by the words of its
 * name.
 */
struct local *local_open(const struct taxonomy *taxonomy, const char *path);
void local_close(struct local *l);

/* Of the lexicon's bytes: part of the profile beside the taxonomy's. */
const char *local_digest(const struct local *l);

/*
 * Answer about one ad.  Every field of OUT is set; lists may be short or
 * empty when the ad gives no more.  The industry is never NULL, but with
 * nothing to go by its confidence is near 0.
 */
void local_industry(struct local *l, const struct ad *ad,
    struct industry_answer *out);

/* The same within INDUSTRY, one of the taxonomy's. */
void local_function(struct local *l, const struct ad *ad,
    const struct taxonomy_industry *industry, struct function_answer *out);

#endif
