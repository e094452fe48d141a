/* check.c - is a request one that the service would take */
#include <string.h>

#include "gemini.h"
#include "json.h"

static bool
known(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

static const char *
only(const cJSON *object, const char *const *names)
{
	const cJSON *member;

	cJSON_ArrayForEach(member, object)
	{
		if (!known(member->string, names))
			return "Invalid JSON payload received. Unknown name. "
			       "Cannot find field.";
	}
	return NULL;
}

static const char *
check_schema(const cJSON *schema, int depth)
{
	static const char *const names[] = { "type", "format", "title",
		"description", "nullable", "enum", "items", "minItems",
		"maxItems", "properties", "required", "minimum", "maximum",
		"anyOf", "propertyOrdering", "default", NULL };
	static const char *const types[] = { "STRING", "NUMBER", "INTEGER",
		"BOOLEAN", "ARRAY", "OBJECT", "NULL", NULL };
	const char *type = json_string(schema, "type"), *wrong;
	const cJSON *property;

	if (depth > 10 || !cJSON_IsObject(schema))
		return "Invalid schema.";
	if (type == NULL || !known(type, types))
		return "Invalid value at response_schema.type.";
	wrong = only(schema, names);
	if (wrong == NULL && json_member(schema, "items") != NULL)
		wrong = check_schema(json_member(schema, "items"), depth + 1);
	cJSON_ArrayForEach(property, json_member(schema, "properties"))
	{
		if (wrong == NULL)
			wrong = check_schema(property, depth + 1);
	}
	return wrong;
}

static const char *
check_thinking(const cJSON *config, const char *model)
{
	const char *level = json_string(config, "thinkingLevel");
	bool budget = json_member(config, "thinkingBudget") != NULL;
	bool old = strstr(model, "-2.5-") != NULL;

	if (level != NULL && budget)
		return "thinkingBudget and thinkingLevel together.";
	if (level != NULL && old)
		return "Thinking level is not supported for this model.";
	if (level != NULL && strcmp(level, "MINIMAL") == 0 &&
	    (strstr(model, "3.7-flash") != NULL ||
	        strstr(model, "3.8-flash") != NULL))
		return "Thinking level MINIMAL is not supported.";
	return NULL;
}

static const char *
check_config(const cJSON *config, const char *model)
{
	static const char *const names[] = { "maxOutputTokens", "temperature",
		"topP", "topK", "seed", "stopSequences", "responseMimeType",
		"responseSchema", "responseJsonSchema", "thinkingConfig",
		NULL };
	const char *mime = json_string(config, "responseMimeType");
	const cJSON *schema = json_member(config, "responseSchema");
	const char *wrong = only(config, names);

	if (wrong != NULL)
		return wrong;
	if (schema != NULL && (mime == NULL || strcmp(mime, "text/plain") == 0))
		return "A response schema needs a response mime type.";
	if (json_member(config, "temperature") != NULL ||
	    json_member(config, "topP") != NULL ||
	    json_member(config, "topK") != NULL)
		return "Sampling fields are not what we send.";
	wrong = check_thinking(json_member(config, "thinkingConfig"), model);
	if (wrong == NULL && schema != NULL)
		wrong = check_schema(schema, 0);
	return wrong;
}

const char *
gemini_check(const cJSON *body, const char *model)
{
	static const char *const names[] = { "contents", "systemInstruction",
		"generationConfig", "safetySettings", "cachedContent", "tools",
		"toolConfig", "serviceTier", "store", "labels", NULL };
	const cJSON *contents = json_member(body, "contents"), *turn;
	const char *wrong = only(body, names);
	const char *last = NULL;

	if (wrong != NULL)
		return wrong;
	if (!cJSON_IsArray(contents) || cJSON_GetArraySize(contents) == 0)
		return "contents are required.";
	cJSON_ArrayForEach(turn, contents)
	{
		last = json_string(turn, "role");
		if (last == NULL ||
		    (strcmp(last, "user") != 0 && strcmp(last, "model") != 0))
			return "Please use a valid role: user, model.";
		if (cJSON_GetArraySize(json_member(turn, "parts")) == 0)
			return "parts must not be empty.";
	}
	if (last != NULL && strcmp(last, "model") == 0)
		return "The last turn must be the user's.";
	return check_config(json_member(body, "generationConfig"), model);
}
