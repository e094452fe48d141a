/* exchange.c - requests out, answers in; kept on a cassette, or taken from one
 */
#include "exchange.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file.h"
#include "json.h"
#include "log.h"
#include "status.h"

#define MAX_FILE ((size_t)64 << 20)

/* What was sent, until its answer is given. */
struct sent {
	char name[HASH_HEX]; /* of the exchange, when there is a cassette */
	struct buf request;  /* its JSON text, when it is recorded */
	void *user;
	struct sent *prev, *next; /* those that are out */
};

/* How often the same was asked, by name. */
struct seen {
	char name[HASH_HEX];
	unsigned int times;
};

struct exchange {
	struct exchange_options options;
	struct http *http;
	struct hash *hash;
	struct seen *seen; /* a table with open addressing */
	size_t seen_count, seen_cap;
	struct sent *out;
	struct http_answer **ready; /* of a replay, as a stack */
	size_t ready_count, ready_cap;
};

/* The seed: read in a replay, else made and kept. */
static void
share_seed(const struct exchange_options *o, struct keys *keys)
{
	struct buf path = { 0 }, text = { 0 };
	const char *error;
	char hex[HASH_HEX];

	buf_printf(&path, "%s/seed", o->replay != NULL ? o->replay : o->record);
	error = file_read(buf_string(&path), 1024, &text);
	if (error == NULL && !keys_use(keys, buf_string(&text)))
		error = "it is not 64 hexadecimal digits";
	if (error != NULL && o->replay != NULL)
		die(EX_NOINPUT, "cannot use the cassette",
		    LOG_TEXT("file", buf_string(&path)),
		    LOG_TEXT("error", error));
	if (error != NULL) {
		hash_hex(keys->seed, hex);
		error = file_replace(buf_string(&path), hex, strlen(hex));
		if (error != NULL)
			die(EX_CANTCREAT, "cannot write the cassette",
			    LOG_TEXT("file", buf_string(&path)),
			    LOG_TEXT("error", error));
	}
	buf_free(&path);
	buf_free(&text);
}

struct exchange *
exchange_open(const struct exchange_options *options, struct keys *keys)
{
	struct exchange *x = mem_zero(1, sizeof(*x));

	x->options = *options;
	x->http = http_open(&(struct http_options){ 0 });
	x->hash = hash_new();
	if (options->record != NULL && mkdir(options->record, 0777) < 0 &&
	    errno != EEXIST)
		die(EX_CANTCREAT, "cannot make the cassette's folder",
		    LOG_TEXT("folder", options->record),
		    LOG_TEXT("error", strerror(errno)));
	if (options->record != NULL || options->replay != NULL)
		share_seed(options, keys);
	return x;
}

static void
forget(struct exchange *x, struct sent *sent)
{
	if (sent->prev != NULL)
		sent->prev->next = sent->next;
	else
		x->out = sent->next;
	if (sent->next != NULL)
		sent->next->prev = sent->prev;
	buf_free(&sent->request);
	free(sent);
}

void
exchange_close(struct exchange *x)
{
	struct sent *sent, *next;

	if (x == NULL)
		return;
	for (sent = x->out; sent != NULL; sent = next) {
		next = sent->next;
		buf_free(&sent->request);
		free(sent);
	}
	http_close(x->http);
	hash_free(x->hash);
	for (size_t i = 0; i < x->ready_count; i++)
		http_answer_free(x->ready[i]);
	free(x->ready);
	free(x->seen);
	free(x);
}

bool
exchange_replays(const struct exchange *x)
{
	return x->options.replay != NULL;
}

struct http *
exchange_http(struct exchange *x)
{
	return x->http;
}

static struct seen *
slot_of(struct seen *table, size_t cap, const char *name)
{
	size_t at = 0;

	/* A digest's own digits are as good a hash as any. */
	for (int i = 0; i < 12; i++)
		at = at * 16 + (size_t)(name[i] & 15);
	for (at %= cap; table[at].times > 0; at = (at + 1) % cap)
		if (strcmp(table[at].name, name) == 0)
			break;
	return &table[at];
}

/* Count NAME; returns how often it was there now, from 1. */
static unsigned int
count_seen(struct exchange *x, const char *name)
{
	struct seen *old = x->seen, *slot;

	if (2 * x->seen_count >= x->seen_cap) {
		size_t cap = x->seen_cap ? 2 * x->seen_cap : 1024;
		struct seen *table = mem_zero(cap, sizeof(*table));

		for (size_t i = 0; i < x->seen_cap; i++)
			if (old[i].times > 0)
				*slot_of(table, cap, old[i].name) = old[i];
		free(old);
		x->seen = table;
		x->seen_cap = cap;
	}
	slot = slot_of(x->seen, x->seen_cap, name);
	if (slot->times == 0) {
		memcpy(slot->name, name, HASH_HEX);
		x->seen_count++;
	}
	return ++slot->times;
}

static void
name_of(struct exchange *x, const char *url, const struct buf *body,
    char out[HASH_HEX])
{
	unsigned char digest[HASH_BYTES];

	hash_start(x->hash);
	hash_add(x->hash, url, strlen(url) + 1);
	hash_add(x->hash, body->data, body->len);
	hash_end(x->hash, digest);
	hash_hex(digest, out);
}

