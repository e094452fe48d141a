/*
 * window.h - the jobs that are held, and their way out
 *
 * In order, a job leaves when it and all before it are done; else as soon as
 * it is done itself.  The window is full at so many jobs or bytes; it takes
 * one more all the same if that is the only one.
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stdbool.h>

#include "item.h"
#include "stage.h"

struct window {
	struct item *first, **end;
	size_t count, bytes;
	size_t most, most_bytes;
	bool ordered;
};

void window_init(struct window *w, size_t most, size_t most_bytes,
    bool ordered);

bool window_full(const struct window *w);

/* Hold an item, which the window owns from now on. */
void window_add(struct window *w, struct item *item);

/*
 * Pass on to S and release what may leave; all that is held, done or not, if
 * ALL.
 */
void window_emit(struct window *w, struct stage *s, bool all);

#endif
