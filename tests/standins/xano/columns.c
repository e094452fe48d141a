/* columns.c - the columns of the Xano stand-in's table */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "status.h"
#include "table.h"

static enum column_type
type_of(const char *name, const char *path)
{
	static const struct {
		const char *name;
		enum column_type type;
	} types[] = { { "int", COLUMN_INT }, { "decimal", COLUMN_DECIMAL },
		{ "text", COLUMN_TEXT }, { "email", COLUMN_TEXT },
		{ "bool", COLUMN_BOOL }, { "timestamp", COLUMN_TIMESTAMP },
		{ "date", COLUMN_DATE }, { "enum", COLUMN_ENUM },
		{ "json", COLUMN_JSON }, { "object", COLUMN_JSON },
		{ "uuid", COLUMN_UUID } };
	size_t i;

	for (i = 0; name != NULL && i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].name, name) == 0)
			return types[i].type;
	die(EX_CONFIG, "a column of a type the stand-in has not",
	    LOG_TEXT("file", path), LOG_TEXT("type", name));
}

static bool
has_filter(const cJSON *order, const char *name)
{
	const cJSON *filter;

	cJSON_ArrayForEach(filter, json_member(order, "filters"))
	{
		if (cJSON_IsString(filter) &&
		    strcmp(filter->valuestring, name) == 0)
			return true;
	}
	return false;
}

static void
load_values(struct column *c, const cJSON *values)
{
	const cJSON *value;

	cJSON_ArrayForEach(value, values)
	{
		if (!cJSON_IsString(value))
			continue;
		c->values = mem_resize(c->values, c->value_count + 1,
		    sizeof *c->values);
		c->values[c->value_count++] = mem_string(value->valuestring);
	}
}

/* A declared default as JSON text; NULL when there is none to speak of. */
static char *
default_of(const struct column *c, const cJSON *order)
{
	const char *text = json_string(order, "default");
	struct buf json = { 0 };

	if (text == NULL || *text == '\0' || strcmp(text, "now") == 0)
		return NULL;
	if (c->type == COLUMN_TEXT || c->type == COLUMN_ENUM ||
	    c->type == COLUMN_DATE)
		buf_json_string(&json, text, strlen(text));
	else
		buf_text(&json, text);
	buf_string(&json);
	return json.data;
}

void
table_load_columns(struct table *t, const char *path, const char *key)
{
	cJSON *schema = json_load(path);
	const cJSON *order;
	size_t i = 0;

	t->column_count = (size_t)cJSON_GetArraySize(schema);
	t->columns = mem_zero(t->column_count + 1, sizeof *t->columns);
	cJSON_ArrayForEach(order, schema)
	{
		struct column *c = &t->columns[i++];
		const char *name = json_string(order, "name");
		const char *style = json_string(order, "style");

		if (name == NULL)
			die(EX_CONFIG, "a column without a name",
			    LOG_TEXT("file", path));
		c->name = mem_string(name);
		c->type = type_of(json_string(order, "type"), path);
		c->list = style != NULL && strcmp(style, "list") == 0;
		c->nullable = json_bool(order, "nullable", false);
		c->required = json_bool(order, "required", false);
		c->unique = json_bool(order, "unique", false);
		c->trim = has_filter(order, "trim");
		c->lower = has_filter(order, "lower");
		load_values(c, json_member(order, "values"));
		c->otherwise = default_of(c, order);
		c->json = cJSON_PrintUnformatted(order);
	}
	cJSON_Delete(schema);
	if (t->column_count == 0 || strcmp(t->columns[0].name, "id") != 0)
		die(EX_CONFIG, "the first column has to be id",
		    LOG_TEXT("file", path));
	t->uuids = t->columns[0].type == COLUMN_UUID;
	t->key = table_column(t, key, strlen(key));
	if (t->key == SIZE_MAX)
		t->key = 0;
	t->next_id = 1;
}
