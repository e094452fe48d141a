/* test_backoff.c - how long to wait before trying again */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "backoff.h"

static void
waits_are_below_a_bound_that_doubles_up_to_the_cap(void **state)
{
	struct backoff b = { .base_ms = 100, .cap_ms = 1000, .random = 7 };
	uint64_t most[7] = { 0 }, wait;
	const uint64_t bounds[7] = { 0, 100, 200, 400, 800, 1000, 1000 };
	unsigned int attempt;
	int i;

	(void)state;
	for (i = 0; i < 7000; i++) {
		attempt = 1 + (unsigned int)i % 6;
		wait = backoff_wait(&b, attempt, 0);
		assert_true(wait <= bounds[attempt]);
		if (wait > most[attempt])
			most[attempt] = wait;
	}
	/* Full jitter uses all of the room. */
	for (attempt = 1; attempt <= 6; attempt++)
		assert_true(most[attempt] > bounds[attempt] * 9 / 10);
}

static void
many_attempts_do_not_overflow(void **state)
{
	struct backoff b = { .base_ms = UINT64_C(1) << 40,
		.cap_ms = UINT64_MAX / 2,
		.random = 7 };

	(void)state;
	assert_true(backoff_wait(&b, 4000000000U, 0) <= UINT64_MAX / 2);
}

static void
a_peer_may_ask_for_more_but_not_for_ever(void **state)
{
	struct backoff b = { .base_ms = 1, .honour_ms = 5000, .random = 7 };

	(void)state;
	assert_int_equal(backoff_wait(&b, 1, 3000), 3000);
	assert_int_equal(backoff_wait(&b, 1, 5001), 5000);
	b.honour_ms = 0; /* the default: ten minutes */
	assert_int_equal(backoff_wait(&b, 1, UINT64_MAX), 600000);
}

static void
two_processes_wait_differently(void **state)
{
	struct backoff a = { .base_ms = 60000 }, b = { .base_ms = 60000 };

	(void)state;
	/* Seeded by the system; equal once in 2^64 runs. */
	backoff_wait(&a, 1, 0);
	backoff_wait(&b, 1, 0);
	assert_true(a.random != b.random);
}

static void
retry_after_is_seconds(void **state)
{
	(void)state;
	assert_int_equal(backoff_retry_after("120"), 120000);
	assert_int_equal(backoff_retry_after(" 7 "), 7000);
	assert_int_equal(backoff_retry_after("0"), 0);
}

/* Write HOURS from now in each of the forms of RFC 9110. */
static void
write_dates(int hours, char imf[64], char rfc850[64], char asctime_form[64])
{
	time_t then = time(NULL) + hours * 3600;
	struct tm t;
	char *year;

	gmtime_r(&then, &t);
	strftime(imf, 64, "%a, %d %b %Y %H:%M:%S GMT", &t);
	strftime(rfc850, 64, "%A, %d-%b-xx %H:%M:%S GMT", &t);
	year = strstr(rfc850, "xx");
	year[0] = (char)('0' + t.tm_year / 10 % 10);
	year[1] = (char)('0' + t.tm_year % 10);
	strftime(asctime_form, 64, "%a %b %e %H:%M:%S %Y", &t);
}

static void
retry_after_is_a_date_in_any_of_its_forms(void **state)
{
	char dates[3][64];
	uint64_t ms;
	int i;

	(void)state;
	write_dates(2, dates[0], dates[1], dates[2]);
	for (i = 0; i < 3; i++) {
		ms = backoff_retry_after(dates[i]);
		assert_in_range(ms, 7190000, 7200000);
	}
	write_dates(-2, dates[0], dates[1], dates[2]);
	for (i = 0; i < 3; i++)
		assert_int_equal(backoff_retry_after(dates[i]), 0);
}

static void
nonsense_asks_for_nothing(void **state)
{
	static const char *const values[] = { "", "soon", "-5", "12x", "1.5",
		"99999999999999999999999", "Sun, 06 Nov 1994", "Sun, ",
		"Sun, 32 Nov 2094 08:49:37 GMT",
		"Sun, 06 Nox 2094 08:49:37 GMT",
		"Sun, 06 Nov 2094 08:49:37 EST", "Sun, 06 Nov 2094 08:49 GMT",
		"Sun Nov  6 08:49:37 2094 GMT" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof values / sizeof *values; i++)
		assert_int_equal(backoff_retry_after(values[i]), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    waits_are_below_a_bound_that_doubles_up_to_the_cap),
		cmocka_unit_test(many_attempts_do_not_overflow),
		cmocka_unit_test(a_peer_may_ask_for_more_but_not_for_ever),
		cmocka_unit_test(two_processes_wait_differently),
		cmocka_unit_test(retry_after_is_seconds),
		cmocka_unit_test(retry_after_is_a_date_in_any_of_its_forms),
		cmocka_unit_test(nonsense_asks_for_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
