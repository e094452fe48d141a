/* lines.c - read lines of bounded length, through everything read(2) may do */
#include "lines.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "sig.h"

#define CHUNK ((size_t)256 << 10)

/* How much of a line that is too long is handed to the caller. */
#define HEAD ((size_t)64 << 10)

struct lines {
	int fd;
	size_t max;
	void (*waiting)(void *argument);
	void *argument;
	char *data;
	size_t start, end, cap; /* what was read and not given: start to end */
	size_t seen;            /* of it, known to hold no line end */
	bool at_end;
	uint64_t number, offset, length, bytes;
};

struct lines *
lines_open(int fd, size_t max)
{
	struct lines *l = mem_zero(1, sizeof *l);

	l->fd = fd;
	l->max = max;
	l->cap = CHUNK;
	l->data = mem_alloc(l->cap);
	return l;
}

void
lines_on_wait(struct lines *l, void (*waiting)(void *argument), void *argument)
{
	l->waiting = waiting;
	l->argument = argument;
}

/* Wait until there is something to read; false when a signal asks to stop. */
static bool
ready(struct lines *l)
{
	struct pollfd wait = { .fd = l->fd, .events = POLLIN };
	int timeout = 0;

	for (;;) {
		if (sig_stop())
			return false;
		if (poll(&wait, 1, timeout) != 0 || sig_stop())
			return !sig_stop();
		if (l->waiting != NULL && timeout == 0)
			l->waiting(l->argument);
		/* Not for ever: a signal may come just before poll(). */
		timeout = 500;
	}
}

/* Make room behind END: by moving to the front, else by growing. */
static void
make_room(struct lines *l)
{
	if (l->start > 0) {
		memmove(l->data, l->data + l->start, l->end - l->start);
		l->end -= l->start;
		l->start = 0;
	}
	if (l->cap - l->end < CHUNK / 2) {
		l->cap *= 2;
		l->data = mem_resize(l->data, l->cap, 1);
	}
}

/* Read more; LINES_LINE when it came, else how it ended. */
static enum lines_got
more(struct lines *l)
{
	ssize_t n;

	if (l->at_end)
		return LINES_END;
	make_room(l);
	do {
		if (!ready(l))
			return LINES_STOPPED;
		n = read(l->fd, l->data + l->end, l->cap - l->end);
	} while (n < 0 &&
	         (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK));
	if (n < 0)
		return LINES_ERROR;
	l->end += (size_t)n;
	l->at_end = n == 0;
	return n > 0 ? LINES_LINE : LINES_END;
}

/* Give the LEN bytes at START, and the line end behind them if ENDED. */
static void
give(struct lines *l, size_t len, bool ended, const char **text, size_t *out)
{
	*text = l->data + l->start;
	*out = len;
	l->number++;
	l->offset = l->bytes;
	l->length = len;
	l->bytes += len + ended;
	l->start += len + ended;
}

/* A line of SEEN bytes and maybe more: keep its head, pass over the rest. */
static enum lines_got
too_long(struct lines *l, size_t seen, const char **text, size_t *len)
{
	size_t head = seen < HEAD ? seen : HEAD;
	uint64_t length = 0;
	char *newline;
	enum lines_got got;

	memmove(l->data, l->data + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	for (;;) {
		newline = memchr(l->data + head, '\n', l->end - head);
		if (newline != NULL)
			break;
		length += l->end - head;
		l->end = head;
		/* make_room() must not move: START is 0, and there is room. */
		got = more(l);
		if (got == LINES_END)
			break;
		if (got != LINES_LINE)
			return got;
	}
	if (newline != NULL)
		length += (uint64_t)(newline - (l->data + head));
	l->number++;
	l->offset = l->bytes;
	l->length = head + length;
	l->bytes += l->length + (newline != NULL);
	l->start = newline != NULL ? (size_t)(newline - l->data) + 1 : l->end;
	*text = l->data;
	*len = head;
	return LINES_TOO_LONG;
}

enum lines_got
lines_next(struct lines *l, const char **text, size_t *len)
{
	size_t seen = l->seen;
	enum lines_got got;
	char *newline;

	l->seen = 0;
	for (;;) {
		newline = l->end - l->start > seen
		              ? memchr(l->data + l->start + seen, '\n',
		                    l->end - l->start - seen)
		              : NULL;
		if (newline != NULL)
			seen = (size_t)(newline - (l->data + l->start));
		else
			seen = l->end - l->start;
		if (seen > l->max)
			return too_long(l, seen, text, len);
		if (newline != NULL) {
			give(l, seen, true, text, len);
			return LINES_LINE;
		}
		got = more(l);
		if (got == LINES_END && seen > 0) {
			give(l, seen, false, text, len);
			return LINES_LAST;
		}
		if (got != LINES_LINE)
			return got;
	}
}

bool
lines_ready(struct lines *l)
{
	struct pollfd input = { .fd = l->fd, .events = POLLIN };
	size_t have;

	for (;;) {
		have = l->end - l->start;
		if (l->at_end || have > l->max)
			return true;
		if (have > l->seen && memchr(l->data + l->start + l->seen, '\n',
		                          have - l->seen) != NULL)
			return true;
		l->seen = have;
		if (poll(&input, 1, 0) == 0)
			return false;
		if (more(l) != LINES_LINE)
			return true;
	}
}

uint64_t
lines_number(const struct lines *l)
{
	return l->number;
}

uint64_t
lines_offset(const struct lines *l)
{
	return l->offset;
}

uint64_t
lines_length(const struct lines *l)
{
	return l->length;
}

uint64_t
lines_bytes(const struct lines *l)
{
	return l->bytes;
}

void
lines_close(struct lines *l)
{
	if (l == NULL)
		return;
	free(l->data);
	free(l);
}
