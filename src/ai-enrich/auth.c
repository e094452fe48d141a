/* auth.c - who we are to a service */
#include "auth.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "file.h"
#include "json.h"
#include "jwt.h"
#include "log.h"
#include "status.h"

#define SCOPE "https://www.googleapis.com/auth/cloud-platform"
#define TOKEN_URI "https://oauth2.googleapis.com/token"
#define METADATA_HOST "metadata.google.internal"
#define FETCH_MS 20000
#define EARLY_MS ((uint64_t)240 * 1000) /* before the end of a token */
#define LIFE 3600                       /* seconds of a statement */
#define SKEW 20 /* seconds that the service's clock may be behind */

enum source { FIXED, SERVICE_ACCOUNT, LOGIN, METADATA };

struct auth {
	enum source source;
	cJSON *file; /* of credentials */
	char *file_name;
	struct http *http;
	struct buf header; /* with the secret; empty: none yet */
	char *secret;      /* the same alone */
	struct buf user_project;
	char *project;
	uint64_t fresh_until_ms;
	bool renewed; /* and no good answer since */
	uint64_t renewed_ms;
};

struct auth *
auth_fixed(const char *name, const char *value)
{
	struct auth *a = mem_zero(1, sizeof(*a));

	a->source = FIXED;
	if (value == NULL)
		return a;
	if (strpbrk(value, "\r\n") != NULL)
		die(EX_CONFIG, "a key holds a line end");
	buf_printf(&a->header, "%s%s", name, value);
	buf_string(&a->header);
	a->secret = mem_string(value);
	return a;
}

static const char *
member(const struct auth *a, const char *name)
{
	const char *text = json_string(a->file, name);

	if (text == NULL || *text == '\0')
		die(EX_CONFIG, "a member of the credentials is missing",
		    LOG_TEXT("file", a->file_name), LOG_TEXT("member", name));
	return text;
}

static void
use_file(struct auth *a, const char *path)
{
	const char *type, *quota;

	a->file_name = mem_string(path);
	a->file = json_load(path);
	type = member(a, "type");
	if (strcmp(type, "service_account") == 0) {
		a->source = SERVICE_ACCOUNT;
		member(a, "client_email");
		member(a, "private_key");
	} else if (strcmp(type, "authorized_user") == 0) {
		a->source = LOGIN;
		member(a, "client_id");
		member(a, "client_secret");
		member(a, "refresh_token");
	} else {
		die(EX_CONFIG,
		    "credentials are of type service_account or "
		    "authorized_user here",
		    LOG_TEXT("file", path), LOG_TEXT("type", type));
	}
	quota = json_string(a->file, "quota_project_id");
	if (quota != NULL) {
		buf_printf(&a->user_project, "x-goog-user-project: %s", quota);
		buf_string(&a->user_project);
	}
	if (json_string(a->file, "project_id") != NULL)
		a->project = mem_string(json_string(a->file, "project_id"));
}

/* gcloud's own file, if it is there. */
static bool
use_login(struct auth *a)
{
	const char *folder = getenv("CLOUDSDK_CONFIG"), *home = getenv("HOME");
	struct buf path = { 0 };
	FILE *file;

	if (folder != NULL && *folder != '\0')
		buf_text(&path, folder);
	else if (home != NULL && *home != '\0')
		buf_printf(&path, "%s/.config/gcloud", home);
	buf_text(&path, "/application_default_credentials.json");
	file = fopen(buf_string(&path), "re");
	if (file != NULL) {
		fclose(file);
		use_file(a, buf_string(&path));
	}
	buf_free(&path);
	return file != NULL;
}

struct auth *
auth_google(void)
{
	const char *path = getenv("GOOGLE_APPLICATION_CREDENTIALS");
	struct auth *a = mem_zero(1, sizeof(*a));

	a->http = http_open(&(struct http_options){ .max_answer = 1 << 20 });
	if (path != NULL && *path != '\0')
		use_file(a, path);
	else if (!use_login(a))
		a->source = METADATA;
	return a;
}

