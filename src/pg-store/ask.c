/*
 * ask.c - answer questions, a line each, all that wait at once
 *
 * What can be read from standard input goes out in one pipeline of libpq, with
 * one Sync behind it: the server works off many questions without a trip to
 * and fro for each.  A question that fails takes those behind it along to the
 * next Sync; they are sent again, for all of them only read.
 */
#include "ask.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "commands.h"
#include "db.h"
#include "file.h"
#include "lines.h"
#include "log.h"
#include "opt.h"
#include "out.h"
#include "sig.h"
#include "status.h"

/* Questions that are under way; more wait in the pipe. */
#define MOST 256
#define MOST_LINE ((size_t)1 << 20)
#define TIMEOUT_MS 5000

enum message { SETUP, PREPARE, QUESTION, SYNC };

/* What was sent and has not come back, in order. */
struct sent {
	enum message what;
	struct ask_question *question; /* QUESTION */
	struct ask_query *query;       /* PREPARE */
	bool seen;                     /* its result has come */
};

struct asker {
	struct ask_book book;
	struct db *db;
	PGconn *conn;
	struct lines *in;
	struct answers answers;
	struct scan *scan;
	struct sent sent[4 * MOST + 4]; /* a ring */
	size_t first, count;
	size_t asked;               /* questions among them, and AGAIN */
	struct ask_question *again; /* to be sent once more, last one first */
	bool pooled;                /* sessions are not ours */
	bool ended;                 /* no more questions come */
	char timeout[DB_NUMBER];
	struct buf why;
};

static void
push(struct asker *a, enum message what, struct ask_question *question,
    struct ask_query *query)
{
	size_t room = sizeof a->sent / sizeof *a->sent;

	if (a->count == room)
		die(EX_SOFTWARE, "more was sent than there is room for");
	a->sent[(a->first + a->count++) % room] =
	    (struct sent){ what, question, query, false };
}

static void
pop(struct asker *a)
{
	a->first = (a->first + 1) % (sizeof a->sent / sizeof *a->sent);
	a->count--;
}

_Noreturn static void
lost(struct asker *a)
{
	/* Who asks starts us again; what was asked only read. */
	die(EX_TEMPFAIL, "the connection to the store was lost",
	    LOG_BYTES("error", PQerrorMessage(a->conn),
	        strcspn(PQerrorMessage(a->conn), "\n")));
}

static void
must(struct asker *a, int sent)
{
	if (sent == 0)
		lost(a);
}

/*
 * Through a pooler a session is ours for one transaction, which is what stands
 * between two Syncs.
 */
static void
send_setup(struct asker *a)
{
	static const char sql[] =
	    "select set_config('transaction_read_only', 'on', true),"
	    " set_config('statement_timeout', $1, true)";
	const char *values[] = { a->timeout };

	must(a,
	    PQsendQueryParams(a->conn, sql, 1, NULL, values, NULL, NULL, 0));
	push(a, SETUP, NULL, NULL);
}

static void
send_question(struct asker *a, struct ask_question *q)
{
	struct ask_query *query = q->query;

	if (a->pooled) {
		must(a,
		    PQsendQueryParams(a->conn, query->sql.data, query->count,
		        query->types, q->values, NULL, NULL, 0));
	} else {
		if (!query->prepared) {
			must(a,
			    PQsendPrepare(a->conn, query->statement,
			        query->sql.data, query->count, query->types));
			push(a, PREPARE, NULL, query);
			query->prepared = true;
		}
		must(a, PQsendQueryPrepared(a->conn, query->statement,
		            query->count, q->values, NULL, NULL, 0));
	}
	push(a, QUESTION, q, NULL);
}

static void
send_sync(struct asker *a)
{
	must(a, PQpipelineSync(a->conn));
	push(a, SYNC, NULL, NULL);
}

static void
release(struct asker *a, struct ask_question *q)
{
	ask_question_free(q);
	a->asked--;
}

