/* child.c - programs that the monitor starts for the worker */
#include "child.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "wire.h"

/* After SIGTERM a program has this long. */
#define PATIENCE_MS 10000

/* After its end, whoever still holds its output has this long. */
#define LINGER_MS 2000

#define PIECE ((size_t)1 << 16)
#define MOST_WORDS ((size_t)4096) /* of a line that it says */

enum { IN, OUT, ERR };

struct child {
	struct children *all;
	uint32_t id;
	struct child_order order;
	struct watch watch[3]; /* fd -1: closed */
	struct buf in, out, err;
	size_t sent; /* of IN */
	size_t seen; /* of OUT: no line end before it */
	bool started, close_in, ended, too_long;
	int status;
	char error[512];
	uint64_t deadline_ms; /* 0: none */
	bool told;            /* SIGTERM was sent */
	struct child *next;
};

struct children {
	struct loop *loop;
	struct watch watch;
	void (*stop)(void *of, bool gone);
	void *of;
	uint32_t last_id;
	bool lost; /* a word to the monitor */
	size_t count;
	struct child *first;
	struct wire message;
};

static void
shut(struct child *child, int i)
{
	if (child->watch[i].fd < 0)
		return;
	loop_drop(child->all->loop, &child->watch[i]);
	close(child->watch[i].fd);
	child->watch[i].fd = -1;
}

/* Its last words, without level and program; an error goes before others. */
static void
keep_words(struct child *child, const char *line, size_t len)
{
	static const char mark[] = "ERROR ";
	bool is_error =
	    len > strlen(mark) && memcmp(line, mark, strlen(mark)) == 0;
	const char *words = memchr(line, ':', len);

	if (!is_error && (len < 8 || memcmp(line, "WARNING ", 8) != 0))
		return;
	if (!is_error && child->error[0] == mark[0])
		return;
	if (words != NULL && words + 2 < line + len) {
		len -= (size_t)(words + 2 - line);
		line = words + 2;
	}
	/* The first byte tells what it was: see above. */
	snprintf(child->error, sizeof child->error, "%c%.*s",
	    is_error ? mark[0] : 'W', (int)(len < 500 ? len : 500), line);
}

static void
hear(struct child *child, const char *line, size_t len)
{
	keep_words(child, line, len);
	if (child->order.talks) {
		struct buf whole = { 0 };

		buf_add(&whole, line, len);
		buf_byte(&whole, '\n');
		if (write(STDERR_FILENO, whole.data, whole.len) < 0)
			child->order.talks = false;
		buf_free(&whole);
	}
}

/* Hand out the whole lines of B; what is left stays. */
static void
hand_lines(struct child *child, struct buf *b, size_t *seen,
    void (*line)(struct child *child, const char *line, size_t len))
{
	size_t start = 0, from = *seen;
	char *end;

	while ((end = memchr(b->data + from, '\n', b->len - from)) != NULL) {
		size_t at = (size_t)(end - b->data);

		line(child, b->data + start, at - start);
		start = from = at + 1;
		if (from == b->len)
			break;
	}
	memmove(b->data, b->data + start, b->len - start);
	b->len -= start;
	*seen = b->len;
}

static void
give_line(struct child *child, const char *line, size_t len)
{
	child->order.line(child->order.of, line, len);
}

/* More than it may say: it is stopped, and what it said is worth nothing. */
static void
complain(struct child *child)
{
	child->too_long = true;
	snprintf(child->error, sizeof child->error,
	    "E%s said more than %zu bytes", program_file(child->order.program),
	    child->order.max_out);
	shut(child, OUT);
	child_signal(child, SIGTERM);
}

static void
take_output(struct child *child)
{
	if (child->order.line != NULL && child->out.len > 0)
		hand_lines(child, &child->out, &child->seen, give_line);
	if (child->out.len > child->order.max_out)
		complain(child);
}

static void
take_words(struct child *child)
{
	size_t seen = 0;

	if (child->err.len > 0)
		hand_lines(child, &child->err, &seen, hear);
	if (child->err.len > MOST_WORDS) {
		hear(child, child->err.data, MOST_WORDS);
		buf_clear(&child->err);
	}
}

