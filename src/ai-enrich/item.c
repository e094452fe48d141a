/* item.c - a job that is held while its answer is awaited */
#include "item.h"

#include <stdlib.h>

struct item *
item_new(uint64_t seq, const char *line, size_t len)
{
	struct item *item = mem_zero(1, sizeof(*item));

	item->seq = seq;
	item->line = mem_copy(line, len);
	item->len = len;
	return item;
}

void
item_id(struct hash *hash, const struct item *item,
    unsigned char id[HASH_BYTES])
{
	const struct advert *ad = &item->ad;

	hash_start(hash);
	if (item->industry != NULL)
		hash_add(hash, item->industry->code,
		    strlen(item->industry->code));
	hash_add(hash, "", 1);
	hash_add(hash, ad->title.data, ad->title.len);
	hash_add(hash, "", 1);
	hash_add(hash, ad->company.data, ad->company.len);
	hash_add(hash, "", 1);
	hash_add(hash, ad->text.data, ad->text.len);
	hash_end(hash, id);
}

void
item_finish(struct item *item, const struct rec *job)
{
	struct buf line = { 0 };

	rec_write(job, &line);
	free(item->line);
	item->line = line.data;
	item->len = line.len;
	item->changed = rec_changed(job);
	item->done = true;
	advert_free(&item->ad);
	free(item->ranked);
	item->ranked = NULL;
}

void
item_free(struct item *item)
{
	if (item == NULL)
		return;
	advert_free(&item->ad);
	free(item->ranked);
	free(item->line);
	free(item);
}
