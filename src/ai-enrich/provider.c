/* provider.c - which service, where, with what in hand */
#include "provider.h"

#include <stdlib.h>
#include <string.h>

#include "auth.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "service.h"
#include "status.h"

#define GEMINI_URL "https://generativelanguage.googleapis.com/v1beta"
#define OPENAI_URL "https://api.openai.com/v1"
#define DEFAULT_MODEL "gemini-3.5-flash-lite"
#define PROBE_MS 20000
#define MOST_HEADERS 4

const char *const provider_names[] = { "gemini", "vertex", "openai", "local",
	NULL };

struct provider {
	struct provider_options options;
	const char *model;
	struct auth *auth;
	char *base;  /* of all addresses */
	char *url;   /* of requests */
	char *batch; /* of jobs of the batch tier; NULL: it has none */
	char *probe; /* of the probe */
	const char *headers[MOST_HEADERS + 1];
};

void
verdict_clear(struct verdict *v)
{
	buf_clear(&v->detail);
	buf_clear(&v->text);
	*v = (struct verdict){ .detail = v->detail, .text = v->text };
}

void
verdict_free(struct verdict *v)
{
	buf_free(&v->detail);
	buf_free(&v->text);
}

enum prompt_dialect
provider_dialect(enum provider_kind kind)
{
	return kind == PROVIDER_OPENAI ? PROMPT_JSON_SCHEMA : PROMPT_OPENAPI;
}

const char *
provider_default_model(const struct provider_options *options)
{
	if (options->kind == PROVIDER_LOCAL)
		return "local";
	if (options->model != NULL)
		return options->model;
	if (options->kind == PROVIDER_OPENAI)
		die(EX_CONFIG, "provider openai needs a model",
		    LOG_TEXT("option", "--model"),
		    LOG_TEXT("variable", "JOBMILL_MODEL"));
	return DEFAULT_MODEL;
}

/* What stands in a path must not change it. */
static void
check_name(const char *what, const char *name, const char *more)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";

	for (const char *c = name; *c != '\0'; c++)
		if (strchr(plain, *c) == NULL && strchr(more, *c) == NULL)
			die(EX_CONFIG, "a name holds an odd character",
			    LOG_TEXT("of", what), LOG_TEXT("name", name));
	if (*name == '\0' || strstr(name, "..") != NULL)
		die(EX_CONFIG, "a name is none", LOG_TEXT("of", what),
		    LOG_TEXT("name", name));
}

/* The base without '/' at its end. */
static void
add_base(struct buf *url, const char *base)
{
	size_t len = strlen(base);

	if (strncmp(base, "https://", 8) != 0 &&
	    strncmp(base, "http://", 7) != 0)
		die(EX_CONFIG, "a base address starts with https:// or http://",
		    LOG_TEXT("url", base));
	while (len > 0 && base[len - 1] == '/')
		len--;
	buf_add(url, base, len);
}

static char *
joined(const char *a, const char *b)
{
	struct buf text = { 0 };
	char *copy;

	buf_printf(&text, "%s%s", a, b);
	copy = mem_string(buf_string(&text));
	buf_free(&text);
	return copy;
}

static void
open_gemini(struct provider *p, struct buf *base)
{
	const char *url = p->options.base_url;
	char *key = file_secret("GEMINI_API_KEY");

	if (key == NULL && !p->options.offline)
		die(EX_CONFIG, "provider gemini needs a key",
		    LOG_TEXT("variable",
		        "GEMINI_API_KEY or GEMINI_API_KEY_FILE"));
	p->auth = auth_fixed("x-goog-api-key: ", key);
	free(key);
	check_name("model", p->model, "");
	add_base(base, url != NULL ? url : GEMINI_URL);
	p->base = mem_string(buf_string(base));
	buf_printf(base, "/models/%s", p->model);
	p->probe = mem_string(buf_string(base));
	p->batch = joined(p->probe, ":batchGenerateContent");
	buf_text(base, ":generateContent");
}

static void
open_vertex(struct provider *p, struct buf *base)
{
	const char *location = p->options.location, *url = p->options.base_url;
	const char *project = p->options.project;

	p->auth = auth_google();
	if (location == NULL)
		location = "global";
	if (project == NULL)
		project = auth_project(p->auth);
	if (project == NULL)
		die(EX_CONFIG, "provider vertex needs a project",
		    LOG_TEXT("option", "--project"),
		    LOG_TEXT("variable", "GOOGLE_CLOUD_PROJECT"));
	check_name("project", project, ":");
	check_name("location", location, "");
	check_name("model", p->model, "");
	if (url != NULL)
		add_base(base, url);
	else if (strcmp(location, "global") == 0)
		buf_text(base, "https://aiplatform.googleapis.com/v1");
	else if (strcmp(location, "us") == 0 || strcmp(location, "eu") == 0)
		buf_printf(base, "https://aiplatform.%s.rep.googleapis.com/v1",
		    location);
	else
		buf_printf(base, "https://%s-aiplatform.googleapis.com/v1",
		    location);
	buf_printf(base,
	    "/projects/%s/locations/%s/publishers/google/models/%s", project,
	    location, p->model);
	p->probe = joined(buf_string(base), ":countTokens");
	buf_text(base, ":generateContent");
}

static void
open_openai(struct provider *p, struct buf *base)
{
	const char *url = p->options.base_url;
	char *key = file_secret("OPENAI_API_KEY");

	if (key == NULL && url == NULL && !p->options.offline)
		die(EX_CONFIG, "provider openai needs a key or an address",
		    LOG_TEXT("variable", "OPENAI_API_KEY, OPENAI_BASE_URL"));
	p->auth = auth_fixed("Authorization: Bearer ", key);
	free(key);
	add_base(base, url != NULL ? url : OPENAI_URL);
	p->probe = joined(buf_string(base), "/models");
	buf_text(base, "/chat/completions");
}

