/*
 * fuzz_source.c - bytes as a feed in some encoding: however they come in, the
 * same comes out, and of what was converted all is UTF-8
 */
#define _GNU_SOURCE /* syscall() */
#include <poll.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../../src/xml2jsonl/source.h"
#include "fuzz.h"
#include "scratch.h"
#include "utf8.h"

/* Bytes that a read gives at most; 0: all that are there. */
static size_t piece;

/* In the place of libc's: a peer that sends piece by piece. */
ssize_t read_piece(int fd, void *room, size_t size) __asm__("read");
int poll_piece(struct pollfd *fds, nfds_t count, int timeout_ms) __asm__(
    "poll");

ssize_t
read_piece(int fd, void *room, size_t size)
{
	return syscall(SYS_read, fd, room,
	    piece > 0 && size > piece ? piece : size);
}

int
poll_piece(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	if (piece > 0)
		return 0;
	return (int)syscall(SYS_poll, fds, count, timeout_ms);
}

/* What came of the bytes. */
struct result {
	struct buf text;
	enum source_got end;
	char encoding[64];
	uint64_t bytes, bad;
	bool lies;
};

static struct result
go_through(const char *path, size_t size)
{
	struct source *s = source_open(path);
	struct result r = { .end = SOURCE_MORE };
	size_t steps = 0;

	while ((r.end = source_more(s, &r.text)) == SOURCE_MORE)
		hold(++steps <= size + 2);
	r.bytes = source_bytes(s);
	r.bad = source_bad(s);
	r.lies = source_lies(s);
	hold(strlen(source_encoding(s)) < sizeof r.encoding);
	memcpy(r.encoding, source_encoding(s), strlen(source_encoding(s)) + 1);
	source_close(s);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct result whole, pieces;
	const char *path;

	if (size > 1 << 18)
		return 0;
	path = scratch_file(data, size);
	piece = 0;
	whole = go_through(path, size);
	piece = 1 + size / 7;
	pieces = go_through(path, size);
	piece = 0;
	scratch_remove();
	hold(whole.end == SOURCE_END || whole.end == SOURCE_UNKNOWN);
	hold(whole.end == pieces.end);
	hold(strcmp(whole.encoding, pieces.encoding) == 0);
	if (whole.end == SOURCE_END) {
		hold(whole.bytes == size && pieces.bytes == size);
		hold(whole.bad == pieces.bad && whole.lies == pieces.lies);
		hold_same(&whole.text, &pieces.text);
		if (strcmp(whole.encoding, "UTF-8") != 0)
			hold(utf8_valid(buf_string(&whole.text),
			         whole.text.len) == whole.text.len);
	}
	buf_free(&whole.text);
	buf_free(&pieces.text);
	return 0;
}
