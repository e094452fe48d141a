/* test_dedup_spill.c - what goes to disk comes back, or says that it does not
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/job-dedup/spill.h"
#include "log.h"
#include "status.h"

#define BLOCK 256
#define FRAMES 300

/* Bytes of frame I of a stream: any length, with none and several blocks. */
static size_t
fill(char *bytes, unsigned int stream, unsigned int i)
{
	size_t len = i * 37 % 1000, k;

	for (k = 0; k < len; k++)
		bytes[k] = (char)(stream * 7 + i + k);
	return len;
}

static void
check_stream(struct spill *s, struct spill_stream *t, unsigned int stream,
    const uint64_t *where)
{
	struct spill_reader *r = spill_reader(s, t);
	struct buf body = { 0 };
	char bytes[1000];
	unsigned int i;
	uint64_t at;
	size_t len;

	for (i = 0; i < FRAMES; i++) {
		len = fill(bytes, stream, i);
		assert_true(spill_next(r, &body, &at));
		assert_int_equal(at, where[i]);
		assert_int_equal(body.len, len);
		if (len > 0)
			assert_memory_equal(body.data, bytes, len);
	}
	assert_false(spill_next(r, &body, &at));
	for (i = FRAMES; i-- > 0;) {
		len = fill(bytes, stream, i);
		spill_get(s, t, where[i], &body);
		assert_int_equal(body.len, len);
		if (len > 0)
			assert_memory_equal(body.data, bytes, len);
	}
	spill_reader_free(r);
	buf_free(&body);
}

static void
frames_come_back_in_order_and_by_their_place(void **state)
{
	struct spill *s = spill_open(BLOCK);
	struct spill_stream *streams[3];
	uint64_t where[3][FRAMES];
	char bytes[1000];
	unsigned int i, k, round;

	(void)state;
	for (k = 0; k < 3; k++)
		streams[k] = spill_stream(s);
	for (i = 0; i < FRAMES; i++)
		for (k = 0; k < 3; k++) {
			size_t len = fill(bytes, k, i), half = len / 2;
			struct spill_piece pieces[] = { { bytes, half },
				{ bytes + half, len - half } };

			where[k][i] = spill_add(s, streams[k], pieces, 2);
		}
	for (k = 0; k < 3; k++) {
		spill_seal(s, streams[k]);
		check_stream(s, streams[k], k, where[k]);
	}
	/* Blocks of a stream that was dropped are used again. */
	for (round = 0; round < 3; round++) {
		spill_drop(s, streams[1]);
		streams[1] = spill_stream(s);
		for (i = 0; i < FRAMES; i++) {
			struct spill_piece piece = { bytes, fill(bytes, 9, i) };

			where[1][i] = spill_add(s, streams[1], &piece, 1);
		}
		spill_seal(s, streams[1]);
		check_stream(s, streams[1], 9, where[1]);
		check_stream(s, streams[0], 0, where[0]);
	}
	for (k = 0; k < 3; k++)
		spill_drop(s, streams[k]);
	spill_close(s);
}

static void
an_empty_stream_has_no_frames(void **state)
{
	struct spill *s = spill_open(BLOCK);
	struct spill_stream *t = spill_stream(s);
	struct spill_reader *r;
	struct buf body = { 0 };
	uint64_t at;

	(void)state;
	spill_seal(s, t);
	assert_int_equal(spill_size(t), 0);
	r = spill_reader(s, t);
	assert_false(spill_next(r, &body, &at));
	spill_reader_free(r);
	spill_drop(s, t);
	spill_close(s);
	buf_free(&body);
}

/* The descriptor that open() would give next. */
static int
next_descriptor(void)
{
	int fd = open("/dev/null", O_RDONLY);

	close(fd);
	return fd;
}

/* In a child: write a frame, damage the file, read; how the child ended. */
static int
status_after(void (*damage)(int fd))
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		int fd = next_descriptor(), quiet = open("/dev/null", O_WRONLY);
		struct spill *s;
		struct spill_stream *t;
		struct buf body = { 0 };
		char bytes[1000] = "x";
		struct spill_piece piece = { bytes, sizeof(bytes) };

		dup2(quiet, STDERR_FILENO);
		fd = next_descriptor();
		s = spill_open(BLOCK);
		t = spill_stream(s);
		spill_add(s, t, &piece, 1);
		spill_seal(s, t);
		damage(fd);
		spill_get(s, t, 0, &body);
		_exit(EX_OK);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

static void
no_damage(int fd)
{
	struct stat st;

	/* It is the file: nothing else has these bytes, and it has no name. */
	if (fstat(fd, &st) < 0 || st.st_size < 1000 || st.st_nlink != 0)
		_exit(99);
}

static void
flip_a_bit(int fd)
{
	char c;

	if (pread(fd, &c, 1, 500) != 1)
		_exit(99);
	c = (char)(c ^ 4);
	if (pwrite(fd, &c, 1, 500) != 1)
		_exit(99);
}

static void
flip_a_length(int fd)
{
	if (pwrite(fd, "\377\377\377\377\377\377\377", 7, 8) != 7)
		_exit(99);
}

static void
cut_short(int fd)
{
	if (ftruncate(fd, 600) < 0)
		_exit(99);
}

static void
damage_on_disk_is_an_error_and_no_end(void **state)
{
	(void)state;
	assert_int_equal(status_after(no_damage), EX_OK);
	assert_int_equal(status_after(flip_a_bit), EX_IOERR);
	assert_int_equal(status_after(flip_a_length), EX_IOERR);
	assert_int_equal(status_after(cut_short), EX_IOERR);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_come_back_in_order_and_by_their_place),
		cmocka_unit_test(an_empty_stream_has_no_frames),
		cmocka_unit_test(damage_on_disk_is_an_error_and_no_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
