/* test_lines.c - lines of bounded length, however the bytes come in */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "buf.h"
#include "lines.h"

/* A descriptor that gives BYTES in writes of at most STEP bytes, then ends. */
static int
fed(const char *bytes, size_t len, size_t step, pid_t *child)
{
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	*child = fork();
	assert_true(*child >= 0);
	if (*child == 0) {
		close(fds[0]);
		while (len > 0) {
			ssize_t n =
			    write(fds[1], bytes, len < step ? len : step);

			if (n < 0)
				_exit(1);
			bytes += n;
			len -= (size_t)n;
		}
		_exit(0);
	}
	close(fds[1]);
	return fds[0];
}

/* What a reader of lines of at most MAX bytes says of BYTES, as text. */
static void
read_all(const char *bytes, size_t len, size_t step, size_t max,
    struct buf *said)
{
	static const char *const names[] = { "line", "last", "long", "end",
		"stopped", "error" };
	pid_t child;
	int fd = fed(bytes, len, step, &child), status;
	struct lines *l = lines_open(fd, max);
	const char *text;
	enum lines_got got;
	size_t n;

	buf_clear(said);
	while ((got = lines_next(l, &text, &n)) < LINES_END) {
		buf_printf(said, "%s %llu@%llu:%llu ", names[got],
		    (unsigned long long)lines_number(l),
		    (unsigned long long)lines_offset(l),
		    (unsigned long long)lines_length(l));
		buf_add(said, text, n < 20 ? n : 20);
		buf_byte(said, '\n');
	}
	buf_printf(said, "%s after %llu\n", names[got],
	    (unsigned long long)lines_bytes(l));
	lines_close(l);
	close(fd);
	waitpid(child, &status, 0);
}

static void
assert_said(const char *bytes, size_t len, size_t max, const char *want)
{
	static const size_t steps[] = { 1, 2, 3, 7, 1 << 16 };
	struct buf said = { 0 };
	size_t i;

	for (i = 0; i < sizeof steps / sizeof *steps; i++) {
		read_all(bytes, len, steps[i], max, &said);
		assert_string_equal(buf_string(&said), want);
	}
	buf_free(&said);
}

#define SAYS(bytes, max, want) assert_said(bytes, sizeof(bytes) - 1, max, want)

static void
lines_are_counted_with_their_places(void **state)
{
	(void)state;
	SAYS("", 10, "end after 0\n");
	SAYS("a\n", 10, "line 1@0:1 a\nend after 2\n");
	SAYS("\n\nab\n", 10,
	    "line 1@0:0 \nline 2@1:0 \nline 3@2:2 ab\nend after 5\n");
}

static void
a_last_line_without_end_is_told_apart(void **state)
{
	(void)state;
	SAYS("a\nbc", 10, "line 1@0:1 a\nlast 2@2:2 bc\nend after 4\n");
}

static void
the_limit_is_exact(void **state)
{
	(void)state;
	SAYS("abc\nd\n", 3, "line 1@0:3 abc\nline 2@4:1 d\nend after 6\n");
	SAYS("abcd\ne\n", 3, "long 1@0:4 abcd\nline 2@5:1 e\nend after 7\n");
	SAYS("abcd", 3, "long 1@0:4 abcd\nend after 4\n");
	SAYS("abc", 3, "last 1@0:3 abc\nend after 3\n");
}

static void
long_lines_are_passed_over_whole(void **state)
{
	static const size_t lengths[] = { 70000, 262143, 262144, 262145, 600000,
		3000000 };
	struct buf bytes = { 0 }, want = { 0 }, said = { 0 };
	size_t i, before = 0;

	(void)state;
	for (i = 0; i < sizeof lengths / sizeof *lengths; i++) {
		buf_room(&bytes, lengths[i]);
		memset(bytes.data + bytes.len, 'x', lengths[i]);
		bytes.len += lengths[i];
		buf_text(&bytes, "\nok\n");
		buf_printf(&want, "long %zu@%zu:%zu xxxxxxxxxxxxxxxxxxxx\n",
		    2 * i + 1, before, lengths[i]);
		before += lengths[i] + 1;
		buf_printf(&want, "line %zu@%zu:2 ok\n", 2 * i + 2, before);
		before += 3;
	}
	buf_printf(&want, "end after %zu\n", before);
	read_all(bytes.data, bytes.len, 1 << 20, 1000, &said);
	assert_string_equal(buf_string(&said), buf_string(&want));
	buf_free(&bytes);
	buf_free(&want);
	buf_free(&said);
}

static void
long_lines_within_the_limit_come_whole(void **state)
{
	struct buf bytes = { 0 }, said = { 0 };
	size_t len = 5000000;

	(void)state;
	buf_room(&bytes, len);
	memset(bytes.data, 'y', len);
	bytes.len = len;
	buf_text(&bytes, "\nz\n");
	read_all(bytes.data, bytes.len, 1 << 20, len, &said);
	assert_string_equal(buf_string(&said),
	    "line 1@0:5000000 yyyyyyyyyyyyyyyyyyyy\n"
	    "line 2@5000001:1 z\nend after 5000003\n");
	buf_free(&bytes);
	buf_free(&said);
}

static void
a_read_error_is_not_the_end(void **state)
{
	int fd = open("/", O_RDONLY);
	struct lines *l = lines_open(fd, 100);
	const char *text;
	size_t len;

	(void)state;
	assert_int_equal(lines_next(l, &text, &len), LINES_ERROR);
	assert_int_equal(errno, EISDIR);
	lines_close(l);
	close(fd);
}

static void
count_wait(void *argument)
{
	++*(int *)argument;
}

static void
a_wait_is_announced_and_a_blocking_reader_waits(void **state)
{
	int fds[2], waits = 0, status;
	struct lines *l;
	const char *text;
	size_t len;
	pid_t child;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	l = lines_open(fds[0], 100);
	lines_on_wait(l, count_wait, &waits);
	assert_int_equal(write(fds[1], "a\n", 2), 2);
	assert_int_equal(lines_next(l, &text, &len), LINES_LINE);
	assert_int_equal(waits, 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		struct timespec tenth = { 0, 100000000 };

		nanosleep(&tenth, NULL);
		_exit(write(fds[1], "b\n", 2) == 2 ? 0 : 1);
	}
	close(fds[1]);
	assert_int_equal(lines_next(l, &text, &len), LINES_LINE);
	assert_int_equal(*text, 'b');
	assert_int_equal(waits, 1);
	lines_close(l);
	close(fds[0]);
	waitpid(child, &status, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_counted_with_their_places),
		cmocka_unit_test(a_last_line_without_end_is_told_apart),
		cmocka_unit_test(the_limit_is_exact),
		cmocka_unit_test(long_lines_are_passed_over_whole),
		cmocka_unit_test(long_lines_within_the_limit_come_whole),
		cmocka_unit_test(a_read_error_is_not_the_end),
		cmocka_unit_test(
		    a_wait_is_announced_and_a_blocking_reader_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
