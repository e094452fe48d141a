/*
 * refs.h - what the suite brings along: feed maps and the taxonomy
 *
 * Read once, at the start; what is wrong then is exit 66 or 78.
 */
#ifndef REFS_H
#define REFS_H

#include "request.h"

struct refs;

struct refs *refs_load(const char *share);

/* A feed map of the suite as it is written, or NULL. */
const struct buf *refs_map(const struct refs *refs, const char *name);

/* GET /feed-maps, /taxonomy, /taxonomy/{code} */
void refs_maps(struct request *r);
void refs_taxonomy(struct request *r);
void refs_industry(struct request *r);

#endif