struct provider *
provider_open(const struct provider_options *options)
{
	struct provider *p = mem_zero(1, sizeof(*p));
	struct buf url = { 0 };

	p->options = *options;
	p->model = provider_default_model(options);
	if (options->kind == PROVIDER_GEMINI)
		open_gemini(p, &url);
	else if (options->kind == PROVIDER_VERTEX)
		open_vertex(p, &url);
	else
		open_openai(p, &url);
	p->url = mem_string(buf_string(&url));
	buf_free(&url);
	return p;
}

void
provider_close(struct provider *p)
{
	if (p == NULL)
		return;
	auth_close(p->auth);
	free(p->base);
	free(p->url);
	free(p->batch);
	free(p->probe);
	free(p);
}

const char *
provider_model(const struct provider *p)
{
	return p->model;
}

const char *
provider_url(const struct provider *p)
{
	return p->url;
}

const char *
provider_base(const struct provider *p)
{
	return p->base;
}

const char *
provider_batch_url(const struct provider *p)
{
	return p->batch;
}

void
provider_encode(const struct provider *p, const struct prompt_part *part,
    const struct buf *jobs, uint64_t max_tokens, struct buf *body)
{
	if (p->options.kind == PROVIDER_OPENAI)
		openai_encode(p->model, p->options.thinking, part, jobs,
		    max_tokens, body);
	else
		gemini_encode(p->model, p->options.thinking, part, jobs,
		    max_tokens, body);
}

const char *const *
provider_headers(struct provider *p, struct verdict *v)
{
	int n = auth_headers(p->auth, p->headers, MOST_HEADERS - 1, v);

	if (n < 0)
		return NULL;
	p->headers[n++] = "Content-Type: application/json";
	p->headers[n] = NULL;
	return p->headers;
}

static void
read_tree(const struct provider *p, const cJSON *tree, struct verdict *v)
{
	if (cJSON_IsArray(tree) || json_member(tree, "error") != NULL) {
		const cJSON *first =
		    cJSON_IsArray(tree) ? cJSON_GetArrayItem(tree, 0) : tree;

		error_read(tree,
		    (long)json_integer(json_member(first, "error"), "code",
		        500),
		    v);
	} else if (p->options.kind == PROVIDER_OPENAI) {
		openai_read(tree, v);
	} else {
		gemini_read(tree, v);
	}
}

/* Status 200: believed only when it holds what it should. */
static void
read_success(const struct provider *p, const struct http_answer *a,
    struct verdict *v)
{
	const char *error;
	cJSON *tree = NULL;
	size_t at;

	if (a->body.len > 0)
		tree = json_parse(a->body.data, a->body.len, &error, &at);
	if (tree == NULL) {
		v->kind = VERDICT_ODD;
		v->why = "the answer is no JSON";
		return;
	}
	read_tree(p, tree, v);
	cJSON_Delete(tree);
}

/* What all verdicts have, and no secrets. */
static void
complete(const struct provider *p, struct verdict *v)
{
	if (v->error == NULL)
		v->error = v->kind == VERDICT_BLOCKED ? "blocked" : "invalid";
	auth_scrub(p->auth, &v->detail);
}

void
provider_decode(const struct provider *p, const struct http_answer *a,
    struct verdict *v)
{
	verdict_clear(v);
	if (a->failure == HTTP_OK && a->status == 200)
		read_success(p, a, v);
	else
		failure_read(a, v);
	if (a->failure == HTTP_OK && a->status < 400)
		auth_good(p->auth);
	complete(p, v);
}

void
provider_read(const struct provider *p, const cJSON *tree, struct verdict *v)
{
	verdict_clear(v);
	read_tree(p, tree, v);
	complete(p, v);
}

void
provider_read_error(const struct provider *p, const cJSON *tree, long status,
    struct verdict *v)
{
	verdict_clear(v);
	error_read(tree, status, v);
	complete(p, v);
}

bool
provider_renew(struct provider *p, uint64_t sent_ms)
{
	return auth_renew(p->auth, sent_ms);
}

void
provider_scrub(const struct provider *p, struct buf *text)
{
	auth_scrub(p->auth, text);
}

/* The smallest request there is, which costs nothing. */
static struct http_answer *
send_probe(struct provider *p, struct http *h, const char *const *headers)
{
	static const char body[] =
	    "{\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"x\"}]}]}";
	struct http_request request = { .method = "GET",
		.url = p->probe,
		.headers = headers,
		.timeout_ms = PROBE_MS };

	if (p->options.kind == PROVIDER_VERTEX) {
		request.method = "POST";
		request.body = body;
		request.body_len = sizeof(body) - 1;
	}
	return http_call(h, &request);
}

void
provider_probe(struct provider *p, struct http *h, struct verdict *v)
{
	const char *const *headers;
	struct http_answer *a;

	verdict_clear(v);
	headers = provider_headers(p, v);
	if (headers == NULL)
		return;
	a = send_probe(p, h, headers);
	if (a == NULL)
		return;
	if (a->failure == HTTP_OK && a->status == 200)
		v->kind = VERDICT_TEXT;
	else
		failure_read(a, v);
	auth_scrub(p->auth, &v->detail);
	/* Many compatible servers list no models. */
	if (a->status == 404 && p->options.kind == PROVIDER_OPENAI)
		v->kind = VERDICT_TEXT;
	else if (a->status == 404)
		v->status = EX_CONFIG;
	if (v->kind == VERDICT_TOKEN) {
		v->kind = VERDICT_STOP;
		v->status = EX_NOPERM;
	}
	http_answer_free(a);
}
