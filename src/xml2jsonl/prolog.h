/*
 * prolog.h - what stands before the root element
 *
 * Byte order marks, white space, the XML declaration, comments and the DOCTYPE
 * are passed over and not shown to the XML parser: the encoding is known, no
 * DTD is ever loaded, and of the DOCTYPE only its internal subset matters.
 */
#ifndef PROLOG_H
#define PROLOG_H

#include <stdbool.h>
#include <stddef.h>

#define PROLOG_MAX ((size_t)1 << 20)

enum prolog_found {
	PROLOG_MORE,  /* does not end in these bytes */
	PROLOG_ROOT,  /* the root element starts at body */
	PROLOG_NONE,  /* there are no bytes but white space */
	PROLOG_NO_XML /* error says what it is */
};

struct prolog {
	size_t body;               /* offset of the root element's '<' */
	size_t subset, subset_len; /* between the brackets of the DOCTYPE */
	size_t junk;               /* bytes that have no business there */
	bool misdeclared;          /* an XML declaration that is none */
	const char *error;
};

/* ALL: nothing will follow these LEN bytes. */
enum prolog_found prolog_read(struct prolog *p, const char *text, size_t len,
    bool all);

#endif