/* The result of the oldest thing that was sent. */
static void
take_result(struct asker *a, struct sent *s, const PGresult *r)
{
	ExecStatusType status = PQresultStatus(r);

	s->seen = true;
	if (s->what == PREPARE) {
		s->query->prepared = status == PGRES_COMMAND_OK;
		s->query->refused = status == PGRES_FATAL_ERROR;
	}
	if (s->what != QUESTION) {
		if (status == PGRES_FATAL_ERROR)
			log_warning("the store refuses to be asked",
			    LOG_TEXT("ask",
			        s->query != NULL ? s->query->name : ""),
			    LOG_BYTES("error", PQresultErrorMessage(r),
			        strcspn(PQresultErrorMessage(r), "\n")));
		return;
	}
	if (status == PGRES_TUPLES_OK && PQnfields(r) == 1) {
		ask_answer_rows(&a->answers, s->question, r);
	} else if (status == PGRES_PIPELINE_ABORTED &&
	           !s->question->query->refused) {
		s->question->next = a->again;
		a->again = s->question;
		return;
	} else if (status == PGRES_PIPELINE_ABORTED) {
		ask_answer_error(&a->answers, s->question, EX_SOFTWARE,
		    "the store does not understand this question");
	} else {
		ask_answer_failure(&a->answers, s->question, r);
	}
	release(a, s->question);
}

static void
read_results(struct asker *a)
{
	struct sent *s;
	PGresult *r;

	while (a->count > 0 && PQisBusy(a->conn) == 0) {
		s = &a->sent[a->first];
		r = PQgetResult(a->conn);
		if (PQstatus(a->conn) == CONNECTION_BAD)
			lost(a);
		if (r == NULL) {
			if (!s->seen)
				return;
			pop(a);
		} else if (PQresultStatus(r) == PGRES_PIPELINE_SYNC) {
			pop(a);
		} else {
			take_result(a, s, r);
		}
		PQclear(r);
	}
}

/* A question more, or an answer that says why it is none. */
static void
take_line(struct asker *a, const char *line, size_t len)
{
	struct ask_question *q = mem_zero(1, sizeof *q);
	const char *error = ask_read(&a->book, a->scan, line, len, q, &a->why);

	if (error != NULL) {
		ask_answer_error(&a->answers, q, EX_USAGE, error);
		ask_question_free(q);
		return;
	}
	a->asked++;
	q->next = a->again;
	a->again = q;
}

/* All questions that can be read without waiting. */
static void
take_lines(struct asker *a)
{
	const char *line;
	size_t len;

	while (!a->ended && a->asked < MOST && lines_ready(a->in)) {
		switch (lines_next(a->in, &line, &len)) {
		case LINES_LINE:
		case LINES_LAST:
			if (len > 0)
				take_line(a, line, len);
			break;
		case LINES_TOO_LONG:
			take_line(a, "", 0);
			break;
		case LINES_END:
		case LINES_STOPPED:
			a->ended = true;
			break;
		case LINES_ERROR:
			die(EX_IOERR, "cannot read the questions",
			    LOG_TEXT("error", strerror(errno)));
		}
	}
}

/* Send what waits, in the order it came. */
static void
send_all(struct asker *a)
{
	struct ask_question *q, *in_order = NULL;

	if (a->again == NULL)
		return;
	while ((q = a->again) != NULL) {
		a->again = q->next;
		q->next = in_order;
		in_order = q;
	}
	if (a->pooled)
		send_setup(a);
	while ((q = in_order) != NULL) {
		in_order = q->next;
		send_question(a, q);
	}
	send_sync(a);
}

/* Wait for questions, or for the server. */
static void
wait_for_more(struct asker *a)
{
	int left = PQflush(a->conn);
	bool hungry = !a->ended && a->asked < MOST;
	struct pollfd fds[2] = {
		{ .fd = PQsocket(a->conn),
		    .events = left > 0 ? POLLIN | POLLOUT : POLLIN },
		{ .fd = hungry ? STDIN_FILENO : -1, .events = POLLIN },
	};

	if (left < 0)
		lost(a);
	out_flush(a->answers.out);
	/* Not for ever: a signal may come just before poll(). */
	if (poll(fds, 2, 1000) < 0 && errno != EINTR)
		die(EX_OSERR, "cannot wait",
		    LOG_TEXT("error", strerror(errno)));
	if (fds[0].revents != 0 && PQconsumeInput(a->conn) == 0)
		lost(a);
}