static void
wipe(void *bytes, size_t len)
{
	/* volatile: the compiler sees no reader. */
	volatile char *at = bytes;

	while (len-- > 0)
		*at++ = 0;
}

static void
drop_token(struct auth *a)
{
	if (a->header.len > 0)
		wipe(a->header.data, a->header.len);
	buf_clear(&a->header);
	if (a->secret != NULL)
		wipe(a->secret, strlen(a->secret));
	free(a->secret);
	a->secret = NULL;
}

void
auth_close(struct auth *a)
{
	if (a == NULL)
		return;
	drop_token(a);
	cJSON_Delete(a->file);
	free(a->file_name);
	free(a->project);
	buf_free(&a->header);
	buf_free(&a->user_project);
	http_close(a->http);
	free(a);
}

static void
add_escaped(struct buf *out, const char *name, const char *value)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	buf_text(out, name);
	for (; *value != '\0'; value++)
		if (strchr(plain, *value) != NULL)
			buf_byte(out, *value);
		else
			buf_printf(out, "%%%02X", (unsigned char)*value);
}

static void
write_statement(const struct auth *a, const char *audience, struct buf *form)
{
	int64_t now = (int64_t)time(NULL) - SKEW;
	struct jwt_claims claims = {
		.key_id = json_string(a->file, "private_key_id"),
		.issuer = member(a, "client_email"),
		.audience = audience,
		.scope = SCOPE,
		.issued = now,
		.expires = now + LIFE,
	};
	struct buf jwt = { 0 };
	const char *error = jwt_sign(&jwt, &claims, member(a, "private_key"));

	if (error != NULL)
		die(EX_CONFIG, error, LOG_TEXT("file", a->file_name));
	add_escaped(form,
	    "grant_type=", "urn:ietf:params:oauth:grant-type:jwt-bearer");
	add_escaped(form, "&assertion=", buf_string(&jwt));
	buf_free(&jwt);
}

static struct http_answer *
ask_token_server(struct auth *a)
{
	static const char *const headers[] = {
		"Content-Type: application/x-www-form-urlencoded", NULL
	};
	const char *uri = json_string(a->file, "token_uri");
	struct buf form = { 0 };
	struct http_request request = { .method = "POST",
		.headers = headers,
		.timeout_ms = FETCH_MS };
	struct http_answer *answer;

	request.url = uri != NULL ? uri : TOKEN_URI;
	if (a->source == SERVICE_ACCOUNT) {
		write_statement(a, request.url, &form);
	} else {
		add_escaped(&form, "grant_type=", "refresh_token");
		add_escaped(&form, "&client_id=", member(a, "client_id"));
		add_escaped(&form,
		    "&client_secret=", member(a, "client_secret"));
		add_escaped(&form,
		    "&refresh_token=", member(a, "refresh_token"));
	}
	request.body = form.data;
	request.body_len = form.len;
	answer = http_call(a->http, &request);
	wipe(form.data, form.len);
	buf_free(&form);
	return answer;
}

static struct http_answer *
ask_metadata(struct auth *a, const char *what)
{
	static const char *const headers[] = { "Metadata-Flavor: Google",
		NULL };
	const char *host = getenv("GCE_METADATA_HOST");
	struct buf url = { 0 };
	struct http_request request = { .method = "GET",
		.headers = headers,
		.timeout_ms = 3000,
		.direct = true };
	struct http_answer *answer;

	if (host == NULL || *host == '\0')
		host = METADATA_HOST;
	buf_printf(&url, "http://%s/computeMetadata/v1/%s", host, what);
	request.url = buf_string(&url);
	answer = http_call(a->http, &request);
	buf_free(&url);
	return answer;
}

