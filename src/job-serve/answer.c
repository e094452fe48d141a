/* answer.c - answers: JSON, problems (RFC 9457), and nothing */
#include "answer.h"

#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "status.h"

#define MOST_INSTANCE 200 /* bytes of a path that a problem tells */

static const struct {
	unsigned int status;
	const char *title;
} titles[] = {
	{ 400, "The request is not what it should be" },
	{ 401, "Log in first" },
	{ 403, "That is not allowed" },
	{ 404, "There is no such thing" },
	{ 405, "That can not be done here" },
	{ 408, "The request took too long" },
	{ 409, "It is not in the state for that" },
	{ 411, "The length of the body is missing" },
	{ 413, "The body is too long" },
	{ 414, "The address is too long" },
	{ 415, "The body is of another type" },
	{ 417, "That can not be expected" },
	{ 422, "The body is not what it should be" },
	{ 429, "Too much at once" },
	{ 431, "The head of the request is too long" },
	{ 500, "A fault of the server" },
	{ 501, "That is not known here" },
	{ 502, "What was asked for help gave none" },
	{ 503, "The server can not do that now" },
	{ 504, "It took too long" },
	{ 505, "Another version of HTTP" },
};

static const char *
title_of(unsigned int status)
{
	size_t i;

	for (i = 0; i < sizeof titles / sizeof *titles; i++)
		if (titles[i].status == status)
			return titles[i].title;
	return "A problem";
}

void
answer_usual_headers(struct MHD_Response *response)
{
	static const char *const headers[][2] = {
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "X-Frame-Options", "DENY" },
		{ "Cross-Origin-Resource-Policy", "same-origin" },
		{ "Cross-Origin-Opener-Policy", "same-origin" },
	};
	size_t i;

	for (i = 0; i < sizeof headers / sizeof *headers; i++)
		MHD_add_response_header(response, headers[i][0], headers[i][1]);
}

/* The bytes of BODY become a response's own. */
static struct MHD_Response *
make(struct buf *body, const char *type)
{
	struct MHD_Response *response;

	/* For who reads it on a terminal. */
	if (body->len > 0 && body->data[body->len - 1] != '\n')
		buf_byte(body, '\n');
	response = MHD_create_response_from_buffer(body->len, body->data,
	    MHD_RESPMEM_MUST_FREE);

	if (response == NULL)
		die(EX_OSERR, "no memory for an answer");
	*body = (struct buf){ .data = NULL };
	if (type != NULL)
		MHD_add_response_header(response, "Content-Type", type);
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "Content-Security-Policy",
	    "default-src 'none'; frame-ancestors 'none'");
	answer_usual_headers(response);
	return response;
}

static void
give(struct request *r, unsigned int status, struct MHD_Response *response)
{
	if (r->response != NULL)
		die(EX_SOFTWARE, "a request was answered twice",
		    LOG_TEXT("path", r->target.path));
	r->response = response;
	r->status = status;
	if (r->suspended)
		request_resume(r);
}

void
answer_json(struct request *r, unsigned int status, struct buf *body,
    const char *location)
{
	struct MHD_Response *response = make(body, "application/json");

	if (location != NULL)
		MHD_add_response_header(response, "Location", location);
	give(r, status, response);
}

void
answer_bytes(struct request *r, unsigned int status, struct buf *body,
    const char *type)
{
	give(r, status, make(body, type));
}

void
answer_stream(struct request *r, struct MHD_Response *response)
{
	MHD_add_response_header(response, "Cache-Control", "no-store");
	answer_usual_headers(response);
	r->streams = true;
	give(r, 200, response);
}

void
answer_nothing(struct request *r)
{
	struct buf none = { 0 };

	give(r, 204, make(&none, NULL));
}

/* The bytes at the start of a path that every path may have. */
static size_t
plain_len(const char *path, size_t len)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	                            "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                            "0123456789-._~/";
	size_t n = 0;

	while (n < len && n < MOST_INSTANCE && path[n] != '\0' &&
	       strchr(plain, path[n]) != NULL)
		n++;
	return n;
}

