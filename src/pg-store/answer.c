/* answer.c - what a model answered about a record, as the store keeps it */
#include "answer.h"

#include <poll.h>
#include <string.h>

/* A key has to fit into an index. */
#define MOST_KEY 500
#define MOST_FIELDS 9
#define IDLE_MS 100

const char *const answer_stages[] = { "industry", "function", NULL };

/* Without this one there is no answer. */
static const char *const first[ANSWER_STAGES] = { "ai_industry",
	"ai_job_function" };

/* In the order in which ai-enrich sets them, so that records come out alike. */
static const char *const fields[ANSWER_STAGES][MOST_FIELDS + 1] = {
	{ "ai_title", "ai_description", "ai_skills", "ai_tasks", "ai_tags",
	    "ai_search_terms", "ai_industry", "ai_confidence", "ai_relevance",
	    NULL },
	{ "ai_job_function", "ai_function_confidence", NULL },
};

enum answer_stage
answer_stage_of(const char *name)
{
	enum answer_stage stage = ANSWER_INDUSTRY;

	while (stage < ANSWER_STAGES && strcmp(answer_stages[stage], name) != 0)
		stage++;
	return stage;
}

static bool
has(const struct rec *job, const char *field)
{
	enum json_type type = rec_get(job, field).type;

	return type != JSON_NONE && type != JSON_NULL;
}

bool
answer_wanted(const struct rec *job, enum answer_stage stage)
{
	return !rec_routed(job) && !has(job, "ai_error") &&
	       !has(job, first[stage]);
}

const char *
answer_key(const struct rec *job, enum answer_stage stage, struct buf *room)
{
	struct json_value code = json_get(rec_get(job, "ai_industry"), "code");
	struct json_value hash = rec_get(job, "content_hash");

	if (hash.type != JSON_STRING || hash.escaped || hash.len == 0)
		return NULL;
	buf_clear(room);
	buf_add(room, hash.text, hash.len);
	if (stage == ANSWER_FUNCTION) {
		if (code.type != JSON_STRING || code.escaped)
			return NULL;
		buf_byte(room, ':');
		buf_add(room, code.text, code.len);
	}
	return room->len <= MOST_KEY ? buf_string(room) : NULL;
}

struct json_value
answer_bill(const struct rec *job, enum answer_stage stage)
{
	static const struct json_value none = { .type = JSON_NONE };
	struct json_value ai = rec_get(job, "ai"), bill;

	if (ai.type != JSON_OBJECT)
		return none;
	bill = json_get(ai, answer_stages[stage]);
	if (bill.type != JSON_OBJECT ||
	    json_get(bill, "cached").type == JSON_TRUE)
		return none;
	return bill;
}

/* The JSON text of a value: a string gets its quotes back. */
static void
add_value(struct buf *json, struct json_value v)
{
	if (v.type == JSON_STRING)
		buf_byte(json, '"');
	buf_add(json, v.text, v.len);
	if (v.type == JSON_STRING)
		buf_byte(json, '"');
}

bool
answer_take(const struct rec *job, enum answer_stage stage, struct buf *json)
{
	const char *const *field;

	if (!has(job, first[stage]))
		return false;
	buf_clear(json);
	buf_byte(json, '{');
	for (field = fields[stage]; *field != NULL; field++) {
		struct json_value v = rec_get(job, *field);

		if (v.type == JSON_NONE)
			continue;
		buf_json_key(json, *field);
		add_value(json, v);
	}
	buf_byte(json, '}');
	return true;
}

static bool
is(const struct json_member *m, const char *name)
{
	return m->name_len == strlen(name) &&
	       memcmp(m->name, name, m->name_len) == 0;
}

/* A member as it stands. */
static void
add_member(struct buf *json, const struct json_member *m)
{
	if (json->data[json->len - 1] != '{')
		buf_byte(json, ',');
	buf_byte(json, '"');
	buf_add(json, m->name, m->name_len);
	buf_text(json, "\":");
	add_value(json, m->value);
}

/* "ai" with the bill of this stage behind what it has of others. */
static void
put_bill(struct rec *job, enum answer_stage stage, const struct rec *bill)
{
	struct json_value ai = rec_get(job, "ai");
	struct buf json = { 0 };
	struct json_member m;
	struct json_walk walk;
	size_t at = 0;

	buf_byte(&json, '{');
	if (ai.type == JSON_OBJECT)
		for (walk = json_walk(ai); json_next(&walk, &m);)
			if (!is(&m, answer_stages[stage]))
				add_member(&json, &m);
	buf_json_key(&json, answer_stages[stage]);
	buf_byte(&json, '{');
	while (rec_field(bill, &at, &m))
		if (!is(&m, "cached"))
			add_member(&json, &m);
	buf_json_key(&json, "cached");
	buf_text(&json, "true}}");
	rec_set(job, "ai", json.data, json.len);
	buf_free(&json);
}

static void
put_fields(struct rec *job, enum answer_stage stage, const struct rec *answer)
{
	const char *const *field;
	struct buf json = { 0 };

	for (field = fields[stage]; *field != NULL; field++) {
		struct json_value v = rec_get(answer, *field);

		if (v.type == JSON_NONE)
			continue;
		buf_clear(&json);
		add_value(&json, v);
		rec_set(job, *field, json.data, json.len);
	}
	buf_free(&json);
}

bool
answer_put(struct rec *job, enum answer_stage stage, const char *answer,
    const char *bill, struct rec *room)
{
	size_t at;

	if (rec_parse(room, bill, strlen(bill), &at) != NULL ||
	    rec_parse(room, answer, strlen(answer), &at) != NULL ||
	    !has(room, first[stage]))
		return false;
	put_fields(job, stage, room);
	rec_parse(room, bill, strlen(bill), &at);
	put_bill(job, stage, room);
	return true;
}

bool
answer_idle(struct stage *stage)
{
	struct pollfd input = { .fd = stage_fd(stage), .events = POLLIN };

	if (stage_ready(stage))
		return false;
	return poll(&input, 1, IDLE_MS) <= 0 && !stage_ready(stage);
}
