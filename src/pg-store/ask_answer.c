/* ask_answer.c - answers, a line each */
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "log.h"
#include "status.h"

static void
answer_start(struct answers *a, const struct ask_question *q)
{
	buf_clear(&a->line);
	buf_text(&a->line, "{\"id\":");
	buf_add(&a->line, q->id.data, q->id.len);
}

static void
answer_end(struct answers *a)
{
	buf_byte(&a->line, '}');
	out_add(a->out, a->line.data, a->line.len);
	out_line(a->out);
}

void
ask_answer_error(struct answers *a, const struct ask_question *q, int status,
    const char *message)
{
	answer_start(a, q);
	buf_printf(&a->line, ",\"error\":{\"status\":%d", status);
	buf_json_member(&a->line, "message", message, strlen(message));
	buf_byte(&a->line, '}');
	answer_end(a);
}

/* In valid JSON a line end can only be space between tokens. */
static void
add_json(struct buf *b, const char *json, size_t len)
{
	size_t start = b->len;
	char *p, *end;

	buf_add(b, json, len);
	end = b->data + b->len;
	for (p = b->data + start;
	     (p = memchr(p, '\n', (size_t)(end - p))) != NULL;)
		*p = ' ';
}

void
ask_answer_rows(struct answers *a, const struct ask_question *q,
    const PGresult *r)
{
	int i, n = PQntuples(r);

	answer_start(a, q);
	buf_text(&a->line, ",\"rows\":[");
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(&a->line, ',');
		if (PQgetisnull(r, i, 0) != 0)
			buf_text(&a->line, "null");
		else
			add_json(&a->line, PQgetvalue(r, i, 0),
			    (size_t)PQgetlength(r, i, 0));
	}
	buf_byte(&a->line, ']');
	answer_end(a);
}

/* What an error of the server is to the one who asked. */
static int
status_of(const char *state)
{
	if (strncmp(state, "22", 2) == 0)
		return EX_USAGE;
	if (strncmp(state, "57", 2) == 0 || strncmp(state, "53", 2) == 0 ||
	    strncmp(state, "40", 2) == 0 || strncmp(state, "08", 2) == 0)
		return EX_TEMPFAIL;
	if (strcmp(state, "42501") == 0)
		return EX_NOPERM;
	return EX_SOFTWARE;
}

void
ask_answer_failure(struct answers *a, const struct ask_question *q,
    const PGresult *r)
{
	const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
	const char *message = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
	int status = status_of(state != NULL ? state : "");

	if (message == NULL)
		message = "the store gave no reason";
	if (status != EX_USAGE)
		log_warning("a question failed",
		    LOG_TEXT("ask", q->query->name), LOG_TEXT("error", message),
		    LOG_TEXT("sqlstate", state != NULL ? state : ""));
	ask_answer_error(a, q, status, message);
}