/* The token server said no: for good, or maybe not. */
static void
refused(const struct http_answer *answer, const cJSON *tree, struct verdict *v)
{
	const char *error = json_string(tree, "error");
	const char *words = json_string(tree, "error_description");
	bool passing =
	    error != NULL && (strcmp(error, "internal_failure") == 0 ||
	                         strcmp(error, "server_error") == 0 ||
	                         strcmp(error, "temporarily_unavailable") == 0);

	v->kind = VERDICT_FAULT;
	v->error = "unavailable";
	v->why = "no token came from the token server";
	if (answer->reason != NULL)
		buf_text(&v->detail, answer->reason);
	else if (words != NULL || error != NULL)
		buf_text(&v->detail, words != NULL ? words : error);
	if (answer->failure == HTTP_OK && !passing && answer->status < 500 &&
	    answer->status != 429 && answer->status != 408) {
		v->kind = VERDICT_STOP;
		v->status = EX_NOPERM;
		v->error = "denied";
		v->why = "the token server refuses the credentials";
	}
}

static bool
take_token(struct auth *a, const struct http_answer *answer, struct verdict *v)
{
	const char *error, *token;
	cJSON *tree = NULL;
	size_t at;
	uint64_t life;

	if (answer->failure == HTTP_OK && answer->body.len > 0)
		tree = json_parse(answer->body.data, answer->body.len, &error,
		    &at);
	token = json_string(tree, "access_token");
	if (answer->status != 200 || token == NULL || *token == '\0' ||
	    strpbrk(token, "\r\n") != NULL) {
		refused(answer, tree, v);
		cJSON_Delete(tree);
		return false;
	}
	life = (uint64_t)json_integer(tree, "expires_in", 300) * 1000;
	if (life > (uint64_t)LIFE * 1000)
		life = (uint64_t)LIFE * 1000;
	drop_token(a);
	buf_printf(&a->header, "Authorization: Bearer %s", token);
	buf_string(&a->header);
	a->secret = mem_string(token);
	a->fresh_until_ms =
	    clock_ms() + (life > 2 * EARLY_MS ? life - EARLY_MS : life / 2);
	cJSON_Delete(tree);
	return true;
}

static bool
fetch(struct auth *a, struct verdict *v)
{
	struct http_answer *answer;
	bool got = false;

	v->kind = VERDICT_FAULT;
	v->error = "unavailable";
	answer =
	    a->source == METADATA
	        ? ask_metadata(a, "instance/service-accounts/default/token")
	        : ask_token_server(a);
	if (answer != NULL)
		got = take_token(a, answer, v);
	else
		v->why = "a signal asks to stop";
	http_answer_free(answer);
	return got;
}

int
auth_headers(struct auth *a, const char **headers, int count, struct verdict *v)
{
	int n = 0;

	if (a->source != FIXED &&
	    (a->header.len == 0 || clock_ms() >= a->fresh_until_ms) &&
	    !fetch(a, v))
		return -1;
	if (a->header.len > 0 && n < count)
		headers[n++] = a->header.data;
	if (a->user_project.len > 0 && n < count)
		headers[n++] = a->user_project.data;
	return n;
}

bool
auth_renew(struct auth *a, uint64_t sent_ms)
{
	if (a->source == FIXED)
		return false;
	if (a->renewed)
		return sent_ms <= a->renewed_ms;
	a->renewed = true;
	a->renewed_ms = clock_ms();
	a->fresh_until_ms = 0;
	return true;
}

void
auth_good(struct auth *a)
{
	a->renewed = false;
}

const char *
auth_project(struct auth *a)
{
	struct http_answer *answer;

	if (a->project != NULL || a->source != METADATA)
		return a->project;
	answer = ask_metadata(a, "project/project-id");
	if (answer != NULL && answer->status == 200 && answer->body.len < 64)
		a->project = mem_string(buf_string(&answer->body));
	http_answer_free(answer);
	return a->project;
}

void
auth_scrub(const struct auth *a, struct buf *text)
{
	size_t len = a->secret != NULL ? strlen(a->secret) : 0;
	struct buf clean = { 0 };
	const char *from, *at;

	if (len < 8 || text->len < len)
		return;
	from = buf_string(text);
	while ((at = strstr(from, a->secret)) != NULL) {
		buf_add(&clean, from, (size_t)(at - from));
		buf_text(&clean, "[secret]");
		from = at + len;
	}
	buf_text(&clean, from);
	buf_free(text);
	*text = clean;
}
