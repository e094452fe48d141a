/* test_enrich_ledger.c - limits that processes share */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/ai-enrich/ledger.h"

#define NOW 1000000

static char folder[] = "/tmp/jobmill-test-XXXXXX";
static char path[64];
static const struct ledger_order one = { .tokens = 10, .cost = 5 };

static enum ledger_word
take(struct ledger *l, uint64_t now)
{
	uint64_t wait = 0;
	enum ledger_word word = ledger_take(l, &one, now, &wait);

	if (word == LEDGER_WAIT)
		assert_true(wait > 0 && wait <= 62000);
	return word;
}

static int
no_file(void **state)
{
	(void)state;
	unlink(path);
	return 0;
}

static void
two_that_name_a_file_have_one_minute_between_them(void **state)
{
	const struct ledger_limits limits = { .rpm = 3 };
	struct ledger *a = ledger_open(path, &limits, NOW);
	struct ledger *b = ledger_open(path, &limits, NOW);

	(void)state;
	assert_int_equal(take(a, NOW), LEDGER_TAKEN);
	assert_int_equal(take(b, NOW), LEDGER_TAKEN);
	assert_int_equal(take(a, NOW + 5), LEDGER_TAKEN);
	assert_int_equal(take(b, NOW + 5), LEDGER_WAIT);
	ledger_close(a);
	/* Who comes later finds it used, and then free again. */
	a = ledger_open(path, &limits, NOW + 10);
	assert_int_equal(take(a, NOW + 10), LEDGER_WAIT);
	assert_int_equal(take(a, NOW + 62000), LEDGER_TAKEN);
	ledger_close(a);
	ledger_close(b);
}

static void
without_a_file_limits_are_ones_own(void **state)
{
	const struct ledger_limits limits = { .rpm = 1 };
	struct ledger *a = ledger_open(NULL, &limits, NOW);
	struct ledger *b = ledger_open(NULL, &limits, NOW);

	(void)state;
	assert_int_equal(take(a, NOW), LEDGER_TAKEN);
	assert_int_equal(take(a, NOW), LEDGER_WAIT);
	assert_int_equal(take(b, NOW), LEDGER_TAKEN);
	ledger_close(a);
	ledger_close(b);
}

static void
tokens_are_counted_by_the_bill_in_the_end(void **state)
{
	const struct ledger_limits limits = { .tpm = 22 };
	struct ledger *l = ledger_open(path, &limits, NOW);

	(void)state;
	assert_int_equal(take(l, NOW), LEDGER_TAKEN);
	assert_int_equal(take(l, NOW), LEDGER_TAKEN);
	assert_int_equal(take(l, NOW), LEDGER_WAIT);
	ledger_settle(l, &one, 4, 0, NOW);
	assert_int_equal(take(l, NOW), LEDGER_WAIT);
	ledger_settle(l, &one, 4, 0, NOW);
	assert_int_equal(take(l, NOW), LEDGER_TAKEN);
	ledger_close(l);
}

static void
money_is_reserved_until_the_bill_comes(void **state)
{
	const struct ledger_limits limits = { .budget = 12 };
	struct ledger *a = ledger_open(path, &limits, NOW);
	struct ledger *b = ledger_open(path, &limits, NOW);

	(void)state;
	assert_int_equal(take(a, NOW), LEDGER_TAKEN);
	assert_int_equal(take(b, NOW), LEDGER_TAKEN);
	assert_int_equal(take(a, NOW), LEDGER_BUDGET);
	ledger_settle(b, &one, 0, 2, NOW);
	assert_int_equal(take(a, NOW), LEDGER_TAKEN);
	ledger_settle(a, &one, 0, 5, NOW);
	/* The third one is killed: its five may be paid. */
	ledger_close(a);
	assert_int_equal(take(b, NOW), LEDGER_BUDGET);
	ledger_close(b);
}

static void
requests_of_a_day_are_counted_across_runs(void **state)
{
	const struct ledger_limits limits = { .rpd = 2 };
	struct ledger *l;

	(void)state;
	for (int i = 0; i < 3; i++) {
		l = ledger_open(path, &limits, NOW);
		assert_int_equal(take(l, NOW),
		    i < 2 ? LEDGER_TAKEN : LEDGER_DAY);
		ledger_close(l);
	}
}

static void
a_pause_is_kept_by_all(void **state)
{
	const struct ledger_limits limits = { 0 };
	struct ledger *a = ledger_open(path, &limits, NOW);
	struct ledger *b = ledger_open(path, &limits, NOW);

	(void)state;
	ledger_pause(a, 700, NOW);
	assert_int_equal(take(b, NOW + 699), LEDGER_WAIT);
	assert_int_equal(take(b, NOW + 700), LEDGER_TAKEN);
	ledger_close(a);
	ledger_close(b);
}

static void
what_is_not_paced_takes_no_part_in_the_minute(void **state)
{
	const struct ledger_limits limits = { .rpm = 1, .rpd = 3 };
	const struct ledger_order bulk = { .unpaced = true };
	struct ledger *l = ledger_open(path, &limits, NOW);
	uint64_t wait;

	(void)state;
	assert_int_equal(ledger_take(l, &bulk, NOW, &wait), LEDGER_TAKEN);
	assert_int_equal(ledger_take(l, &bulk, NOW, &wait), LEDGER_TAKEN);
	assert_int_equal(take(l, NOW), LEDGER_TAKEN);
	assert_int_equal(ledger_take(l, &bulk, NOW, &wait), LEDGER_DAY);
	ledger_close(l);
}

/* What opening the file ends with. */
static int
opened(void)
{
	const struct ledger_limits limits = { .rpm = 1 };
	pid_t child = fork();
	int status;

	if (child == 0) {
		dup2(open("/dev/null", O_WRONLY), 2);
		ledger_close(ledger_open(path, &limits, NOW));
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void
every_damage_is_seen(void **state)
{
	const struct ledger_limits limits = { .rpm = 1 };
	char byte;
	off_t size;
	int fd;

	(void)state;
	ledger_close(ledger_open(path, &limits, NOW));
	assert_int_equal(opened(), 0);
	fd = open(path, O_RDWR);
	size = lseek(fd, 0, SEEK_END);
	for (off_t at = 0; at < size - 8; at += 97) {
		assert_int_equal(pread(fd, &byte, 1, at), 1);
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
		assert_int_equal(opened(), 78);
		byte ^= 4;
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	}
	assert_int_equal(opened(), 0);
	assert_int_equal(ftruncate(fd, size - 1), 0);
	assert_int_equal(opened(), 78);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    two_that_name_a_file_have_one_minute_between_them, no_file),
		cmocka_unit_test_setup(without_a_file_limits_are_ones_own,
		    no_file),
		cmocka_unit_test_setup(
		    tokens_are_counted_by_the_bill_in_the_end, no_file),
		cmocka_unit_test_setup(money_is_reserved_until_the_bill_comes,
		    no_file),
		cmocka_unit_test_setup(
		    requests_of_a_day_are_counted_across_runs, no_file),
		cmocka_unit_test_setup(a_pause_is_kept_by_all, no_file),
		cmocka_unit_test_setup(
		    what_is_not_paced_takes_no_part_in_the_minute, no_file),
		cmocka_unit_test_setup(every_damage_is_seen, no_file),
	};
	int failed;

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(path, sizeof(path), "%s/ledger", folder);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	rmdir(folder);
	return failed;
}
