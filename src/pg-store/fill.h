/*
 * fill.h - which share of a feed's records has each field
 *
 * A field that was there and is not any more says that the feed, or its map,
 * has changed under us.
 */
#ifndef FILL_H
#define FILL_H

#include <stdint.h>

#include "buf.h"
#include "rec.h"

struct fill;

struct fill *fill_new(void);
void fill_free(struct fill *f);

/* Count the fields of a record that the feed gave and that are not empty. */
void fill_add(struct fill *f, const struct rec *job);

/* The counts, as a JSON object by field, in order of first sight. */
const char *fill_json(struct fill *f);

#endif
