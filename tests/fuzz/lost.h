/*
 * lost.h - memory that nobody can free any more
 *
 * What is left in the middle by longjmp() never frees what it holds.  Under a
 * sanitizer, whose allocator tells of each call, what was allocated since
 * lost_begin() and not freed is known; elsewhere nothing is, and lost_free()
 * does nothing.
 */
#ifndef LOST_H
#define LOST_H

/* From here on, what this thread allocates is noted. */
void lost_begin(void);

/* Nothing is lost: it is no longer noted, and stays. */
void lost_none(void);

/* No longer noted, and freed. */
void lost_free(void);

#endif
