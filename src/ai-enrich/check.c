/* check.c - whether an item of a reply holds, and what it says */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "plain.h"
#include "reply.h"
#include "schema.h"
#include "utf8.h"

const char reply_none[] = "none of the industries offered fits";

/* So many bytes of the prompt in an answer are no accident. */
#define LEAK 48

static bool
is_plain(const char *text, size_t len)
{
	uint32_t c;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		n = utf8_decode(text + i, len - i, &c);
		if (n == 0 || !is_plain_code(c))
			return false;
	}
	return true;
}

static bool
has_markup(const char *text)
{
	for (const char *at = text; (at = strchr(at, '<')) != NULL; at++)
		if (isalpha((unsigned char)at[1]) || at[1] == '/' ||
		    at[1] == '!')
			return true;
	return strstr(text, "](") != NULL;
}

static bool
has_link(const char *text)
{
	for (; *text != '\0'; text++)
		if (strncmp(text, "://", 3) == 0 ||
		    strncasecmp(text, "www.", 4) == 0 ||
		    strncasecmp(text, "javascript:", 11) == 0 ||
		    strncasecmp(text, "mailto:", 7) == 0)
			return true;
	return false;
}

/* Whether TEXT repeats a stretch of the prompt, or its fence. */
static bool
leaks(const char *text, size_t len, const struct reply_rules *rules)
{
	char window[LEAK + 1];

	if (strstr(text, rules->fence) != NULL)
		return true;
	/* Windows side by side: a stretch of twice their length holds one. */
	for (size_t i = 0; i + LEAK <= len; i += LEAK) {
		memcpy(window, text + i, LEAK);
		window[LEAK] = '\0';
		if (strstr(rules->prompt, window) != NULL)
			return true;
	}
	return false;
}

static const char *
check_text(const cJSON *value, const struct schema_field *field,
    const struct reply_rules *rules)
{
	const char *text = cJSON_GetStringValue(value);
	size_t len;

	if (text == NULL)
		return "a text is no string";
	len = strlen(text);
	if (len < field->min)
		return "a text is too short";
	if (len > field->max)
		return "a text is too long";
	if (!is_plain(text, len))
		return "a text holds control characters";
	if (has_markup(text))
		return "a text holds mark-up";
	if (has_link(text))
		return "a text holds a link";
	if (leaks(text, len, rules))
		return "a text repeats the prompt";
	return NULL;
}

static const char *
take_text(const cJSON *value, const struct schema_field *field,
    const struct reply_rules *rules, struct result *out)
{
	const char *wrong = check_text(value, field, rules);
	struct buf *to;

	if (wrong != NULL)
		return wrong;
	if (strcmp(field->name, "title") == 0)
		to = &out->industry.title;
	else if (strcmp(field->name, "description") == 0)
		to = &out->industry.description;
	else
		return NULL; /* evidence only makes the model look first */
	buf_add(to, value->valuestring, strlen(value->valuestring));
	return NULL;
}

static struct answer_list *
list_of(struct result *out, const char *name)
{
	if (strcmp(name, "skills") == 0)
		return &out->industry.skills;
	if (strcmp(name, "tasks") == 0)
		return &out->industry.tasks;
	if (strcmp(name, "tags") == 0)
		return &out->industry.tags;
	return &out->industry.search_terms;
}

static const char *
take_list(const cJSON *value, const struct schema_field *field,
    const struct reply_rules *rules, struct result *out)
{
	struct answer_list *list = list_of(out, field->name);
	const char *wrong;
	const cJSON *item;

	if (!cJSON_IsArray(value))
		return "a list is none";
	if (cJSON_GetArraySize(value) > 50)
		return "a list is too long";
	cJSON_ArrayForEach(item, value)
	{
		wrong = check_text(item, field, rules);
		if (wrong != NULL)
			return wrong;
		answer_add(list, item->valuestring, strlen(item->valuestring));
	}
	return list->count < field->items ? "a list is too short" : NULL;
}

static const char *
take_code(const cJSON *value, const struct reply_rules *rules,
    struct result *out)
{
	const char *code = cJSON_GetStringValue(value);

	if (code == NULL)
		return "a code is no string";
	if (rules->stage == STAGE_INDUSTRY && rules->choices != NULL) {
		if (strcmp(code, SHORTLIST_NONE) == 0)
			return reply_none;
		out->industry.industry = choices_find(rules->choices, code);
		return out->industry.industry == NULL
		           ? "the industry is not one of those offered"
		           : NULL;
	}
	if (rules->stage == STAGE_INDUSTRY) {
		out->industry.industry =
		    taxonomy_industry(rules->taxonomy, code, strlen(code));
		return out->industry.industry == NULL
		           ? "the industry is not in the taxonomy"
		           : NULL;
	}
	out->function.function =
	    taxonomy_function(rules->industry, code, strlen(code));
	return out->function.function == NULL
	           ? "the function is not one of the industry's"
	           : NULL;
}

static const char *
take_share(const cJSON *value, const struct schema_field *field,
    struct result *out)
{
	const char *text = cJSON_GetStringValue(value);
	unsigned int share;

	for (size_t i = 0; schema_shares[i] != NULL; i++) {
		if (text == NULL || strcmp(text, schema_shares[i]) != 0)
			continue;
		share = (unsigned int)strtoul(text, NULL, 10) * 100;
		if (strcmp(field->name, "relevance") == 0)
			out->relevance = (int)share;
		else
			out->industry.confidence = out->function.confidence =
			    share;
		return NULL;
	}
	return "a percentage is not one of those offered";
}

const char *
reply_take(const cJSON *item, const struct reply_rules *rules,
    struct result *out)
{
	const struct schema_field *field =
	    schema_fields(rules->stage, rules->with_relevance);
	int known = 0;
	const char *wrong = NULL;

	answer_clear(&out->industry);
	out->function = (struct function_answer){ 0 };
	out->relevance = RESULT_NO_RELEVANCE;
	for (; field->name != NULL && wrong == NULL; field++, known++) {
		const cJSON *value = json_member(item, field->name);

		if (value == NULL)
			return "a field is missing";
		if (field->kind == SCHEMA_TEXT)
			wrong = take_text(value, field, rules, out);
		else if (field->kind == SCHEMA_LIST)
			wrong = take_list(value, field, rules, out);
		else if (field->kind == SCHEMA_CODE)
			wrong = take_code(value, rules, out);
		else if (field->kind == SCHEMA_SHARE)
			wrong = take_share(value, field, out);
	}
	if (wrong == NULL && cJSON_GetArraySize(item) != known)
		return "a field too many";
	return wrong;
}
