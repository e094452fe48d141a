/* tier_service.c - what is said to the service about jobs of the batch tier */
#include "tier_service.h"

#include <string.h>

#include "clock.h"
#include "log.h"
#include "status.h"

#define MOST_PAGES 20

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
		if (next[strspn(next, BULK_PLAIN)] != '\0')
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
			    bulk_take_name(b, json_string(one, "name")))
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

void
tier_send(struct tier *t, struct bulk *b)
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
	if (tree != NULL && bulk_take_name(b, json_string(tree, "name"))) {
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

void
tier_poll(struct tier *t, struct bulk *b)
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

void
tier_cancel(struct tier *t, struct bulk *b)
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
