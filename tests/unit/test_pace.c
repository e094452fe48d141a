/* test_pace.c - at most N in any span, and no less than that allows */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pace.h"

#define N 10
#define SPAN 20000
#define SENDS 200

/* Send as soon as it is allowed; note when. */
static void
send_all(uint64_t start, uint64_t *when)
{
	struct pace p = pace_new(N, SPAN, start);
	uint64_t now = start;

	for (int i = 0; i < SENDS; i++) {
		uint64_t wait = pace_wait(&p, 1, now);

		now += wait;
		assert_int_equal(pace_wait(&p, 1, now), 0);
		pace_take(&p, 1, now);
		when[i] = now;
		now += (uint64_t)(i * 37 % 400);
	}
}

static void
no_span_holds_more_than_n(void **state)
{
	uint64_t when[SENDS];

	(void)state;
	for (uint64_t start = 0; start < 1000; start += 97) {
		send_all(start, when);
		for (int i = 0; i + N < SENDS; i++)
			assert_true(when[i + N] - when[i] > SPAN);
	}
}

static void
all_n_may_go_at_once_and_again_after_a_span(void **state)
{
	struct pace p = pace_new(N, SPAN, 5);

	(void)state;
	for (int i = 0; i < N; i++) {
		assert_int_equal(pace_wait(&p, 1, 5), 0);
		pace_take(&p, 1, 5);
	}
	assert_true(pace_wait(&p, 1, 5) > SPAN - 5);
	assert_true(pace_wait(&p, 1, 5) < SPAN + SPAN / 30);
	assert_int_equal(pace_wait(&p, 1, 5 + SPAN + SPAN / 30), 0);
}

static void
no_limit_never_waits(void **state)
{
	struct pace p = pace_new(0, SPAN, 0);

	(void)state;
	pace_take(&p, 1e9, 0);
	assert_int_equal(pace_wait(&p, 1e9, 0), 0);
}

static void
more_than_ever_fits_waits_until_all_is_there(void **state)
{
	struct pace p = pace_new(N, SPAN, 0);

	(void)state;
	assert_int_equal(pace_wait(&p, 1000, 0), 0);
	pace_take(&p, 1, 0);
	assert_true(pace_wait(&p, 1000, 0) > 0);
}

static void
a_late_bill_delays_and_a_refund_hastens(void **state)
{
	struct pace p = pace_new(N, SPAN, 0);

	(void)state;
	pace_take(&p, N + 5, 0);
	assert_true(pace_wait(&p, 1, 0) > 0);
	pace_take(&p, -8, 0);
	assert_int_equal(pace_wait(&p, 1, 0), 0);
}

static void
a_pause_holds_even_without_a_limit(void **state)
{
	struct pace p = pace_new(0, SPAN, 0);

	(void)state;
	pace_pause(&p, 700, 100);
	pace_pause(&p, 100, 100);
	assert_int_equal(pace_wait(&p, 1, 100), 700);
	assert_int_equal(pace_wait(&p, 1, 800), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_span_holds_more_than_n),
		cmocka_unit_test(all_n_may_go_at_once_and_again_after_a_span),
		cmocka_unit_test(no_limit_never_waits),
		cmocka_unit_test(more_than_ever_fits_waits_until_all_is_there),
		cmocka_unit_test(a_late_bill_delays_and_a_refund_hastens),
		cmocka_unit_test(a_pause_holds_even_without_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
