/* events.c - follow a run as server-sent events */
#include "events.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "clock.h"
#include "live.h"
#include "log.h"
#include "mem.h"
#include "reads.h"
#include "runs.h"
#include "status.h"
#include "store.h"

#define EVERY_MS 500
#define COMMENT_MS 15000 /* proxies end what is silent for long */
#define MOST_STREAMS 64
#define MOST_UNSENT ((size_t)1 << 20) /* a client that does not read */

/* A run that is followed. */
struct followed {
	struct events *all;
	int64_t run;
	struct buf last; /* the report that was told last */
	struct stream *streams;
	bool asked; /* and not answered yet */
	struct followed *next;
};

/* A client that follows it. */
struct stream {
	struct followed *of;
	struct MHD_Connection *connection;
	struct conn *conn;
	struct buf out;
	size_t sent;
	bool suspended, ended;
	uint64_t last_ms; /* when something was said */
	struct stream *next;
};

struct events {
	struct server *server;
	struct followed *first;
	uint64_t next_ms;
	size_t count;
};

struct events *
events_new(struct server *s)
{
	struct events *all = mem_zero(1, sizeof *all);

	all->server = s;
	return all;
}

size_t
events_count(const struct events *all)
{
	return all->count;
}

static void
wake(struct stream *s)
{
	if (!s->suspended)
		return;
	s->suspended = false;
	s->of->all->server->resumed = true;
	MHD_resume_connection(s->connection);
}

/* An event whose data are one line. */
static void
say(struct stream *s, const char *event, const struct buf *data)
{
	buf_printf(&s->out, "event: %s\ndata: ", event);
	buf_add(&s->out, data->data, data->len);
	buf_text(&s->out, "\n\n");
	s->last_ms = clock_ms();
	if (s->out.len - s->sent > MOST_UNSENT)
		s->ended = true;
	wake(s);
}

static void
forget(struct followed *f)
{
	struct followed **at = &f->all->first;

	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	buf_free(&f->last);
	free(f);
}

/* The library has done with a stream: its client left, or it is at its end. */
static void
stream_gone(void *of)
{
	struct stream *s = of, **at = &s->of->streams;

	while (*at != s)
		at = &(*at)->next;
	*at = s->next;
	s->of->all->count--;
	if (s->of->streams == NULL && !s->of->asked)
		forget(s->of);
	buf_free(&s->out);
	free(s);
}

/* The library wants bytes to send. */
static ssize_t
stream_read(void *of, uint64_t pos, char *to, size_t max)
{
	struct stream *s = of;
	size_t n = s->out.len - s->sent;

	(void)pos;
	if (n > 0) {
		n = n < max ? n : max;
		memcpy(to, s->out.data + s->sent, n);
		s->sent += n;
		if (s->sent == s->out.len) {
			s->sent = 0;
			buf_clear(&s->out);
		}
		return (ssize_t)n;
	}
	if (s->ended)
		return MHD_CONTENT_READER_END_OF_STREAM;
	s->suspended = true;
	MHD_suspend_connection(s->connection);
	return 0;
}

static struct followed *
followed_run(struct events *all, int64_t run)
{
	struct followed *f;

	for (f = all->first; f != NULL; f = f->next)
		if (f->run == run)
			return f;
	f = mem_zero(1, sizeof *f);
	f->all = all;
	f->run = run;
	f->next = all->first;
	all->first = f;
	return f;
}

/* Tell all who follow a run how it is, if that is new. */
static void
tell(struct followed *f, const char *row, size_t len)
{
	bool ended = !live_is_running(row, len);
	struct buf report = { 0 };
	struct stream *s;

	live_report(f->all->server, row, len, &report);
	if (ended || report.len != f->last.len ||
	    memcmp(report.data, f->last.data, report.len) != 0) {
		for (s = f->streams; s != NULL; s = s->next) {
			if (s->ended)
				continue;
			say(s, ended ? "end" : "progress", &report);
			s->ended = s->ended || ended;
		}
		buf_free(&f->last);
		f->last = report;
	} else {
		buf_free(&report);
	}
}

static void
known(void *of, const struct store_answer *a)
{
	struct followed *f = of;

	f->asked = false;
	/* A store that is away for a moment ends no stream. */
	if (a->status == EX_OK && a->len > 0)
		tell(f, a->rows, a->len);
	if (f->streams == NULL)
		forget(f);
}

static void
ask(struct followed *f)
{
	struct server *s = f->all->server;
	struct buf q = { 0 };

	f->asked = true;
	store_question(&q, "run");
	store_number(&q, "run_id", f->run);
	runs_add_queued(s->runs, &q);
	store_ask(s->store, STORE_QUICK, &q, known, f);
}

static void
comment(struct stream *s, uint64_t now_ms)
{
	if (s->ended || now_ms < s->last_ms + COMMENT_MS)
		return;
	s->last_ms = now_ms;
	buf_text(&s->out, ": still here\n\n");
	wake(s);
}

void
events_tick(struct events *all, uint64_t now_ms)
{
	struct followed *f, *next;
	struct stream *s;

	if (now_ms < all->next_ms)
		return;
	all->next_ms = now_ms + EVERY_MS;
	for (f = all->first; f != NULL; f = next) {
		next = f->next;
		for (s = f->streams; s != NULL; s = s->next)
			comment(s, now_ms);
		if (!f->asked)
			ask(f);
	}
}

void
events_stop(struct events *all)
{
	struct followed *f;
	struct stream *s;

	for (f = all->first; f != NULL; f = f->next)
		for (s = f->streams; s != NULL; s = s->next) {
			s->ended = true;
			wake(s);
		}
}

/* The run is there: the first event, and more as they come. */
static void
start(struct request *r, const char *row, size_t len)
{
	struct events *all = r->server->events;
	bool ended = !live_is_running(row, len);
	struct stream *s = mem_zero(1, sizeof *s);
	struct MHD_Response *response;
	struct buf report = { 0 };

	s->of = followed_run(all, r->number);
	s->connection = r->connection;
	s->next = s->of->streams;
	s->of->streams = s;
	all->count++;
	live_report(r->server, row, len, &report);
	say(s, "progress", &report);
	if (ended)
		say(s, "end", &report);
	s->ended = ended;
	buf_free(&report);
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384,
	    stream_read, s, stream_gone);
	if (response == NULL)
		die(EX_OSERR, "no memory for an answer");
	MHD_add_response_header(response, "Content-Type", "text/event-stream");
	MHD_add_response_header(response, "X-Accel-Buffering", "no");
	answer_stream(r, response);
}

static void
run_known(void *of, const struct store_answer *a)
{
	struct request *r = of;

	if (!reads_good(r, a))
		return;
	if (a->len == 0)
		answer_not_found(r, "there is no such run");
	else
		start(r, a->rows, a->len);
}

void
events_follow(struct request *r)
{
	struct buf q = { 0 };

	if (r->server->events->count >= MOST_STREAMS) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 429,
		        .name = "too-many-streams",
		        .detail = "as many clients as may be follow runs",
		        .retry_after_s = 10 });
		return;
	}
	store_question(&q, "run");
	store_number(&q, "run_id", r->number);
	runs_add_queued(r->server->runs, &q);
	store_ask(r->server->store, STORE_QUICK, &q, run_known, r);
}