static void
path_of(struct buf *out, const char *folder, const char *name,
    unsigned int times)
{
	buf_printf(out, "%s/%s.%u.json", folder, name, times);
	buf_string(out);
}

static void
keep(struct exchange *x, const struct sent *sent, const struct http_answer *a)
{
	struct buf path = { 0 }, json = { 0 }, body = { 0 };
	const char *error;

	path_of(&path, x->options.record, sent->name,
	    count_seen(x, sent->name));
	buf_add(&body, a->body.data, a->body.len);
	x->options.scrub(x->options.user, &body);
	buf_text(&json, "{\"request\":");
	buf_add(&json, sent->request.data, sent->request.len);
	buf_json_key(&json, "failure");
	buf_json_uint(&json, (uint64_t)a->failure);
	buf_json_key(&json, "status");
	buf_json_int(&json, a->status);
	buf_json_key(&json, "retry_after_ms");
	buf_json_uint(&json, a->retry_after_ms);
	buf_json_member(&json, "answer", body.data, body.len);
	buf_text(&json, "}\n");
	error = file_replace(path.data, json.data, json.len);
	if (error != NULL)
		die(EX_IOERR, "cannot write the cassette",
		    LOG_TEXT("file", path.data), LOG_TEXT("error", error));
	buf_free(&path);
	buf_free(&json);
	buf_free(&body);
}

/* An exchange as keep() wrote it; false when it is none. */
static bool
read_kept(const cJSON *tree, struct http_answer *a)
{
	const int64_t failure = json_integer(tree, "failure", -1);
	const int64_t status = json_integer(tree, "status", -1);
	const int64_t wait = json_integer(tree, "retry_after_ms", -1);
	const char *answer = json_string(tree, "answer");

	if (failure < HTTP_OK || failure > HTTP_TOO_LARGE || status < 0 ||
	    status > 999 || wait < 0 || answer == NULL)
		return false;
	a->failure = (enum http_failure)failure;
	a->status = (long)status;
	a->retry_after_ms = (uint64_t)wait;
	buf_text(&a->body, answer);
	return true;
}

/* The answer that the cassette has, or none: then the service is away. */
static struct http_answer *
recall(struct exchange *x, const struct sent *sent)
{
	struct http_answer *a = http_answer_new();
	struct buf path = { 0 }, text = { 0 };
	const char *error, *missing = "it is not on the cassette";
	cJSON *tree = NULL;
	size_t at;

	a->failure = HTTP_NO_ANSWER;
	path_of(&path, x->options.replay, sent->name,
	    count_seen(x, sent->name));
	if (file_read(path.data, MAX_FILE, &text) == NULL) {
		missing = "what the cassette has is no exchange";
		tree = json_parse(text.data, text.len, &error, &at);
	}
	if (read_kept(tree, a))
		missing = "as it was recorded";
	if (a->failure != HTTP_OK)
		a->reason = missing;
	cJSON_Delete(tree);
	buf_free(&path);
	buf_free(&text);
	return a;
}

static void
push(struct exchange *x, struct http_answer *a)
{
	if (x->ready_count == x->ready_cap) {
		x->ready_cap = x->ready_cap ? 2 * x->ready_cap : 64;
		x->ready = mem_resize(x->ready, x->ready_cap,
		    sizeof(struct http_answer *));
	}
	x->ready[x->ready_count++] = a;
}

void
exchange_send(struct exchange *x, const char *url, const char *const *headers,
    const struct buf *body, void *user)
{
	struct sent *sent = mem_zero(1, sizeof(*sent));
	struct http_request request = { .method = "POST",
		.url = url,
		.headers = headers,
		.body = body->data,
		.body_len = body->len,
		.timeout_ms = x->options.timeout_ms,
		.user = sent };

	sent->user = user;
	sent->next = x->out;
	if (sent->next != NULL)
		sent->next->prev = sent;
	x->out = sent;
	if (x->options.record != NULL || x->options.replay != NULL)
		name_of(x, url, body, sent->name);
	if (x->options.record != NULL)
		buf_add(&sent->request, body->data, body->len);
	if (x->options.replay == NULL) {
		http_send(x->http, &request);
		return;
	}
	struct http_answer *a = recall(x, sent);
	a->user = sent;
	push(x, a);
}

size_t
exchange_in_flight(const struct exchange *x)
{
	return x->ready_count + http_in_flight(x->http);
}

/* Give an answer to who asked. */
static struct http_answer *
deliver(struct exchange *x, struct http_answer *a)
{
	struct sent *sent = a != NULL ? a->user : NULL;

	if (sent == NULL)
		return NULL;
	if (x->options.record != NULL)
		keep(x, sent, a);
	a->user = sent->user;
	forget(x, sent);
	return a;
}

struct http_answer *
exchange_next(struct exchange *x, uint64_t wait_ms, int fd)
{
	if (x->ready_count > 0)
		return deliver(x, x->ready[--x->ready_count]);
	return deliver(x, http_next_or(x->http, wait_ms, fd));
}

struct http_answer *
exchange_finish(struct exchange *x, uint64_t wait_ms)
{
	if (x->ready_count > 0)
		return deliver(x, x->ready[--x->ready_count]);
	return deliver(x, http_finish(x->http, wait_ms));
}