static void
problem_json(struct buf *b, const struct request *r,
    const struct answer_problem *p)
{
	const char *title = p->title != NULL ? p->title : title_of(p->status);

	buf_printf(b, "{\"type\":\"urn:jobmill:problem:%s\"", p->name);
	buf_json_member(b, "title", title, strlen(title));
	buf_printf(b, ",\"status\":%u", p->status);
	if (p->detail != NULL)
		buf_json_member(b, "detail", p->detail, strlen(p->detail));
	if (r->target.path_len > 0)
		buf_json_member(b, "instance", r->target.path,
		    plain_len(r->target.path, r->target.path_len));
	if (p->run_id > 0)
		buf_printf(b, ",\"run_id\":%" PRId64, p->run_id);
	if (p->pointer != NULL) {
		buf_text(b, ",\"errors\":[{");
		buf_json_member(b, "pointer", p->pointer, strlen(p->pointer));
		buf_json_member(b, "detail", p->detail != NULL ? p->detail : "",
		    p->detail != NULL ? strlen(p->detail) : 0);
		buf_text(b, "}]");
	}
	buf_byte(b, '}');
}

void
answer_problem(struct request *r, const struct answer_problem *p)
{
	struct MHD_Response *response;
	struct buf body = { 0 };
	char number[16];

	problem_json(&body, r, p);
	response = make(&body, "application/problem+json");
	if (p->location != NULL)
		MHD_add_response_header(response, "Location", p->location);
	if (p->allow != NULL)
		MHD_add_response_header(response, "Allow", p->allow);
	if (p->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate",
		    "Bearer realm=\"jobmill\"");
	if (p->retry_after_s > 0) {
		snprintf(number, sizeof number, "%u", p->retry_after_s);
		MHD_add_response_header(response, "Retry-After", number);
	}
	give(r, p->status, response);
}

void
answer_not_found(struct request *r, const char *what)
{
	answer_problem(r, &(struct answer_problem){ .status = 404,
	                      .name = "not-found",
	                      .detail = what });
}

void
answer_bad_parameter(struct request *r, const char *name, const char *detail)
{
	answer_problem(r, &(struct answer_problem){ .status = 400,
	                      .name = "bad-parameter",
	                      .detail = detail,
	                      .pointer = name });
}

void
answer_unprocessable(struct request *r, const char *pointer, const char *detail)
{
	answer_problem(r, &(struct answer_problem){ .status = 422,
	                      .name = "unprocessable",
	                      .detail = detail,
	                      .pointer = pointer });
}

void
answer_away(struct request *r, const char *detail)
{
	answer_problem(r, &(struct answer_problem){ .status = 503,
	                      .name = "unavailable",
	                      .detail = detail,
	                      .retry_after_s = 2 });
}

/* Words of a program, less its hint to who is at a command line. */
static void
add_words(struct buf *detail, const char *words)
{
	const char *hint = words != NULL ? strstr(words, " see=") : NULL;

	if (words != NULL)
		buf_add(detail, words,
		    hint != NULL ? (size_t)(hint - words) : strlen(words));
}

void
answer_failure(struct request *r, int status, const char *words)
{
	static const struct {
		int exit;
		unsigned int status;
		const char *name;
	} meanings[] = {
		{ EX_SOME_BAD, 409, "conflict" },
		{ EX_USAGE, 422, "unprocessable" },
		{ EX_DATAERR, 422, "unprocessable" },
		{ EX_NOINPUT, 404, "not-found" },
		{ EX_UNAVAILABLE, 409, "conflict" },
		{ EX_CANTCREAT, 409, "conflict" },
		{ EX_TEMPFAIL, 503, "unavailable" },
		{ EX_OSERR, 503, "unavailable" },
		{ EX_IOERR, 503, "unavailable" },
		{ EX_NOPERM, 503, "unavailable" },
		{ EX_CONFIG, 503, "unavailable" },
		{ EX_GUARD, 409, "guard" },
		{ 128 + 15, 503, "unavailable" },
		{ 128 + 9, 503, "unavailable" },
	};
	struct answer_problem p = { .status = 500, .name = "internal" };
	struct buf detail = { 0 };
	size_t i;

	for (i = 0; i < sizeof meanings / sizeof *meanings; i++)
		if (meanings[i].exit == status) {
			p.status = meanings[i].status;
			p.name = meanings[i].name;
		}
	if (p.status == 503)
		p.retry_after_s = 2;
	if (p.status == 500)
		log_error("a request failed", LOG_TEXT("path", r->target.path),
		    LOG_SINT("status", status), LOG_TEXT("error", words));
	add_words(&detail, words);
	if (detail.len > 0)
		p.detail = buf_string(&detail);
	answer_problem(r, &p);
	buf_free(&detail);
}
