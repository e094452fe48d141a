/* answer.c - the room of an answer */
#include "answer.h"

#include <stdbool.h>
#include <strings.h>

#include "plain.h"

static bool
is_same(const struct buf *item, const char *utf8, size_t len)
{
	return item->len == len && strncasecmp(item->data, utf8, len) == 0;
}

void
answer_add(struct answer_list *list, const char *utf8, size_t len)
{
	size_t i;

	if (len == 0 || list->count == ANSWER_ITEMS)
		return;
	for (i = 0; i < list->count; i++)
		if (is_same(&list->items[i], utf8, len))
			return;
	buf_clear(&list->items[i]);
	buf_add(&list->items[i], utf8, len);
	list->count++;
}

/* Of those that are nothing but what nobody sees, none is left. */
static void
plain_list(struct answer_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct buf item = list->items[i];

		plain_text(&item);
		list->items[i] = list->items[kept];
		list->items[kept] = item;
		kept += item.len > 0;
	}
	list->count = kept;
}

void
answer_plain(struct industry_answer *a)
{
	plain_text(&a->title);
	plain_text(&a->description);
	plain_list(&a->skills);
	plain_list(&a->tasks);
	plain_list(&a->tags);
	plain_list(&a->search_terms);
}

void
answer_clear(struct industry_answer *a)
{
	buf_clear(&a->title);
	buf_clear(&a->description);
	a->skills.count = 0;
	a->tasks.count = 0;
	a->tags.count = 0;
	a->search_terms.count = 0;
	a->industry = NULL;
	a->confidence = 0;
}

static void
free_list(struct answer_list *list)
{
	size_t i;

	for (i = 0; i < ANSWER_ITEMS; i++)
		buf_free(&list->items[i]);
	list->count = 0;
}

void
answer_free(struct industry_answer *a)
{
	buf_free(&a->title);
	buf_free(&a->description);
	free_list(&a->skills);
	free_list(&a->tasks);
	free_list(&a->tags);
	free_list(&a->search_terms);
}
