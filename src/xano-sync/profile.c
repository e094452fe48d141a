/* profile.c - how a table is reached and how records become its rows */
#include "profile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canon.h"
#include "file.h"
#include "hash.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define DECIMALS 5 /* places Xano keeps of a decimal */
#define MAX_ROWS 10000
#define MAX_BYTES ((int64_t)64 << 20)

static const char *const type_names[] = { [FIELD_TEXT] = "text",
	[FIELD_INT] = "int",
	[FIELD_DECIMAL] = "decimal",
	[FIELD_BOOL] = "bool",
	[FIELD_TIMESTAMP] = "timestamp",
	[FIELD_DATE] = "date",
	[FIELD_ENUM] = "enum",
	[FIELD_JSON] = "json",
	NULL };
static const char *const null_names[] = { [NULLS_AUTO] = "auto",
	[NULLS_KEEP] = "keep",
	[NULLS_ZERO] = "zero",
	NULL };
static const char *const answer_names[] = { [ANSWER_ANY] = "any",
	[ANSWER_IDS] = "ids",
	[ANSWER_ROW] = "row",
	[ANSWER_SUCCESS] = "success",
	NULL };
static const char *const paging_names[] = { [PAGING_NONE] = "none",
	[PAGING_PAGE] = "page",
	[PAGING_KEYSET] = "keyset",
	NULL };

_Noreturn static void
wrong(const char *what, const char *where)
{
	die(EX_CONFIG, "the profile is wrong", LOG_TEXT("what", what),
	    LOG_TEXT("where", where));
}

static char *
copy(const char *text)
{
	return text != NULL ? mem_string(text) : NULL;
}

/* The index of a member's word in a list of them. */
static int
choose(const cJSON *object, const char *name, const char *const *choices,
    int otherwise)
{
	const cJSON *member = json_member(object, name);
	int i;

	if (member == NULL)
		return otherwise;
	for (i = 0; choices[i] != NULL; i++)
		if (cJSON_IsString(member) &&
		    strcmp(choices[i], member->valuestring) == 0)
			return i;
	wrong("not one of the words that are known", name);
}

/* A misspelt member would be a setting that does nothing. */
static void
only(const cJSON *object, const char *where, const char *const *names)
{
	const cJSON *member;
	size_t i;

	if (!cJSON_IsObject(object))
		wrong("an object is wanted", where);
	cJSON_ArrayForEach(member, object)
	{
		for (i = 0; names[i] != NULL; i++)
			if (strcmp(names[i], member->string) == 0)
				break;
		if (names[i] == NULL)
			wrong("there is no such member", member->string);
	}
}

static void
load_words(struct field *f, const cJSON *words)
{
	const cJSON *word;

	cJSON_ArrayForEach(word, words)
	{
		if (!cJSON_IsString(word))
			wrong("words are strings", f->column);
		f->words =
		    mem_resize(f->words, f->word_count + 1, sizeof *f->words);
		f->words[f->word_count].from = mem_string(word->string);
		f->words[f->word_count].to = mem_string(word->valuestring);
		f->word_count++;
	}
}

/* "ai_industry.name" in its steps. */
static void
load_path(struct field *f, const char *path)
{
	const char *at = path;

	for (;;) {
		size_t len = strcspn(at, ".");

		if (len == 0)
			wrong("a path has an empty step", path);
		f->steps =
		    mem_resize(f->steps, f->step_count + 1, sizeof *f->steps);
		f->steps[f->step_count++] = mem_copy(at, len);
		if (at[len] == '\0')
			return;
		at += len + 1;
	}
}

static int
small_number(const cJSON *order, const char *name, int otherwise)
{
	int64_t n = json_integer(order, name, otherwise);

	if (n < -100 || n > 100)
		wrong("a number from -100 to 100 is wanted", name);
	return (int)n;
}

/* Whether a name is a JSON string as it is. */
static bool
stands_in_json(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name < ' ' || *name == '"' || *name == '\\')
			return false;
	return true;
}

static void
load_field(struct field *f, const cJSON *order, enum nulls nulls)
{
	static const char *const names[] = { "column", "from", "type", "list",
		"value", "words", "otherwise", "item", "join", "shift",
		"places", "trim", "once", "nulls", NULL };
	const char *column = json_string(order, "column");
	const char *from = json_string(order, "from");
	const cJSON *value = json_member(order, "value");

	only(order, "fields", names);
	if (column == NULL || *column == '\0')
		wrong("a field has no column", "fields");
	if (!stands_in_json(column))
		wrong("a column's name has a quote, a backslash or a control",
		    column);
	f->column = mem_string(column);
	f->column_len = strlen(column);
	f->type =
	    (enum field_type)choose(order, "type", type_names, FIELD_TEXT);
	f->list = json_bool(order, "list", false);
	if (value != NULL && from != NULL)
		wrong("a field has both from and value", column);
	if (value != NULL) {
		f->constant = cJSON_PrintUnformatted(value);
		if (f->constant == NULL)
			die(EX_OSERR, "no memory for a profile");
	} else {
		load_path(f, from != NULL ? from : column);
	}
	load_words(f, json_member(order, "words"));
	f->otherwise = copy(json_string(order, "otherwise"));
	f->item = copy(json_string(order, "item"));
	f->join = copy(json_string(order, "join"));
	f->shift = small_number(order, "shift", 0);
	f->places =
	    small_number(order, "places", f->type == FIELD_INT ? 0 : DECIMALS);
	f->trim = json_bool(order, "trim", false);
	f->once = json_bool(order, "once", false);
	f->nulls = (enum nulls)choose(order, "nulls", null_names, (int)nulls);
}

