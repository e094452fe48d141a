/* tier.c - the batch tier */
#include "tier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "clock.h"
#include "json.h"
#include "log.h"
#include "sig.h"
#include "status.h"
#include "tier_service.h"

#define MAX_ANSWER ((uint64_t)64 << 20)

struct tier *
tier_open(const struct tier_options *options)
{
	struct tier *t = mem_zero(1, sizeof(*t));
	size_t resumed = 0;

	t->options = *options;
	if (mkdir(options->dir, 0777) < 0 && errno != EEXIST)
		die(EX_CANTCREAT, "cannot make the folder of what is submitted",
		    LOG_TEXT("folder", options->dir),
		    LOG_TEXT("error", strerror(errno)));
	t->http = http_open(&(struct http_options){ .max_answer = MAX_ANSWER });
	t->hash = hash_new();
	t->first = bulk_load_all(options->dir, options->profile);
	for (struct bulk *b = t->first; b != NULL; b = b->next)
		resumed++;
	if (resumed > 0)
		log_info("jobs of the batch tier are taken up",
		    LOG_UINT("jobs", resumed));
	return t;
}

static void
drop_answers(struct tier *t)
{
	cJSON_Delete(t->answers);
	t->answers = NULL;
	t->giving = NULL;
	t->given = 0;
}

void
tier_close(struct tier *t, bool finished)
{
	struct bulk *b;

	if (t == NULL)
		return;
	drop_answers(t);
	while ((b = t->first) != NULL) {
		t->first = b->next;
		if (finished && b->state != BULK_OPEN)
			bulk_forget(b, t->options.dir);
		bulk_free(b);
	}
	http_close(t->http);
	hash_free(t->hash);
	verdict_free(&t->failed);
	buf_free(&t->room);
	free(t);
}

bool
tier_claim(struct tier *t, struct item *item)
{
	unsigned char digest[HASH_BYTES];
	char id[HASH_HEX];

	item_id(t->hash, item, digest);
	hash_hex(digest, id);
	for (struct bulk *b = t->first; b != NULL && !t->collect; b = b->next) {
		struct bulk_request *r;
		struct bulk_slot *slot =
		    b->resumed ? bulk_find(b, id, &r) : NULL;

		if (slot == NULL)
			continue;
		slot->claimed = true;
		memcpy(item->key, slot->key, sizeof(item->key));
		if (r->batch == NULL) {
			r->batch = batch_new(item);
			memcpy(r->batch->fence, r->fence, sizeof(r->fence));
		} else {
			batch_join(r->batch, item);
		}
		return true;
	}
	return false;
}

void
tier_add(struct tier *t, struct batch *b, const struct buf *request)
{
	struct bulk *bulk = t->open;

	if (bulk == NULL) {
		bulk = mem_zero(1, sizeof(*bulk));
		bulk->next = t->first;
		t->first = t->open = bulk;
	}
	b->tier = true;
	buf_text(&bulk->body, bulk->count == 0 ? "" : ",");
	buf_text(&bulk->body, "{\"request\":");
	buf_add(&bulk->body, request->data, request->len);
	buf_printf(&bulk->body, ",\"metadata\":{\"key\":\"%zu\"}}",
	    bulk->count);
	bulk_add(bulk, b, t->hash);
}

bool
tier_full(const struct tier *t)
{
	return t->open != NULL && t->open->body.len >= t->options.max_bytes;
}

void
tier_submit(struct tier *t, bool last)
{
	struct bulk *b = t->open;
	char digest[HASH_HEX];

	t->collect |= last;
	if (b == NULL)
		return;
	t->open = NULL;
	hash_once(b->body.data, b->body.len, digest);
	snprintf(b->shown, sizeof(b->shown), "jobmill-%.24s", digest);
	b->submitted = (int64_t)time(NULL);
	b->state = BULK_OUT;
	/* Before it is paid for: so that a crash right after is known of. */
	bulk_keep(b, t->options.dir, t->options.profile);
	tier_send(t, b);
}

/* Whether somebody waits for anything of it. */
static bool
is_wanted(const struct bulk *b)
{
	for (size_t i = 0; i < b->count; i++)
		if (b->requests[i].batch != NULL)
			return true;
	return false;
}

