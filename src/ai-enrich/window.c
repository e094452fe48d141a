/* window.c - the jobs that are held */
#include "window.h"

void
window_init(struct window *w, size_t most, size_t most_bytes, bool ordered)
{
	*w = (struct window){ .most = most,
		.most_bytes = most_bytes,
		.ordered = ordered };
	w->end = &w->first;
}

bool
window_full(const struct window *w)
{
	return w->count >= w->most ||
	       (w->count > 0 && w->bytes >= w->most_bytes);
}

void
window_add(struct window *w, struct item *item)
{
	*w->end = item;
	w->end = &item->next;
	w->count++;
	item->held = item->len;
	w->bytes += item->held;
}

void
window_emit(struct window *w, struct stage *s, bool all)
{
	struct item **at = &w->first, *item;

	while ((item = *at) != NULL) {
		if (!item->done && !all) {
			if (w->ordered)
				return;
			at = &item->next;
			continue;
		}
		*at = item->next;
		if (*at == NULL)
			w->end = at;
		w->count--;
		w->bytes -= item->held;
		stage_emit(s, item->line, item->len, item->changed);
		item_free(item);
	}
}