static void
load_fields(struct profile *p, const cJSON *tree)
{
	enum nulls nulls =
	    (enum nulls)choose(tree, "nulls", null_names, NULLS_AUTO);
	const cJSON *orders = json_member(tree, "fields"), *order;
	const char *key = json_string(tree, "key");
	int count = cJSON_GetArraySize(orders);

	if (!cJSON_IsArray(orders) || count == 0)
		wrong("an array of fields is wanted", "fields");
	p->fields = mem_zero((size_t)count, sizeof *p->fields);
	cJSON_ArrayForEach(order, orders)
	{
		const char *column = json_string(order, "column");

		if (column != NULL &&
		    profile_field(p, column, strlen(column)) != SIZE_MAX)
			wrong("a column comes twice", column);
		load_field(&p->fields[p->field_count], order, nulls);
		p->field_count++;
	}
	p->key = key != NULL ? profile_field(p, key, strlen(key)) : SIZE_MAX;
	if (p->key == SIZE_MAX)
		wrong("the key has to be one of the columns", "key");
	if (p->fields[p->key].once || p->fields[p->key].list ||
	    (p->fields[p->key].type != FIELD_TEXT &&
	        p->fields[p->key].type != FIELD_INT))
		wrong("the key has to be text or int, and always written",
		    "key");
}

static void
load_endpoint(struct endpoint *e, const cJSON *order, const char *name)
{
	static const char *const names[] = { "method", "path", "body", "rows",
		"bytes", "answer", "paging", "items", NULL };
	const char *method = json_string(order, "method");
	const char *path = json_string(order, "path");
	const cJSON *body = json_member(order, "body");
	int64_t rows = json_integer(order, "rows", 1);
	int64_t bytes = json_integer(order, "bytes", 1 << 20);

	if (order == NULL)
		return;
	only(order, name, names);
	if (method == NULL || path == NULL || *path != '/')
		wrong("an endpoint has a method, and a path from /", name);
	if (rows < 1 || rows > MAX_ROWS || bytes < 1 || bytes > MAX_BYTES)
		wrong("rows or bytes are out of bounds", name);
	e->defined = true;
	e->method = mem_string(method);
	e->path = mem_string(path);
	e->body = body != NULL ? cJSON_Duplicate(body, true) : NULL;
	e->rows = (uint64_t)rows;
	e->bytes = (uint64_t)bytes;
	e->answer =
	    (enum answer_kind)choose(order, "answer", answer_names, ANSWER_ANY);
	e->paging =
	    (enum paging)choose(order, "paging", paging_names, PAGING_NONE);
	e->items = mem_string(json_string(order, "items") != NULL
	                          ? json_string(order, "items")
	                          : "items");
}

static void
load_lists(struct profile *p, const cJSON *lists)
{
	const cJSON *list;

	if (!cJSON_IsArray(lists)) {
		load_endpoint(&p->lists[0], lists, "list");
		p->list_count = lists != NULL;
	}
	cJSON_ArrayForEach(list, lists)
	{
		if (!cJSON_IsArray(lists))
			break;
		if (p->list_count == PROFILE_LISTS)
			wrong("too many ways to list", "list");
		load_endpoint(&p->lists[p->list_count++], list, "list");
	}
	if (p->list_count == 0)
		wrong("an endpoint is wanted", "list");
}

static void
load_endpoints(struct profile *p, const cJSON *tree)
{
	static const char *const names[] = { "probe", "schema", "list", "find",
		"find_ids", "add", "change", "remove", NULL };
	const cJSON *all = json_member(tree, "endpoints");

	only(all, "endpoints", names);
	load_endpoint(&p->probe, json_member(all, "probe"), "probe");
	load_endpoint(&p->schema, json_member(all, "schema"), "schema");
	load_lists(p, json_member(all, "list"));
	load_endpoint(&p->find, json_member(all, "find"), "find");
	load_endpoint(&p->find_ids, json_member(all, "find_ids"), "find_ids");
	load_endpoint(&p->add, json_member(all, "add"), "add");
	load_endpoint(&p->change, json_member(all, "change"), "change");
	load_endpoint(&p->remove, json_member(all, "remove"), "remove");
	if (!p->add.defined)
		wrong("an endpoint is wanted", "add");
	if (!p->remove.defined)
		wrong("an endpoint is wanted", "remove");
	if (p->id == NULL && p->change.defined)
		wrong("rows can't be changed without an id", "change");
}

