/* gemini.c - generateContent: its request and its answer */
#include <string.h>

#include "json.h"
#include "service.h"

static bool
starts(const char *model, const char *family)
{
	return strncmp(model, family, strlen(family)) == 0;
}

/*
 * The least thinking a family allows: classification gains nothing by more,
 * and it is billed as output.  A level on 2.5, a budget on 3.x, MINIMAL where
 * it is not offered: each is an error, so unknown families get none of them.
 */
static void
add_thinking(struct buf *body, const char *model, const char *thinking)
{
	static const struct {
		const char *family, *json;
	} least[] = {
		{ "gemini-2.5-pro", "{\"thinkingBudget\":128}" },
		{ "gemini-2.5-", "{\"thinkingBudget\":0}" },
		{ "gemini-3.7-flash", "{\"thinkingLevel\":\"LOW\"}" },
		{ "gemini-3.8-flash", "{\"thinkingLevel\":\"LOW\"}" },
		{ "gemini-3-pro", "{\"thinkingLevel\":\"LOW\"}" },
		{ "gemini-3.1-pro", "{\"thinkingLevel\":\"LOW\"}" },
		{ "gemini-3", "{\"thinkingLevel\":\"MINIMAL\"}" },
	};

	if (thinking != NULL) {
		buf_json_key(body, "thinkingConfig");
		buf_text(body, "{");
		buf_json_member(body, "thinkingLevel", thinking,
		    strlen(thinking));
		buf_text(body, "}");
		return;
	}
	for (size_t i = 0; i < sizeof(least) / sizeof(least[0]); i++)
		if (starts(model, least[i].family)) {
			buf_json_key(body, "thinkingConfig");
			buf_text(body, least[i].json);
			return;
		}
}

void
gemini_encode(const char *model, const char *thinking,
    const struct prompt_part *part, const struct buf *jobs, uint64_t max_tokens,
    struct buf *body)
{
	buf_text(body, "{\"systemInstruction\":{\"parts\":[{\"text\":");
	buf_add(body, part->system.data, part->system.len);
	buf_text(body, "}]},\"contents\":[{\"role\":\"user\","
	               "\"parts\":[{\"text\":");
	buf_json_string(body, jobs->data, jobs->len);
	buf_text(body, "}]}],\"generationConfig\":{\"maxOutputTokens\":");
	buf_json_uint(body, max_tokens);
	buf_text(body, ",\"responseMimeType\":\"application/json\"");
	add_thinking(body, model, thinking);
	buf_json_key(body, "responseSchema");
	buf_add(body, part->schema.data, part->schema.len);
	buf_text(body, "}}");
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
	const cJSON *u = json_member(tree, "usageMetadata");
	const char *model = json_string(tree, "modelVersion");

	v->usage.in = count_of(u, "promptTokenCount") +
	              count_of(u, "toolUsePromptTokenCount");
	v->usage.cached = count_of(u, "cachedContentTokenCount");
	v->usage.out = count_of(u, "candidatesTokenCount") +
	               count_of(u, "thoughtsTokenCount");
	if (model != NULL && strlen(model) < sizeof(v->model))
		memcpy(v->model, model, strlen(model) + 1);
}

/* All parts that are not thoughts: there may be any number. */
static void
read_parts(const cJSON *candidate, struct verdict *v)
{
	const cJSON *parts =
	    json_member(json_member(candidate, "content"), "parts");
	const cJSON *part;

	cJSON_ArrayForEach(part, parts)
	{
		const char *text = json_string(part, "text");

		if (text != NULL && !json_bool(part, "thought", false))
			buf_text(&v->text, text);
	}
}

static bool
is_blocked(const char *reason)
{
	static const char *const reasons[] = { "SAFETY", "PROHIBITED_CONTENT",
		"BLOCKLIST", "SPII", "RECITATION", "LANGUAGE", "MODEL_ARMOR",
		"IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT" };

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (strcmp(reason, reasons[i]) == 0)
			return true;
	return false;
}

void
gemini_read(const cJSON *tree, struct verdict *v)
{
	const cJSON *candidates = json_member(tree, "candidates");
	const cJSON *candidate = cJSON_GetArrayItem(candidates, 0);
	const char *block =
	    json_string(json_member(tree, "promptFeedback"), "blockReason");
	const char *reason = json_string(candidate, "finishReason");

	read_usage(tree, v);
	if (block != NULL) {
		v->kind = VERDICT_BLOCKED;
		v->why = "the service does not take this text";
		buf_text(&v->detail, block);
		return;
	}
	read_parts(candidate, v);
	if (reason != NULL && strncmp(reason, "FINISH_REASON_", 14) == 0)
		reason += 14;
	if (reason != NULL && strcmp(reason, "STOP") == 0 && v->text.len > 0) {
		v->kind = VERDICT_TEXT;
		return;
	}
	v->kind = VERDICT_ODD;
	v->why = "the service answered without an answer";
	if (reason == NULL)
		return;
	buf_text(&v->detail, reason);
	if (strcmp(reason, "MAX_TOKENS") == 0) {
		v->kind = VERDICT_CUT;
		v->why = "the answer did not end within its tokens";
	} else if (is_blocked(reason)) {
		v->kind = VERDICT_BLOCKED;
		v->why = "the service does not answer about this text";
	}
}
