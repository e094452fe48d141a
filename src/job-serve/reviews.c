/* reviews.c - what people decide about jobs: pg-store review */
#include "reviews.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "body.h"
#include "changes.h"
#include "json.h"
#include "mem.h"
#include "reads.h"
#include "status.h"
#include "store.h"

/* Jobs that one request may decide about. */
#define MOST_JOBS 5000

static const char *const actions[] = { "approve", "reject", "withdraw", "edit",
	NULL };

static const enum program programs[] = { PROGRAM_APPROVE, PROGRAM_REJECT,
	PROGRAM_WITHDRAW, PROGRAM_EDIT };

enum action { APPROVE, REJECT, WITHDRAW, EDIT };

#define RULE_BY                                                                \
	{                                                                      \
		.name = "by", .kind = BODY_TEXT, .min = 1, .max = 100          \
	}
#define RULE_REASON                                                            \
	{                                                                      \
		.name = "reason", .kind = BODY_TEXT, .min = 1, .max = 2000     \
	}
#define RULE_HASH                                                              \
	{                                                                      \
		.name = "content_hash", .kind = BODY_TEXT, .min = 1,           \
		.max = 128                                                     \
	}
#define RULE_EDITS(need)                                                       \
	{                                                                      \
		.name = "edits", .kind = BODY_OBJECT, .required = (need),      \
		.min = 1, .max = 100                                           \
	}
#define RULE_KEEP                                                              \
	{                                                                      \
		.name = "keep_edits", .kind = BODY_FLAG                        \
	}
#define RULE_END                                                               \
	{                                                                      \
		.name = NULL                                                   \
	}

/* Who decides: who is named, else who asks. */
static void
add_by(struct buf *args, const struct request *r, struct json_value by)
{
	char *name = body_text(by);

	child_option(args, "by", name != NULL ? name : r->who);
	free(name);
}

/* A line for `pg-store review -`; values as they stand in the body. */
static void
add_line(struct buf *input, const char *id, size_t len,
    const struct body_rule *rules, const struct json_value *values)
{
	size_t i, start = input->len;

	buf_byte(input, '{');
	buf_json_member(input, "job_id", id, len);
	for (i = 0; rules[i].name != NULL; i++) {
		if (values[i].type == JSON_NONE ||
		    strcmp(rules[i].name, "by") == 0)
			continue;
		buf_json_key(input, rules[i].name);
		body_add(input, values[i]);
	}
	/* Between tokens a body may have line ends, and a line may not. */
	for (i = start; i < input->len; i++)
		if (input->data[i] == '\n' || input->data[i] == '\r')
			input->data[i] = ' ';
	buf_text(input, "}\n");
}

/* What the program said about the one job. */
static void
one_ended(void *of, const struct child_end *end)
{
	struct request *r = of;
	const char *error = NULL, *why;
	struct buf body = { 0 };
	size_t at, len = strcspn(end->out, "\n");
	cJSON *line = json_parse(end->out, len, &why, &at);

	if (line != NULL)
		error = json_string(line, "error");
	if (line == NULL || (end->status != EX_OK && error == NULL)) {
		answer_failure(r,
		    end->status == EX_OK         ? EX_SOFTWARE
		    : end->status == EX_SOME_BAD ? EX_DATAERR
		                                 : end->status,
		    end->error);
	} else if (error == NULL) {
		buf_add(&body, end->out, len);
		answer_json(r, 200, &body, NULL);
	} else if (strcmp(error, "not_found") == 0) {
		answer_not_found(r, "there is no job by that job_id");
	} else {
		answer_problem(r,
		    &(struct answer_problem){ .status = 409,
		        .name = strcmp(error, "changed") == 0 ? "job-changed"
		                                              : "job-closed",
		        .detail = json_string(line, "message") });
	}
	cJSON_Delete(line);
}

static void
decide(struct request *r, enum action action, const struct body_rule *rules)
{
	struct json_value values[BODY_RULES];
	struct buf args = { 0 }, input = { 0 };

	if (!body_read(r, rules, values))
		return;
	add_by(&args, r, values[0]);
	child_operand(&args, "-");
	add_line(&input, r->id, strlen(r->id), rules, values);
	changes_start(r, programs[action], &args, &input, one_ended);
	buf_free(&input);
}

