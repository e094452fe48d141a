/* url.c - URLs of feeds, taken apart by libcurl's own parser */
#include "url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "log.h"
#include "mem.h"
#include "status.h"

struct url {
	char *text, *shown, *scheme, *host, *port, *path, *user;
};

bool
url_is(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyz"
	                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");

	return n > 0 && strncmp(text + n, "://", 3) == 0;
}

/* A part of a URL, or NULL when it has none.  The caller frees it. */
static char *
part(CURLU *parts, CURLUPart which, unsigned int flags)
{
	char *got = NULL, *copy;
	CURLUcode code = curl_url_get(parts, which, &got, flags);

	if (code == CURLUE_OUT_OF_MEMORY)
		die(EX_OSERR, "no memory for a URL");
	if (code != CURLUE_OK)
		return NULL;
	copy = mem_string(got);
	curl_free(got);
	return copy;
}

/* A query with the values of its fields cut out. */
static void
add_query(struct buf *shown, const char *query)
{
	size_t len;

	buf_byte(shown, '?');
	for (;; query++) {
		len = strcspn(query, "=&;");
		if (query[len] == '=') {
			buf_add(shown, query, len + 1);
			query += len + 1;
			len = strcspn(query, "&;");
		}
		if (len > 0)
			buf_text(shown, "***");
		query += len;
		if (*query == '\0')
			return;
		buf_byte(shown, *query);
	}
}

static char *
show(const struct url *u, CURLU *parts)
{
	struct buf shown = { 0 };
	char *path = part(parts, CURLUPART_PATH, 0);
	char *host = part(parts, CURLUPART_HOST, 0);
	char *query = part(parts, CURLUPART_QUERY, 0);
	char *port = part(parts, CURLUPART_PORT, 0);

	buf_printf(&shown, "%s://%s", u->scheme, host != NULL ? host : "");
	if (port != NULL)
		buf_printf(&shown, ":%s", port);
	buf_text(&shown, path != NULL ? path : "/");
	if (query != NULL)
		add_query(&shown, query);
	buf_string(&shown);
	free(path);
	free(host);
	free(query);
	free(port);
	return shown.data;
}

/* Move name and password out of the URL. */
static void
take_user(struct url *u, CURLU *parts)
{
	char *name = part(parts, CURLUPART_USER, CURLU_URLDECODE);
	char *password = part(parts, CURLUPART_PASSWORD, CURLU_URLDECODE);
	struct buf user = { 0 };

	if (name != NULL || password != NULL) {
		buf_printf(&user, "%s:%s", name != NULL ? name : "",
		    password != NULL ? password : "");
		buf_string(&user);
		u->user = user.data;
	}
	free(name);
	free(password);
	curl_url_set(parts, CURLUPART_USER, NULL, 0);
	curl_url_set(parts, CURLUPART_PASSWORD, NULL, 0);
	curl_url_set(parts, CURLUPART_OPTIONS, NULL, 0);
	curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
}

/* An IPv6 address without its brackets. */
static void
unbracket(char *host)
{
	size_t len = host != NULL ? strlen(host) : 0;

	if (len < 2 || host[0] != '[' || host[len - 1] != ']')
		return;
	memmove(host, host + 1, len - 2);
	host[len - 2] = '\0';
}

static struct url *
make(CURLU *parts)
{
	struct url *u = mem_zero(1, sizeof *u);

	u->scheme = part(parts, CURLUPART_SCHEME, 0);
	take_user(u, parts);
	u->shown = show(u, parts);
	u->text = part(parts, CURLUPART_URL, 0);
	u->host = part(parts, CURLUPART_HOST, 0);
	unbracket(u->host);
	u->port = part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	if (strcmp(u->scheme, "file") == 0)
		u->path = part(parts, CURLUPART_PATH, CURLU_URLDECODE);
	return u;
}

static bool
is_web(const struct url *u)
{
	return strcmp(u->scheme, "http") == 0 ||
	       strcmp(u->scheme, "https") == 0;
}

/* Parse TEXT, relative to what PARTS holds already. */
static struct url *
set(CURLU *parts, const char *text, int status, struct fault *why)
{
	CURLUcode code;
	struct url *u;

	if (parts == NULL) {
		fault_set(why, EX_OSERR, "no memory for a URL", "%s", "");
		return NULL;
	}
	code = curl_url_set(parts, CURLUPART_URL, text,
	    CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE | CURLU_ALLOW_SPACE);
	if (code != CURLUE_OK) {
		fault_set(why, code == CURLUE_OUT_OF_MEMORY ? EX_OSERR : status,
		    "not a URL that can be fetched", "%s",
		    curl_url_strerror(code));
		return NULL;
	}
	u = make(parts);
	if (u->text == NULL || (is_web(u) && u->host == NULL)) {
		fault_set(why, status, "not a URL that can be fetched", "%s",
		    "a part is missing");
		url_free(u);
		return NULL;
	}
	return u;
}

struct url *
url_parse(const char *text, struct fault *why)
{
	CURLU *parts = curl_url();
	struct url *u = set(parts, text, EX_USAGE, why);

	curl_url_cleanup(parts);
	if (u == NULL || is_web(u) || u->path != NULL)
		return u;
	fault_set(why, EX_USAGE,
	    "this protocol is not spoken; use http, https or file", "%s",
	    u->scheme);
	url_free(u);
	return NULL;
}

struct url *
url_follow(const struct url *from, const char *location, struct fault *why)
{
	CURLU *parts = curl_url();
	struct url *u = NULL;

	if (parts == NULL ||
	    curl_url_set(parts, CURLUPART_URL, from->text, 0) == CURLUE_OK)
		u = set(parts, location, EX_PROTOCOL, why);
	curl_url_cleanup(parts);
	if (u == NULL || is_web(u))
		return u;
	fault_set(why, EX_PROTOCOL,
	    "redirected to a protocol that is not spoken", "%s", u->scheme);
	url_free(u);
	return NULL;
}

void
url_free(struct url *u)
{
	if (u == NULL)
		return;
	free(u->text);
	free(u->shown);
	free(u->scheme);
	free(u->host);
	free(u->port);
	free(u->path);
	free(u->user);
	free(u);
}

const char *
url_text(const struct url *u)
{
	return u->text;
}

const char *
url_shown(const struct url *u)
{
	return u->shown;
}

const char *
url_scheme(const struct url *u)
{
	return u->scheme;
}

const char *
url_host(const struct url *u)
{
	return u->host;
}

const char *
url_path(const struct url *u)
{
	return u->path;
}

const char *
url_user(const struct url *u)
{
	return u->user;
}

bool
url_same_site(const struct url *a, const struct url *b)
{
	if (a->host == NULL || b->host == NULL ||
	    strcasecmp(a->host, b->host) != 0)
		return false;
	if (strcmp(a->scheme, b->scheme) == 0)
		return a->port != NULL && b->port != NULL &&
		       strcmp(a->port, b->port) == 0;
	return strcmp(a->scheme, "http") == 0 &&
	       strcmp(b->scheme, "https") == 0 && a->port != NULL &&
	       b->port != NULL && strcmp(a->port, "80") == 0 &&
	       strcmp(b->port, "443") == 0;
}