static void
load_ignore(struct profile *p, const cJSON *names)
{
	const cJSON *name;

	cJSON_ArrayForEach(name, names)
	{
		if (!cJSON_IsString(name))
			wrong("columns are named by strings", "ignore");
		if (profile_field(p, name->valuestring,
		        strlen(name->valuestring)) != SIZE_MAX)
			wrong("a column is both written and ignored",
			    name->valuestring);
		p->ignore = mem_resize(p->ignore, p->ignore_count + 1,
		    sizeof *p->ignore);
		p->ignore[p->ignore_count++] = mem_string(name->valuestring);
	}
}

/* What the profile says, in a few bytes: a plan fits one profile only. */
static void
digest(struct profile *p, const cJSON *tree)
{
	char *text = cJSON_PrintUnformatted(tree);

	if (text == NULL)
		die(EX_OSERR, "no memory for a profile");
	hash_once(text, strlen(text), p->digest);
	cJSON_free(text);
}

struct profile *
profile_load(const char *name)
{
	static const char *const names[] = { "about", "id", "key", "auth",
		"nulls", "fields", "ignore", "endpoints", NULL };
	static const char *const auths[] = { "none", "bearer", NULL };
	struct profile *p = mem_zero(1, sizeof *p);
	size_t len = strlen(name);
	struct buf path = { 0 }, file = { 0 };
	cJSON *tree;

	if (strchr(name, '/') != NULL ||
	    (len > 5 && strcmp(name + len - 5, ".json") == 0)) {
		tree = json_load(name);
	} else {
		buf_printf(&file, "xano/%s.json", name);
		tree = json_load(file_share(&path, buf_string(&file)));
	}
	only(tree, "profile", names);
	p->name = mem_string(name);
	p->id = copy(json_string(tree, "id"));
	if (p->id != NULL && !stands_in_json(p->id))
		wrong("a column's name has a quote, a backslash or a control",
		    p->id);
	p->bearer = choose(tree, "auth", auths, 1) == 1;
	load_fields(p, tree);
	load_ignore(p, json_member(tree, "ignore"));
	load_endpoints(p, tree);
	digest(p, tree);
	cJSON_Delete(tree);
	buf_free(&path);
	buf_free(&file);
	return p;
}

static void
free_endpoint(struct endpoint *e)
{
	free(e->method);
	free(e->path);
	free(e->items);
	cJSON_Delete(e->body);
}

static void
free_field(struct field *f)
{
	size_t i;

	for (i = 0; i < f->step_count; i++)
		free(f->steps[i]);
	for (i = 0; i < f->word_count; i++) {
		free(f->words[i].from);
		free(f->words[i].to);
	}
	free(f->steps);
	free(f->words);
	free(f->column);
	cJSON_free(f->constant);
	free(f->otherwise);
	free(f->item);
	free(f->join);
}

void
profile_free(struct profile *p)
{
	struct endpoint *const endpoints[] = { &p->probe, &p->schema, &p->find,
		&p->find_ids, &p->add, &p->change, &p->remove };
	size_t i;

	for (i = 0; i < sizeof endpoints / sizeof *endpoints; i++)
		free_endpoint(endpoints[i]);
	for (i = 0; i < p->list_count; i++)
		free_endpoint(&p->lists[i]);
	for (i = 0; i < p->field_count; i++)
		free_field(&p->fields[i]);
	for (i = 0; i < p->ignore_count; i++)
		free(p->ignore[i]);
	free(p->ignore);
	free(p->fields);
	free(p->name);
	free(p->id);
	free(p);
}

size_t
profile_field(const struct profile *p, const char *column, size_t len)
{
	size_t i;

	for (i = 0; i < p->field_count; i++)
		if (p->fields[i].column_len == len &&
		    memcmp(p->fields[i].column, column, len) == 0)
			return i;
	return SIZE_MAX;
}

const char *
profile_type(const struct field *f)
{
	return type_names[f->type];
}

/* A line of the schema. */
static void
show_column(struct buf *b, const char *name, const char *type, bool list,
    bool nullable)
{
	buf_text(b, b->len > 2 ? ",\n  {" : "  {");
	buf_json_member(b, "name", name, strlen(name));
	buf_json_member(b, "type", type, strlen(type));
	buf_printf(b,
	    ",\"description\":\"\",\"nullable\":%s,\"default\":\"%s\","
	    "\"required\":false,\"access\":\"public\",\"style\":\"%s\"",
	    nullable ? "true" : "false",
	    strcmp(name, "created_at") == 0 ? "now" : "",
	    list ? "list" : "single");
	buf_byte(b, '}');
}

void
profile_columns(const struct profile *p, struct buf *out)
{
	size_t i;

	buf_text(out, "[\n");
	if (p->id != NULL)
		show_column(out, p->id, "int", false, false);
	show_column(out, "created_at", "timestamp", false, false);
	for (i = 0; i < p->field_count; i++) {
		const struct field *f = &p->fields[i];

		show_column(out, f->column, profile_type(f), f->list,
		    f->nulls != NULLS_ZERO && i != p->key);
	}
	buf_text(out, "\n]\n");
}