static const struct body_rule verdict_rules[] = { RULE_BY, RULE_REASON,
	RULE_HASH, RULE_END };

void
reviews_approve(struct request *r)
{
	decide(r, APPROVE, verdict_rules);
}

void
reviews_reject(struct request *r)
{
	decide(r, REJECT, verdict_rules);
}

void
reviews_withdraw(struct request *r)
{
	static const struct body_rule rules[] = { RULE_BY, RULE_REASON,
		RULE_EDITS(false), RULE_KEEP, RULE_END };

	decide(r, WITHDRAW, rules);
}

void
reviews_edit(struct request *r)
{
	static const struct body_rule rules[] = { RULE_BY, RULE_REASON,
		RULE_HASH, RULE_EDITS(true), RULE_END };

	decide(r, EDIT, rules);
}

/* A decision about many. */
enum { BY, REASON, EDITS, KEEP, ACTION, JOB_IDS, FILTER, EXPECT };

static const struct body_rule bulk_rules[] = { RULE_BY, RULE_REASON,
	RULE_EDITS(false), RULE_KEEP,
	{ .name = "action",
	    .kind = BODY_CHOICE,
	    .required = true,
	    .choices = actions },
	{ .name = "job_ids", .kind = BODY_UUIDS, .min = 1, .max = 1000 },
	{ .name = "filter", .kind = BODY_OBJECT, .min = 0, .max = 20 },
	{ .name = "expect", .kind = BODY_COUNT, .min = 0, .max = MOST_JOBS },
	RULE_END };

/* What a bulk request is, while the store is asked. */
struct bulk {
	struct json_value values[BODY_RULES]; /* of the body, which stays */
	enum action action;
};

/* {"done":[…],"failed":[{"job_id":…,"detail":…}]} */
static void
many_ended(void *of, const struct child_end *end)
{
	struct request *r = of;
	struct buf body = { 0 }, failed = { 0 };
	const char *at = end->out, *stop = end->out + end->len, *why;
	size_t offset;

	if (end->status != EX_OK && end->status != EX_SOME_BAD) {
		answer_failure(r, end->status, end->error);
		return;
	}
	buf_text(&body, "{\"done\":[");
	while (at < stop) {
		size_t len = strcspn(at, "\n");
		cJSON *line = json_parse(at, len, &why, &offset);
		const char *error = json_string(line, "message"),
		           *id = json_string(line, "job_id");
		struct buf *to = error == NULL ? &body : &failed;

		if (to->len > 0 && to->data[to->len - 1] == '}')
			buf_byte(to, ',');
		if (error == NULL) {
			buf_add(to, at, len);
		} else {
			buf_byte(to, '{');
			buf_json_member(to, "job_id", id, strlen(id));
			buf_json_member(to, "detail", error, strlen(error));
			buf_byte(to, '}');
		}
		cJSON_Delete(line);
		at += len + 1;
	}
	buf_text(&body, "],\"failed\":[");
	buf_add(&body, failed.data, failed.len);
	buf_text(&body, "]}");
	answer_json(r, 200, &body, NULL);
	buf_free(&failed);
}

/* Decide about the jobs of a list of JSON strings, divided by commas. */
static void
decide_many(struct request *r, const char *list, size_t len)
{
	const struct bulk *b = r->work;
	static const struct body_rule line_rules[] = { RULE_BY, RULE_REASON,
		RULE_EDITS(false), RULE_KEEP, RULE_END };
	struct buf args = { 0 }, input = { 0 };
	const char *at = list, *end = list + len;

	while ((at = memchr(at, '"', (size_t)(end - at))) != NULL) {
		add_line(&input, at + 1, 36, line_rules, b->values);
		at += 38;
		if (at >= end)
			break;
	}
	if (input.len == 0) {
		struct buf body = { 0 };

		buf_text(&body, "{\"done\":[],\"failed\":[]}");
		answer_json(r, 200, &body, NULL);
		return;
	}
	add_by(&args, r, b->values[BY]);
	child_operand(&args, "-");
	changes_start(r, programs[b->action], &args, &input, many_ended);
	buf_free(&input);
}

