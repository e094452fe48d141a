/* lost.c - memory that nobody can free any more, see lost.h */
#include "lost.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* As sanitizer/allocator_interface.h has it; NULL without a sanitizer. */
int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void *block, size_t bytes),
    void (*free_hook)(const volatile void *block)) __attribute__((weak));

/* Allocated, or freed, in this order. */
struct event {
	uintptr_t block;
	size_t at;
	bool is_free;
};

/* One list: fuzz targets work in one thread, what else there is has none. */
static _Thread_local bool noting;
static struct event *events;
static size_t count, room;

static void
note(const volatile void *block, bool is_free)
{
	if (!noting)
		return;
	if (count == room) {
		/* what is allocated here is not noted */
		noting = false;
		room = room == 0 ? 4096 : room * 2;
		events = realloc(events, room * sizeof *events);
		if (events == NULL) {
			perror("lost");
			exit(EXIT_FAILURE);
		}
		noting = true;
	}
	events[count] = (struct event){ (uintptr_t)block, count, is_free };
	count++;
}

static void
on_malloc(const volatile void *block, size_t bytes)
{
	(void)bytes;
	note(block, false);
}

static void
on_free(const volatile void *block)
{
	note(block, true);
}

void
lost_begin(void)
{
	static bool installed;

	if (!installed && __sanitizer_install_malloc_and_free_hooks != NULL)
		__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free);
	installed = true;
	count = 0;
	noting = true;
}

void
lost_none(void)
{
	noting = false;
}

/* By block, then in time. */
static int
by_block(const void *a, const void *b)
{
	const struct event *one = a, *two = b;

	if (one->block != two->block)
		return one->block < two->block ? -1 : 1;
	return one->at < two->at ? -1 : 1;
}

void
lost_free(void)
{
	noting = false;
	qsort(events, count, sizeof *events, by_block);
	for (size_t i = 0; i < count; i++) {
		const bool last =
		    i + 1 == count || events[i + 1].block != events[i].block;

		if (last && !events[i].is_free)
			free((void *)events[i].block);
	}
}
