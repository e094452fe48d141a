/* gate.c - what is looked at in every request before anybody works for it */
#include "gate.h"

#include <string.h>
#include <strings.h>

/* RFC 9110 5.6.2 */
#define TOKEN                                                                  \
	"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"                  \
	"abcdefghijklmnopqrstuvwxyz"

#define HOST_LETTERS                                                           \
	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-_"

static const struct gate_refusal
    too_many = { 431, "header-too-large",
	    "a request has at most 100 header fields of 32 KiB together" },
    bad_version = { 505, "http-version", "HTTP/1.1 and HTTP/1.0 are spoken" },
    bad_name = { 400, "bad-header", "the name of a header field is no token" },
    bad_value = { 400, "bad-header",
	    "the value of a header field has control characters" },
    doubled = { 400, "bad-header",
	    "a header field that says one thing is there twice" },
    both_lengths = { 400, "bad-length",
	    "Content-Length and Transfer-Encoding exclude each other" },
    bad_length = { 400, "bad-length", "Content-Length is not a number" },
    no_coding = { 501, "transfer-encoding",
	    "the transfer coding is not known; send Content-Length" },
    no_length = { 411, "length-required",
	    "a body is taken with Content-Length only" },
    too_large = { 413, "too-large", "a body has at most 65536 bytes" },
    bad_expect = { 417, "expectation", "only 100-continue may be expected" },
    no_host = { 400, "bad-host", "a request names the host it asks" },
    bad_host = { 403, "foreign-host",
	    "this server does not go by that name; see --host" };

void
gate_add(struct gate_head *head, const char *name, size_t name_len,
    const char *value, size_t value_len)
{
	head->bytes += name_len + value_len + 4;
	if (head->count < GATE_HEADERS)
		head->fields[head->count] =
		    (struct gate_field){ name, value != NULL ? value : "",
			    name_len, value != NULL ? value_len : 0 };
	head->count++;
}

static bool
is_called(const struct gate_field *f, const char *name)
{
	return f->name_len == strlen(name) &&
	       strncasecmp(f->name, name, f->name_len) == 0;
}

/* Every byte of a field may be there: RFC 9110 5.5. */
static const struct gate_refusal *
check_bytes(const struct gate_field *f)
{
	size_t i;

	if (f->name_len == 0)
		return &bad_name;
	for (i = 0; i < f->name_len; i++)
		if (f->name[i] == '\0' || strchr(TOKEN, f->name[i]) == NULL)
			return &bad_name;
	for (i = 0; i < f->value_len; i++) {
		unsigned char c = (unsigned char)f->value[i];

		if ((c < ' ' && c != '\t') || c == 0x7F)
			return &bad_value;
	}
	return NULL;
}

/* What is taken note of; each may be there once. */
static const char **
place_of(struct gate_head *head, const struct gate_field *f)
{
	const struct {
		const char *name;
		const char **to;
	} known[] = {
		{ "Host", &head->host },
		{ "Origin", &head->origin },
		{ "Sec-Fetch-Site", &head->fetch_site },
		{ "Authorization", &head->authorization },
		{ "Cookie", &head->cookie },
		{ "Content-Type", &head->content_type },
		{ "If-None-Match", &head->if_none_match },
		{ "Accept-Encoding", &head->accept_encoding },
		{ "X-Forwarded-For", &head->forwarded_for },
		{ "X-Forwarded-Proto", &head->forwarded_proto },
	};
	size_t i;

	for (i = 0; i < sizeof known / sizeof *known; i++)
		if (is_called(f, known[i].name))
			return known[i].to;
	return NULL;
}

static const struct gate_refusal *
note_fields(struct gate_head *head)
{
	const struct gate_refusal *refusal = NULL;
	size_t i;

	for (i = 0; i < head->count && refusal == NULL; i++) {
		const struct gate_field *f = &head->fields[i];
		const char **to = place_of(head, f);

		refusal = check_bytes(f);
		if (refusal == NULL && to != NULL && *to != NULL)
			refusal = &doubled;
		if (to != NULL)
			*to = f->value;
	}
	return refusal;
}

static const struct gate_refusal *
read_length(struct gate_head *head, const struct gate_field *f)
{
	size_t i;

	head->length = 0;
	if (f->value_len == 0 || strspn(f->value, "0123456789") != f->value_len)
		return &bad_length;
	/* Beyond what is read anyhow it is just too long. */
	for (i = 0; i < f->value_len && head->length <= GATE_DRAIN; i++)
		head->length =
		    head->length * 10 + (uint64_t)(f->value[i] - '0');
	return NULL;
}

