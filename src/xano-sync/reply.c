/* reply.c - what an answer of Xano means */
#include "reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "log.h"
#include "mem.h"
#include "status.h"

#define MAX_ERROR ((size_t)64 << 10)

static void
keep_text(struct json_value v, char *to, size_t size)
{
	struct buf room = { 0 };
	size_t len;
	const char *text;

	if (v.type != JSON_STRING)
		return;
	text = json_text(v, &room, &len);
	snprintf(to, size, "%.*s", (int)(len < size ? len : size - 1), text);
	buf_free(&room);
}

static bool
starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* Xano's error envelope, if the body is one: never as long as a page is. */
static bool
read_error(struct reply *r)
{
	if (r->body.type != JSON_OBJECT || r->body.len > MAX_ERROR)
		return false;
	keep_text(json_get(r->body, "code"), r->code, sizeof r->code);
	if (!starts(r->code, "ERROR")) {
		r->code[0] = '\0';
		return false;
	}
	keep_text(json_get(r->body, "message"), r->message, sizeof r->message);
	keep_text(json_get(r->body, "param"), r->param, sizeof r->param);
	if (r->param[0] == '\0' &&
	    json_get(r->body, "payload").type == JSON_OBJECT)
		keep_text(json_get(json_get(r->body, "payload"), "param"),
		    r->param, sizeof r->param);
	return true;
}

/*
 * A 5xx with an envelope may carry a lasting reason.  A plain 500 is Xano's
 * engine speaking of what was asked; the others are about itself.
 */
static enum verdict
by_code(const struct reply *r)
{
	if (strcmp(r->code, "ERROR_CODE_NOT_FOUND") == 0)
		return VERDICT_ABSENT;
	if (strcmp(r->code, "ERROR_CODE_ACCESS_DENIED") == 0 ||
	    strcmp(r->code, "ERROR_CODE_PERMISSION_DENIED") == 0 ||
	    strcmp(r->code, "ERROR_CODE_UNAUTHORIZED") == 0)
		return VERDICT_DENIED;
	if (strcmp(r->code, "ERROR_CODE_TOO_MANY_REQUESTS") == 0)
		return VERDICT_THROTTLED;
	if (strcmp(r->code, "ERROR_CODE_INPUT_ERROR") == 0 ||
	    strcmp(r->code, "ERROR_CODE_BAD_REQUEST") == 0)
		return VERDICT_REFUSED;
	return r->status == 500 ? VERDICT_FATAL : VERDICT_AILING;
}

static enum verdict
by_status(const struct reply *r, bool enveloped)
{
	switch (r->status) {
	case 401:
	case 403:
		return VERDICT_DENIED;
	case 404:
		return VERDICT_ABSENT;
	case 408:
		return VERDICT_AILING;
	case 413:
		return VERDICT_TOO_LARGE;
	case 429:
		return VERDICT_THROTTLED;
	case 501:
		return VERDICT_REFUSED;
	default:
		break;
	}
	if (r->status >= 500)
		return enveloped ? by_code(r) : VERDICT_AILING;
	return r->status >= 400 ? VERDICT_REFUSED : VERDICT_ODD;
}

static enum verdict
by_failure(enum http_failure failure)
{
	switch (failure) {
	case HTTP_NO_ANSWER:
		return VERDICT_NOT_RUN;
	case HTTP_TOO_LARGE:
		return VERDICT_TOO_LARGE;
	default:
		return VERDICT_LOST;
	}
}

/* Parse the body; false when it is neither JSON nor empty. */
static bool
read_body(struct reply *r, struct scan *scan)
{
	const struct buf *b = &r->answer->body;
	const struct json_member *members;
	size_t count, at, skip = 0, end = b->len;

	while (skip < end && strchr(" \t\r\n", b->data[skip]) != NULL)
		skip++;
	while (end > skip && strchr(" \t\r\n", b->data[end - 1]) != NULL)
		end--;
	if (skip == end)
		return true;
	if (b->data[skip] != '{') {
		if (scan_value(scan, b->data + skip, end - skip, &at) != NULL)
			return false;
	} else {
		if (scan_object(scan, b->data + skip, end - skip, &members,
		        &count, &at) != NULL)
			return false;
		r->members = mem_zero(count, sizeof *members);
		r->member_count = count;
		if (count > 0)
			memcpy(r->members, members, count * sizeof *members);
	}
	r->body = (struct json_value){ json_type_at(b->data + skip), false,
		b->data + skip, end - skip };
	return true;
}

void
reply_judge(struct reply *r, struct http_answer *answer, struct scan *scan)
{
	bool json, error;

	*r = (struct reply){ .answer = answer,
		.status = answer->status,
		.user = answer->user,
		.retry_after_ms = answer->retry_after_ms };
	if (answer->failure != HTTP_OK) {
		r->verdict = by_failure(answer->failure);
		snprintf(r->message, sizeof r->message, "%s", answer->reason);
		return;
	}
	json = read_body(r, scan);
	error = json && read_error(r);
	if (answer->status >= 200 && answer->status < 300) {
		r->verdict = json && !error ? VERDICT_OK : VERDICT_ODD;
		if (!json)
			snprintf(r->message, sizeof r->message,
			    "the answer is not JSON");
		return;
	}
	r->verdict = by_status(r, error);
	if (r->status >= 300 && r->status < 400)
		snprintf(r->message, sizeof r->message,
		    "redirected: is XANO_BASE_URL right?");
}

void
reply_free(struct reply *r)
{
	http_answer_free(r->answer);
	r->answer = NULL;
	free(r->members);
	r->members = NULL;
	r->member_count = 0;
}

int
verdict_status(enum verdict v)
{
	switch (v) {
	case VERDICT_OK:
		return EX_OK;
	case VERDICT_ODD:
		return EX_PROTOCOL;
	case VERDICT_DENIED:
		return EX_NOPERM;
	case VERDICT_REFUSED:
	case VERDICT_TOO_LARGE:
	case VERDICT_ABSENT:
		return EX_UNAVAILABLE;
	default:
		return EX_TEMPFAIL;
	}
}

bool
verdict_passing(enum verdict v)
{
	return v == VERDICT_THROTTLED || v == VERDICT_NOT_RUN ||
	       v == VERDICT_LOST || v == VERDICT_AILING || v == VERDICT_FATAL ||
	       v == VERDICT_ODD;
}

void
reply_complain(const struct reply *r, const char *what)
{
	if (r->verdict == VERDICT_STOPPED)
		return;
	log_error(what, LOG_SINT("status", r->status),
	    LOG_TEXT("code", r->code), LOG_TEXT("param", r->param),
	    LOG_TEXT("why", r->message));
}
