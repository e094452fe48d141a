/*
 * text.h - a job description as text
 *
 * One linear pass over what a feed calls a description: text, HTML, HTML
 * escaped once or twice.  Tags, comments, script, style and hidden parts go
 * out; ends of blocks become line breaks, list items lines that start with
 * "- "; entities are decoded until nothing changes (two rounds at most);
 * spaces and invisible characters are folded.  Bounded on anything; not an
 * HTML parser, and need not be.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "buf.h"

/* Add the text of LEN bytes of valid UTF-8 to OUT, which stays valid UTF-8. */
void text_from_html(struct buf *out, const char *html, size_t len);

/*
 * Undo the escaping of markup that was escaped once or twice.  False when the
 * text has markup of its own or none at all: then nothing is added to OUT.
 */
bool text_unescape(struct buf *out, const char *html, size_t len);

#endif