static void
run(struct asker *a)
{
	while (!sig_stop()) {
		take_lines(a);
		send_all(a);
		read_results(a);
		if (a->ended && a->asked == 0 && a->count == 0)
			return;
		/* What a failure took along is not to wait. */
		if (a->again == NULL)
			wait_for_more(a);
	}
}

/*
 * Whether sessions are ours: a pooler makes the number of the server's process
 * up.  On a session of our own what holds for all questions is set once, and
 * they are prepared.
 */
static void
meet_server(struct asker *a)
{
	PGresult *r = db_query(a->db, "select pg_backend_pid()", DB_NONE);

	db_check(a->db, "cannot ask the store");
	a->pooled = db_int(r, 0, 0) != PQbackendPID(a->conn);
	PQclear(r);
	if (a->pooled)
		return;
	db_script(a->db, "set default_transaction_read_only = on;"
	                 " set jit = off");
	r = db_query(a->db, "select set_config('statement_timeout', $1, false)",
	    DB_VALUES(a->timeout));
	PQclear(r);
	db_check(a->db, "cannot ask the store");
}

static int
list(const struct ask_book *book)
{
	struct out *out = out_stdout(false);
	struct buf line = { 0 };
	size_t i;
	int p;

	for (i = 0; i < book->count; i++) {
		const struct ask_query *q = &book->items[i];

		buf_clear(&line);
		buf_text(&line, q->name);
		for (p = 0; p < q->count; p++)
			buf_printf(&line,
			    q->params[p].optional ? " [%s %s]" : " %s %s",
			    q->params[p].name, q->params[p].type->name);
		out_add(out, line.data, line.len);
		out_line(out);
	}
	buf_free(&line);
	out_close(out);
	return EX_OK;
}

static void
answer_all(struct asker *a, uint64_t timeout_ms)
{
	snprintf(a->timeout, sizeof a->timeout, "%" PRIu64, timeout_ms);
	a->scan = scan_new();
	a->answers.out = out_stdout(false);
	a->in = lines_open(STDIN_FILENO, MOST_LINE);
	a->db = db_open();
	a->conn = db_connection(a->db);
	meet_server(a);
	if (PQenterPipelineMode(a->conn) == 0)
		lost(a);
	run(a);
	out_close(a->answers.out);
	lines_close(a->in);
	scan_free(a->scan);
	db_close(a->db);
	buf_free(&a->answers.line);
	buf_free(&a->why);
}

int
cmd_ask(int argc, char *argv[])
{
	bool listed = false;
	const char *folder = NULL;
	uint64_t timeout_ms = TIMEOUT_MS;
	const struct opt opts[] = {
		{ .letter = 'l',
		    .name = "list",
		    .kind = OPT_FLAG,
		    .to = &listed,
		    .help = "print what can be asked, and its parameters" },
		{ .name = "questions",
		    .kind = OPT_TEXT,
		    .to = &folder,
		    .arg = "DIR",
		    .help = "where the questions are (share/sql/ask)",
		    .env = "JOBMILL_QUESTIONS" },
		{ .name = "timeout",
		    .kind = OPT_SECONDS,
		    .to = &timeout_ms,
		    .arg = "TIME",
		    .help = "give a question up after TIME (5s)",
		    .env = "JOBMILL_ASK_TIMEOUT",
		    .min = 10,
		    .max = 600000 },
		{ .name = NULL },
	};
	const struct opt_tool tool = { .name = "pg-store ask",
		.synopsis = "[-l] [--questions=dir] [--timeout=time]",
		.summary = "Answer questions by name, a JSON object a line.",
		.notes = "In: {\"id\":7,\"ask\":\"feed\",\"feed_id\":1}; out: "
		         "{\"id\":7,\"rows\":[...]}\nor "
		         "{\"id\":7,\"error\":{\"status\":...,\"message\":..."
		         "}}.",
		.opts = opts };
	struct asker *a = mem_zero(1, sizeof *a);
	struct buf path = { 0 };
	int status = EX_OK;

	opt_parse(&tool, argc, argv);
	ask_load(&a->book,
	    folder != NULL ? folder : file_share(&path, "sql/ask"));
	if (listed)
		status = list(&a->book);
	else
		answer_all(a, timeout_ms);
	ask_free(&a->book);
	buf_free(&path);
	free(a);
	sig_die();
	return status;
}
