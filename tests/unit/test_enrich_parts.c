/* test_enrich_parts.c - prices, quota days, batches, throttle, keys */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/ai-enrich/batch.h"
#include "clock.h"
#include "../../src/ai-enrich/price.h"
#include "../../src/ai-enrich/reset.h"
#include "../../src/ai-enrich/throttle.h"

static const char table[] =
    "{\"as_of\":\"2026-10-07\",\"batch_percent\":50,\"models\":["
    "{\"model\":\"m-1\",\"in\":\"0.30\",\"cached\":\"0.03\",\"out\":\"2.50\"},"
    "{\"model\":\"m-1-lite\",\"in\":\"0.000001\",\"cached\":\"0\",\"out\":"
    "\"1\"},"
    "{\"model\":\"m-2\",\"until\":\"2026-12-31\",\"in\":\"1\",\"cached\":"
    "\"1\",\"out\":\"1\"},"
    "{\"model\":\"m-2\",\"in\":\"2\",\"cached\":\"2\",\"out\":\"2\"}]}";

static char path[] = "/tmp/jobmill-test-XXXXXX";

static void
assert_usd(uint64_t pico, const char *wanted)
{
	struct buf text = { 0 };

	price_text(&text, pico);
	assert_string_equal(buf_string(&text), wanted);
	assert_int_equal(price_parse(wanted), pico);
	buf_free(&text);
}

static void
money_is_counted_without_rounding(void **state)
{
	struct price p = price_of(path, "m-1", "2026-11-23");
	struct usage u = { .in = 1000, .cached = 200, .out = 100 };

	(void)state;
	assert_true(p.known);
	assert_usd(price_cost(&p, &u), "0.000496");
	assert_usd(0, "0.000000");
	assert_usd(1, "0.000000000001");
	assert_usd(1500000000000, "1.500000");
	/* what 64 bits can't count is the most that they can, in millions */
	assert_true(price_parse("99999999") >= price_parse("18000000"));
	assert_true(price_parse("20000000.5") >= price_parse("18000000"));
	/* More cached than there were: never a negative bill. */
	u.cached = 5000;
	assert_usd(price_cost(&p, &u), "0.000280");
}

static void
the_longest_name_wins_and_prices_end(void **state)
{
	(void)state;
	assert_int_equal(price_of(path, "m-1-lite-001", "2026-11-23").in, 1);
	assert_int_equal(price_of(path, "m-1-pro", "2026-11-23").in, 300000);
	assert_int_equal(price_of(path, "google/m-1", "2026-11-23").in, 300000);
	assert_false(price_of(path, "m-10", "2026-11-23").known);
	assert_false(price_of(path, "m", "2026-11-23").known);
	assert_int_equal(price_of(path, "m-2", "2026-12-31").in, 1000000);
	assert_int_equal(price_of(path, "m-2", "2027-01-01").in, 2000000);
}

static void
assert_reset(const char *now, const char *wanted)
{
	char stamp[CLOCK_STAMP];
	int64_t seconds;

	assert_true(clock_parse(now, strlen(now), &seconds));
	clock_format(reset_after(seconds), stamp);
	assert_string_equal(stamp, wanted);
}

static void
the_quota_is_back_at_midnight_in_california(void **state)
{
	(void)state;
	assert_reset("2026-11-23T19:00:00Z", "2026-11-24T08:00:00Z");
	assert_reset("2026-11-24T07:59:59Z", "2026-11-24T08:00:00Z");
	assert_reset("2026-11-24T08:00:00Z", "2026-11-25T08:00:00Z");
	assert_reset("2026-07-04T12:00:00Z", "2026-07-05T07:00:00Z");
	/* The clocks go forward on 8 March 2026, back on 1 November. */
	assert_reset("2026-03-08T09:00:00Z", "2026-03-09T07:00:00Z");
	assert_reset("2026-03-07T12:00:00Z", "2026-03-08T08:00:00Z");
	assert_reset("2026-11-01T08:00:00Z", "2026-11-02T08:00:00Z");
	assert_reset("2026-10-31T12:00:00Z", "2026-11-01T07:00:00Z");
	assert_reset("2026-12-31T23:00:00Z", "2027-01-01T08:00:00Z");
}

static struct item *
make(uint64_t seq, uint64_t tokens, const struct taxonomy_industry *industry)
{
	struct item *item = item_new(seq, "{}", 2);

	item->tokens = tokens;
	item->industry = industry;
	return item;
}

/* Take the first batch, and check how many it holds and from where. */
static void
assert_batch(struct queue *q, size_t count, uint64_t first)
{
	uint64_t due;
	struct batch *b = queue_take(q, 0, &due);

	assert_non_null(b);
	assert_int_equal(b->count, count);
	assert_int_equal(b->items[0]->seq, first);
	for (size_t i = 0; i < b->count; i++)
		item_free(b->items[i]);
	batch_free(b);
}

