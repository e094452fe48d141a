/* map.c - a feed map, loaded from its file */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "map.h"
#include "mem.h"
#include "status.h"

#define EXTENDS_MAX 4 /* maps that extend maps */

/* What is being loaded, for messages. */
struct loading {
	struct map *map;
	const char *file;
	const char *where; /* the key at hand */
};

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

_Noreturn static void
wrong(const struct loading *l, const char *what, const char *value)
{
	die(EX_CONFIG, what, LOG_TEXT("map", l->file), LOG_TEXT("in", l->where),
	    LOG_TEXT("value", value == NULL ? "" : value));
}

static const char *
text_of(const struct loading *l, const cJSON *value)
{
	if (!cJSON_IsString(value) || *value->valuestring == '\0')
		wrong(l, "a feed map wants a string here", NULL);
	return value->valuestring;
}

static int
index_of(const char *const *names, int count, const char *name)
{
	int i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* One step: "name", "prefix:name", "@name". */
static void
add_step(const struct loading *l, struct pattern *p, const char *text,
    size_t len)
{
	const char *colon = memchr(text, ':', len);
	bool attribute = len > 0 && *text == '@';
	char *name;

	if (len == 0 || p->count == MAP_STEPS)
		wrong(l, "a path with an empty step or too many", p->text);
	p->steps[p->count].prefix = NULL;
	if (colon != NULL) {
		const char *prefix = text + attribute;

		p->steps[p->count].prefix =
		    mem_copy(prefix, (size_t)(colon - prefix));
		/* the '@' goes before the local name */
		len -= (size_t)(colon + 1 - text);
		text = colon + 1;
		name = mem_zero(len + 2, 1);
		name[0] = '@';
		memcpy(name + attribute, text, len);
		name[len + attribute] = '\0';
	} else
		name = mem_copy(text, len);
	p->steps[p->count++].name = name;
}

/* [@attribute=wanted] at TEXT, for the last step; returns behind it. */
static const char *
add_condition(const struct loading *l, struct pattern *p, const char *text)
{
	const char *equal = strchr(text, '='), *end = strchr(text, ']');

	if (text[1] != '@' || equal == NULL || end == NULL || end < equal ||
	    p->attribute != NULL || p->count == 0)
		wrong(l, "not a condition like [@name=value]", p->text);
	p->attribute = mem_copy(text + 1, (size_t)(equal - text - 1));
	p->wanted = mem_copy(equal + 1, (size_t)(end - equal - 1));
	p->condition = p->count - 1;
	return end + 1;
}

/* Compile a path, which is below EACH if that is not NULL. */
static struct pattern *
compile(struct loading *l, const struct pattern *each, const char *text,
    size_t len)
{
	struct map *m = l->map;
	struct pattern *p = mem_zero(1, sizeof(*p));
	const char *at, *slash;

	p->text = mem_copy(text, len);
	m->patterns =
	    mem_resize(m->patterns, m->pattern_count + 1, sizeof(*m->patterns));
	m->patterns[m->pattern_count++] = p;
	at = p->text;
	p->absolute = *at == '/';
	at += p->absolute;
	for (size_t i = 0; each != NULL && i < each->count; i++) {
		const char *prefix = each->steps[i].prefix;

		p->steps[i].prefix = prefix == NULL ? NULL : mem_string(prefix);
		p->steps[i].name = mem_string(each->steps[i].name);
		p->count++;
	}
	if (strcmp(at, ".") == 0) {
		if (each == NULL)
			wrong(l, "a path '.' outside of \"each\"", p->text);
		return p;
	}
	while (*at != '\0') {
		slash = at + strcspn(at, "/[");
		add_step(l, p, at, (size_t)(slash - at));
		if (*slash == '[')
			slash = add_condition(l, p, slash);
		if (*slash != '\0' && *slash != '/')
			wrong(l, "a path that goes on behind a condition",
			    p->text);
		at = *slash == '/' ? slash + 1 : slash;
	}
	if (p->count == 0)
		wrong(l, "an empty path", p->text);
	return p;
}

static struct pattern *
compile_value(struct loading *l, const struct pattern *each, const cJSON *value)
{
	const char *text = text_of(l, value);

	return compile(l, each, text, strlen(text));
}

static void
add_piece(struct pick *pick, char *literal, struct pattern *pattern,
    unsigned int group)
{
	pick->pieces = mem_resize(pick->pieces, pick->piece_count + 1,
	    sizeof(*pick->pieces));
	pick->pieces[pick->piece_count++] =
	    (struct piece_rule){ literal, pattern, group };
}

/* "{a}[, {b}]": what stands in brackets is left out when its paths are empty */
static void
compile_template(struct loading *l, struct pick *pick,
    const struct pattern *each, const char *text)
{
	unsigned int groups = 0, group = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "{[]");
		const char *end;

		if (len > 0)
			add_piece(pick, mem_copy(text, len), NULL, group);
		text += len;
		if (*text == '{') {
			end = strchr(text, '}');
			if (end == NULL)
				wrong(l, "a template with a '{' too many",
				    text);
			add_piece(pick, NULL,
			    compile(l, each, text + 1,
			        (size_t)(end - text - 1)),
			    group);
			text = end + 1;
		} else if (*text == '[') {
			group = ++groups;
			text++;
		} else if (*text == ']') {
			group = 0;
			text++;
		}
	}
}

