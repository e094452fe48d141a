/* answer.c - what the feed stand-in answers, and how it goes wrong */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "feed.h"

/* What is sent of a file. */
struct part {
	size_t from, to; /* bytes; TO is behind the last */
	bool partial;
};

static bool
send_all(int fd, const char *bytes, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = send(fd, bytes, len, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

/* An HTTP date, which knows no locale. */
static void
add_date(struct buf *head)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
		"Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t now = time(NULL);
	struct tm t;

	gmtime_r(&now, &t);
	buf_printf(head, "Date: %s, %02d %s %d %02d:%02d:%02d GMT\r\n",
	    days[t.tm_wday], t.tm_mday, months[t.tm_mon], t.tm_year + 1900,
	    t.tm_hour, t.tm_min, t.tm_sec);
}

static void
add_field(struct buf *head, const char *name, const char *value)
{
	if (value != NULL)
		buf_printf(head, "%s: %s\r\n", name, value);
}

/* The entity tag with its quotes; "" for none. */
static void
etag_of(const struct request *r, struct buf *tag)
{
	const char *text = request_key(r, "etag");

	if (text == NULL)
		return;
	buf_printf(tag, "%s\"%s", request_key(r, "weak") ? "W/" : "", text);
	if (request_key(r, "flip") != NULL)
		buf_printf(tag, "-%lu", r->number);
	buf_byte(tag, '"');
}

static bool
is(const char *a, const char *b)
{
	return a != NULL && b != NULL && *b != '\0' && strcmp(a, b) == 0;
}

static void
start_head(struct buf *head, const struct request *r, int status,
    const char *tag, bool faults)
{
	const char *date = faults ? request_key(r, "date") : NULL;

	buf_printf(head, "HTTP/1.1 %d X\r\nConnection: close\r\n", status);
	if (date == NULL)
		add_date(head);
	else if (strcmp(date, "no") != 0)
		add_field(head, "Date", date);
	if (*tag != '\0')
		add_field(head, "ETag", tag);
	add_field(head, "Last-Modified", request_key(r, "modified"));
}

void
answer_plain(int fd, int status, const char *type, const struct buf *text)
{
	struct buf b = { 0 };

	buf_printf(&b,
	    "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n\r\n",
	    status, type, text->len);
	buf_add(&b, text->data, text->len);
	send_all(fd, b.data, b.len);
	buf_free(&b);
}

/* An answer of a status only: a page, or a redirect. */
static void
answer_status(int fd, const struct request *r, int status)
{
	static const char page[] =
	    "<html><head><title>An error</title></head></html>\n";
	const char *to = request_key(r, "to");
	struct buf head = { 0 };

	start_head(&head, r, status, "", true);
	add_field(&head, "Location", is(to, ".") ? r->target : to);
	add_field(&head, "Retry-After", request_key(r, "retry_after"));
	if (status != 204 && status != 304)
		buf_printf(&head,
		    "Content-Type: text/html\r\nContent-Length: %zu\r\n\r\n%s",
		    sizeof page - 1, page);
	else
		buf_text(&head, "\r\n");
	send_all(fd, head.data, head.len);
	buf_free(&head);
}

/* The part that the request asks for and the keys allow. */
static struct part
part_of(const struct request *r, size_t size, const char *tag, bool faults)
{
	const char *range = request_field(r, "Range");
	const char *condition = request_field(r, "If-Range");
	const char *odd = faults ? request_key(r, "range") : NULL;
	struct part p = { 0, size, false };

	if (range == NULL || strncmp(range, "bytes=", 6) != 0 || is(odd, "no"))
		return p;
	if (condition != NULL && !is(odd, "any") && !is(condition, tag) &&
	    !is(condition, request_key(r, "modified")))
		return p;
	p.partial = true;
	p.from = strtoul(range + 6, NULL, 10);
	if (is(odd, "wrong") && p.from > 0)
		p.from--;
	if (is(odd, "short") && p.from < size)
		p.to = p.from + 1;
	return p;
}

static void
reset(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

/* Until the other side leaves. */
static void
wait_for_end(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char byte;

	while (poll(&p, 1, -1) >= 0 || errno == EINTR)
		if (recv(fd, &byte, 1, 0) <= 0)
			return;
}

static bool
send_body(int fd, const struct request *r, const char *bytes, size_t len)
{
	unsigned long drip = request_number(r, "drip", 0);
	bool chunked = is(request_key(r, "length"), "chunked");
	struct buf b = { 0 };
	bool ok = true;
	size_t n;

	while (ok && len > 0) {
		n = drip > 0 ? 1 : chunked && len > 1000 ? 1000 : len;
		buf_clear(&b);
		if (chunked)
			buf_printf(&b, "%zx\r\n", n);
		buf_add(&b, bytes, n);
		if (chunked)
			buf_text(&b, "\r\n");
		ok = send_all(fd, b.data, b.len);
		bytes += n;
		len -= n;
		if (drip > 0)
			clock_sleep_ms(drip);
	}
	buf_free(&b);
	return ok;
}

/* The body, as far as it goes. */
static void
send_part(int fd, const struct request *r, const struct buf *file,
    struct part p)
{
	size_t stall = request_number(r, "stall", SIZE_MAX);
	size_t cut = request_number(r, "cut", SIZE_MAX);
	size_t len = p.to - p.from;
	bool ok, broken = cut < len || stall < len;

	if (broken)
		len = cut < stall ? cut : stall;
	ok = send_body(fd, r, file->data + p.from, len);
	while (ok && request_key(r, "endless") != NULL)
		ok = send_body(fd, r, file->data, file->len);
	if (broken && stall < cut)
		wait_for_end(fd);
	else if (broken && request_key(r, "reset") != NULL)
		reset(fd);
	else if (!broken && is(request_key(r, "length"), "chunked"))
		send_all(fd, "0\r\n\r\n", 5);
}

static void
add_junk(struct buf *head, const struct request *r)
{
	unsigned long n = request_number(r, "junk", 0);
	unsigned long bytes = request_number(r, "long", 0);

	for (; n > 0; n--)
		buf_printf(head, "X-Junk-%lu: junk\r\n", n);
	if (bytes > 0)
		buf_text(head, "X-Long: ");
	for (n = bytes; n > 0; n--)
		buf_byte(head, 'x');
	if (bytes > 0)
		buf_text(head, "\r\n");
}

static void
answer_file(int fd, const struct request *r, const struct buf *file,
    const char *tag, bool faults)
{
	static const struct request none;
	struct part p = part_of(r, file->len, tag, faults);
	const char *length = faults ? request_key(r, "length") : NULL;
	struct buf head = { 0 };

	if (p.partial && p.from >= file->len) {
		buf_printf(&head,
		    "HTTP/1.1 416 X\r\nConnection: close\r\n"
		    "Content-Range: bytes */%zu\r\nContent-Length: 0\r\n\r\n",
		    file->len);
		send_all(fd, head.data, head.len);
		buf_free(&head);
		return;
	}
	start_head(&head, r, p.partial ? 206 : 200, tag, faults);
	if (!p.partial || !is(request_key(r, "range"), "bare")) {
		add_field(&head, "Content-Type", request_key(r, "type"));
		add_field(&head, "Content-Encoding", request_key(r, "coding"));
	}
	if (p.partial)
		buf_printf(&head, "Content-Range: bytes %zu-%zu/%zu\r\n",
		    p.from, p.to - 1, file->len);
	if (is(length, "chunked"))
		buf_text(&head, "Transfer-Encoding: chunked\r\n");
	else if (length == NULL)
		buf_printf(&head, "Content-Length: %zu\r\n", p.to - p.from);
	else if (strcmp(length, "no") != 0)
		add_field(&head, "Content-Length", length);
	if (faults)
		add_junk(&head, r);
	buf_text(&head, "\r\n");
	if (send_all(fd, head.data, head.len) && strcmp(r->method, "HEAD") != 0)
		send_part(fd, faults ? r : &none, file, p);
	buf_free(&head);
}

/* Whether the client has this version already. */
static bool
is_known(const struct request *r, const char *tag)
{
	if (request_key(r, "always") != NULL)
		return false;
	return is(request_field(r, "If-None-Match"), tag) ||
	       is(request_field(r, "If-Modified-Since"),
	           request_key(r, "modified"));
}

void
answer(int fd, const struct request *r, const struct buf *file, bool faults)
{
	const char *auth = request_key(r, "auth");
	struct buf tag = { 0 };

	etag_of(r, &tag);
	buf_string(&tag);
	if (auth != NULL && !is(request_field(r, "Authorization"), auth))
		answer_status(fd, r, 401);
	else if (faults && request_key(r, "garbage") != NULL)
		send_all(fd, "220 smtp.example.org ESMTP\r\n", 28);
	else if (faults && request_key(r, "to") != NULL)
		answer_status(fd, r, (int)request_number(r, "status", 302));
	else if (faults && request_key(r, "status") != NULL)
		answer_status(fd, r, (int)request_number(r, "status", 500));
	else if (file == NULL)
		answer_status(fd, r, 404);
	else if (is_known(r, tag.data))
		answer_status(fd, r, 304);
	else
		answer_file(fd, r, file, tag.data, faults);
	buf_free(&tag);
}