static void
batches_close_by_count_by_tokens_and_by_age(void **state)
{
	struct gather *g = gather_new(1, 3, 100, 10);
	struct queue q = { 0 };

	(void)state;
	for (uint64_t i = 0; i < 4; i++)
		gather_add(g, make(i, 10, NULL), false, &q);
	assert_batch(&q, 3, 0);
	assert_int_equal(q.count, 0);
	gather_add(g, make(4, 95, NULL), false, &q);
	assert_batch(&q, 1, 3);
	gather_pass(g, 13, &q);
	assert_int_equal(q.count, 0);
	gather_pass(g, 14, &q);
	assert_batch(&q, 1, 4);
	gather_add(g, make(5, 10, NULL), true, &q);
	assert_batch(&q, 1, 5);
	gather_add(g, make(6, 10, NULL), false, &q);
	gather_flush(g, &q);
	assert_batch(&q, 1, 6);
	gather_free(g);
}

static void
industries_do_not_meet_in_a_batch(void **state)
{
	const struct taxonomy_industry one = { .id = 0 }, two = { .id = 1 };
	struct gather *g = gather_new(2, 2, 1000, 100);
	struct queue q = { 0 };

	(void)state;
	gather_add(g, make(0, 1, &one), false, &q);
	gather_add(g, make(1, 1, &two), false, &q);
	assert_int_equal(q.count, 0);
	gather_add(g, make(2, 1, &one), false, &q);
	assert_batch(&q, 2, 0);
	gather_flush(g, &q);
	assert_batch(&q, 1, 1);
	gather_free(g);
}

static void
the_oldest_job_that_is_due_goes_first(void **state)
{
	struct item *items[] = { make(7, 1, NULL), make(3, 1, NULL),
		make(5, 1, NULL) };
	struct queue q = { 0 };
	struct batch *b;
	uint64_t due = 0;

	(void)state;
	queue_put(&q, &items[0], 1, NULL, 0);
	queue_put(&q, &items[1], 1, NULL, 50);
	queue_put(&q, &items[2], 1, NULL, 0);
	assert_batch(&q, 1, 5);
	assert_batch(&q, 1, 7);
	assert_null(queue_take(&q, 49, &due));
	assert_int_equal(due, 50);
	b = queue_take(&q, 50, &due);
	assert_non_null(b);
	batch_free(b);
	item_free(items[1]);
}

static void
overload_takes_a_third_once_a_round_and_success_gives_one_back(void **state)
{
	struct throttle t;

	(void)state;
	throttle_init(&t, 10);
	assert_true(throttle_allows(&t, 9));
	assert_false(throttle_allows(&t, 10));
	throttle_slow(&t, 1000, 2000);
	throttle_slow(&t, 1500, 2001); /* sent before the first cut */
	assert_true(throttle_allows(&t, 6));
	assert_false(throttle_allows(&t, 7));
	for (int i = 0; i < 8; i++)
		throttle_good(&t);
	assert_true(throttle_allows(&t, 7));
	for (int i = 0; i < 1000; i++)
		throttle_good(&t);
	assert_false(throttle_allows(&t, 10));
	for (int i = 0; i < 100; i++)
		throttle_slow(&t, 3000 + (uint64_t)i, 3000 + (uint64_t)i);
	assert_true(throttle_allows(&t, 0));
}

static void
keys_are_the_same_for_the_same_seed_and_else_not(void **state)
{
	char one[KEYS_KEY], two[KEYS_KEY];
	struct keys a, b;

	(void)state;
	keys_init(&a);
	keys_init(&b);
	keys_draw(&a, 1, 1, one, sizeof(one));
	keys_draw(&b, 1, 1, two, sizeof(two));
	assert_string_not_equal(one, two);
	assert_true(keys_use(&a, "000102030405060708090a0b0c0d0e0f"
	                         "101112131415161718191a1b1c1d1e1f"));
	b = (struct keys){ .hash = b.hash };
	memcpy(b.seed, a.seed, sizeof(b.seed));
	keys_draw(&a, 1, 1, one, sizeof(one));
	keys_draw(&b, 1, 1, two, sizeof(two));
	assert_string_equal(one, two);
	assert_int_equal(strlen(one), KEYS_KEY - 1);
	keys_draw(&b, 1, 2, two, sizeof(two));
	assert_string_not_equal(one, two);
	assert_false(keys_use(&a, "00"));
	assert_false(keys_use(&a, "zz"));
	keys_end(&a);
	keys_end(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(money_is_counted_without_rounding),
		cmocka_unit_test(the_longest_name_wins_and_prices_end),
		cmocka_unit_test(the_quota_is_back_at_midnight_in_california),
		cmocka_unit_test(batches_close_by_count_by_tokens_and_by_age),
		cmocka_unit_test(industries_do_not_meet_in_a_batch),
		cmocka_unit_test(the_oldest_job_that_is_due_goes_first),
		cmocka_unit_test(
		    overload_takes_a_third_once_a_round_and_success_gives_one_back),
		cmocka_unit_test(
		    keys_are_the_same_for_the_same_seed_and_else_not),
	};
	int failed, fd = mkstemp(path);

	if (fd < 0 || write(fd, table, strlen(table)) < 0)
		return 1;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
