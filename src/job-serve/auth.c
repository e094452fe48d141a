/* auth.c - who asks, and what they may do */
#include "auth.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <openssl/crypto.h>

#include "answer.h"
#include "body.h"
#include "clock.h"
#include "file.h"
#include "hash.h"
#include "log.h"
#include "mem.h"
#include "route.h"
#include "status.h"

/* A token shorter than that can be guessed. */
#define LEAST_TOKEN 16

#define MINUTE_MS 60000

static void
digest_of(const char *token, size_t len, unsigned char out[HASH_BYTES])
{
	struct hash *h = hash_new();

	hash_start(h);
	hash_add(h, token, len);
	hash_end(h, out);
	hash_free(h);
}

/* Whether there is one; TOKEN is wiped. */
static bool
take_token(const char *name, unsigned char digest[HASH_BYTES],
    unsigned char *key)
{
	char *token = file_secret(name);
	size_t len;

	if (token == NULL)
		return false;
	len = strlen(token);
	if (len >= LEAST_TOKEN) {
		digest_of(token, len, digest);
		if (key != NULL)
			session_key(token, key);
	}
	OPENSSL_cleanse(token, len);
	free(token);
	if (len < LEAST_TOKEN)
		die(EX_CONFIG, "a token is too short to be one",
		    LOG_TEXT("variable", name), LOG_UINT("bytes", len),
		    LOG_UINT("least", LEAST_TOKEN),
		    LOG_TEXT("see", "openssl rand -hex 32"));
	return true;
}

void
auth_load(struct auth *a)
{
	a->wanted = take_token("JOBMILL_API_TOKEN", a->write, a->key);
	a->has_reader = take_token("JOBMILL_READ_TOKEN", a->read, NULL);
	if (a->has_reader && !a->wanted)
		die(EX_CONFIG, "a token for reading needs one for writing, too",
		    LOG_TEXT("see", "JOBMILL_API_TOKEN_FILE"));
}

/* What a token lets do; the time this takes tells nothing of it. */
static enum role
role_of_token(const struct auth *a, const char *token, size_t len)
{
	unsigned char digest[HASH_BYTES];
	bool write, read;

	digest_of(token, len, digest);
	write = CRYPTO_memcmp(digest, a->write, HASH_BYTES) == 0;
	read = CRYPTO_memcmp(digest, a->read, HASH_BYTES) == 0 && a->has_reader;
	return write ? ROLE_WRITE : read ? ROLE_READ : ROLE_NONE;
}

const char *
auth_address(const struct request *r, char room[CONN_ADDRESS])
{
	const char *list = r->head.forwarded_for, *last;
	size_t len;

	snprintf(room, CONN_ADDRESS, "%s",
	    r->conn != NULL ? r->conn->text : "");
	if (!r->server->settings->proxy || list == NULL)
		return room;
	/* The last one is what our own proxy has seen. */
	last = strrchr(list, ',');
	last = last != NULL ? last + 1 : list;
	last += strspn(last, " ");
	len = strspn(last, "0123456789abcdefABCDEF:.");
	if (len > 0 && len < CONN_ADDRESS)
		snprintf(room, CONN_ADDRESS, "%.*s", (int)len, last);
	return room;
}

/* The row of an address; if it is new and NEEDED, that of the oldest. */
static size_t
row_of(struct auth *a, const char *address, bool needed)
{
	size_t i, oldest = 0;

	for (i = 0; i < AUTH_ADDRESSES; i++) {
		if (strcmp(a->wrong[i].address, address) == 0)
			return i;
		if (a->wrong[i].since_ms < a->wrong[oldest].since_ms)
			oldest = i;
	}
	if (!needed)
		return AUTH_ADDRESSES;
	snprintf(a->wrong[oldest].address, CONN_ADDRESS, "%s", address);
	a->wrong[oldest].failures = 0;
	return oldest;
}

/* Whether an address has tried too often; then it is answered. */
static bool
is_guessing(struct request *r)
{
	struct auth *a = r->server->auth;
	char address[CONN_ADDRESS];
	size_t row = row_of(a, auth_address(r, address), false);

	if (row == AUTH_ADDRESSES || a->wrong[row].failures < AUTH_TRIES ||
	    clock_ms() - a->wrong[row].since_ms > MINUTE_MS)
		return false;
	answer_problem(r,
	    &(struct answer_problem){ .status = 429,
	        .name = "too-many-tries",
	        .detail = "too many wrong tokens from this address",
	        .retry_after_s = MINUTE_MS / 1000 });
	return true;
}

static void
refuse_token(struct request *r)
{
	struct auth *a = r->server->auth;
	char address[CONN_ADDRESS];
	size_t row = row_of(a, auth_address(r, address), true);
	uint64_t now = clock_ms();

	if (a->wrong[row].failures == 0 ||
	    now - a->wrong[row].since_ms > MINUTE_MS) {
		a->wrong[row].failures = 0;
		a->wrong[row].since_ms = now;
	}
	a->wrong[row].failures++;
	log_warning("a wrong token", LOG_TEXT("address", address),
	    LOG_TEXT("path", r->target.path));
	answer_problem(r, &(struct answer_problem){ .status = 401,
	                      .name = "wrong-token",
	                      .detail = "the token is not right" });
}