/* One length, in one way. */
static const struct gate_refusal *
check_length(struct gate_head *head)
{
	const struct gate_field *length = NULL, *coding = NULL;
	size_t i;

	for (i = 0; i < head->count; i++) {
		const struct gate_field *f = &head->fields[i];

		if (is_called(f, "Content-Length")) {
			if (length != NULL)
				return &doubled;
			length = f;
		} else if (is_called(f, "Transfer-Encoding")) {
			if (coding != NULL)
				return &doubled;
			coding = f;
		}
	}
	if (length != NULL && coding != NULL)
		return &both_lengths;
	if (coding != NULL)
		return strcasecmp(coding->value, "chunked") == 0 ? &no_length
		                                                 : &no_coding;
	if (length != NULL && read_length(head, length) != NULL)
		return &bad_length;
	return head->length > GATE_DRAIN ? &too_large : NULL;
}

static const struct gate_refusal *
check_expect(const struct gate_head *head)
{
	size_t i;

	for (i = 0; i < head->count; i++)
		if (is_called(&head->fields[i], "Expect") &&
		    strcasecmp(head->fields[i].value, "100-continue") != 0)
			return &bad_expect;
	return NULL;
}

/*
 * Bytes of the name in "name", "name:port" or "[address]:port"; 0 when it is
 * none of them.
 */
static size_t
host_len(const char *host)
{
	size_t len;
	const char *port;

	if (*host == '[') {
		len = strspn(host + 1, "0123456789abcdefABCDEF:.");
		if (len == 0 || host[1 + len] != ']')
			return 0;
		len += 2;
	} else {
		len = strspn(host, HOST_LETTERS);
	}
	port = host + len;
	if (*port == ':')
		port += 1 + strspn(port + 1, "0123456789");
	return *port == '\0' ? len : 0;
}

/*
 * A name that an attacker owns may lead to this machine (DNS rebinding), so
 * names have to be ours.  What is an address leads nowhere else.
 */
static bool
is_ours(const char *host, size_t len, const struct gate_hosts *hosts)
{
	size_t i;

	if (*host == '[' || strspn(host, "0123456789.") == len)
		return true;
	if (len == strlen("localhost") &&
	    strncasecmp(host, "localhost", len) == 0)
		return true;
	for (i = 0; i < hosts->count; i++)
		if (strlen(hosts->names[i]) == len &&
		    strncasecmp(hosts->names[i], host, len) == 0)
			return true;
	return false;
}

const struct gate_refusal *
gate_check(struct gate_head *head, const struct gate_hosts *hosts)
{
	const struct gate_refusal *refusal;
	size_t len;

	if (head->count > GATE_HEADERS || head->bytes > GATE_BYTES)
		return &too_many;
	if (strcmp(head->version, "HTTP/1.1") != 0 &&
	    strcmp(head->version, "HTTP/1.0") != 0)
		return &bad_version;
	refusal = note_fields(head);
	if (refusal == NULL)
		refusal = check_length(head);
	if (refusal == NULL)
		refusal = check_expect(head);
	if (refusal != NULL)
		return refusal;
	len = head->host != NULL ? host_len(head->host) : 0;
	if (len == 0)
		return &no_host;
	return is_ours(head->host, len, hosts) ? NULL : &bad_host;
}

bool
gate_is_foreign(const struct gate_head *head)
{
	const char *origin = head->origin;

	if (head->fetch_site != NULL)
		return strcmp(head->fetch_site, "same-origin") != 0 &&
		       strcmp(head->fetch_site, "none") != 0;
	if (origin == NULL)
		return false; /* no browser: those send one of the two */
	if (strncmp(origin, "http://", 7) == 0)
		origin += 7;
	else if (strncmp(origin, "https://", 8) == 0)
		origin += 8;
	else
		return true;
	return head->host == NULL || strcasecmp(origin, head->host) != 0;
}

bool
gate_is_json(const struct gate_head *head)
{
	static const char json[] = "application/json";
	size_t len = strlen(json);

	return head->content_type != NULL &&
	       strncasecmp(head->content_type, json, len) == 0 &&
	       (head->content_type[len] == '\0' ||
	           head->content_type[len] == ';' ||
	           head->content_type[len] == ' ');
}