/* One that has ended, with all it said. */
static void
finish(struct child *child)
{
	struct children *c = child->all;
	struct child_end end = { .status = child->status };
	struct child **at;
	int i;

	if (!child->ended || child->watch[OUT].fd >= 0 ||
	    child->watch[ERR].fd >= 0)
		return;
	if (child->err.len > 0)
		hear(child, child->err.data, child->err.len);
	if (child->order.line != NULL && child->out.len > 0 && !child->too_long)
		give_line(child, child->out.data, child->out.len);
	for (i = 0; i < 3; i++)
		shut(child, i);
	for (at = &c->first; *at != child; at = &(*at)->next)
		continue;
	*at = child->next;
	c->count--;
	end.out = child->order.line == NULL ? buf_string(&child->out) : "";
	end.len = child->order.line == NULL ? child->out.len : 0;
	end.error = child->error[0] != '\0' ? child->error + 1 : "";
	child->order.ended(child->order.of, &end);
	buf_free(&child->in);
	buf_free(&child->out);
	buf_free(&child->err);
	free(child);
}

/* Read what is there; the end shuts it. */
static void
drain(struct child *child, int i, struct buf *b)
{
	ssize_t n;

	do {
		n = read(child->watch[i].fd, buf_room(b, PIECE), PIECE);
		if (n > 0)
			b->len += (size_t)n;
	} while (n == (ssize_t)PIECE && b->len < 16 * PIECE);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(child, i);
}

static void
out_ready(void *of, uint32_t events)
{
	struct child *child = of;

	(void)events;
	drain(child, OUT, &child->out);
	take_output(child);
	finish(child);
}

static void
err_ready(void *of, uint32_t events)
{
	struct child *child = of;

	(void)events;
	drain(child, ERR, &child->err);
	take_words(child);
	finish(child);
}

void
child_flush(struct child *child)
{
	struct watch *w = &child->watch[IN];
	ssize_t n;

	if (!child->started)
		return;
	while (w->fd >= 0 && child->sent < child->in.len) {
		n = write(w->fd, child->in.data + child->sent,
		    child->in.len - child->sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN) {
			loop_watch(child->all->loop, w, EPOLLOUT);
			return;
		}
		if (n < 0) {
			shut(child, IN);
			break;
		}
		child->sent += (size_t)n;
	}
	child->sent = 0;
	buf_clear(&child->in);
	if (w->fd >= 0 && child->close_in)
		shut(child, IN);
	else if (w->fd >= 0)
		loop_watch(child->all->loop, w, 0);
}

static void
in_ready(void *of, uint32_t events)
{
	struct child *child = of;

	/* A pipe whose reader has gone is told of at any time. */
	if ((events & EPOLLERR) != 0)
		shut(child, IN);
	else
		child_flush(child);
}

static struct child *
find(const struct children *c, uint32_t id)
{
	struct child *child;

	for (child = c->first; child != NULL; child = child->next)
		if (child->id == id)
			return child;
	return NULL;
}

static void
fail(struct child *child, int error)
{
	child->ended = true;
	child->status = EX_OSERR;
	snprintf(child->error, sizeof child->error, "Ecannot start %s: %s",
	    program_file(child->order.program), strerror(error));
	finish(child);
}

static void
handle_started(struct children *c, const int fds[WIRE_FDS])
{
	struct child *child = find(c, c->message.id);
	int i;

	if (child == NULL || c->message.value != 0 || fds[ERR] < 0) {
		for (i = 0; i < WIRE_FDS; i++)
			if (fds[i] >= 0)
				close(fds[i]);
		if (child != NULL)
			fail(child, c->message.value);
		return;
	}
	child->started = true;
	for (i = 0; i < WIRE_FDS; i++)
		child->watch[i].fd = fds[i];
	loop_watch(c->loop, &child->watch[OUT], EPOLLIN);
	loop_watch(c->loop, &child->watch[ERR], EPOLLIN);
	if (program_reads(child->order.program))
		child_flush(child);
	else
		shut(child, IN);
	if (child->told)
		child_signal(child, SIGTERM);
}

static void
handle_ended(struct children *c)
{
	struct child *child = find(c, c->message.id);
	int status = c->message.value;

	if (child == NULL)
		return;
	child->ended = true;
	child->status =
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	if (WIFSIGNALED(status) && child->error[0] == '\0')
		snprintf(child->error, sizeof child->error,
		    "E%s was killed by signal %d",
		    program_file(child->order.program), WTERMSIG(status));
	child->deadline_ms = clock_ms() + LINGER_MS;
	finish(child);
}

