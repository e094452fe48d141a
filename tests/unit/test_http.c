/*
 * test_http.c - answers and their absence, told apart
 *
 * A child plays the server: for each connection it reads one request and
 * writes the next of its answers, as they are, then closes.
 */
#define _GNU_SOURCE /* syscall() */
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "http.h"

#define MAX_ANSWER 1000
#define CHUNK "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf"

/* Clock calls until an hour goes by at once, for libcurl too; 0: never. */
static unsigned int calls_left;

int
clock_gettime(clockid_t clock, struct timespec *now)
{
	static time_t gone;

	if (calls_left > 0 && --calls_left == 0)
		gone += 3600;
	syscall(SYS_clock_gettime, clock, now);
	now->tv_sec += gone;
	return 0;
}

struct server {
	pid_t child;
	char url[64];
	int requests; /* a pipe: each request as it came, then a NUL */
};

static void
serve_one(int listener, const char *answer, int report)
{
	char request[8192];
	ssize_t n;
	int fd = accept(listener, NULL, NULL);

	n = read(fd, request, sizeof(request) - 1);
	if (n > 0) {
		request[n] = '\0';
		n = write(report, request, (size_t)n + 1);
	}
	if (answer == NULL) {
		pause(); /* until the test ends it */
		_exit(0);
	}
	for (size_t len = strlen(answer), at = 0; at < len; at += (size_t)n) {
		n = write(fd, answer + at, len - at);
		if (n <= 0)
			break;
	}
	close(fd);
}

/* ANSWERS end with "". */
static struct server
start(const char *const *answers)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	struct server s = { 0 };
	int listener = socket(AF_INET, SOCK_STREAM, 0), ends[2];

	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len),
	    0);
	assert_int_equal(pipe(ends), 0);
	snprintf(s.url, sizeof(s.url), "http://127.0.0.1:%u/",
	    ntohs(at.sin_port));
	s.child = fork();
	if (s.child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (; *answers == NULL || **answers != '\0'; answers++)
			serve_one(listener, *answers, ends[1]);
		_exit(0);
	}
	close(listener);
	close(ends[1]);
	s.requests = ends[0];
	return s;
}

static void
stop(struct server *s)
{
	kill(s->child, SIGKILL);
	waitpid(s->child, NULL, 0);
	close(s->requests);
}

static struct http *
open_http(void)
{
	return http_open(&(struct http_options){ .max_answer = MAX_ANSWER });
}

static struct http_answer *
ask(struct http *h, const struct server *s, const char *method,
    const char *body, uint64_t timeout_ms)
{
	static const char *const headers[] = { "X-Key: k", NULL };
	struct http_request r = { .method = method,
		.url = s->url,
		.headers = headers,
		.body = body,
		.body_len = body != NULL ? strlen(body) : 0,
		.timeout_ms = timeout_ms,
		.direct = true,
		.user = h };
	struct http_answer *a = http_call(h, &r);

	assert_non_null(a);
	assert_ptr_equal(a->user, h);
	return a;
}

static void
an_answer_is_given_whole_whatever_its_status(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 429 Busy\r\nRetry-After: 7\r\n"
		"Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi",
		""
	};
	struct server s = start(answers);
	struct http *h = open_http();
	struct http_answer *a = ask(h, &s, "POST", "body", 5000);
	char seen[4096] = "";

	(void)state;
	assert_int_equal(a->failure, HTTP_OK);
	assert_int_equal(a->status, 429);
	assert_int_equal(a->retry_after_ms, 7000);
	assert_string_equal(a->content_type, "text/plain");
	assert_string_equal(buf_string(&a->body), "hi");
	assert_true(read(s.requests, seen, sizeof(seen) - 1) > 0);
	assert_non_null(strstr(seen, "POST / HTTP/1.1\r\n"));
	assert_non_null(strstr(seen, "\r\nX-Key: k\r\n"));
	assert_non_null(strstr(seen, "\r\nContent-Length: 4\r\n"));
	assert_null(strstr(seen, "Expect"));
	assert_int_equal(http_in_flight(h), 0);
	http_answer_free(a);
	http_close(h);
	stop(&s);
}

static void
redirects_are_not_followed(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 302 Go\r\nLocation: /other\r\nContent-Length: 0\r\n"
		"\r\n",
		""
	};
	struct server s = start(answers);
	struct http *h = open_http();
	struct http_answer *a = ask(h, &s, "GET", NULL, 5000);

	(void)state;
	assert_int_equal(a->failure, HTTP_OK);
	assert_int_equal(a->status, 302);
	http_answer_free(a);
	http_close(h);
	stop(&s);
}

static void
what_breaks_after_it_was_sent_is_lost(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ntoo short",
		CHUNK, "no http at all\r\n\r\n", ""
	};
	struct server s = start(answers);
	struct http *h = open_http();

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct http_answer *a = ask(h, &s, "POST", "x", 5000);

		assert_int_equal(a->failure, HTTP_LOST);
		assert_int_equal(a->status, 0);
		assert_int_equal(a->body.len, 0);
		assert_non_null(a->reason);
		http_answer_free(a);
	}
	http_close(h);
	stop(&s);
}

