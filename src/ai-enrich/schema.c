/* schema.c - the form an answer has */
#include "schema.h"

#include <string.h>

/* Strings, for models run on with the digits of numbers. */
const char *const schema_shares[] = { "1", "5", "10", "20", "30", "40", "50",
	"60", "70", "75", "80", "84", "88", "91", "94", "97", "99", NULL };

static const struct schema_field industry_fields[] = {
	{ "id", SCHEMA_KEY, 1, 64, 0 },
	{ "title", SCHEMA_TEXT, 2, 200, 0 },
	{ "description", SCHEMA_TEXT, 20, 2000, 0 },
	{ "skills", SCHEMA_LIST, 1, 100, 0 },
	{ "tasks", SCHEMA_LIST, 1, 200, 0 },
	{ "tags", SCHEMA_LIST, 1, 100, 1 },
	{ "search_terms", SCHEMA_LIST, 1, 100, 1 },
	{ "industry", SCHEMA_CODE, 0, 0, 0 },
	{ "confidence", SCHEMA_SHARE, 0, 0, 0 },
	{ NULL, SCHEMA_KEY, 0, 0, 0 },
};

static const struct schema_field relevance_fields[] = {
	{ "id", SCHEMA_KEY, 1, 64, 0 },
	{ "title", SCHEMA_TEXT, 2, 200, 0 },
	{ "description", SCHEMA_TEXT, 20, 2000, 0 },
	{ "skills", SCHEMA_LIST, 1, 100, 0 },
	{ "tasks", SCHEMA_LIST, 1, 200, 0 },
	{ "tags", SCHEMA_LIST, 1, 100, 1 },
	{ "search_terms", SCHEMA_LIST, 1, 100, 1 },
	{ "industry", SCHEMA_CODE, 0, 0, 0 },
	{ "confidence", SCHEMA_SHARE, 0, 0, 0 },
	{ "relevance", SCHEMA_SHARE, 0, 0, 0 },
	{ NULL, SCHEMA_KEY, 0, 0, 0 },
};

static const struct schema_field function_fields[] = {
	{ "id", SCHEMA_KEY, 1, 64, 0 },
	{ "evidence", SCHEMA_TEXT, 0, 400, 0 },
	{ "function", SCHEMA_CODE, 0, 0, 0 },
	{ "confidence", SCHEMA_SHARE, 0, 0, 0 },
	{ NULL, SCHEMA_KEY, 0, 0, 0 },
};

const struct schema_field *
schema_fields(enum result_stage stage, bool with_relevance)
{
	if (stage == STAGE_FUNCTION)
		return function_fields;
	return with_relevance ? relevance_fields : industry_fields;
}

/* Types are upper case in OpenAPI's dialect as Google writes it. */
struct words {
	const char *string, *array, *object;
};

static const struct words words_of[] = {
	[PROMPT_OPENAPI] = { "{\"type\":\"STRING\"", "{\"type\":\"ARRAY\"",
	    "{\"type\":\"OBJECT\"" },
	[PROMPT_JSON_SCHEMA] = { "{\"type\":\"string\"", "{\"type\":\"array\"",
	    "{\"type\":\"object\"" },
};

/* What there is to choose from. */
struct offer {
	const struct taxonomy_industry *industry;
	const struct choices *choices;
};

static void
add_item(struct buf *out, const char *string)
{
	if (out->data[out->len - 1] != '[')
		buf_byte(out, ',');
	buf_json_string(out, string, strlen(string));
}

static void
add_codes(struct buf *out, const struct taxonomy *t, const struct offer *offer)
{
	const struct taxonomy_industry *industry = offer->industry;

	if (industry != NULL) {
		for (size_t i = 0; i < industry->function_count; i++)
			add_item(out, industry->functions[i]->code);
	} else if (offer->choices != NULL) {
		for (size_t i = 0; i < offer->choices->count; i++)
			add_item(out, offer->choices->list[i]->code);
		add_item(out, SHORTLIST_NONE);
	} else {
		for (size_t i = 0; i < t->count; i++)
			add_item(out, t->industries[i].code);
	}
}

static void
add_field(struct buf *out, const struct schema_field *field,
    const struct prompt_options *options, const struct offer *offer)
{
	const struct words *w = &words_of[options->dialect];

	buf_json_key(out, field->name);
	switch (field->kind) {
	case SCHEMA_LIST:
		buf_text(out, w->array);
		buf_text(out, ",\"items\":");
		buf_text(out, w->string);
		buf_text(out, "}}");
		return;
	case SCHEMA_CODE:
		buf_text(out, w->string);
		buf_text(out, ",\"enum\":[");
		add_codes(out, options->taxonomy, offer);
		buf_text(out, "]}");
		return;
	case SCHEMA_SHARE:
		buf_text(out, w->string);
		buf_text(out, ",\"enum\":[");
		for (size_t i = 0; schema_shares[i] != NULL; i++)
			add_item(out, schema_shares[i]);
		buf_text(out, "]}");
		return;
	default:
		buf_text(out, w->string);
		buf_byte(out, '}');
	}
}

static void
add_names(struct buf *out, const char *key, const struct schema_field *fields)
{
	buf_json_key(out, key);
	buf_byte(out, '[');
	for (size_t i = 0; fields[i].name != NULL; i++)
		add_item(out, fields[i].name);
	buf_byte(out, ']');
}

void
schema_write(struct buf *out, const struct prompt_options *options,
    const struct taxonomy_industry *industry, const struct choices *choices)
{
	const struct offer offer = { industry, choices };
	const struct schema_field *fields =
	    schema_fields(options->stage, options->rubric != NULL);
	bool plain = options->dialect == PROMPT_JSON_SCHEMA;
	const struct words *w = &words_of[options->dialect];

	/* JSON Schema's strict form wants an object outside. */
	if (plain) {
		buf_text(out, w->object);
		buf_text(out, ",\"properties\":{\"jobs\":");
	}
	buf_text(out, w->array);
	buf_text(out, ",\"items\":");
	buf_text(out, w->object);
	buf_text(out, ",\"properties\":{");
	for (size_t i = 0; fields[i].name != NULL; i++)
		add_field(out, &fields[i], options, &offer);
	buf_byte(out, '}');
	add_names(out, "required", fields);
	if (!plain) {
		add_names(out, "propertyOrdering", fields);
		buf_text(out, "}}");
		return;
	}
	buf_text(out, ",\"additionalProperties\":false}}}"
	              ",\"required\":[\"jobs\"],"
	              "\"additionalProperties\":false}");
}
