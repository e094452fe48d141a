/* http.c - requests to services, by libcurl's multi interface */
#include "http.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "log.h"
#include "mem.h"
#include "sig.h"
#include "status.h"

#define CONNECT_MS 15000
#define TIMEOUT_MS 120000
#define MAX_ANSWER ((uint64_t)8 << 20)
#define MAX_HEADERS ((size_t)256 << 10)
#define SLICE_MS 500 /* a signal that just missed poll() waits this long */

/* An answer and the room of what it points to. */
struct box {
	struct http_answer answer; /* first, so that one is the other */
	char reason[CURL_ERROR_SIZE];
	struct box *next;
};

struct transfer {
	struct http *owner;
	CURL *easy;
	struct curl_slist *headers;
	char *body;
	size_t body_len, body_sent;
	size_t header_bytes;
	bool too_large;
	struct box *box;
	uint64_t started_ms;
	struct transfer *prev, *next; /* in flight, or spare */
};

struct http {
	CURLM *multi;
	uint64_t connect_ms, max_answer, buffer;
	struct transfer *flying, *spare;
	size_t in_flight; /* until its answer is given out */
	struct box *done, **done_end;
};

struct http *
http_open(const struct http_options *options)
{
	struct http *h = mem_zero(1, sizeof(*h));

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		die(EX_OSERR, "libcurl does not start");
	h->multi = curl_multi_init();
	if (h->multi == NULL)
		die(EX_OSERR, "no memory for libcurl");
	h->connect_ms = options->connect_ms ? options->connect_ms : CONNECT_MS;
	h->max_answer = options->max_answer ? options->max_answer : MAX_ANSWER;
	h->buffer = options->buffer;
	h->done_end = &h->done;
	return h;
}

/*
 * The body is read by a callback that can't go back: libcurl repeats a request
 * by itself when a kept connection breaks, and a POST must not be made twice
 * without the caller knowing.
 */
static size_t
read_body(char *to, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t n = t->body_len - t->body_sent;

	if (n > size * count)
		n = size * count;
	if (n > 0)
		memcpy(to, t->body + t->body_sent, n);
	t->body_sent += n;
	return n;
}

static size_t
take_body(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t n = size * count;

	if (n > t->owner->max_answer - t->box->answer.body.len) {
		t->too_large = true;
		return 0;
	}
	buf_add(&t->box->answer.body, bytes, n);
	return n;
}

static size_t
take_header(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *t = user;

	(void)bytes;
	t->header_bytes += size * count;
	if (t->header_bytes > MAX_HEADERS) {
		t->too_large = true;
		return 0;
	}
	return size * count;
}

static void
add_header(struct transfer *t, const char *line)
{
	struct curl_slist *longer = curl_slist_append(t->headers, line);

	if (longer == NULL)
		die(EX_OSERR, "no memory for a request");
	t->headers = longer;
}

static struct transfer *
transfer_get(struct http *h)
{
	struct transfer *t = h->spare;

	if (t != NULL) {
		h->spare = t->next;
		t->next = NULL;
	} else {
		t = mem_zero(1, sizeof(*t));
		t->owner = h;
		t->easy = curl_easy_init();
		if (t->easy == NULL)
			die(EX_OSERR, "no memory for libcurl");
	}
	t->box = mem_zero(1, sizeof(*t->box));
	return t;
}

/*
 * Forget the request.  Its handle is kept for the next one, but not when it
 * failed: a transfer that runs out of time before it has a connection leaves a
 * buffer in the handle that curl_easy_reset() does not know of (libcurl 7.88).
 */
static void
transfer_put(struct transfer *t, bool failed)
{
	struct http *h = t->owner;
	CURL *easy = t->easy;

	curl_slist_free_all(t->headers);
	free(t->body);
	if (failed) {
		curl_easy_cleanup(easy);
		free(t);
		return;
	}
	curl_easy_reset(easy);
	*t = (struct transfer){ .owner = h, .easy = easy, .next = h->spare };
	h->spare = t;
}

