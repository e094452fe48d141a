/* mem.c - memory, or a clean end */
#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "status.h"

static void *
checked(void *memory, size_t bytes)
{
	if (memory == NULL)
		die(EX_OSERR, "out of memory", LOG_UINT("bytes", bytes));
	return memory;
}

void *
mem_alloc(size_t bytes)
{
	return checked(malloc(bytes > 0 ? bytes : 1), bytes);
}

void *
mem_zero(size_t count, size_t size)
{
	return checked(calloc(count > 0 ? count : 1, size > 0 ? size : 1),
	    count > 0 && size > SIZE_MAX / count ? SIZE_MAX : count * size);
}

void *
mem_resize(void *old, size_t count, size_t size)
{
	if (size > 0 && count > SIZE_MAX / size)
		return checked(NULL, SIZE_MAX);
	return checked(realloc(old, count * size > 0 ? count * size : 1),
	    count * size);
}

char *
mem_copy(const void *bytes, size_t len)
{
	char *copy = mem_alloc(len + 1);

	if (len > 0)
		memcpy(copy, bytes, len);
	copy[len] = '\0';
	return copy;
}

char *
mem_string(const char *string)
{
	return mem_copy(string, strlen(string));
}