static void
a_post_is_not_made_twice_behind_our_back(void **state)
{
	/* The connection is kept, then closed on the second request. */
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", ""
	};
	struct server s = start(answers);
	struct http *h = open_http();
	char seen[16384];
	size_t posts = 0;

	(void)state;
	for (int i = 0; i < 2; i++)
		http_answer_free(ask(h, &s, "POST", "x", 5000));
	http_close(h);
	waitpid(s.child, NULL, 0);
	ssize_t n = read(s.requests, seen, sizeof(seen));
	for (ssize_t i = 0; i < n; i++)
		posts += seen[i] == '\0';
	/* One, if the second went out before the end of the first was seen. */
	assert_in_range(posts, 1, 2);
	stop(&s);
}

static void
what_never_reached_a_peer_is_no_answer(void **state)
{
	static const char *const urls[] = { "http://127.0.0.1:1/",
		"ftp://127.0.0.1/", "file:///etc/passwd", "not a url" };
	struct http *h = open_http();

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(urls[0]); i++) {
		struct server s = { 0 };
		struct http_answer *a;

		memcpy(s.url, urls[i], strlen(urls[i]) + 1);
		a = ask(h, &s, "POST", "x", 5000);
		assert_int_equal(a->failure, HTTP_NO_ANSWER);
		assert_null(strchr(a->reason, '\n'));
		http_answer_free(a);
	}
	http_close(h);
}

static void
a_silent_peer_times_out(void **state)
{
	static const char *const answers[] = { NULL, "" };
	struct server s = start(answers);
	struct http *h = open_http();
	struct http_answer *a = ask(h, &s, "POST", "x", 100);

	(void)state;
	assert_int_equal(a->failure, HTTP_TIMEOUT);
	http_answer_free(a);
	http_close(h);
	stop(&s);
}

/* libcurl 7.88 leaves a buffer in a handle whose time ends as it begins. */
static void
time_that_ends_at_any_moment_spoils_no_later_request(void **state)
{
	static const char *const answers[] = { NULL, "" };
	static const char *const good[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", ""
	};

	(void)state;
	for (unsigned int moment = 1; moment < 40; moment++) {
		struct server silent = start(answers), s = start(good);
		struct http *h =
		    http_open(&(struct http_options){ .max_answer = MAX_ANSWER,
		        .buffer = 1 << 18 });
		struct http_answer *a;

		calls_left = moment;
		a = ask(h, &silent, "GET", NULL, 100);
		calls_left = 0;
		assert_int_not_equal(a->failure, HTTP_OK);
		http_answer_free(a);
		a = ask(h, &s, "GET", NULL, 5000);
		assert_int_equal(a->failure, HTTP_OK);
		assert_string_equal(buf_string(&a->body), "ok");
		http_answer_free(a);
		http_close(h);
		stop(&silent);
		stop(&s);
	}
}

static void
bodies_and_headers_are_bounded(void **state)
{
	struct buf body = { 0 }, head = { 0 };

	(void)state;
	buf_printf(&body, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n",
	    MAX_ANSWER + 1);
	for (int i = 0; i <= MAX_ANSWER; i++)
		buf_byte(&body, 'x');
	buf_text(&head, "HTTP/1.1 200 OK\r\n");
	for (int i = 0; i < 20000; i++)
		buf_printf(&head, "X-%d: some more of it\r\n", i);
	buf_text(&head, "Content-Length: 0\r\n\r\n");

	const char *answers[] = { buf_string(&body), buf_string(&head), "" };
	struct server s = start(answers);
	struct http *h = open_http();

	for (int i = 0; i < 2; i++) {
		struct http_answer *a = ask(h, &s, "GET", NULL, 5000);

		assert_int_equal(a->failure, HTTP_TOO_LARGE);
		http_answer_free(a);
	}
	http_close(h);
	stop(&s);
	buf_free(&body);
	buf_free(&head);
}

static void
input_ends_a_wait(void **state)
{
	static const char *const answers[] = { NULL, "" };
	struct server s = start(answers);
	struct http *h = open_http();
	struct http_request r = { .method = "GET",
		.url = s.url,
		.direct = true };
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	http_send(h, &r);
	assert_null(http_next_or(h, 60000, ends[0]));
	assert_int_equal(http_in_flight(h), 1);
	/* The end of input is something to read, too. */
	assert_int_equal(read(ends[0], &(char){ 0 }, 1), 1);
	close(ends[1]);
	assert_null(http_next_or(h, 60000, ends[0]));
	assert_null(http_next(h, 0));
	http_close(h);
	close(ends[0]);
	stop(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_is_given_whole_whatever_its_status),
		cmocka_unit_test(redirects_are_not_followed),
		cmocka_unit_test(what_breaks_after_it_was_sent_is_lost),
		cmocka_unit_test(a_post_is_not_made_twice_behind_our_back),
		cmocka_unit_test(what_never_reached_a_peer_is_no_answer),
		cmocka_unit_test(a_silent_peer_times_out),
		cmocka_unit_test(
		    time_that_ends_at_any_moment_spoils_no_later_request),
		cmocka_unit_test(bodies_and_headers_are_bounded),
		cmocka_unit_test(input_ends_a_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
