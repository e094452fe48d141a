/*
 * cut.h - where the records of a broken feed begin and end
 *
 * Looks for tags of one name in bytes that no parser would take any more.  It
 * knows comments and CDATA sections, in which no tag counts; except that one
 * was never closed when it holds the record's end tag and then starts again, or
 * holds the start of the next record right behind that: then the record ends
 * there.  Names match in either case.
 */
#ifndef CUT_H
#define CUT_H

#include <stdbool.h>
#include <stddef.h>

enum cut_found {
	CUT_MORE,  /* nothing up to here: more bytes are needed */
	CUT_END,   /* behind an end tag of that name */
	CUT_START, /* at a start tag of that name */
	CUT_LEFT   /* at an end tag of the parent */
};

enum cut_mode { CUT_TEXT, CUT_CDATA, CUT_COMMENT };

struct cut {
	const char *name, *parent; /* PARENT "" : none */
	bool between; /* not in a record: sections are what they say */
	enum cut_mode mode;
	size_t at;   /* bytes that are looked through */
	size_t trap; /* behind the last end tag in the open section; 0: none */
};

/*
 * Go on at DATA + at; ALL is whether nothing will follow.  What was found is
 * at DATA + at then.  Of the bytes before it none is needed again but those
 * behind the trap.
 */
enum cut_found cut_find(struct cut *c, const char *data, size_t len, bool all);

#endif