static bool
refuse_foreign(struct request *r)
{
	if (!gate_is_foreign(&r->head))
		return false;
	answer_problem(r,
	    &(struct answer_problem){ .status = 403,
	        .name = "foreign-page",
	        .detail = "the request comes from a page of another site" });
	return true;
}

static void
take_bearer(struct request *r)
{
	static const char scheme[] = "Bearer ";
	const char *token = r->head.authorization;

	if (strncasecmp(token, scheme, strlen(scheme)) != 0)
		return;
	r->role = role_of_token(r->server->auth, token + strlen(scheme),
	    strlen(token) - strlen(scheme));
	snprintf(r->who, sizeof r->who, "token");
}

static void
take_cookie(struct request *r)
{
	char role = r->head.cookie == NULL
	                ? 0
	                : session_find(r->server->auth->key, r->head.cookie,
	                      (int64_t)time(NULL));

	if (role == 0)
		return;
	r->role = role == 'w' ? ROLE_WRITE : ROLE_READ;
	snprintf(r->who, sizeof r->who, "session");
}

/* Who it is, as far as that can be told. */
static void
recognise(struct request *r)
{
	if (!r->server->auth->wanted) {
		r->role = ROLE_WRITE;
		snprintf(r->who, sizeof r->who, "local");
	} else if (r->head.authorization != NULL) {
		take_bearer(r);
	} else {
		take_cookie(r);
	}
}

bool
auth_check(struct request *r)
{
	bool by_token =
	    r->server->auth->wanted && r->head.authorization != NULL;

	if (r->route->role == ROLE_NONE) {
		recognise(r);
		return r->method == METHOD_GET || !refuse_foreign(r);
	}
	if (by_token && is_guessing(r))
		return false;
	recognise(r);
	if (by_token && r->role == ROLE_NONE) {
		refuse_token(r);
		return false;
	}
	/* What a page of a stranger can't send needs no other proof. */
	if (!by_token && refuse_foreign(r))
		return false;
	if (r->role >= r->route->role)
		return true;
	if (r->role == ROLE_NONE)
		answer_problem(r,
		    &(struct answer_problem){ .status = 401,
		        .name = "no-token",
		        .detail = "a token is needed: Authorization: Bearer, "
		                  "or log in" });
	else
		answer_problem(r, &(struct answer_problem){ .status = 403,
		                      .name = "read-only",
		                      .detail = "this token may read only" });
	return false;
}

static void
tell_session(const struct request *r, struct buf *body)
{
	static const char *const roles[] = { "null", "\"read\"", "\"write\"" };

	buf_printf(body,
	    "{\"role\":%s,\"login\":%s,\"version\":\"" VERSION
	    "\",\"mirror\":%s}",
	    roles[r->role], r->server->auth->wanted ? "true" : "false",
	    r->server->settings->mirror ? "true" : "false");
}

void
auth_session(struct request *r)
{
	struct buf body = { 0 };

	tell_session(r, &body);
	answer_json(r, 200, &body, NULL);
}

static void
set_cookie(struct request *r, const char *value, uint64_t seconds)
{
	const char *proto = r->head.forwarded_proto;
	bool secure = r->server->settings->proxy && proto != NULL &&
	              strcasecmp(proto, "https") == 0;
	struct buf cookie = { 0 };

	buf_printf(&cookie,
	    SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Strict; "
	                   "Max-Age=%" PRIu64 "%s",
	    value, seconds, secure ? "; Secure" : "");
	MHD_add_response_header(r->response, "Set-Cookie", buf_string(&cookie));
	buf_free(&cookie);
}

void
auth_login(struct request *r)
{
	static const struct body_rule rules[] = {
		{ .name = "token",
		    .kind = BODY_TEXT,
		    .required = true,
		    .min = 1,
		    .max = 512 },
		{ .name = NULL },
	};
	const struct settings *s = r->server->settings;
	struct json_value values[BODY_RULES];
	struct buf body = { 0 };
	char session[SESSION_MAX], *token;

	if (!body_read(r, rules, values) || is_guessing(r))
		return;
	token = body_text(values[0]);
	if (r->server->auth->wanted)
		r->role = role_of_token(r->server->auth, token, strlen(token));
	OPENSSL_cleanse(token, strlen(token));
	free(token);
	OPENSSL_cleanse(r->body.data, r->body.len);
	if (r->role == ROLE_NONE) {
		refuse_token(r);
		return;
	}
	tell_session(r, &body);
	answer_json(r, 200, &body, NULL);
	if (!r->server->auth->wanted)
		return;
	session_make(r->server->auth->key, r->role == ROLE_WRITE ? 'w' : 'r',
	    (int64_t)time(NULL) + (int64_t)(s->session_ms / 1000), session);
	set_cookie(r, session, s->session_ms / 1000);
	log_info("a login",
	    LOG_TEXT("role", r->role == ROLE_WRITE ? "write" : "read"),
	    LOG_TEXT("address", r->conn != NULL ? r->conn->text : ""));
}

void
auth_logout(struct request *r)
{
	answer_nothing(r);
	set_cookie(r, "", 0);
}