/* Numeric codes of google.rpc as HTTP statuses. */
static long
status_of(int64_t code)
{
	switch (code) {
	case 3:
	case 9:
	case 11:
		return 400;
	case 4:
		return 504;
	case 5:
		return 404;
	case 7:
		return 403;
	case 8:
		return 429;
	case 14:
		return 503;
	case 16:
		return 401;
	default:
		return 500;
	}
}

/* The verdict on request I of the bulk that is being given out. */
static void
judge(struct tier *t, size_t i, struct verdict *v)
{
	const cJSON *one, *found = NULL;
	char key[24];

	snprintf(key, sizeof(key), "%zu", i);
	cJSON_ArrayForEach(one, t->answers)
	{
		const char *of =
		    json_string(json_member(one, "metadata"), "key");

		if (of != NULL && strcmp(of, key) == 0)
			found = one;
	}
	verdict_clear(v);
	if (json_member(found, "response") != NULL) {
		provider_read(t->options.provider,
		    json_member(found, "response"), v);
	} else if (json_member(found, "error") != NULL) {
		provider_read_error(t->options.provider, found,
		    status_of(
		        json_integer(json_member(found, "error"), "code", 0)),
		    v);
	} else {
		v->kind = VERDICT_ODD;
		v->error = "invalid";
		v->why = "the job has no answer to this request";
	}
}

static struct batch *
take_batch(struct bulk_request *r)
{
	struct batch *b = r->batch;

	r->batch = NULL;
	return b;
}

/* The next batch of a bulk that is done. */
static struct batch *
next_given(struct tier *t, struct verdict *v)
{
	struct bulk *b = t->giving;

	while (b != NULL && t->given < b->count) {
		size_t i = t->given++;

		if (b->requests[i].batch == NULL)
			continue;
		judge(t, i, v);
		return take_batch(&b->requests[i]);
	}
	drop_answers(t);
	return NULL;
}

/* The next batch of one that was given up. */
static struct batch *
next_failed(struct tier *t, struct verdict *v)
{
	for (struct bulk *b = t->first; b != NULL; b = b->next)
		for (size_t i = 0; b->state == BULK_DONE && i < b->count; i++)
			if (b->requests[i].batch != NULL) {
				verdict_clear(v);
				v->kind = t->failed.kind;
				v->status = t->failed.status;
				v->error = t->failed.error;
				v->why = t->failed.why;
				return take_batch(&b->requests[i]);
			}
	return NULL;
}

struct batch *
tier_next(struct tier *t, struct verdict *v)
{
	struct batch *batch = next_given(t, v);

	if (batch == NULL)
		batch = next_failed(t, v);
	for (struct bulk *b = t->first; b != NULL && batch == NULL;
	     b = b->next) {
		int64_t age = (int64_t)time(NULL) - b->submitted;

		if (b->state != BULK_OUT || sig_stop() ||
		    b->next_poll_ms > clock_ms() || (b->resumed && !t->collect))
			continue;
		if (!is_wanted(b))
			b->state = BULK_DONE;
		else if (age > 0 &&
		         (uint64_t)age * 1000 >= t->options.deadline_ms)
			tier_cancel(t, b);
		else
			tier_poll(t, b);
		batch = next_given(t, v);
		if (batch == NULL)
			batch = next_failed(t, v);
	}
	return batch;
}

struct batch *
tier_drop(struct tier *t)
{
	for (struct bulk *b = t->first; b != NULL; b = b->next)
		for (size_t i = 0; i < b->count; i++)
			if (b->requests[i].batch != NULL)
				return take_batch(&b->requests[i]);
	return NULL;
}

uint64_t
tier_wait(const struct tier *t)
{
	uint64_t now = clock_ms(), wait = UINT64_MAX;

	for (struct bulk *b = t->first; b != NULL; b = b->next) {
		if (b->state != BULK_OUT || (b->resumed && !t->collect))
			continue;
		if (b->next_poll_ms <= now)
			return 0;
		if (b->next_poll_ms - now < wait)
			wait = b->next_poll_ms - now;
	}
	return wait;
}
