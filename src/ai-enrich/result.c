/* result.c - answers as fields of the record */
#include "result.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "advert.h"
#include "price.h"

#define MOST_FIELDS 9

/* In the order in which they are set. */
static const char *const fields[][MOST_FIELDS + 1] = {
	[STAGE_INDUSTRY] = { "ai_title", "ai_description", "ai_skills",
	    "ai_tasks", "ai_tags", "ai_search_terms", "ai_industry",
	    "ai_confidence", "ai_relevance", NULL },
	[STAGE_FUNCTION] = { "ai_job_function", "ai_function_confidence",
	    NULL },
};

const char *
result_stage_name(enum result_stage stage)
{
	return stage == STAGE_INDUSTRY ? "industry" : "function";
}

static bool
has(const struct rec *job, const char *field)
{
	enum json_type type = rec_get(job, field).type;

	return type != JSON_NONE && type != JSON_NULL;
}

bool
result_wanted(const struct rec *job, enum result_stage stage)
{
	if (rec_routed(job) || has(job, "ai_error"))
		return false;
	if (stage == STAGE_INDUSTRY)
		return !has(job, "ai_industry");
	return rec_get(job, "ai_industry").type == JSON_OBJECT &&
	       !has(job, "ai_job_function");
}

/* Ten-thousandths as a number from 0 to 1 with no more digits than it needs. */
static void
set_share(struct rec *job, const char *field, unsigned int share)
{
	char text[16];
	int len;

	len = snprintf(text, sizeof(text), "%u.%04u", share / ANSWER_SURE,
	    share % ANSWER_SURE);
	while (text[len - 1] == '0')
		len--;
	if (text[len - 1] == '.')
		len--;
	rec_set(job, field, text, (size_t)len);
}

static void
set_list(struct rec *job, const char *field, const struct answer_list *list)
{
	struct buf json = { 0 };

	buf_byte(&json, '[');
	for (size_t i = 0; i < list->count; i++) {
		if (i > 0)
			buf_byte(&json, ',');
		buf_json_string(&json, list->items[i].data, list->items[i].len);
	}
	buf_byte(&json, ']');
	rec_set(job, field, json.data, json.len);
	buf_free(&json);
}

static void
set_industry(struct rec *job, const struct result *r)
{
	const struct industry_answer *a = &r->industry;
	struct buf json = { 0 };

	rec_set_string(job, "ai_title", a->title.data, a->title.len);
	rec_set_string(job, "ai_description", a->description.data,
	    a->description.len);
	set_list(job, "ai_skills", &a->skills);
	set_list(job, "ai_tasks", &a->tasks);
	set_list(job, "ai_tags", &a->tags);
	set_list(job, "ai_search_terms", &a->search_terms);
	buf_byte(&json, '{');
	buf_json_member(&json, "code", a->industry->code,
	    strlen(a->industry->code));
	buf_json_member(&json, "name", a->industry->name,
	    strlen(a->industry->name));
	buf_json_key(&json, "path");
	for (size_t i = 0; i < a->industry->path_count; i++) {
		buf_byte(&json, i == 0 ? '[' : ',');
		buf_json_string(&json, a->industry->path[i],
		    strlen(a->industry->path[i]));
	}
	buf_text(&json, a->industry->path_count == 0 ? "[]}" : "]}");
	rec_set(job, "ai_industry", json.data, json.len);
	set_share(job, "ai_confidence", a->confidence);
	if (r->relevance != RESULT_NO_RELEVANCE)
		set_share(job, "ai_relevance", (unsigned int)r->relevance);
	buf_free(&json);
}

static void
set_function(struct rec *job, const struct function_answer *a)
{
	struct buf json = { 0 };

	buf_byte(&json, '{');
	buf_json_member(&json, "code", a->function->code,
	    strlen(a->function->code));
	buf_json_member(&json, "name", a->function->name,
	    strlen(a->function->name));
	buf_byte(&json, '}');
	rec_set(job, "ai_job_function", json.data, json.len);
	set_share(job, "ai_function_confidence", a->confidence);
	buf_free(&json);
}

static void
add_bill(struct buf *json, const struct bill *bill)
{
	buf_byte(json, '{');
	buf_json_member(json, "model", bill->model, strlen(bill->model));
	buf_json_member(json, "profile", bill->profile, strlen(bill->profile));
	buf_json_key(json, "tokens_in");
	buf_json_uint(json, bill->tokens_in);
	buf_json_key(json, "tokens_out");
	buf_json_uint(json, bill->tokens_out);
	buf_json_key(json, "cost_usd");
	buf_byte(json, '"');
	price_text(json, bill->cost);
	buf_byte(json, '"');
	buf_json_key(json, "attempts");
	buf_json_uint(json, bill->attempts);
	buf_text(json, ",\"cached\":false}");
}

