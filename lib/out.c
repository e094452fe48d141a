/* out.c - output that can't fail silently */
#include "out.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "status.h"

#define GATHER ((size_t)128 << 10)

struct out {
	int fd;
	bool by_line;
	const char *name;
	unsigned long long bytes;
	size_t len;
	char gathered[GATHER];
};

static struct out *
out_new(int fd, const char *name, bool by_line)
{
	struct out *o = mem_alloc(sizeof *o);

	o->fd = fd;
	o->by_line = by_line;
	o->name = mem_string(name);
	o->bytes = 0;
	o->len = 0;
	return o;
}

struct out *
out_stdout(bool line_buffered)
{
	int flags = fcntl(STDOUT_FILENO, F_GETFL);

	if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY)
		die(EX_IOERR, "stdout is not open for writing");
	return out_new(STDOUT_FILENO, "stdout",
	    line_buffered || isatty(STDOUT_FILENO));
}

struct out *
out_append(const char *path)
{
	int fd = open(path,
	    O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);

	if (fd < 0)
		die(EX_CANTCREAT, "cannot open for appending",
		    LOG_TEXT("file", path), LOG_TEXT("error", strerror(errno)));
	return out_new(fd, path, true);
}

/* A write that failed for good. */
static _Noreturn void
give_up(const struct out *o)
{
	/* Started with SIGPIPE ignored, and sig_init() was not asked. */
	if (errno == EPIPE) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	die(EX_IOERR, "cannot write", LOG_TEXT("file", o->name),
	    LOG_TEXT("error", strerror(errno)));
}

static void
write_all(const struct out *o, const char *bytes, size_t len)
{
	struct pollfd wait = { .fd = o->fd, .events = POLLOUT };
	ssize_t n;

	while (len > 0) {
		n = write(o->fd, bytes, len);
		if (n >= 0) {
			bytes += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (poll(&wait, 1, -1) < 0 && errno != EINTR)
				give_up(o);
		} else if (errno != EINTR) {
			give_up(o);
		}
	}
}

void
out_flush(struct out *o)
{
	write_all(o, o->gathered, o->len);
	o->len = 0;
}

void
out_add(struct out *o, const void *bytes, size_t len)
{
	o->bytes += len;
	if (len > GATHER - o->len)
		out_flush(o);
	if (len >= GATHER) {
		write_all(o, bytes, len);
		return;
	}
	memcpy(o->gathered + o->len, bytes, len);
	o->len += len;
}

void
out_line(struct out *o)
{
	out_add(o, "\n", 1);
	if (o->by_line)
		out_flush(o);
}

unsigned long long
out_bytes(const struct out *o)
{
	return o->bytes;
}

void
out_close(struct out *o)
{
	if (o == NULL)
		return;
	out_flush(o);
	/* Some file systems tell of a full disk only now. */
	if (close(o->fd) < 0 && errno != EINTR)
		give_up(o);
	free((char *)o->name);
	free(o);
}
