/*
 * mask.h - mail addresses and phone numbers out of a text
 */
#ifndef MASK_H
#define MASK_H

#include "buf.h"

/*
 * Add IN to OUT with "[email]" and "[phone]" in their places, and count them
 * in *MASKED.
 */
void mask_private(const struct buf *in, struct buf *out, unsigned int *masked);

#endif
