/*
 * sniff.h - what a feed is, by its first bytes
 *
 * Servers answer 200 with error pages, login forms and JSON.  The first tag
 * tells them from XML; content types do not (feeds come as text/html, and HTML
 * as text/xml).
 */
#ifndef SNIFF_H
#define SNIFF_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that decide it, at most. */
#define SNIFF_BYTES ((size_t)4096)

enum sniff {
	SNIFF_MORE,  /* undecided: more bytes are needed */
	SNIFF_EMPTY, /* nothing but blanks */
	SNIFF_XML,
	SNIFF_HTML,
	SNIFF_JSON,
	SNIFF_TEXT,
	SNIFF_BINARY
};

/*
 * Judge LEN bytes, of which no more than SNIFF_BYTES are looked at.  ALL: there
 * will be no more; then, and given SNIFF_BYTES, never SNIFF_MORE.  UTF-8,
 * UTF-16, UTF-32 and what shares ASCII with them; a byte order mark and blanks
 * may come first.
 */
enum sniff sniff(const char *bytes, size_t len, bool all);

/* "an HTML page": for a message. */
const char *sniff_name(enum sniff what);

#endif
