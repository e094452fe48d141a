/* local.c - a feed from a file or standard input */
#include "local.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "sig.h"
#include "status.h"

#define READ_BYTES ((size_t)256 << 10)

/* Open it; SIZE is its bytes, 0 when it is no plain file.  Below 0: a fault. */
static int
open_source(const char *path, uint64_t *size, struct fault *why)
{
	struct stat about;
	int fd = STDIN_FILENO;

	if (strcmp(path, "-") == 0 && isatty(STDIN_FILENO)) {
		fault_set(why, EX_USAGE,
		    "standard input is a terminal; give a URL or a file", "%s",
		    "see feed-fetch --help");
		return -1;
	}
	if (strcmp(path, "-") != 0)
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &about) < 0) {
		fault_set(why, EX_NOINPUT, "cannot open the feed", "%s",
		    strerror(errno));
		return -1;
	}
	if (S_ISDIR(about.st_mode)) {
		fault_set(why, EX_NOINPUT, "cannot open the feed", "%s",
		    strerror(EISDIR));
		if (fd != STDIN_FILENO)
			close(fd);
		return -1;
	}
	*size = S_ISREG(about.st_mode) ? (uint64_t)about.st_size : 0;
	return fd;
}

/* Read; the output does not wait for bytes that are not there yet. */
static ssize_t
read_some(const struct local_parts *p, int fd, char *room)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	if (poll(&ready, 1, 0) == 0)
		out_flush(p->out);
	return read(fd, room, READ_BYTES);
}

static bool
read_all(const struct local_parts *p, int fd, char *room, struct fault *why)
{
	ssize_t n;

	while (!sig_stop()) {
		n = read_some(p, fd, room);
		if (n == 0)
			return body_end(p->body, why);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_set(why, EX_IOERR, "cannot read the feed",
			    "%s", strerror(errno));
		if (!body_take(p->body, room, (size_t)n, why))
			return false;
		p->stats->bytes_in = body_bytes(p->body);
		p->stats->bytes_out = body_result(p->body)->length;
		stats_tick(p->stats);
		progress_show(p->progress, p->stats->bytes_in,
		    p->stats->total_hint);
	}
	return true;
}

bool
local_run(const struct local_parts *parts, struct fault *why)
{
	uint64_t size;
	char *room;
	bool ok;
	int fd = open_source(parts->path, &size, why);

	if (fd < 0)
		return false;
	parts->stats->total_hint = size;
	room = mem_alloc(READ_BYTES);
	ok = body_start(parts->body, parts->coding,
	         size > 0 ? size : UINT64_MAX, why) &&
	     read_all(parts, fd, room, why);
	free(room);
	if (fd != STDIN_FILENO)
		close(fd);
	/* Nothing will make a file that is cut whole. */
	if (!ok && why->status == EX_TEMPFAIL)
		why->status = EX_DATAERR;
	return ok;
}