static void
compile_object(struct loading *l, struct pick *pick, const struct pattern *base,
    const cJSON *rule)
{
	static const char *const parts[] = { "before", "after", "label",
		"query" };
	const struct pattern *each = base;
	const char *template = NULL;
	const cJSON *item;

	cJSON_ArrayForEach(item, rule)
	{
		int part = index_of(parts, 4, item->string);

		if (part < 4) {
			pick->part = (enum pick_part)(PICK_BEFORE + part);
			pick->mark = mem_string(text_of(l, item));
		} else if (strcmp(item->string, "path") == 0 ||
		           strcmp(item->string, "each") == 0)
			pick->pattern = compile_value(l, base, item);
		else if (strcmp(item->string, "template") == 0)
			template = text_of(l, item);
		else if (strcmp(item->string, "last") == 0)
			pick->last = cJSON_IsTrue(item);
		else
			wrong(l, "a rule knows no such key", item->string);
	}
	if (cJSON_HasObjectItem(rule, "each"))
		each = pick->pattern;
	if (template != NULL)
		compile_template(l, pick, each, template);
	else if (pick->pattern == NULL)
		wrong(l, "a rule without \"path\" or \"template\"", NULL);
}

static void
free_picks(struct picks *picks)
{
	for (size_t i = 0; i < picks->count; i++) {
		struct pick *pick = &picks->items[i];

		for (size_t k = 0; k < pick->piece_count; k++)
			free(pick->pieces[k].literal);
		free(pick->pieces);
		free(pick->mark);
	}
	free(picks->items);
	*picks = (struct picks){ NULL, 0 };
}

/* A rule: a path, an object, or a list of such; it replaces what was there. */
static void
compile_picks(struct loading *l, struct picks *picks,
    const struct pattern *each, const cJSON *rule)
{
	size_t count =
	    cJSON_IsArray(rule) ? (size_t)cJSON_GetArraySize(rule) : 1;

	free_picks(picks);
	if (cJSON_IsNull(rule))
		return;
	picks->items = mem_zero(count == 0 ? 1 : count, sizeof(*picks->items));
	for (size_t i = 0; i < count; i++) {
		const cJSON *item = cJSON_IsArray(rule)
		                        ? cJSON_GetArrayItem(rule, (int)i)
		                        : rule;
		struct pick *pick = &picks->items[picks->count++];

		if (cJSON_IsObject(item))
			compile_object(l, pick, each, item);
		else
			pick->pattern = compile_value(l, each, item);
	}
}

static void
load_fields(struct loading *l, const cJSON *object)
{
	const cJSON *rule;

	cJSON_ArrayForEach(rule, object)
	{
		int field = index_of(field_names, FIELD_COUNT, rule->string);

		l->where = rule->string;
		if (field == FIELD_COUNT)
			wrong(l, "a record has no such field", rule->string);
		compile_picks(l, &l->map->fields[field], NULL, rule);
	}
}

