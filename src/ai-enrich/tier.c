/* tier.c - the batch tier */
#include "tier.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bulk.h"
#include "clock.h"
#include "json.h"
#include "log.h"
#include "sig.h"
#include "status.h"

#define MAX_ANSWER ((uint64_t)64 << 20)
#define MOST_PAGES 20

/* What names and tokens of the service may hold to stand in an address. */
#define PLAIN                                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_="

struct tier {
	struct tier_options options;
	struct http *http;
	struct hash *hash;
	struct bulk *first; /* all, the newest first */
	struct bulk *open;  /* of these, the one being filled */
	bool collect;       /* resumed ones, too */
	cJSON *answers;     /* of the bulk that is being given out */
	struct bulk *giving;
	size_t given;          /* of its requests */
	struct verdict failed; /* on all of it, when it has no answers */
	struct buf room;
};

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
	char id[HASH_HEX];

	bulk_id(t->hash, item, id);
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

/* One call; its answer's tree in *TREE when the status is 200. */
static enum verdict_kind
call(struct tier *t, const char *method, const char *url,
    const struct buf *body, cJSON **tree, struct verdict *v)
{
	struct http_request request = { .method = method,
		.url = url,
		.timeout_ms = t->options.timeout_ms };
	const char *error;
	struct http_answer *a;
	size_t at;

	*tree = NULL;
	verdict_clear(v);
	v->kind = VERDICT_FAULT;
	v->error = "unavailable";
	v->why = "the service is not reached";
	request.headers = provider_headers(t->options.provider, v);
	if (request.headers == NULL)
		return v->kind;
	if (body != NULL) {
		request.body = body->data;
		request.body_len = body->len;
	}
	a = http_call(t->http, &request);
	if (a == NULL)
		return v->kind;
	if (a->failure == HTTP_OK && a->status == 200 && a->body.len > 0)
		*tree = json_parse(a->body.data, a->body.len, &error, &at);
	if (*tree != NULL)
		v->kind = VERDICT_TEXT;
	else
		provider_decode(t->options.provider, a, v);
	http_answer_free(a);
	return v->kind;
}

static const char *
url_of(struct tier *t, const char *path)
{
	buf_clear(&t->room);
	buf_text(&t->room, provider_base(t->options.provider));
	buf_byte(&t->room, '/');
	buf_text(&t->room, path);
	return buf_string(&t->room);
}

static bool
take_name(struct bulk *b, const cJSON *operation)
{
	const char *name = json_string(operation, "name");

	if (name == NULL || strncmp(name, "batches/", 8) != 0 ||
	    strlen(name) >= sizeof(b->name) ||
	    name[8 + strspn(name + 8, PLAIN)] != '\0')
		return false;
	memcpy(b->name, name, strlen(name) + 1);
	return true;
}

/*
 * Did a submission arrive of which no answer came?  Looked up by its display
 * name.  False when that can't be said now.
 */
static bool
look_up(struct tier *t, struct bulk *b)
{
	struct verdict v = { 0 };
	struct buf page = { 0 };
	const char *next = "", *shown;
	const cJSON *one;
	cJSON *tree = NULL;
	bool sure = false;

	for (int i = 0; i < MOST_PAGES && !sure; i++) {
		if (next[strspn(next, PLAIN)] != '\0')
			break;
		buf_clear(&page);
		buf_printf(&page, "batches?pageSize=100&pageToken=%s", next);
		cJSON_Delete(tree);
		if (call(t, "GET", url_of(t, buf_string(&page)), NULL, &tree,
		        &v) != VERDICT_TEXT)
			break;
		cJSON_ArrayForEach(one, json_member(tree, "operations"))
		{
			shown = json_string(json_member(one, "metadata"),
			    "displayName");
			if (shown != NULL && strcmp(shown, b->shown) == 0 &&
			    take_name(b, one))
				sure = true;
		}
		next = json_string(tree, "nextPageToken");
		if (next == NULL)
			next = "";
		sure |= *next == '\0';
	}
	cJSON_Delete(tree);
	verdict_free(&v);
	buf_free(&page);
	return sure;
}

/*
 * Its batches go back with the verdict in t->failed.  What the service says of
 * the job is no word on a single request, unless it ends everything.
 */
