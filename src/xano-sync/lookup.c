/* lookup.c - find out what became of rows whose call was not answered well */
#include "lookup.h"

#include <string.h>

#include "log.h"
#include "status.h"

/* What a look-up finds. */
struct finding {
	struct plan *plan;
	const struct batch *batch;
	struct row row;
	struct idset *ids;  /* of rows that are there; keys if they have none */
	struct idset *same; /* keys of those that are as they are wanted */
};

static void
start(void *user)
{
	struct finding *f = user;
	size_t i;

	idset_clear(f->ids);
	idset_clear(f->same);
	for (i = 0; i < f->batch->count; i++) {
		size_t want = batch_want(f->batch, f->plan, i);

		if (want != SIZE_MAX)
			f->plan->wanted->items[want].seen = false;
	}
}

static void
look(void *user, const struct json_members *members)
{
	struct finding *f = user;
	struct wanted *w = f->plan->wanted;
	struct want *want;
	size_t i;

	row_read(f->plan->rows, members, &f->row);
	if (f->plan->p->id == NULL)
		idset_add(f->ids, f->row.key.data, f->row.key.len);
	else
		idset_add(f->ids, f->row.id.text, f->row.id.len);
	i = wanted_find(w, f->row.key.data, f->row.key.len);
	if (i == SIZE_MAX)
		return;
	want = &w->items[i];
	if (!want->seen && want->state == WANT_MISSING)
		plan_keep_id(f->plan, i, f->row.id);
	want->seen = true;
	if (memcmp(want->digest, f->row.digest, DIGEST_BYTES) == 0)
		idset_add(f->same, f->row.key.data, f->row.key.len);
}

/* Whether the row that was to be removed is there. */
static bool
is_there(const struct finding *f, const struct removal *r)
{
	const char *id = plan_text(f->plan, r->id);
	size_t quote = *id == '"';

	if (f->plan->p->id == NULL)
		return idset_has(f->ids, plan_text(f->plan, r->key),
		    r->key.len);
	return idset_has(f->ids, id + quote, r->id.len - 2 * quote);
}

/* Whether the row that a wanted one replaces is still there beside it. */
static bool
is_replaced(const struct finding *f, size_t want)
{
	const struct removal *r = plan_replaced(f->plan, want);

	return r != NULL && !r->done;
}

/* Whether what the batch is for has happened to its row I. */
static bool
is_done(const struct finding *f, const struct batch *b, size_t i)
{
	const struct wanted *w = f->plan->wanted;
	size_t want = batch_want(b, f->plan, i);

	if (b->op == OP_ADD && !is_replaced(f, want))
		return w->items[want].seen;
	if (b->op != OP_DELETE)
		return idset_has(f->same, wanted_key(w, want),
		    w->items[want].key_len);
	return !is_there(f, &f->plan->removals[b->rows[i]]);
}

/*
 * Report the rows that are done, and take them out of the batch; also those
 * that were to be changed and are not there: the next reading adds them.
 */
static void
settle(const struct finding *f, struct batch *b, struct report *report)
{
	size_t kept = 0, i;

	for (i = 0; i < b->count; i++) {
		size_t want = batch_want(b, f->plan, i);

		if (is_done(f, b, i))
			batch_done(b, f->plan, i, report);
		else if (b->op == OP_CHANGE &&
		         !f->plan->wanted->items[want].seen)
			report->vanished++;
		else
			b->rows[kept++] = b->rows[i];
	}
	b->count = kept;
}

int
lookup(struct batch *b, struct plan *plan, struct listing *l,
    struct report *report)
{
	struct finding f = { .plan = plan,
		.batch = b,
		.ids = idset_new(),
		.same = idset_new() };
	const struct listing_visitor v = { &f, start, look };
	struct buf list = { 0 };
	bool by_id = b->op == OP_DELETE && plan->p->id != NULL;
	int status;

	if (by_id)
		batch_ids(b, plan, &list);
	else
		batch_keys(b, plan, &list);
	log_info("looking up what became of rows",
	    LOG_TEXT("op", op_names[b->op]), LOG_UINT("rows", b->count));
	status = listing_find(l, &list, by_id, &v);
	if (status == EX_OK)
		settle(&f, b, report);
	buf_free(&list);
	buf_free(&f.row.key);
	idset_free(f.ids);
	idset_free(f.same);
	return status;
}
