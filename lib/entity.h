/*
 * entity.h - HTML's character references
 *
 * The named ones are HTML 4's 252 and those of HTML 5 that feeds were seen to
 * use; all of them stand for one character of the basic plane.
 */
#ifndef ENTITY_H
#define ENTITY_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the longest reference worth looking at, without its '&'. */
#define ENTITY_MAX 32

/* The character NAME stands for, case-sensitive; 0 when there is none. */
uint32_t entity_named(const char *name, size_t len);

/*
 * Read the reference that follows an '&' at TEXT: "amp;", "#8217;", "#x2019;".
 * Returns its bytes, the ';' among them, and the character in *CODE; 0 when it
 * is none.  As browsers do, the ';' may be missing behind a number and behind
 * the names of Latin-1 unless a letter, a digit or '=' follows; the numbers
 * 128 to 159 are taken for windows-1252; what is no character is U+FFFD.
 */
size_t entity_decode(const char *text, size_t len, uint32_t *code);

#endif
