/* test_enrich_failure.c - what an answer that is none means for the run */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/ai-enrich/service.h"
#include "status.h"

#define RETRY(s)                                                               \
	"{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","             \
	"\"retryDelay\":\"" s "\"}"
#define QUOTA(id)                                                              \
	"{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\","          \
	"\"violations\":[{\"quotaId\":\"" id "\"}]}"
#define ERROR(message, details)                                                \
	"{\"error\":{\"code\":429,\"message\":\"" message                      \
	"\",\"details\":[" details "]}}"

static struct verdict v;

static enum verdict_kind
read_status(long status, const char *body)
{
	struct http_answer a = { .failure = HTTP_OK, .status = status };

	buf_text(&a.body, body);
	verdict_clear(&v);
	failure_read(&a, &v);
	buf_free(&a.body);
	return v.kind;
}

static void
statuses_are_told_apart(void **state)
{
	static const struct {
		long status;
		enum verdict_kind kind;
		int exit;
	} known[] = {
		{ 301, VERDICT_STOP, EX_PROTOCOL },
		{ 400, VERDICT_REFUSED, 0 },
		{ 401, VERDICT_TOKEN, 0 },
		{ 402, VERDICT_STOP, EX_NOPERM },
		{ 403, VERDICT_STOP, EX_NOPERM },
		{ 404, VERDICT_STOP, EX_UNAVAILABLE },
		{ 408, VERDICT_HEAVY, 0 },
		{ 413, VERDICT_REFUSED, 0 },
		{ 418, VERDICT_REFUSED, 0 },
		{ 429, VERDICT_BUSY, 0 },
		{ 499, VERDICT_FAULT, 0 },
		{ 500, VERDICT_HEAVY, 0 },
		{ 502, VERDICT_FAULT, 0 },
		{ 503, VERDICT_FAULT, 0 },
		{ 504, VERDICT_HEAVY, 0 },
		{ 599, VERDICT_FAULT, 0 },
	};
	static const char *const bodies[] = { "", "<html>", "[]", "[{}]",
		"{\"error\":null}", "{\"error\":\"words\"}",
		"{\"error\":{\"message\":7}}", "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		for (size_t j = 0; j < sizeof(bodies) / sizeof(bodies[0]);
		     j++) {
			assert_int_equal(
			    read_status(known[i].status, bodies[j]),
			    known[i].kind);
			assert_int_equal(v.status, known[i].exit);
			assert_non_null(v.why);
			assert_non_null(v.error);
		}
}

static void
a_minute_s_quota_is_a_pause_of_the_length_that_is_said(void **state)
{
	(void)state;
	assert_int_equal(
	    read_status(429,
	        ERROR("x", QUOTA("XPerMinuteY") "," RETRY("45.837906927s"))),
	    VERDICT_BUSY);
	assert_int_equal(v.wait_ms, 45838);
	assert_false(v.daily);
	/* Where it is not in its place it stands in the words. */
	assert_int_equal(read_status(429, ERROR("Please retry in 26.66s.", "")),
	    VERDICT_BUSY);
	assert_int_equal(v.wait_ms, 26660);
	/* As an array, as the compatible form has it. */
	assert_int_equal(read_status(429, "[" ERROR("x", RETRY("2s")) "]"),
	    VERDICT_BUSY);
	assert_int_equal(v.wait_ms, 2000);
}

static void
delays_that_are_none_are_no_delay(void **state)
{
	static const char *const none[] = { "", "s", "-3s", "nans", "1e99s",
		"5", "infs", "0s" };
	struct buf body = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		buf_clear(&body);
		buf_printf(&body,
		    "{\"error\":{\"message\":\"x\",\"details\":[{\"@type\":"
		    "\"google.rpc.RetryInfo\",\"retryDelay\":\"%s\"}]}}",
		    none[i]);
		assert_int_equal(read_status(429, buf_string(&body)),
		    VERDICT_BUSY);
		assert_int_equal(v.wait_ms, 0);
	}
	buf_free(&body);
}

static void
a_day_s_quota_ends_the_run(void **state)
{
	(void)state;
	assert_int_equal(read_status(429, ERROR("x", QUOTA("XPerDayY"))),
	    VERDICT_STOP);
	assert_int_equal(v.status, EX_TEMPFAIL);
	assert_string_equal(v.error, "quota");
	assert_int_equal(read_status(429, ERROR("x", RETRY("7200s"))),
	    VERDICT_STOP);
	/* With a short delay it may be none: that is found out. */
	assert_int_equal(
	    read_status(429, ERROR("x", QUOTA("XPerDayY") "," RETRY("9s"))),
	    VERDICT_BUSY);
	assert_true(v.daily);
	assert_int_equal(
	    read_status(429, ERROR("limit: 0, model: m", QUOTA("XPerDayY"))),
	    VERDICT_STOP);
	assert_int_equal(v.status, EX_CONFIG);
	assert_int_equal(read_status(429,
	                     "{\"error\":{\"message\":\"pay\",\"code\":"
	                     "\"insufficient_quota\"}}"),
	    VERDICT_STOP);
}

static void
a_bad_key_comes_as_a_400(void **state)
{
	(void)state;
	assert_int_equal(
	    read_status(400,
	        "{\"error\":{\"message\":\"API key not valid.\",\"details\":[{"
	        "\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
	        "\"reason\":\"API_KEY_INVALID\"}]}}"),
	    VERDICT_STOP);
	assert_int_equal(v.status, EX_NOPERM);
	assert_int_equal(read_status(400,
	                     "{\"error\":{\"message\":\"x\",\"status\":"
	                     "\"FAILED_PRECONDITION\"}}"),
	    VERDICT_STOP);
}

static void
no_answer_at_all_is_a_fault(void **state)
{
	struct http_answer a = { .failure = HTTP_NO_ANSWER, .reason = "gone" };

	(void)state;
	verdict_clear(&v);
	failure_read(&a, &v);
	assert_int_equal(v.kind, VERDICT_FAULT);
	a.failure = HTTP_TIMEOUT;
	verdict_clear(&v);
	failure_read(&a, &v);
	assert_int_equal(v.kind, VERDICT_HEAVY);
	a.failure = HTTP_TOO_LARGE;
	verdict_clear(&v);
	failure_read(&a, &v);
	assert_int_equal(v.kind, VERDICT_HEAVY);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(statuses_are_told_apart),
		cmocka_unit_test(
		    a_minute_s_quota_is_a_pause_of_the_length_that_is_said),
		cmocka_unit_test(delays_that_are_none_are_no_delay),
		cmocka_unit_test(a_day_s_quota_ends_the_run),
		cmocka_unit_test(a_bad_key_comes_as_a_400),
		cmocka_unit_test(no_answer_at_all_is_a_fault),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	verdict_free(&v);
	return failed;
}
