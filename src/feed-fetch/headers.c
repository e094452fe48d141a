/* headers.c - what a request carries beyond its URL */
#include "headers.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "buf.h"
#include "file.h"
#include "log.h"
#include "status.h"

#define MAX_FILE ((size_t)64 << 10)

struct headers {
	char **lines;
	size_t count;
	bool has_accept;
};

static void
add(struct headers *h, const char *line, size_t len)
{
	h->lines = mem_resize(h->lines, h->count + 1, sizeof *h->lines);
	h->lines[h->count++] = mem_copy(line, len);
}

/* Forget the bytes: they may be secret. */
static void
wipe(char *text)
{
	volatile char *at = text;

	while (*at != '\0')
		*at++ = '\0';
}

/* Length of a field's name (RFC 9110, 5.6.2: a token) before its colon. */
static size_t
name_length(const char *line, size_t len)
{
	static const char token[] = "!#$%&'*+-.^_`|~0123456789"
	                            "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = 0;

	while (n < len && line[n] != '\0' && strchr(token, line[n]) != NULL)
		n++;
	return n < len && line[n] == ':' ? n : 0;
}

/* Fields that say what a fetch does; only feed-fetch knows that. */
static bool
is_ours(const char *name, size_t len)
{
	static const char *const names[] = { "Accept-Encoding", "Connection",
		"Content-Length", "Expect", "Host", "If-Match",
		"If-Modified-Since", "If-None-Match", "If-Range",
		"If-Unmodified-Since", "Range", "TE", "Transfer-Encoding",
		"Upgrade" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strlen(names[i]) == len &&
		    strncasecmp(names[i], name, len) == 0)
			return true;
	return false;
}

static bool
has_controls(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (((unsigned char)text[i] < ' ' && text[i] != '\t') ||
		    text[i] == 0x7F)
			return true;
	return false;
}

static void
add_line(struct headers *h, const char *file, uint64_t number, const char *line,
    size_t len)
{
	size_t name = name_length(line, len);

	if (name == 0 || has_controls(line, len))
		die(EX_CONFIG, "not a header field; wanted 'Name: value'",
		    LOG_TEXT("file", file), LOG_UINT("line", number));
	if (is_ours(line, name))
		die(EX_CONFIG, "this header field is not for users to set",
		    LOG_TEXT("file", file), LOG_UINT("line", number),
		    LOG_BYTES("name", line, name));
	/* libcurl takes "Name:" for a wish to leave the field out. */
	if (len == name + 1)
		die(EX_CONFIG, "this header field has no value",
		    LOG_TEXT("file", file), LOG_UINT("line", number),
		    LOG_BYTES("name", line, name));
	if (name == 6 && strncasecmp(line, "Accept", 6) == 0)
		h->has_accept = true;
	add(h, line, len);
}

static void
read_file(struct headers *h, const char *file)
{
	struct buf text = { 0 };
	const char *error = file_read(file, MAX_FILE, &text);
	const char *at, *end;
	uint64_t number = 0;

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the header file",
		    LOG_TEXT("file", file), LOG_TEXT("error", error));
	for (at = buf_string(&text); *at != '\0'; at = end + (*end != '\0')) {
		size_t len;

		number++;
		end = at + strcspn(at, "\n");
		len = (size_t)(end - at);
		while (len > 0 && strchr(" \t\r", at[len - 1]) != NULL)
			len--;
		if (len > 0 && *at != '#')
			add_line(h, file, number, at, len);
	}
	if ((size_t)(at - text.data) < text.len)
		die(EX_CONFIG, "a NUL byte in the header file",
		    LOG_TEXT("file", file));
	wipe(text.data);
	buf_free(&text);
}

static void
add_authorization(struct headers *h, const char *scheme, const char *text,
    size_t len)
{
	struct buf line = { 0 };

	buf_printf(&line, "Authorization: %s ", scheme);
	buf_add(&line, text, len);
	add(h, line.data, line.len);
	wipe((char *)buf_string(&line));
	buf_free(&line);
}

static void
add_basic(struct headers *h, const char *user)
{
	struct buf coded = { 0 };

	buf_base64(&coded, user, strlen(user));
	add_authorization(h, "Basic", coded.data, coded.len);
	wipe((char *)buf_string(&coded));
	buf_free(&coded);
}

static void
add_credentials(struct headers *h, const struct url *u)
{
	char *token = file_secret("JOBMILL_FEED_AUTH_BEARER");
	char *user = file_secret("JOBMILL_FEED_AUTH_BASIC");

	if (token != NULL && strpbrk(token, " \t\r\n") != NULL)
		die(EX_CONFIG, "the token has blanks in it",
		    LOG_TEXT("variable", "JOBMILL_FEED_AUTH_BEARER"));
	if (user != NULL && strchr(user, ':') == NULL)
		die(EX_CONFIG, "the credentials are not 'name:password'",
		    LOG_TEXT("variable", "JOBMILL_FEED_AUTH_BASIC"));
	if (token != NULL)
		add_authorization(h, "Bearer", token, strlen(token));
	else if (user != NULL)
		add_basic(h, user);
	else if (url_user(u) != NULL)
		add_basic(h, url_user(u));
	if (token != NULL)
		wipe(token);
	if (user != NULL)
		wipe(user);
	free(token);
	free(user);
}

struct headers *
headers_open(const char *file, const struct url *u)
{
	struct headers *h = mem_zero(1, sizeof *h);

	if (file != NULL)
		read_file(h, file);
	add_credentials(h, u);
	return h;
}

struct curl_slist *
headers_line(struct curl_slist *list, const char *line)
{
	struct curl_slist *longer = curl_slist_append(list, line);

	if (longer == NULL)
		die(EX_OSERR, "no memory for a request");
	return longer;
}

struct curl_slist *
headers_add(const struct headers *h, struct curl_slist *list, bool trusted)
{
	size_t i;

	list = headers_line(list, "Accept-Encoding: gzip, deflate, br, zstd");
	if (!trusted || !h->has_accept)
		list = headers_line(list,
		    "Accept: application/xml, text/xml, */*;q=0.8");
	for (i = 0; trusted && i < h->count; i++)
		list = headers_line(list, h->lines[i]);
	return list;
}

void
headers_free(struct headers *h)
{
	size_t i;

	if (h == NULL)
		return;
	for (i = 0; i < h->count; i++) {
		wipe(h->lines[i]);
		free(h->lines[i]);
	}
	free(h->lines);
	free(h);
}
