/* test_answer.c - the head of an HTTP answer */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/feed-fetch/answer.h"
#include "../../src/feed-fetch/progress.h"
#include "log.h"
#include "status.h"

/* Feed a whole head, its lines ended by '\n' here. */
static struct answer
read_head(const char *text)
{
	struct fault why = { .status = EX_OK };
	struct answer a = { .status = 0 };
	char line[12000];
	size_t len;

	for (; *text != '\0'; text += len + 1) {
		len = strcspn(text, "\n");
		memcpy(line, text, len);
		memcpy(line + len, "\r\n", 2);
		assert_true(answer_line(&a, line, len + 2, &why));
	}
	return a;
}

static void
fields_are_found_in_any_case(void **state)
{
	struct answer a = read_head("HTTP/1.1 200 OK\n"
	                            "etag:\"a b\"  \n"
	                            "CONTENT-LENGTH: 123\n"
	                            "Content-Type:text/xml\n"
	                            "Retry-After: 7\n\n");

	(void)state;
	assert_true(a.complete);
	assert_int_equal(a.status, 200);
	assert_string_equal(a.etag, "\"a b\"");
	assert_true(a.has_length);
	assert_int_equal(a.length, 123);
	assert_string_equal(a.content_type, "text/xml");
	assert_string_equal(a.retry_after, "7");
}

static void
interim_answers_and_trailers_leave_nothing(void **state)
{
	struct answer a = read_head("HTTP/1.1 103 Early\nETag: \"early\"\n\n");

	(void)state;
	assert_false(a.complete);
	a = read_head("HTTP/1.1 103 Early\nETag: \"early\"\n\n"
	              "HTTP/2 200\nLast-Modified: x\n\n"
	              "ETag: \"late\"\n\n");
	assert_true(a.complete);
	assert_true(a.multiplexed);
	assert_string_equal(a.etag, "");
	assert_string_equal(a.last_modified, "x");
}

static void
lengths_that_are_none_are_left_out(void **state)
{
	static const char *const values[] = { "-1", "12, 13", "0x10", "",
		"99999999999999999999999" };
	char head[100];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof values / sizeof *values; i++) {
		snprintf(head, sizeof head,
		    "HTTP/1.1 200 OK\nContent-Length: %s\n\n", values[i]);
		assert_false(read_head(head).has_length);
	}
}

static void
codings_in_several_fields_are_one_list(void **state)
{
	struct answer a = read_head("HTTP/1.1 200 OK\nContent-Encoding: gzip\n"
	                            "Content-Encoding: br\n\n");

	(void)state;
	assert_string_equal(a.content_encoding, "gzip,br");
}

static void
a_field_that_is_too_long_is_left_out(void **state)
{
	char head[3000] = "HTTP/1.1 200 OK\nETag: \"";

	(void)state;
	memset(head + strlen(head), 'x', 2000);
	strncat(head, "\"\n\n", 4);
	assert_string_equal(read_head(head).etag, "");
}

static void
a_head_has_an_end(void **state)
{
	struct fault why = { .status = EX_OK };
	struct answer a = { .status = 0 };
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_true(answer_line(&a, "A: b\r\n", 6, &why));
	assert_false(answer_line(&a, "A: b\r\n", 6, &why));
	assert_int_equal(why.status, EX_PROTOCOL);
}

static const char *
strong(const char *fields)
{
	static struct answer a;
	char head[1000];

	snprintf(head, sizeof head, "HTTP/1.1 200 OK\n%s\n", fields);
	a = read_head(head);
	return answer_strong(&a);
}

static void
only_strong_validators_let_a_transfer_go_on(void **state)
{
	(void)state;
	assert_string_equal(strong("ETag: \"a\"\n"), "\"a\"");
	assert_null(strong("ETag: W/\"a\"\n"));
	assert_null(strong("ETag: a\n"));
	assert_null(strong(""));
	assert_string_equal(strong(
	                        "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\n"
	                        "Date: Mon, 02 Nov 2026 10:01:00 GMT\n"),
	    "Mon, 02 Nov 2026 10:00:00 GMT");
	/* It may change again within the second that it names. */
	assert_null(strong("Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\n"
	                   "Date: Mon, 02 Nov 2026 10:00:59 GMT\n"));
	assert_null(strong("Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\n"));
	assert_null(strong("Last-Modified: never\n"
	                   "Date: Mon, 02 Nov 2026 10:01:00 GMT\n"));
	assert_null(strong("Last-Modified: W/Mon 02 Nov 2026\n"
	                   "Date: Tue, 03 Nov 2026 10:01:00 GMT\n"));
	/* A weak tag says that the time is no better. */
	assert_null(strong("ETag: W/\"a\"\n"
	                   "Last-Modified: Mon, 02 Nov 2026 10:00:00 GMT\n"
	                   "Date: Mon, 02 Nov 2026 10:01:00 GMT\n"));
}

static void
ranges_are_read_strictly(void **state)
{
	static const char *const wrong[] = { "", "bytes", "bytes 1-2",
		"bytes */100", "bytes 5-4/100", "bytes 0-100/100",
		"bytes 0-9/10x", "bytes -5/10", "items 0-9/10",
		"bytes 0-18446744073709551616/*" };
	uint64_t first, last, total;
	struct answer a = { .status = 206 };
	size_t i;

	(void)state;
	snprintf(a.content_range, sizeof a.content_range, "bytes 200-999/1000");
	assert_true(answer_range(&a, &first, &last, &total));
	assert_int_equal(first, 200);
	assert_int_equal(last, 999);
	assert_int_equal(total, 1000);
	snprintf(a.content_range, sizeof a.content_range, "Bytes 0-0/*");
	assert_true(answer_range(&a, &first, &last, &total));
	assert_true(total == UINT64_MAX);
	for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		snprintf(a.content_range, sizeof a.content_range, "%s",
		    wrong[i]);
		if (answer_range(&a, &first, &last, &total))
			fail_msg("'%s' is taken", wrong[i]);
	}
}

static void
progress_fits_a_terminal_and_shows_what_is_left(void **state)
{
	char line[200];

	(void)state;
	progress_line(line, sizeof line, 45000000, 160000000, 1000);
	assert_string_equal(line,
	    "feed-fetch: 45.0 MB of 160.0 MB [#####               ] 28%  "
	    "45.0 MB/s  0:00:03 left");
	progress_line(line, sizeof line, 999, 0, 0);
	assert_string_equal(line, "feed-fetch: 999 B  0 B/s");
	progress_line(line, sizeof line, 10, 10, 5);
	assert_string_equal(line,
	    "feed-fetch: 10 B of 10 B [####################] 100%  2.0 kB/s  "
	    "0:00:00 left");
	/* More came than was promised: then the promise is not shown. */
	progress_line(line, sizeof line, 11, 10, 1000);
	assert_string_equal(line, "feed-fetch: 11 B  11 B/s");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_are_found_in_any_case),
		cmocka_unit_test(interim_answers_and_trailers_leave_nothing),
		cmocka_unit_test(lengths_that_are_none_are_left_out),
		cmocka_unit_test(codings_in_several_fields_are_one_list),
		cmocka_unit_test(a_field_that_is_too_long_is_left_out),
		cmocka_unit_test(a_head_has_an_end),
		cmocka_unit_test(only_strong_validators_let_a_transfer_go_on),
		cmocka_unit_test(ranges_are_read_strictly),
		cmocka_unit_test(
		    progress_fits_a_terminal_and_shows_what_is_left),
	};

	log_init("feed-fetch");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
