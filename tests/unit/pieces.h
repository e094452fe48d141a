/*
 * pieces.h - what tests and fuzz targets of feeds share: bytes in memory as a
 * source, in pieces of a size, and the words of share/
 */
#ifndef PIECES_H
#define PIECES_H

#include "../../src/xml2jsonl/source.h"
#include "../../src/xml2jsonl/words.h"

struct source {
	const char *bytes;
	size_t len, at, piece;
};

/* The words of share/, read once; nobody frees them. */
const struct words *shared_words(void);

#endif
