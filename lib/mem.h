/*
 * mem.h - memory, or a clean end
 *
 * Each of these returns memory or exits EX_OSERR (71) with one line that says
 * how much was asked for; none returns NULL.  Release with free().
 */
#ifndef MEM_H
#define MEM_H

#include <stddef.h>

void *mem_alloc(size_t bytes);
void *mem_zero(size_t count, size_t size);

/* As realloc(); COUNT * SIZE is checked for overflow. */
void *mem_resize(void *old, size_t count, size_t size);

/* A copy of LEN bytes, and a NUL behind them. */
char *mem_copy(const void *bytes, size_t len);
char *mem_string(const char *string);

#endif