static bool
is(const struct json_member *m, const char *name)
{
	return m->name_len == strlen(name) &&
	       memcmp(m->name, name, m->name_len) == 0;
}

/* The JSON text of a value: a string gets its quotes back. */
static void
add_value(struct buf *json, struct json_value v)
{
	bool quoted = v.type == JSON_STRING;

	if (quoted)
		buf_byte(json, '"');
	buf_add(json, v.text, v.len);
	if (quoted)
		buf_byte(json, '"');
}

/* Copy what "ai" holds of other stages, as it stands. */
static void
keep_others(struct buf *json, const struct rec *job, const char *stage,
    bool flagged)
{
	struct json_value ai = rec_get(job, "ai");
	struct json_member m;
	struct json_walk w;

	if (ai.type != JSON_OBJECT)
		return;
	w = json_walk(ai);
	while (json_next(&w, &m)) {
		if (is(&m, stage) || (flagged && is(&m, "flags")))
			continue;
		if (json->data[json->len - 1] != '{')
			buf_byte(json, ',');
		buf_byte(json, '"');
		buf_add(json, m.name, m.name_len);
		buf_text(json, "\":");
		add_value(json, m.value);
	}
}

/* "ai" with BILL, a JSON object, as that of this stage. */
static void
set_ai(struct rec *job, enum result_stage stage, const struct buf *bill,
    unsigned int flags)
{
	const char *name = result_stage_name(stage);
	struct buf json = { 0 };

	buf_byte(&json, '{');
	keep_others(&json, job, name, flags != 0);
	buf_json_key(&json, name);
	buf_add(&json, bill->data, bill->len);
	if (flags != 0) {
		buf_json_key(&json, "flags");
		advert_flags(&json, flags);
	}
	buf_byte(&json, '}');
	rec_set(job, "ai", json.data, json.len);
	buf_free(&json);
}

void
result_answer(struct rec *job, enum result_stage stage, const struct result *r,
    const struct bill *bill)
{
	struct buf json = { 0 };

	if (stage == STAGE_INDUSTRY)
		set_industry(job, r);
	else
		set_function(job, &r->function);
	add_bill(&json, bill);
	set_ai(job, stage, &json, bill->flags);
	buf_free(&json);
}

void
result_save(const struct rec *job, enum result_stage stage, struct buf *json)
{
	struct json_value ai = rec_get(job, "ai");
	const char *const *field;

	buf_json_key(json, "fields");
	buf_byte(json, '{');
	for (field = fields[stage]; *field != NULL; field++) {
		struct json_value v = rec_get(job, *field);

		if (v.type == JSON_NONE)
			continue;
		buf_json_key(json, *field);
		add_value(json, v);
	}
	buf_byte(json, '}');
	buf_json_key(json, "bill");
	add_value(json, json_get(ai, result_stage_name(stage)));
}

void
result_restore(struct rec *job, enum result_stage stage,
    const struct rec *saved, unsigned int flags)
{
	struct json_value of = rec_get(saved, "fields");
	struct buf json = { 0 };
	const char *const *field;

	for (field = fields[stage]; *field != NULL; field++) {
		struct json_value v = json_get(of, *field);

		if (v.type == JSON_NONE)
			continue;
		buf_clear(&json);
		add_value(&json, v);
		rec_set(job, *field, json.data, json.len);
	}
	buf_clear(&json);
	add_value(&json, rec_get(saved, "bill"));
	set_ai(job, stage, &json, flags);
	buf_free(&json);
}

void
result_error(struct rec *job, enum result_stage stage, const char *kind,
    const char *message, bool retryable)
{
	const char *name = result_stage_name(stage);
	struct buf json = { 0 };

	buf_byte(&json, '{');
	buf_json_member(&json, "stage", name, strlen(name));
	buf_json_member(&json, "kind", kind, strlen(kind));
	buf_json_member(&json, "message", message, strlen(message));
	buf_json_key(&json, "retryable");
	buf_text(&json, retryable ? "true}" : "false}");
	rec_set(job, "ai_error", json.data, json.len);
	buf_free(&json);
}
