/*
 * html.h - the tags of HTML, found in one pass and without a tree
 *
 * All take the bytes from P to END; none reads beyond.
 */
#ifndef HTML_H
#define HTML_H

#include <stdbool.h>
#include <stddef.h>

/* What an element does to the text it stands in. */
enum html_kind {
	HTML_UNKNOWN,
	HTML_INLINE, /* nothing */
	HTML_VOID,   /* nothing, and it never has content */
	HTML_BLOCK,  /* starts and ends a line */
	HTML_BREAK,  /* ends a line; never has content */
	HTML_ITEM,   /* a line of a list */
	HTML_CELL,   /* a blank */
	HTML_RAW,    /* dropped up to its end tag, whatever stands between */
	HTML_DROP    /* dropped with all elements in it */
};

/* The bytes of the element's name at P; 0 when there is none. */
size_t html_name_len(const char *p, const char *end);

/* What the element of that name does, in either case. */
enum html_kind html_kind(const char *name, size_t len);

/* What the search for the ends of tags has learnt about the rest: zeros. */
struct html_ends {
	bool plain; /* a quote is never closed: quotes mean nothing */
	bool none;  /* there is no '>' any more */
};

/*
 * Behind the '>' that ends the tag whose attributes start at P, or NULL; a '>'
 * in a quoted value does not end it.  SEEN keeps a search for every tag of a
 * text linear: it is to be asked from front to back.
 */
const char *html_tag_end(struct html_ends *seen, const char *p,
    const char *end);

/* Whether the attributes from P to END hide their element from a reader. */
bool html_hides(const char *p, const char *end);

/*
 * Behind the element that was opened before P, or END when it is never closed.
 * RAW content holds no elements; else those of the same name nest.
 */
const char *html_element_end(const char *p, const char *end, const char *name,
    size_t len, bool raw);

/* Behind the first MARK, which ends with '>', or NULL. */
const char *html_behind(const char *p, const char *end, const char *mark);

#endif
