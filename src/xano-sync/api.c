/* api.c - requests to Xano: paced, retried, and judged */
#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backoff.h"
#include "clock.h"
#include "log.h"
#include "mem.h"
#include "pace.h"
#include "sig.h"
#include "status.h"

#define MAX_ANSWER ((uint64_t)64 << 20)
#define BUFFER ((uint64_t)256 << 10) /* pages are megabytes */
#define THROTTLED_MS 20000           /* Xano's own advice for a 429 */
#define PATIENCE 10 /* 429s in a row that are not held against it */
#define SLICE_MS 500
#define OWN_VARS 4

struct api {
	const struct api_options *options;
	struct http *http;
	struct scan *scan;
	struct vars vars;
	struct var *items;
	struct buf texts[OWN_VARS];
	size_t text_count;
	struct buf url, body;
	const char *headers[6];
	char *owned[3]; /* headers we made */
	bool direct;
	struct pace pace;
	struct backoff backoff, jitter;
	struct api_count count;
};

static const char *const call_vars[] = { "page", "per_page", "after", "rows",
	"row", "keys", "key", "ids", "id", "updates", "patches", "merged" };

/* Whether the URL's host is this machine, to which no proxy leads. */
static bool
is_loopback(const char *url)
{
	const char *host = strstr(url, "://");

	if (host == NULL)
		return false;
	host += 3;
	return strncmp(host, "127.", 4) == 0 ||
	       strncmp(host, "localhost", 9) == 0 ||
	       strncmp(host, "[::1]", 5) == 0;
}

/* A variable whose value is TEXT, if there is one. */
static void
add_var(struct api *a, const char *name, const char *text)
{
	struct buf *json = &a->texts[a->text_count];

	if (text == NULL)
		return;
	a->text_count++;
	buf_json_string(json, text, strlen(text));
	a->items[a->vars.count++] = (struct var){ name, json->data, json->len };
}

static void
add_vars(struct api *a, const struct profile *p, const struct var *scopes,
    size_t scope_count)
{
	size_t i;

	a->items = mem_zero(OWN_VARS + scope_count, sizeof *a->items);
	add_var(a, "workspace", a->options->workspace);
	add_var(a, "table", a->options->table);
	add_var(a, "key_column", p->fields[p->key].column);
	add_var(a, "id_column", p->id);
	for (i = 0; i < scope_count; i++)
		a->items[a->vars.count++] = scopes[i];
	a->vars.items = a->items;
}

/* Every placeholder of an endpoint has to be one that can be filled. */
static void
check_endpoint(struct api *a, const struct endpoint *e)
{
	struct var own[sizeof call_vars / sizeof *call_vars];
	struct vars vars = { own, sizeof own / sizeof *own, &a->vars };
	struct buf out = { 0 };
	const char *missing;
	size_t i;

	if (!e->defined)
		return;
	for (i = 0; i < vars.count; i++)
		own[i] = (struct var){ call_vars[i], "0", 1 };
	missing = template_path(e->path, &vars, &out);
	if (missing == NULL && e->body != NULL)
		missing = template_body(e->body, &vars, &out);
	if (missing == NULL) {
		buf_free(&out);
		return;
	}
	if (strcmp(missing, "workspace") == 0)
		die(EX_CONFIG, "the profile needs a workspace: set "
		               "XANO_WORKSPACE to its id");
	if (strcmp(missing, "table") == 0)
		die(EX_CONFIG,
		    "the profile needs a table: set XANO_TABLE to its id or "
		    "name");
	if (strncmp(missing, "scope.", 6) == 0)
		die(EX_CONFIG, "the profile needs a scope: give --scope",
		    LOG_TEXT("column", missing + 6));
	die(EX_CONFIG, "the profile has a placeholder that is not known",
	    LOG_TEXT("placeholder", missing), LOG_TEXT("path", e->path));
}

