/* openai.c - chat completions: their request and their answer */
#include <string.h>

#include "json.h"
#include "service.h"

void
openai_encode(const char *model, const char *thinking,
    const struct prompt_part *part, const struct buf *jobs, uint64_t max_tokens,
    struct buf *body)
{
	buf_byte(body, '{');
	buf_json_member(body, "model", model, strlen(model));
	buf_json_key(body, "max_tokens");
	buf_json_uint(body, max_tokens);
	if (thinking != NULL)
		buf_json_member(body, "reasoning_effort", thinking,
		    strlen(thinking));
	buf_text(body, ",\"messages\":[{\"role\":\"system\",\"content\":");
	buf_add(body, part->system.data, part->system.len);
	buf_text(body, "},{\"role\":\"user\",\"content\":");
	buf_json_string(body, jobs->data, jobs->len);
	buf_text(body, "}],\"response_format\":{\"type\":\"json_schema\","
	               "\"json_schema\":{\"name\":\"jobs\",\"strict\":true,"
	               "\"schema\":");
	buf_add(body, part->schema.data, part->schema.len);
	buf_text(body, "}}}");
}

static uint64_t
count_of(const cJSON *object, const char *name)
{
	int64_t n = json_integer(object, name, 0);

	return n > 0 ? (uint64_t)n : 0;
}

static void
read_usage(const cJSON *tree, struct verdict *v)
{
	const cJSON *u = json_member(tree, "usage");
	const char *model = json_string(tree, "model");

	v->usage.in = count_of(u, "prompt_tokens");
	v->usage.out = count_of(u, "completion_tokens");
	v->usage.cached =
	    count_of(json_member(u, "prompt_tokens_details"), "cached_tokens");
	if (model != NULL && strlen(model) < sizeof(v->model))
		memcpy(v->model, model, strlen(model) + 1);
}

void
openai_read(const cJSON *tree, struct verdict *v)
{
	const cJSON *choice =
	    cJSON_GetArrayItem(json_member(tree, "choices"), 0);
	const cJSON *message = json_member(choice, "message");
	const char *reason = json_string(choice, "finish_reason");
	const char *text = json_string(message, "content");
	const char *refusal = json_string(message, "refusal");

	read_usage(tree, v);
	if (text != NULL)
		buf_text(&v->text, text);
	v->kind = VERDICT_ODD;
	v->why = "the service answered without an answer";
	if (reason != NULL)
		buf_text(&v->detail, reason);
	if (reason != NULL && strcmp(reason, "length") == 0) {
		v->kind = VERDICT_CUT;
		v->why = "the answer did not end within its tokens";
	} else if ((refusal != NULL && *refusal != '\0') ||
	           (reason != NULL && strcmp(reason, "content_filter") == 0)) {
		v->kind = VERDICT_BLOCKED;
		v->why = "the service does not answer about this text";
	} else if (reason != NULL && strcmp(reason, "stop") == 0 &&
	           v->text.len > 0) {
		v->kind = VERDICT_TEXT;
	}
}
