/* test_dedup_order.c - which job survives does not depend on who came first */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/job-dedup/order.h"

#define COUNT(list) (sizeof(list) / sizeof(*(list)))

static struct job
named(const char *id, int64_t feed)
{
	return (struct job){ .id = id,
		.id_len = (uint32_t)strlen(id),
		.feed = feed };
}

static void
ids_are_ordered_as_numbers_then_by_their_bytes(void **state)
{
	static const char *const ids[] = { "0", "00", "2", "02", "9", "10",
		"10000000000000000000000000000001",
		"10000000000000000000000000000002", "-1", "1.5", "A-10", "A-2",
		"a" };
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(ids); i++)
		for (j = 0; j < COUNT(ids); j++) {
			struct job a = named(ids[i], 1), b = named(ids[j], 1);
			int c = order_jobs(&a, &b);

			assert_int_equal((c > 0) - (c < 0), (i > j) - (i < j));
		}
	struct job a = named("7", 2), b = named("7", 10);

	assert_true(order_jobs(&a, &b) < 0);
	a.feed = HOLD_NO_FEED;
	assert_true(order_jobs(&a, &b) < 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    ids_are_ordered_as_numbers_then_by_their_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