static void
check_endpoints(struct api *a, const struct profile *p)
{
	size_t i;

	check_endpoint(a, &p->probe);
	check_endpoint(a, &p->schema);
	for (i = 0; i < p->list_count; i++)
		check_endpoint(a, &p->lists[i]);
	check_endpoint(a, &p->find);
	check_endpoint(a, &p->find_ids);
	check_endpoint(a, &p->add);
	check_endpoint(a, &p->change);
	check_endpoint(a, &p->remove);
}

static char *
header(const char *name, const char *value)
{
	struct buf line = { 0 };

	if (value[strcspn(value, "\r\n")] != '\0')
		die(EX_CONFIG, "a setting has a line break in it",
		    LOG_TEXT("header", name));
	buf_printf(&line, "%s: %s", name, value);
	buf_string(&line);
	return line.data;
}

static void
make_headers(struct api *a, const struct profile *p)
{
	const struct api_options *o = a->options;
	struct buf bearer = { 0 };
	size_t n = 0, i;

	if (p->bearer && o->token == NULL)
		die(EX_CONFIG,
		    "no token: set XANO_TOKEN_FILE to a file that holds it, or "
		    "XANO_TOKEN");
	if (p->bearer) {
		buf_printf(&bearer, "Bearer %s", o->token);
		a->owned[n++] = header("Authorization", buf_string(&bearer));
		buf_free(&bearer);
	}
	if (o->data_source != NULL)
		a->owned[n++] = header("X-Data-Source", o->data_source);
	for (i = 0; i < n; i++)
		a->headers[i] = a->owned[i];
	a->headers[n++] = "Accept: application/json";
	a->headers[n] = "Content-Type: application/json";
}

struct api *
api_open(const struct api_options *options, const struct profile *p,
    const struct var *scopes, size_t scope_count)
{
	struct api *a = mem_zero(1, sizeof *a);
	struct http_options http = { .max_answer = MAX_ANSWER,
		.buffer = BUFFER };

	a->options = options;
	add_vars(a, p, scopes, scope_count);
	check_endpoints(a, p);
	make_headers(a, p);
	a->direct = is_loopback(options->base);
	a->pace = pace_new((double)options->rate, options->rate_ms, clock_ms());
	a->backoff = (struct backoff){ .base_ms = options->wait_ms,
		.cap_ms = options->max_wait_ms,
		.honour_ms = options->max_wait_ms };
	a->jitter = (struct backoff){ .base_ms = THROTTLED_MS / 10,
		.cap_ms = THROTTLED_MS / 10 };
	a->http = http_open(&http);
	a->scan = scan_new();
	return a;
}

void
api_close(struct api *a)
{
	size_t i;

	if (a == NULL)
		return;
	http_close(a->http);
	scan_free(a->scan);
	for (i = 0; i < sizeof a->owned / sizeof *a->owned; i++)
		free(a->owned[i]);
	for (i = 0; i < a->text_count; i++)
		buf_free(&a->texts[i]);
	free(a->items);
	buf_free(&a->url);
	buf_free(&a->body);
	free(a);
}

static void
add_branch(struct api *a)
{
	const char *branch = a->options->branch;
	struct var v = { "branch", branch, 0 };
	struct vars vars = { &v, 1, NULL };

	if (branch == NULL)
		return;
	v.len = strlen(branch);
	buf_byte(&a->url,
	    memchr(a->url.data, '?', a->url.len) != NULL ? '&' : '?');
	template_path("branch={branch}", &vars, &a->url);
}

static void
build(struct api *a, const struct endpoint *e, const struct vars *vars)
{
	struct vars all = *vars;
	const char *base = a->options->base, *missing;
	size_t len = strlen(base);

	all.more = &a->vars;
	while (len > 0 && base[len - 1] == '/')
		len--;
	buf_clear(&a->url);
	buf_clear(&a->body);
	buf_add(&a->url, base, len);
	missing = template_path(e->path, &all, &a->url);
	if (missing == NULL && e->body != NULL)
		missing = template_body(e->body, &all, &a->body);
	if (missing != NULL)
		die(EX_CONFIG, "an endpoint can't use that placeholder",
		    LOG_TEXT("placeholder", missing),
		    LOG_TEXT("path", e->path));
	add_branch(a);
}