/* Ids of a list, each 36 bytes in quotes, with commas between. */
static int64_t
count_ids(size_t len)
{
	return ((int64_t)len + 1) / 39;
}

static void
filter_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct bulk *b = r->work;
	struct buf detail = { 0 };
	long long expected = 0;

	if (!reads_good(r, a))
		return;
	json_int64(b->values[EXPECT], &expected);
	if (count_ids(a->len) == expected) {
		decide_many(r, a->rows, a->len);
		return;
	}
	buf_printf(&detail,
	    "the filter finds %s%" PRId64 " jobs, and %lld are expected",
	    count_ids(a->len) > MOST_JOBS ? "more than " : "",
	    count_ids(a->len) > MOST_JOBS ? MOST_JOBS : count_ids(a->len),
	    expected);
	answer_problem(r, &(struct answer_problem){ .status = 409,
	                      .name = "other-number",
	                      .detail = buf_string(&detail) });
	buf_free(&detail);
}

/* The filter of GET /jobs, as an object. */
static bool
add_filter(struct request *r, struct buf *q, struct json_value filter)
{
	static const char *const routes[] = { "approved", "manual_review",
		"rejected", "archived", NULL };
	static const char *const states[] = { "live", "closed", "any", NULL };
	static const struct body_rule rules[] = {
		{ .name = "route", .kind = BODY_CHOICE, .choices = routes },
		{ .name = "feed_id",
		    .kind = BODY_COUNT,
		    .min = 1,
		    .max = INT64_C(9007199254740991) },
		{ .name = "industry", .kind = BODY_TEXT, .min = 1, .max = 64 },
		{ .name = "function", .kind = BODY_TEXT, .min = 1, .max = 64 },
		{ .name = "reason", .kind = BODY_TEXT, .min = 1, .max = 200 },
		{ .name = "q", .kind = BODY_TEXT, .min = 1, .max = 200 },
		{ .name = "min_confidence",
		    .kind = BODY_DECIMAL,
		    .min = 0,
		    .max = 1 },
		{ .name = "max_confidence",
		    .kind = BODY_DECIMAL,
		    .min = 0,
		    .max = 1 },
		{ .name = "state", .kind = BODY_CHOICE, .choices = states },
		RULE_END,
	};
	struct json_value values[BODY_RULES];
	char *words;
	size_t i;

	if (!body_read_value(r, "/filter", filter, rules, values))
		return false;
	for (i = 0; rules[i].name != NULL; i++) {
		if (values[i].type == JSON_NONE || i == 5)
			continue;
		buf_json_key(q, rules[i].name);
		body_add(q, values[i]);
	}
	if (values[8].type == JSON_NONE)
		buf_json_member(q, "state", "live", 4);
	words = body_text(values[5]);
	if (words != NULL)
		reads_add_words(q, words, strlen(words));
	free(words);
	return true;
}

void
reviews_bulk(struct request *r)
{
	struct bulk *b = mem_zero(1, sizeof *b);
	struct json_value ids, filter;
	struct buf q = { 0 };
	char *action;
	int i = 0;

	r->work = b;
	r->release = free;
	if (!body_read(r, bulk_rules, b->values))
		return;
	action = body_text(b->values[ACTION]);
	while (strcmp(actions[i], action) != 0)
		i++;
	b->action = (enum action)i;
	free(action);
	ids = b->values[JOB_IDS];
	filter = b->values[FILTER];
	if ((ids.type == JSON_NONE) ==
	    (filter.type == JSON_NONE || b->values[EXPECT].type == JSON_NONE)) {
		answer_unprocessable(r, "/job_ids",
		    "either job_ids, or filter and expect are wanted");
	} else if ((b->action == EDIT) !=
	           (b->values[EDITS].type != JSON_NONE)) {
		answer_unprocessable(r, "/edits",
		    "edits belong to the action edit");
	} else if (ids.type != JSON_NONE) {
		decide_many(r, ids.text, ids.len);
	} else {
		store_question(&q, "job_ids");
		store_number(&q, "limit", MOST_JOBS + 1);
		if (add_filter(r, &q, filter))
			store_ask(r->server->store, STORE_PATIENT, &q,
			    filter_known, r);
		else
			buf_free(&q);
	}
}