static void
give_up(struct tier *t, struct bulk *b)
{
	if (t->failed.kind != VERDICT_STOP && t->failed.kind != VERDICT_TOKEN)
		t->failed.kind = VERDICT_FAULT;
	log_warning("a job of the batch tier is given up",
	    LOG_TEXT("name", b->name), LOG_TEXT("reason", t->failed.why));
	bulk_forget(b, t->options.dir);
	b->state = BULK_DONE;
}

static void
send(struct tier *t, struct bulk *b)
{
	struct buf body = { 0 };
	cJSON *tree;

	buf_text(&body, "{\"batch\":{");
	buf_json_member(&body, "displayName", b->shown, strlen(b->shown));
	buf_text(&body, ",\"inputConfig\":{\"requests\":{\"requests\":[");
	buf_add(&body, b->body.data, b->body.len);
	buf_text(&body, "]}}}}");
	buf_free(&b->body);
	call(t, "POST", provider_batch_url(t->options.provider), &body, &tree,
	    &t->failed);
	buf_free(&body);
	if (tree != NULL && take_name(b, tree)) {
		b->next_poll_ms = clock_ms() + t->options.poll_ms;
		bulk_keep(b, t->options.dir, t->options.profile);
	} else if (tree != NULL || t->failed.kind == VERDICT_FAULT ||
	           t->failed.kind == VERDICT_HEAVY) {
		/* It may have arrived: the next poll looks it up. */
		b->next_poll_ms = clock_ms();
	} else {
		give_up(t, b);
	}
	cJSON_Delete(tree);
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
	send(t, b);
}

static bool
ends_in(const char *text, const char *end)
{
	size_t len = text != NULL ? strlen(text) : 0, n = strlen(end);

	return len >= n && strcmp(text + len - n, end) == 0;
}

/* The answers stand in one of two places, under the same name twice. */
static cJSON *
answers_of(const cJSON *tree)
{
	const cJSON *at =
	    json_member(json_member(tree, "response"), "inlinedResponses");

	if (at == NULL)
		at = json_member(
		    json_member(json_member(tree, "metadata"), "output"),
		    "inlinedResponses");
	return cJSON_Duplicate(json_member(at, "inlinedResponses"), 1);
}

static void
say(struct tier *t, const char *why)
{
	verdict_clear(&t->failed);
	t->failed.kind = VERDICT_FAULT;
	t->failed.error = "unavailable";
	t->failed.why = why;
}

/* Look how B is doing. */
static void
poll_bulk(struct tier *t, struct bulk *b)
{
	const cJSON *metadata;
	const char *state;
	cJSON *tree;

	b->next_poll_ms = clock_ms() + t->options.poll_ms;
	if (b->name[0] == '\0') {
		if (look_up(t, b) && b->name[0] == '\0') {
			say(t, "the submission did not arrive");
			give_up(t, b);
		} else if (b->name[0] != '\0') {
			bulk_keep(b, t->options.dir, t->options.profile);
		}
		return;
	}
	call(t, "GET", url_of(t, b->name), NULL, &tree, &t->failed);
	metadata = json_member(tree, "metadata");
	state = json_string(metadata, "state");
	if (tree == NULL && (t->failed.kind == VERDICT_STOP ||
	                        t->failed.kind == VERDICT_TOKEN ||
	                        t->failed.kind == VERDICT_REFUSED)) {
		if (t->failed.status == EX_UNAVAILABLE)
			say(t, "the service does not know the job any more");
		give_up(t, b);
	} else if (ends_in(state, "_SUCCEEDED")) {
		t->answers = answers_of(tree);
		t->giving = b;
		b->state = BULK_DONE;
	} else if (ends_in(state, "_FAILED") || ends_in(state, "_EXPIRED") ||
	           ends_in(state, "_CANCELLED") ||
	           json_bool(tree, "done", false)) {
		say(t, "the job failed, was cancelled, or expired");
		give_up(t, b);
	}
	cJSON_Delete(tree);
}

static void
cancel(struct tier *t, struct bulk *b)
{
	struct verdict v = { 0 };
	struct buf path = { 0 }, body = { 0 };
	cJSON *tree;

	if (b->name[0] != '\0') {
		buf_printf(&path, "%s:cancel", b->name);
		buf_text(&body, "{}");
		call(t, "POST", url_of(t, buf_string(&path)), &body, &tree, &v);
		cJSON_Delete(tree);
	}
	say(t, "it took longer than its deadline");
	give_up(t, b);
	buf_free(&path);
	buf_free(&body);
	verdict_free(&v);
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
			cancel(t, b);
		else
			poll_bulk(t, b);
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
