/* map.c - a feed map, loaded from its file */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "rule.h"
#include "status.h"

#define EXTENDS_MAX 4 /* maps that extend maps */

static const char *const field_names[FIELD_COUNT] = { "source_id", "status",
	"title", "company_name", "description", "url", "employment_type",
	"remote", "salary", "salary_min", "salary_max", "salary_currency",
	"salary_period", "posted_at", "expires_at", "category", "cpc",
	"company_logo_url" };

static const char *const place_names[PLACE_PARTS] = { "city", "state",
	"country", "postal_code", "text" };

static const char *const header_names[HEADER_FACTS] = { "declared_count",
	"load" };

const char *
field_name(enum field field)
{
	return field_names[field];
}

const char *
place_name(enum place_part part)
{
	return place_names[part];
}

static void
load_fields(struct loading *l, const cJSON *object)
{
	const cJSON *rule;

	cJSON_ArrayForEach(rule, object)
	{
		int field = rule_index(field_names, FIELD_COUNT, rule->string);

		l->where = rule->string;
		if (field == FIELD_COUNT)
			rule_wrong(l, "a record has no such field",
			    rule->string);
		rule_compile(l, &l->map->fields[field], NULL, rule);
	}
}

static void
load_place(struct loading *l, struct place_rule *place, const cJSON *object)
{
	const cJSON *rule = json_member(object, "each");

	if (!cJSON_IsObject(object))
		rule_wrong(l, "\"places\" wants a list of objects", NULL);
	if (rule != NULL)
		place->each = rule_path(l, NULL, rule);
	cJSON_ArrayForEach(rule, object)
	{
		int part = rule_index(place_names, PLACE_PARTS, rule->string);

		if (part < PLACE_PARTS)
			rule_compile(l, &place->parts[part], place->each, rule);
		else if (strcmp(rule->string, "also") == 0)
			place->also = cJSON_IsTrue(rule);
		else if (strcmp(rule->string, "each") != 0)
			rule_wrong(l, "a place has no such part", rule->string);
	}
}

static void
free_places(struct map *m)
{
	for (size_t i = 0; i < m->place_count; i++)
		for (int part = 0; part < PLACE_PARTS; part++)
			rule_free(&m->places[i].parts[part]);
	free(m->places);
	m->places = NULL;
	m->place_count = 0;
}

static void
load_places(struct loading *l, const cJSON *list)
{
	struct map *m = l->map;
	const cJSON *object;

	if (!cJSON_IsArray(list))
		rule_wrong(l, "\"places\" wants a list of objects", NULL);
	free_places(m);
	m->places =
	    mem_zero((size_t)cJSON_GetArraySize(list) + 1, sizeof(*m->places));
	cJSON_ArrayForEach(object, list)
	    load_place(l, &m->places[m->place_count++], object);
}

static void
load_needs(struct loading *l, const cJSON *list)
{
	struct map *m = l->map;
	const cJSON *need;

	for (size_t i = 0; i < m->need_count; i++)
		rule_free(&m->needs[i]);
	free(m->needs);
	m->need_count = 0;
	m->needs =
	    mem_zero((size_t)cJSON_GetArraySize(list) + 1, sizeof(*m->needs));
	cJSON_ArrayForEach(need, list)
	    rule_compile(l, &m->needs[m->need_count++], NULL, need);
}

static void
load_records(struct loading *l, const cJSON *value)
{
	struct map *m = l->map;
	size_t count =
	    cJSON_IsArray(value) ? (size_t)cJSON_GetArraySize(value) : 1;

	free(m->records);
	m->records = mem_zero(count + 1, sizeof(*m->records));
	m->record_count = 0;
	for (size_t i = 0; i < count; i++) {
		const cJSON *item = cJSON_IsArray(value)
		                        ? cJSON_GetArrayItem(value, (int)i)
		                        : value;
		struct pattern *p = rule_path(l, NULL, item);

		p->absolute = true;
		m->records[m->record_count++] = p;
	}
}

static void
load_constants(struct loading *l, const cJSON *object)
{
	const cJSON *value;

	cJSON_ArrayForEach(value, object)
	{
		int field = rule_index(field_names, FIELD_COUNT, value->string);
		char **to;

		l->where = value->string;
		if (field < FIELD_COUNT)
			to = &l->map->constants[field];
		else if (strcmp(value->string, "country") == 0)
			to = &l->map->constant_country;
		else
			rule_wrong(l, "a record has no such field",
			    value->string);
		free(*to);
		*to = mem_string(rule_text(l, value));
	}
}

static void
load_words(struct loading *l, const cJSON *object)
{
	const cJSON *table;

	cJSON_ArrayForEach(table, object)
	{
		enum word_kind kind = words_kind(table->string);
		const char *error = kind == WORD_KINDS
		                        ? "no such kind of words"
		                        : words_add(l->map->words, kind, table);

		l->where = table->string;
		if (error != NULL)
			rule_wrong(l, error, table->string);
	}
}

static void
load_spaces(struct loading *l, const cJSON *object)
{
	struct map *m = l->map;
	const cJSON *uri;

	cJSON_ArrayForEach(uri, object)
	{
		m->spaces = mem_resize(m->spaces, m->space_count + 1,
		    sizeof(*m->spaces));
		m->spaces[m->space_count].prefix = mem_string(uri->string);
		m->spaces[m->space_count++].uri = mem_string(rule_text(l, uri));
	}
}

