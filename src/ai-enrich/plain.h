/*
 * plain.h - characters that an answer may have
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "buf.h"

/* Letters of scripts are text; controls and what nobody sees are not. */
static inline bool
is_plain_code(uint32_t c)
{
	return c >= 0x20 && (c < 0x7F || c >= 0xA0) &&
	       (c < 0x202A || c > 0x202E) && (c < 0x2066 || c > 0x2069) &&
	       c < 0xE0000;
}

/*
 * Leave nothing else in a text, which is valid UTF-8; one space where there
 * were some, or controls, and none at its ends.
 */
void plain_text(struct buf *text);

#endif