void
api_start(struct api *a, const struct endpoint *e, const struct vars *vars,
    void *user)
{
	struct http_request request = { .method = e->method,
		.headers = a->headers,
		.timeout_ms = a->options->timeout_ms,
		.direct = a->direct,
		.user = user };

	build(a, e, vars);
	request.url = buf_string(&a->url);
	if (e->body != NULL) {
		request.body = buf_string(&a->body);
		request.body_len = a->body.len;
	}
	a->count.requests++;
	log_debug("request", LOG_TEXT("method", e->method),
	    LOG_TEXT("url", request.url), LOG_UINT("bytes", a->body.len));
	http_send(a->http, &request);
}

/*
 * A request counts from when it is answered, not from when it is sent: it can
 * only have reached Xano before that, so no two that are a span apart here are
 * less than that apart there.
 */
uint64_t
api_wait(struct api *a)
{
	return pace_wait(&a->pace, (double)http_in_flight(a->http) + 1,
	    clock_ms());
}

size_t
api_in_flight(const struct api *a)
{
	return http_in_flight(a->http);
}

/* An answer came: it counts from now on. */
static void
take(struct api *a, struct http_answer *answer, struct reply *out)
{
	pace_take(&a->pace, 1, clock_ms());
	reply_judge(out, answer, a->scan);
	a->count.throttled += out->verdict == VERDICT_THROTTLED;
}

bool
api_next(struct api *a, uint64_t wait_ms, struct reply *out)
{
	struct http_answer *answer = http_next(a->http, wait_ms);

	if (answer == NULL)
		return false;
	take(a, answer, out);
	return true;
}

bool
api_last(struct api *a, uint64_t wait_ms, struct reply *out)
{
	struct http_answer *answer = http_finish(a->http, wait_ms);

	if (answer == NULL)
		return false;
	take(a, answer, out);
	return true;
}

uint64_t
api_backoff(struct api *a, const struct reply *reply, unsigned int n)
{
	uint64_t asked = reply->retry_after_ms;

	a->count.retries++;
	if (reply->verdict == VERDICT_THROTTLED && asked == 0)
		asked = THROTTLED_MS + backoff_wait(&a->jitter, 1, 0);
	return backoff_wait(&a->backoff, n, asked);
}

void
api_pause(struct api *a, uint64_t ms)
{
	pace_pause(&a->pace, ms, clock_ms());
}

/* Sleep in slices, so that a signal ends it. */
static void
sleep_until_free(struct api *a)
{
	uint64_t wait;

	while ((wait = api_wait(a)) > 0 && !sig_stop())
		clock_sleep_ms(wait < SLICE_MS ? wait : SLICE_MS);
}

void
api_call(struct api *a, const struct endpoint *e, const struct vars *vars,
    struct reply *out)
{
	unsigned int tries = 0, throttled = 0;

	for (;;) {
		sleep_until_free(a);
		*out = (struct reply){ .verdict = VERDICT_STOPPED };
		if (sig_stop())
			return;
		api_start(a, e, vars, NULL);
		while (!api_next(a, SLICE_MS, out))
			if (sig_stop())
				return;
		if (!verdict_passing(out->verdict))
			return;
		if (out->verdict != VERDICT_THROTTLED || ++throttled > PATIENCE)
			tries++;
		if (tries > a->options->retries)
			return;
		log_info("trying again", LOG_TEXT("path", e->path),
		    LOG_SINT("status", out->status),
		    LOG_TEXT("why", out->message));
		api_pause(a,
		    api_backoff(a, out, tries > 0 ? tries : throttled));
		reply_free(out);
	}
}

const struct api_options *
api_options(const struct api *a)
{
	return a->options;
}

struct api_count
api_count(const struct api *a)
{
	return a->count;
}