static void
monitor_ready(void *of, uint32_t events)
{
	struct children *c = of;
	int fds[WIRE_FDS], got;

	(void)events;
	while ((got = wire_receive(c->watch.fd, &c->message, fds)) > 0) {
		if (c->message.kind == WIRE_STARTED)
			handle_started(c, fds);
		else if (c->message.kind == WIRE_ENDED)
			handle_ended(c);
		else if (c->message.kind == WIRE_STOP)
			c->stop(c->of, false);
	}
	if (got < 0)
		c->stop(c->of, true);
}

struct children *
children_new(struct loop *loop, int socket, void (*stop)(void *of, bool gone),
    void *of)
{
	struct children *c = mem_zero(1, sizeof *c);

	c->loop = loop;
	c->stop = stop;
	c->of = of;
	c->watch =
	    (struct watch){ .fd = socket, .ready = monitor_ready, .of = c };
	loop_watch(loop, &c->watch, EPOLLIN);
	return c;
}

size_t
children_count(const struct children *c)
{
	return c->count;
}

static void
tell(struct children *c, enum wire_kind kind, uint32_t id, int value,
    const void *text, size_t len)
{
	c->message.kind = kind;
	c->message.id = id;
	c->message.value = value;
	c->message.len = (uint32_t)len;
	if (text != NULL)
		memcpy(c->message.text, text, len);
	/* Told by the clock: whoever starts a child now may not be ready. */
	c->lost |= !wire_send(c->watch.fd, &c->message, NULL, 0);
}

void
children_ready(struct children *c, const char *url)
{
	tell(c, WIRE_READY, 0, 0, url, strlen(url));
}

/* Past its time: first asked to end, then made to. */
static void
press(struct child *child, uint64_t now_ms)
{
	if (child->ended) {
		shut(child, OUT);
		shut(child, ERR);
		finish(child);
		return;
	}
	if (child->error[0] == '\0')
		snprintf(child->error, sizeof child->error, "E%s took too long",
		    program_file(child->order.program));
	child_signal(child, child->told ? SIGKILL : SIGTERM);
	child->deadline_ms = now_ms + PATIENCE_MS;
}

void
children_tick(struct children *c, uint64_t now_ms)
{
	struct child *child, *next;

	if (c->lost)
		c->stop(c->of, true);
	for (child = c->first; child != NULL; child = next) {
		next = child->next;
		if (child->deadline_ms != 0 && now_ms >= child->deadline_ms)
			press(child, now_ms);
	}
}

void
child_option(struct buf *args, const char *name, const char *value)
{
	buf_add(args, name, strlen(name) + 1);
	buf_add(args, value, strlen(value) + 1);
}

void
child_operand(struct buf *args, const char *value)
{
	child_option(args, "", value);
}

void
child_number(struct buf *args, const char *name, int64_t value)
{
	char number[24];

	snprintf(number, sizeof number, "%" PRId64, value);
	child_option(args, name, number);
}

struct child *
child_start(struct children *c, const struct child_order *order,
    const struct buf *args)
{
	struct child *child = mem_zero(1, sizeof *child);
	size_t len = args != NULL ? args->len : 0;

	child->all = c;
	child->id = ++c->last_id;
	child->order = *order;
	child->watch[IN] =
	    (struct watch){ .fd = -1, .ready = in_ready, .of = child };
	child->watch[OUT] =
	    (struct watch){ .fd = -1, .ready = out_ready, .of = child };
	child->watch[ERR] =
	    (struct watch){ .fd = -1, .ready = err_ready, .of = child };
	if (order->timeout_ms > 0)
		child->deadline_ms = clock_ms() + order->timeout_ms;
	child->next = c->first;
	c->first = child;
	c->count++;
	if (len > WIRE_TEXT) {
		/* Told by the clock, like all that ends. */
		child->ended = true;
		child->status = EX_USAGE;
		child->deadline_ms = 1;
		snprintf(child->error, sizeof child->error,
		    "Ethere is too much to be told");
		return child;
	}
	tell(c, WIRE_START, child->id, (int)order->program,
	    len > 0 ? args->data : NULL, len);
	return child;
}

void
child_write(struct child *child, const void *bytes, size_t len)
{
	if (!child->close_in && !child->ended)
		buf_add(&child->in, bytes, len);
}

void
child_close(struct child *child)
{
	child->close_in = true;
	child_flush(child);
}

size_t
child_pending(const struct child *child)
{
	return child->in.len - child->sent;
}

void
child_signal(struct child *child, int number)
{
	child->told = true;
	if (!child->ended)
		tell(child->all, WIRE_SIGNAL, child->id, number, NULL, 0);
}