/* An option that libcurl refuses is a bug here, or no memory. */
#define SET(t, option, value)                                                  \
	must(curl_easy_setopt((t)->easy, (option), (value)), #option)

static void
must(CURLcode code, const char *option)
{
	if (code == CURLE_OUT_OF_MEMORY)
		die(EX_OSERR, "no memory for a request");
	if (code != CURLE_OK)
		die(EX_SOFTWARE, "libcurl refuses an option",
		    LOG_TEXT("option", option),
		    LOG_TEXT("reason", curl_easy_strerror(code)));
}

static void
set_method(struct transfer *t, const struct http_request *r)
{
	if (r->body == NULL && strcmp(r->method, "POST") != 0) {
		if (strcmp(r->method, "GET") != 0)
			SET(t, CURLOPT_CUSTOMREQUEST, r->method);
		return;
	}
	t->body = mem_copy(r->body, r->body_len);
	t->body_len = r->body_len;
	SET(t, CURLOPT_POST, 1L);
	SET(t, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
	SET(t, CURLOPT_READFUNCTION, read_body);
	SET(t, CURLOPT_READDATA, t);
	if (strcmp(r->method, "POST") != 0)
		SET(t, CURLOPT_CUSTOMREQUEST, r->method);
	else if (r->body_len == 0) /* nothing tells a repetition apart */
		SET(t, CURLOPT_FRESH_CONNECT, 1L);
	add_header(t, "Expect:");
}

static void
set_options(struct transfer *t, const struct http_request *r)
{
	struct http *h = t->owner;
	uint64_t limit = r->timeout_ms ? r->timeout_ms : TIMEOUT_MS;

	SET(t, CURLOPT_PRIVATE, t);
	SET(t, CURLOPT_URL, r->url);
	SET(t, CURLOPT_PROTOCOLS_STR, "http,https");
	SET(t, CURLOPT_USERAGENT, "jobmill/" VERSION);
	SET(t, CURLOPT_ACCEPT_ENCODING, "");
	SET(t, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	/*
	 * Wait for a connection that may be shared; without TLS none is, and
	 * libcurl 7.88 waits for ever for one whose first request broke off.
	 */
	SET(t, CURLOPT_PIPEWAIT, strncmp(r->url, "https:", 6) == 0 ? 1L : 0L);
	SET(t, CURLOPT_NOSIGNAL, 1L);
	if (h->buffer > 0)
		SET(t, CURLOPT_BUFFERSIZE, (long)h->buffer);
	SET(t, CURLOPT_ERRORBUFFER, t->box->reason);
	SET(t, CURLOPT_CONNECTTIMEOUT_MS, (long)h->connect_ms);
	SET(t, CURLOPT_TIMEOUT_MS, (long)limit);
	SET(t, CURLOPT_WRITEFUNCTION, take_body);
	SET(t, CURLOPT_WRITEDATA, t);
	SET(t, CURLOPT_HEADERFUNCTION, take_header);
	SET(t, CURLOPT_HEADERDATA, t);
	if (r->direct)
		SET(t, CURLOPT_PROXY, "");
	set_method(t, r);
	for (size_t i = 0; r->headers != NULL && r->headers[i] != NULL; i++)
		add_header(t, r->headers[i]);
	if (t->headers != NULL)
		SET(t, CURLOPT_HTTPHEADER, t->headers);
}

void
http_send(struct http *h, const struct http_request *request)
{
	struct transfer *t = transfer_get(h);

	set_options(t, request);
	t->box->answer.user = request->user;
	t->started_ms = clock_ms();
	if (curl_multi_add_handle(h->multi, t->easy) != CURLM_OK)
		die(EX_OSERR, "libcurl takes no further request");
	t->next = h->flying;
	if (t->next != NULL)
		t->next->prev = t;
	h->flying = t;
	h->in_flight++;
}

size_t
http_in_flight(const struct http *h)
{
	return h->in_flight;
}

static enum http_failure
failure_of(const struct transfer *t, CURLcode code)
{
	long sent = 0;

	if (t->too_large)
		return HTTP_TOO_LARGE;
	switch (code) {
	case CURLE_OK:
		return HTTP_OK;
	case CURLE_URL_MALFORMAT:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_PROXY:
		return HTTP_NO_ANSWER;
	default:
		break;
	}
	/* Bytes of the request that went out, its head included. */
	curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
	if (sent == 0)
		return HTTP_NO_ANSWER;
	return code == CURLE_OPERATION_TIMEDOUT ? HTTP_TIMEOUT : HTTP_LOST;
}

static const char *
reason_of(const struct transfer *t, CURLcode code)
{
	struct box *box = t->box;

	if (t->too_large)
		return "the answer is longer than allowed";
	if (code == CURLE_SEND_FAIL_REWIND)
		return "the connection broke before an answer came";
	if (box->reason[0] == '\0')
		return curl_easy_strerror(code);
	box->reason[strcspn(box->reason, "\r\n")] = '\0';
	return box->reason;
}

static void
unlink_flying(struct http *h, struct transfer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		h->flying = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
	t->prev = t->next = NULL;
	curl_multi_remove_handle(h->multi, t->easy);
}

static void
finish(struct http *h, struct transfer *t, CURLcode code)
{
	struct http_answer *a = &t->box->answer;
	curl_off_t after = 0;
	const char *type = NULL;
	bool failed;

	a->failure = failure_of(t, code);
	failed = a->failure != HTTP_OK;
	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &a->status);
	curl_easy_getinfo(t->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &after);
	if (type != NULL)
		snprintf(a->content_type, sizeof(a->content_type), "%s", type);
	if (after > 0)
		a->retry_after_ms = (uint64_t)after * 1000;
	a->took_ms = clock_ms() - t->started_ms;
	if (failed) {
		a->reason = reason_of(t, code);
		a->status = 0;
		buf_free(&a->body);
	}
	*h->done_end = t->box;
	h->done_end = &t->box->next;
	unlink_flying(h, t);
	transfer_put(t, failed);
}

static void
perform(struct http *h)
{
	CURLMsg *message;
	CURLMcode code;
	int running, left;

	code = curl_multi_perform(h->multi, &running);
	if (code != CURLM_OK)
		die(code == CURLM_OUT_OF_MEMORY ? EX_OSERR : EX_SOFTWARE,
		    "libcurl fails",
		    LOG_TEXT("reason", curl_multi_strerror(code)));
	while ((message = curl_multi_info_read(h->multi, &left)) != NULL) {
		struct transfer *t = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &t);
		finish(h, t, message->data.result);
	}
}

static struct http_answer *
pop(struct http *h)
{
	struct box *box = h->done;

	if (box == NULL)
		return NULL;
	h->done = box->next;
	if (h->done == NULL)
		h->done_end = &h->done;
	h->in_flight--;
	return &box->answer;
}

/* What ends a wait before its time. */
struct until {
	bool signal;
	int fd; /* readable; -1: none */
};

static struct http_answer *
next(struct http *h, uint64_t wait_ms, struct until until)
{
	struct curl_waitfd input = { until.fd, CURL_WAIT_POLLIN, 0 };
	unsigned int inputs = until.fd >= 0;
	uint64_t start = clock_ms(), gone = 0, left;
	struct http_answer *a;

	for (;;) {
		a = pop(h);
		if (a == NULL && h->flying != NULL) {
			perform(h);
			a = pop(h);
		}
		if (a != NULL || gone >= wait_ms || input.revents != 0 ||
		    (h->in_flight == 0 && inputs == 0) ||
		    (until.signal && sig_stop()))
			return a;
		left = wait_ms - gone;
		curl_multi_poll(h->multi, &input, inputs,
		    (int)(left < SLICE_MS ? left : SLICE_MS), NULL);
		gone = clock_ms() - start;
	}
}

struct http_answer *
http_next(struct http *h, uint64_t wait_ms)
{
	return next(h, wait_ms, (struct until){ true, -1 });
}

struct http_answer *
http_next_or(struct http *h, uint64_t wait_ms, int fd)
{
	return next(h, wait_ms, (struct until){ true, fd });
}

struct http_answer *
http_finish(struct http *h, uint64_t wait_ms)
{
	return next(h, wait_ms, (struct until){ false, -1 });
}

struct http_answer *
http_answer_new(void)
{
	struct box *box = mem_zero(1, sizeof(*box));

	return &box->answer;
}

void
http_answer_free(struct http_answer *a)
{
	if (a == NULL)
		return;
	buf_free(&a->body);
	free((struct box *)a);
}

struct http_answer *
http_call(struct http *h, const struct http_request *request)
{
	struct http_answer *a;

	http_send(h, request);
	do
		a = http_next(h, SLICE_MS);
	while (a == NULL && !sig_stop() && h->in_flight > 0);
	return a;
}

/* Release a list of transfers, those in flight as they are. */
static void
drop_all(struct http *h, struct transfer *list)
{
	struct transfer *t, *after;

	for (t = list; t != NULL; t = after) {
		after = t->next;
		if (t->box != NULL) {
			curl_multi_remove_handle(h->multi, t->easy);
			buf_free(&t->box->answer.body);
			free(t->box);
		}
		curl_easy_cleanup(t->easy);
		curl_slist_free_all(t->headers);
		free(t->body);
		free(t);
	}
}

void
http_close(struct http *h)
{
	struct http_answer *a;

	if (h == NULL)
		return;
	drop_all(h, h->flying);
	drop_all(h, h->spare);
	while ((a = pop(h)) != NULL)
		http_answer_free(a);
	curl_multi_cleanup(h->multi);
	curl_global_cleanup();
	free(h);
}
