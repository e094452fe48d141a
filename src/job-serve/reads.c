/* reads.c - routes that are one question to the store */
#include "reads.h"

#include <string.h>

#include "answer.h"
#include "clock.h"
#include "log.h"
#include "rec.h"
#include "route.h"
#include "runs.h"
#include "status.h"
#include "text.h"

bool
reads_good(struct request *r, const struct store_answer *a)
{
	if (a->status == EX_OK)
		return true;
	if (a->status == EX_TEMPFAIL || a->status == EX_NOPERM)
		answer_away(r, a->error);
	else
		answer_failure(r, a->status, a->error);
	return false;
}

void
reads_answer(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "the store knows nothing by that number");
		return;
	}
	buf_add(&body, a->rows, a->len);
	answer_json(r, 200, &body, NULL);
}

static void
ask(struct request *r, enum store_lane lane, struct buf *q,
    void (*answered)(void *of, const struct store_answer *a))
{
	store_ask(r->server->store, lane, q, answered, r);
}

static void
feeds_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	if (!reads_good(r, a))
		return;
	buf_text(&body, "{\"feeds\":[");
	buf_add(&body, a->rows, a->len);
	buf_text(&body, "]}");
	answer_json(r, 200, &body, NULL);
}

void
reads_feeds(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "feeds");
	ask(r, STORE_PATIENT, &q, feeds_known);
}

void
reads_feed(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "feeds");
	store_number(&q, "feed_id", r->number);
	ask(r, STORE_QUICK, &q, reads_answer);
}

void
reads_runs(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "runs");
	route_add_values(r, &q);
	runs_add_queued(r->server->runs, &q);
	ask(r, STORE_PATIENT, &q, reads_answer);
}

void
reads_letters(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "letters");
	store_number(&q, "run_id", r->number);
	route_add_values(r, &q);
	ask(r, STORE_PATIENT, &q, reads_answer);
}

/* "2026-11-27T12:00:00.123456Z~UUID", "0.86~UUID" or "UUID": a page's end. */
static bool
add_after(struct buf *q, const char *sort, const char *after)
{
	const char *tilde = strchr(after, '~');
	const char *id = tilde != NULL ? tilde + 1 : after;
	size_t len = tilde != NULL ? (size_t)(tilde - after) : 0;
	int64_t seconds;

	if (strlen(id) != 36 || strspn(id, "0123456789abcdef-") != 36)
		return false;
	if (strcmp(sort, "updated") == 0) {
		if (!clock_parse(after, len, &seconds))
			return false;
		buf_json_member(q, "after_time", after, len);
	} else if (strcmp(sort, "confidence") == 0) {
		if (len == 0 || len > 20 ||
		    strspn(after, "-.0123456789") != len)
			return false;
		buf_json_key(q, "after_sure");
		buf_add(q, after, len);
	} else if (len > 0) {
		return false;
	}
	buf_json_member(q, "after_id", id, 36);
	return true;
}

void
reads_add_words(struct buf *q, const char *text, size_t len)
{
	buf_json_member(q, route_is_uuid(text, len) ? "job_id" : "words", text,
	    len);
}

void
reads_jobs(struct request *r)
{
	const struct target_value *sort = target_value(&r->target, "sort"),
	                          *after = target_value(&r->target, "after"),
	                          *words = target_value(&r->target, "q");
	struct buf q = { 0 };

	store_question(&q, "jobs");
	route_add_values(r, &q);
	if (words != NULL)
		reads_add_words(&q, words->value, words->len);
	if (after == NULL ||
	    add_after(&q, sort != NULL ? sort->value : "updated",
	        after->value)) {
		ask(r, STORE_PATIENT, &q, reads_answer);
		return;
	}
	buf_free(&q);
	answer_bad_parameter(r, "after",
	    "it has to be the next of a page of the same order");
}

/* The description as text, behind the other members of a job. */
static void
add_text(struct buf *body, const char *job, size_t len)
{
	struct scan *scan = scan_new();
	const struct json_member *members;
	struct buf html = { 0 }, text = { 0 };
	struct json_value record = { .type = JSON_NONE }, description;
	size_t count, at, i, html_len;

	if (scan_object(scan, job, len, &members, &count, &at) == NULL)
		for (i = 0; i < count; i++)
			if (members[i].name_len == strlen("record") &&
			    memcmp(members[i].name, "record", 6) == 0)
				record = members[i].value;
	if (record.type == JSON_OBJECT) {
		description = json_get(record, "description");
		if (description.type == JSON_STRING) {
			const char *bytes =
			    json_text(description, &html, &html_len);

			text_from_html(&text, bytes, html_len);
		}
	}
	body->len--; /* the brace that ends the job */
	buf_json_member(body, "text", text.data, text.len);
	buf_byte(body, '}');
	buf_free(&html);
	buf_free(&text);
	scan_free(scan);
}

static void
job_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "there is no job by that job_id");
		return;
	}
	buf_add(&body, a->rows, a->len);
	add_text(&body, a->rows, a->len);
	answer_json(r, 200, &body, NULL);
}

void
reads_job(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "job");
	buf_json_member(&q, "job_id", r->id, strlen(r->id));
	ask(r, STORE_QUICK, &q, job_known);
}

void
reads_overview(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "overview");
	store_number(&q, "queued", (int64_t)runs_waiting(r->server->runs));
	store_number(&q, "max", (int64_t)r->server->settings->max_runs);
	buf_json_key(&q, "mirror");
	buf_text(&q, r->server->settings->mirror ? "true" : "false");
	ask(r, STORE_PATIENT, &q, reads_answer);
}

void
reads_days(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "days");
	route_add_values(r, &q);
	ask(r, STORE_PATIENT, &q, reads_answer);
}

void
reads_confidence(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "confidence");
	route_add_values(r, &q);
	buf_json_key(&q, "archive_below");
	buf_text(&q, r->server->settings->archive_below);
	buf_json_key(&q, "approve_from");
	buf_text(&q, r->server->settings->approve_from);
	ask(r, STORE_PATIENT, &q, reads_answer);
}

void
reads_healthz(struct request *r)
{
	struct buf body = { 0 };

	buf_text(&body, "{\"status\":\"ok\"}");
	answer_json(r, 200, &body, NULL);
}

static void
ready_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	if (!reads_good(r, a))
		return;
	buf_text(&body, "{\"status\":\"ready\"}");
	answer_json(r, 200, &body, NULL);
}

void
reads_readyz(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "ready");
	ask(r, STORE_QUICK, &q, ready_known);
}
