/* wanted.c - the rows the table is to have */
#include "wanted.h"

#include <stdlib.h>
#include <string.h>

#include "idset.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define FIRST_SLOTS 1024 /* a power of two */

void
wanted_open(struct wanted *w)
{
	*w = (struct wanted){ .slot_count = FIRST_SLOTS };
	w->slots = mem_zero(w->slot_count, sizeof *w->slots);
	w->spool = spool_open();
}

void
wanted_close(struct wanted *w)
{
	free(w->items);
	free(w->slots);
	buf_free(&w->keys);
	spool_close(w->spool);
}

const char *
wanted_key(const struct wanted *w, size_t i)
{
	return w->keys.data + w->items[i].key;
}

/* The slot in which a key is, or would be; what its tag is, or will be. */
static struct slot *
slot_of(const struct wanted *w, const char *key, size_t len, uint32_t *tag)
{
	uint64_t hash = idset_hash(key, len);
	size_t at = hash & (w->slot_count - 1);

	*tag = (uint32_t)(hash >> 32);
	while (w->slots[at].item != 0) {
		const struct want *want = &w->items[w->slots[at].item - 1];

		if (w->slots[at].tag == *tag && want->key_len == len &&
		    memcmp(w->keys.data + want->key, key, len) == 0)
			break;
		at = (at + 1) & (w->slot_count - 1);
	}
	return &w->slots[at];
}

size_t
wanted_find(const struct wanted *w, const char *key, size_t len)
{
	uint32_t tag, found = slot_of(w, key, len, &tag)->item;

	return found != 0 ? found - 1 : SIZE_MAX;
}

static void
grow(struct wanted *w)
{
	size_t i;

	free(w->slots);
	w->slot_count *= 2;
	w->slots = mem_zero(w->slot_count, sizeof *w->slots);
	for (i = 0; i < w->count; i++) {
		uint32_t tag;
		struct slot *slot =
		    slot_of(w, wanted_key(w, i), w->items[i].key_len, &tag);

		*slot = (struct slot){ (uint32_t)i + 1, tag };
	}
}

size_t
wanted_add(struct wanted *w, const struct row *row, struct json_value text)
{
	uint32_t tag;
	struct slot *slot = slot_of(w, row->key.data, row->key.len, &tag);
	struct want *want;

	if (slot->item != 0)
		return SIZE_MAX;
	if (w->count == UINT32_MAX - 1)
		die(EX_DATAERR, "too many rows are wanted");
	if (w->count == w->cap) {
		w->cap = w->cap > 0 ? 2 * w->cap : 256;
		w->items = mem_resize(w->items, w->cap, sizeof *w->items);
	}
	want = &w->items[w->count];
	*want = (struct want){ .key = w->keys.len,
		.key_len = (uint32_t)row->key.len };
	memcpy(want->digest, row->digest, sizeof want->digest);
	buf_add(&w->keys, row->key.data, row->key.len);
	if (text.len > 0)
		want->row = spool_put(w->spool, text.text, text.len);
	*slot = (struct slot){ (uint32_t)++w->count, tag };
	if (w->count > w->slot_count / 2)
		grow(w);
	return w->count - 1;
}

/* Whether the line is the end mark: then it is taken. */
static bool
is_end_mark(struct wanted *w, const struct rec *job)
{
	struct json_value done = rec_get(job, "_done");
	long long n = -1;

	if (done.type == JSON_NONE)
		return false;
	if (done.type == JSON_OBJECT)
		json_int64(json_get(done, "records"), &n);
	w->ended = n >= 0;
	w->announced = n >= 0 ? (uint64_t)n : 0;
	return true;
}

/*
 * A record that can't become a row is refused.  If its key can be told, the
 * row it has in the table stays as it is.
 */
static void
refuse(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_renderer *renderer, struct row_reader *rows,
    const struct rec *job, const char *why)
{
	struct buf text = { 0 };
	struct row row = { .in_scope = false };
	struct json_value object = { JSON_OBJECT, false, NULL, 0 };
	const struct json_value nothing = { JSON_NONE, false, NULL, 0 };
	size_t i;

	buf_byte(&text, '{');
	buf_json_string(&text, p->fields[p->key].column,
	    p->fields[p->key].column_len);
	buf_byte(&text, ':');
	if (row_render_key(renderer, job, &text) == NULL) {
		buf_byte(&text, '}');
		object.text = text.data;
		object.len = text.len;
		row_read_object(rows, object, &row);
	}
	if (row.key.len > 0) {
		w->named_bad++;
		i = wanted_add(w, &row, nothing);
		if (i != SIZE_MAX)
			w->items[i].held = true;
	}
	stage_refuse(s, why);
	buf_free(&row.key);
	buf_free(&text);
}

void
wanted_read(struct wanted *w, struct stage *s, const struct profile *p,
    struct row_reader *rows)
{
	struct stats *stats = stage_stats(s);
	struct row_renderer *renderer = row_renderer_new(p);
	struct buf text = { 0 }, why = { 0 };
	struct row row = { .in_scope = false };
	const struct rec *job;

	while ((job = stage_read(s)) != NULL) {
		struct json_value object = { JSON_OBJECT, false, NULL, 0 };
		const char *wrong;

		if (is_end_mark(w, job)) {
			stats->in--;
			continue;
		}
		w->ended = false;
		buf_clear(&text);
		wrong = row_render(renderer, job, &text, &why);
		if (wrong != NULL) {
			refuse(w, s, p, renderer, rows, job, wrong);
			continue;
		}
		object.text = text.data;
		object.len = text.len;
		row_look(rows, row_values(renderer, &text), &row);
		if (row.key.len == 0) {
			stage_refuse(s, "the record has no key");
			continue;
		}
		if (!row.in_scope) {
			w->out_of_scope++;
		} else if (wanted_add(w, &row, object) == SIZE_MAX) {
			w->named_bad++;
			stage_refuse(s, "the key came before");
			continue;
		}
		stats->out++;
		stats_tick(stats);
	}
	w->lines = stats->in;
	w->nameless = stats->dead - w->named_bad;
	buf_free(&row.key);
	buf_free(&text);
	buf_free(&why);
	row_renderer_free(renderer);
}

bool
wanted_complete(const struct wanted *w, const char **why)
{
	*why = NULL;
	if (!w->ended)
		*why =
		    "the input does not end with its end mark, {\"_done\":…}";
	else if (w->announced != w->lines)
		*why = "the end mark announced another number of records";
	return *why == NULL;
}
