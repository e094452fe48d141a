/*
 * sniff.h - what a feed looks like, from its first bytes
 *
 * Takes the paths of elements and attributes out of bytes that need not be
 * well-formed, to choose a map and to find the records.
 */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "map.h"
#include "path.h"

struct sniff;

struct sniff *sniff_new(const char *text, size_t len);
void sniff_free(struct sniff *s);

/* The paths seen, and how often each was. */
const struct paths *sniff_paths(const struct sniff *s);
uint64_t sniff_count(const struct sniff *s, const struct path *path);

/*
 * How well a map fits: 0 not at all, else more is better.  *RECORD is the path
 * of the records it was judged by.
 */
unsigned int sniff_fit(const struct sniff *s, const struct map *m,
    const struct path **record);

/* The path of the records that a map names, or NULL. */
const struct path *sniff_record(const struct sniff *s, const struct map *m);

/*
 * The path of what look like records: the element that is repeated most, has
 * several children and stands highest.  NULL if there is none.
 */
const struct path *sniff_guess(const struct sniff *s);

/* Whether it is the shell of a map's feed without any record. */
bool sniff_is_empty(const struct sniff *s, const struct map *m);

/* Whether the root element is that of a page. */
bool sniff_is_html(const struct sniff *s);

/* For messages: the most frequent paths, with their counts. */
void sniff_describe(const struct sniff *s, struct buf *out);

#endif