static void
load_place(struct loading *l, struct place_rule *place, const cJSON *object)
{
	const cJSON *rule = json_member(object, "each");

	if (!cJSON_IsObject(object))
		wrong(l, "\"places\" wants a list of objects", NULL);
	if (rule != NULL)
		place->each = compile_value(l, NULL, rule);
	cJSON_ArrayForEach(rule, object)
	{
		int part = index_of(place_names, PLACE_PARTS, rule->string);

		if (part < PLACE_PARTS)
			compile_picks(l, &place->parts[part], place->each,
			    rule);
		else if (strcmp(rule->string, "also") == 0)
			place->also = cJSON_IsTrue(rule);
		else if (strcmp(rule->string, "each") != 0)
			wrong(l, "a place has no such part", rule->string);
	}
}

static void
free_places(struct map *m)
{
	for (size_t i = 0; i < m->place_count; i++)
		for (int part = 0; part < PLACE_PARTS; part++)
			free_picks(&m->places[i].parts[part]);
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
		wrong(l, "\"places\" wants a list of objects", NULL);
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
		free_picks(&m->needs[i]);
	free(m->needs);
	m->need_count = 0;
	m->needs =
	    mem_zero((size_t)cJSON_GetArraySize(list) + 1, sizeof(*m->needs));
	cJSON_ArrayForEach(need, list)
	    compile_picks(l, &m->needs[m->need_count++], NULL, need);
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
		struct pattern *p = compile_value(l, NULL, item);

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
		int field = index_of(field_names, FIELD_COUNT, value->string);
		char **to;

		l->where = value->string;
		if (field < FIELD_COUNT)
			to = &l->map->constants[field];
		else if (strcmp(value->string, "country") == 0)
			to = &l->map->constant_country;
		else
			wrong(l, "a record has no such field", value->string);
		free(*to);
		*to = mem_string(text_of(l, value));
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
			wrong(l, error, table->string);
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
		m->spaces[m->space_count++].uri = mem_string(text_of(l, uri));
	}
}

static void
load_header(struct loading *l, const cJSON *object)
{
	const cJSON *rule;

	cJSON_ArrayForEach(rule, object)
	{
		int fact = index_of(header_names, HEADER_FACTS, rule->string);

		l->where = rule->string;
		if (fact == HEADER_FACTS)
			wrong(l, "a feed has no such fact", rule->string);
		compile_picks(l, &l->map->header[fact], NULL, rule);
	}
}

static void
load_dates(struct loading *l, const cJSON *value)
{
	const char *order = text_of(l, value);

	if (strcmp(order, "day_first") == 0)
		l->map->dates = DATES_DAY_FIRST;
	else if (strcmp(order, "month_first") == 0)
		l->map->dates = DATES_MONTH_FIRST;
	else
		wrong(l, "\"dates\" is day_first or month_first", order);
}

static void
load_load(struct loading *l, const cJSON *value)
{
	static const char *const kinds[] = { "snapshot", "delta", "window" };
	const char *load = text_of(l, value);

	if (index_of(kinds, 3, load) == 3)
		wrong(l, "\"load\" is snapshot, delta or window", load);
	free(l->map->load);
	l->map->load = mem_string(load);
}

static void
load_about(struct loading *l, const cJSON *value)
{
	free(l->map->about);
	l->map->about = mem_string(text_of(l, value));
}

static void
load_fallback(struct loading *l, const cJSON *value)
{
	if (!cJSON_IsBool(value))
		wrong(l, "\"fallback\" is true or false", NULL);
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
				wrong(l, "a feed map wants an object here",
				    NULL);
			keys[i].load(l, value);
			return;
		}
	if (strcmp(value->string, "extends") != 0 &&
	    strcmp(value->string, "$schema") != 0)
		wrong(l, "a feed map knows no such key", value->string);
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
		wrong(l, "a feed map is a JSON object", NULL);
	base = json_member(tree, "extends");
	if (base != NULL) {
		if (depth == EXTENDS_MAX)
			wrong(l, "maps that extend each other without end",
			    NULL);
		load_file(l, text_of(l, base), depth + 1);
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
		wrong(&l, "a feed map without a record path", NULL);
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
		free_picks(&m->fields[i]);
		free(m->constants[i]);
	}
	for (int i = 0; i < HEADER_FACTS; i++)
		free_picks(&m->header[i]);
	for (size_t i = 0; i < m->need_count; i++)
		free_picks(&m->needs[i]);
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