static void
load_header(struct loading *l, const cJSON *object)
{
	const cJSON *rule;

	cJSON_ArrayForEach(rule, object)
	{
		int fact = rule_index(header_names, HEADER_FACTS, rule->string);

		l->where = rule->string;
		if (fact == HEADER_FACTS)
			rule_wrong(l, "a feed has no such fact", rule->string);
		rule_compile(l, &l->map->header[fact], NULL, rule);
	}
}

static void
load_dates(struct loading *l, const cJSON *value)
{
	const char *order = rule_text(l, value);

	if (strcmp(order, "day_first") == 0)
		l->map->dates = DATES_DAY_FIRST;
	else if (strcmp(order, "month_first") == 0)
		l->map->dates = DATES_MONTH_FIRST;
	else
		rule_wrong(l, "\"dates\" is day_first or month_first", order);
}

static void
load_load(struct loading *l, const cJSON *value)
{
	static const char *const kinds[] = { "snapshot", "delta", "window" };
	const char *load = rule_text(l, value);

	if (rule_index(kinds, 3, load) == 3)
		rule_wrong(l, "\"load\" is snapshot, delta or window", load);
	free(l->map->load);
	l->map->load = mem_string(load);
}

static void
load_about(struct loading *l, const cJSON *value)
{
	free(l->map->about);
	l->map->about = mem_string(rule_text(l, value));
}

static void
load_fallback(struct loading *l, const cJSON *value)
{
	if (!cJSON_IsBool(value))
		rule_wrong(l, "\"fallback\" is true or false", NULL);
	l->map->fallback = cJSON_IsTrue(value);
}

static void load_file(struct loading *l, const char *name, int depth);

static void
load_key(struct loading *l, const cJSON *value)
{
	static const struct {
		const char *key;
		void (*load)(struct loading *, const cJSON *);
		bool object;
	} keys[] = { { "about", load_about, false },
		{ "record", load_records, false }, { "load", load_load, false },
		{ "needs", load_needs, false },
		{ "fallback", load_fallback, false },
		{ "namespaces", load_spaces, true },
		{ "fields", load_fields, true },
		{ "places", load_places, false },
		{ "header", load_header, true }, { "dates", load_dates, false },
		{ "constants", load_constants, true },
		{ "words", load_words, true } };

	l->where = value->string;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (strcmp(keys[i].key, value->string) == 0) {
			if (keys[i].object && !cJSON_IsObject(value))
				rule_wrong(l, "a feed map wants an object here",
				    NULL);
			keys[i].load(l, value);
			return;
		}
	if (strcmp(value->string, "extends") != 0 &&
	    strcmp(value->string, "$schema") != 0)
		rule_wrong(l, "a feed map knows no such key", value->string);
}

static void
load_file(struct loading *l, const char *name, int depth)
{
	struct buf path = { 0 };
	size_t len = strlen(name);
	bool is_path = strchr(name, '/') != NULL ||
	               (len > 5 && strcmp(name + len - 5, ".json") == 0);
	const cJSON *base, *value;
	cJSON *tree;

	if (is_path)
		buf_text(&path, name);
	else {
		struct buf file = { 0 };

		buf_printf(&file, "feeds/%s.json", name);
		file_share(&path, buf_string(&file));
		buf_free(&file);
	}
	tree = json_load(buf_string(&path));
	l->file = buf_string(&path);
	l->where = "";
	if (!cJSON_IsObject(tree))
		rule_wrong(l, "a feed map is a JSON object", NULL);
	base = json_member(tree, "extends");
	if (base != NULL) {
		if (depth == EXTENDS_MAX)
			rule_wrong(l, "maps that extend each other without end",
			    NULL);
		load_file(l, rule_text(l, base), depth + 1);
		l->file = buf_string(&path);
		l->map->fallback = false;
	}
	cJSON_ArrayForEach(value, tree) load_key(l, value);
	cJSON_Delete(tree);
	l->file = name;
	buf_free(&path);
}

struct map *
map_load(const char *name, const struct words *common)
{
	struct map *m = mem_zero(1, sizeof(*m));
	struct loading l = { .map = m, .file = name, .where = "" };

	m->name = mem_string(name);
	m->words = words_new(common);
	m->load = mem_string("snapshot");
	load_file(&l, name, 0);
	l.where = "record";
	if (m->record_count == 0)
		rule_wrong(&l, "a feed map without a record path", NULL);
	return m;
}

void
map_free(struct map *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < m->pattern_count; i++) {
		struct pattern *p = m->patterns[i];

		for (size_t k = 0; k < p->count; k++) {
			free(p->steps[k].prefix);
			free(p->steps[k].name);
		}
		free(p->text);
		free(p->attribute);
		free(p->wanted);
		free(p->hits);
		free(p);
	}
	for (int i = 0; i < FIELD_COUNT; i++) {
		rule_free(&m->fields[i]);
		free(m->constants[i]);
	}
	for (int i = 0; i < HEADER_FACTS; i++)
		rule_free(&m->header[i]);
	for (size_t i = 0; i < m->need_count; i++)
		rule_free(&m->needs[i]);
	for (size_t i = 0; i < m->space_count; i++) {
		free(m->spaces[i].prefix);
		free(m->spaces[i].uri);
	}
	free_places(m);
	free(m->constant_country);
	free(m->patterns);
	free(m->records);
	free(m->needs);
	free(m->spaces);
	free(m->name);
	free(m->about);
	free(m->load);
	words_free(m->words);
	free(m);
}
