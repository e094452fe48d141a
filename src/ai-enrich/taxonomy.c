/* taxonomy.c - load and check the industries and their job functions */
#include "taxonomy.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define FILE_MAX ((size_t)8 << 20)
#define VERSION_MAX 64

/* Where in the file we are, for messages. */
struct place {
	const char *file;
	size_t industry, function; /* NOWHERE: above it */
};

#define NOWHERE SIZE_MAX

struct room {
	cJSON *tree; /* all strings are its */
	struct taxonomy_industry *industries;
	struct taxonomy_function *functions;
	const struct taxonomy_function **lists; /* of all industries */
	size_t used;                            /* of lists */
	struct taxonomy taxonomy;
};

static _Noreturn void
wrong(const struct place *p, const char *error, const char *what)
{
	struct buf at = { 0 };

	if (p->industry != NOWHERE)
		buf_printf(&at, "industries[%zu]", p->industry);
	if (p->function != NOWHERE)
		buf_printf(&at, ".functions[%zu]", p->function);
	die(EX_CONFIG, "the taxonomy is wrong", LOG_TEXT("file", p->file),
	    LOG_TEXT("at", buf_string(&at)), LOG_TEXT("error", error),
	    LOG_TEXT("value", what));
}

static bool
is_listed(const char *name, const char *const *names)
{
	for (; *names != NULL; names++)
		if (strcmp(name, *names) == 0)
			return true;
	return false;
}

/* An object with all of NAMES and nothing else. */
static void
check_keys(const struct place *p, const cJSON *object, const char *const *names)
{
	const cJSON *item;

	if (!cJSON_IsObject(object))
		wrong(p, "not an object", "");
	for (item = object->child; item != NULL; item = item->next)
		if (!is_listed(item->string, names))
			wrong(p, "unknown key", item->string);
	for (; *names != NULL; names++)
		if (json_member(object, *names) == NULL)
			wrong(p, "missing key", *names);
}

/* A string member of 1 to MAX bytes without control characters. */
static const char *
take_string(const struct place *p, const cJSON *item, const char *name,
    size_t max)
{
	const char *text = cJSON_GetStringValue(item), *c;

	if (text == NULL)
		wrong(p, "not a string", name);
	if (*text == '\0' || strlen(text) > max)
		wrong(p, "empty or too long", name);
	for (c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			wrong(p, "control character", name);
	return text;
}

static const char *
take_code(const struct place *p, const cJSON *object)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
	const char *code =
	    take_string(p, json_member(object, "code"), "code", TAXONOMY_CODE);

	if (code[strspn(code, allowed)] != '\0')
		wrong(p, "a code has letters, digits, '.', '_', '-'", code);
	return code;
}

static const cJSON *
take_array(const struct place *p, const cJSON *object, const char *name,
    size_t min, size_t max)
{
	const cJSON *array = json_member(object, name);
	size_t n = (size_t)cJSON_GetArraySize(array);

	if (!cJSON_IsArray(array))
		wrong(p, "not an array", name);
	if (n < min || n > max)
		wrong(p, "too few or too many items", name);
	return array;
}

/* The function of this code among those known, added when it is new. */
static const struct taxonomy_function *
intern(struct room *room, const struct place *p, const char *code,
    const char *name)
{
	struct taxonomy *t = &room->taxonomy;
	size_t i;

	for (i = 0; i < t->kinds; i++) {
		if (strcmp(t->functions[i].code, code) != 0)
			continue;
		if (strcmp(t->functions[i].name, name) != 0)
			wrong(p, "the code has another name elsewhere", code);
		return &t->functions[i];
	}
	room->functions[t->kinds] = (struct taxonomy_function){ .code = code,
		.name = name,
		.id = t->kinds };
	return &room->functions[t->kinds++];
}

static void
take_functions(struct room *room, struct place *p,
    struct taxonomy_industry *industry, const cJSON *array)
{
	static const char *const keys[] = { "code", "name", NULL };
	const struct taxonomy_function **list = &room->lists[room->used];
	const struct taxonomy_function *f;
	const cJSON *item;
	size_t n = 0, i;

	p->function = 0;
	for (item = array->child; item != NULL; item = item->next) {
		check_keys(p, item, keys);
		f = intern(room, p, take_code(p, item),
		    take_string(p, json_member(item, "name"), "name",
		        TAXONOMY_NAME));
		for (i = 0; i < n; i++)
			if (list[i] == f)
				wrong(p, "the code is twice in its industry",
				    f->code);
		list[n++] = f;
		p->function++;
	}
	p->function = NOWHERE;
	industry->functions = list;
	industry->function_count = n;
	room->used += n;
}

static void
take_path(const struct place *p, struct taxonomy_industry *industry,
    const cJSON *array)
{
	const cJSON *item;

	for (item = array->child; item != NULL; item = item->next)
		industry->path[industry->path_count++] =
		    take_string(p, item, "path", TAXONOMY_NAME);
	if (strcmp(industry->path[industry->path_count - 1], industry->name) !=
	    0)
		wrong(p, "the path does not end with the name", industry->name);
}

static void
take_industry(struct room *room, struct place *p, const cJSON *item)
{
	static const char *const keys[] = { "code", "name", "path", "functions",
		NULL };
	struct taxonomy *t = &room->taxonomy;
	struct taxonomy_industry *industry = &room->industries[t->count];

	check_keys(p, item, keys);
	industry->id = t->count;
	industry->code = take_code(p, item);
	if (taxonomy_industry(t, industry->code, strlen(industry->code)) !=
	    NULL)
		wrong(p, "the code is there twice", industry->code);
	industry->name =
	    take_string(p, json_member(item, "name"), "name", TAXONOMY_NAME);
	take_path(p, industry, take_array(p, item, "path", 1, TAXONOMY_PATH));
	take_functions(room, p, industry,
	    take_array(p, item, "functions", 1, TAXONOMY_FUNCTIONS));
	t->count++;
}

/* Room for as many functions as the file can hold at most. */
static void
make_room(struct room *room, const cJSON *industries)
{
	size_t functions = 0;
	const cJSON *item;

	for (item = industries->child; item != NULL; item = item->next)
		functions +=
		    (size_t)cJSON_GetArraySize(json_member(item, "functions"));
	room->industries = mem_zero((size_t)cJSON_GetArraySize(industries),
	    sizeof *room->industries);
	room->functions = mem_zero(functions + 1, sizeof *room->functions);
	room->lists = mem_zero(functions + 1, sizeof(void *));
	room->taxonomy.industries = room->industries;
	room->taxonomy.functions = room->functions;
	room->taxonomy.room = room;
}

static void
digest_file(const char *path, char out[HASH_HEX])
{
	struct buf bytes = { 0 };
	const char *error = file_read(path, FILE_MAX, &bytes);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the taxonomy",
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	hash_once(bytes.data, bytes.len, out);
	buf_free(&bytes);
}

const struct taxonomy *
taxonomy_load(const char *path)
{
	static const char *const keys[] = { "version", "industries", NULL };
	struct place p = { .file = path,
		.industry = NOWHERE,
		.function = NOWHERE };
	struct room *room = mem_zero(1, sizeof *room);
	const cJSON *industries, *item;

	digest_file(path, room->taxonomy.digest);
	room->tree = json_load(path);
	check_keys(&p, room->tree, keys);
	room->taxonomy.version = take_string(&p,
	    json_member(room->tree, "version"), "version", VERSION_MAX);
	industries =
	    take_array(&p, room->tree, "industries", 2, TAXONOMY_INDUSTRIES);
	make_room(room, industries);
	p.industry = 0;
	for (item = industries->child; item != NULL; item = item->next) {
		take_industry(room, &p, item);
		p.industry++;
	}
	return &room->taxonomy;
}

void
taxonomy_free(const struct taxonomy *t)
{
	struct room *room;

	if (t == NULL)
		return;
	room = t->room;
	free(room->industries);
	free(room->functions);
	free(room->lists);
	cJSON_Delete(room->tree);
	free(room);
}

const struct taxonomy_industry *
taxonomy_industry(const struct taxonomy *t, const char *code, size_t len)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (strlen(t->industries[i].code) == len &&
		    memcmp(t->industries[i].code, code, len) == 0)
			return &t->industries[i];
	return NULL;
}

const struct taxonomy_function *
taxonomy_function(const struct taxonomy_industry *industry, const char *code,
    size_t len)
{
	const struct taxonomy_function *f;
	size_t i;

	for (i = 0; i < industry->function_count; i++) {
		f = industry->functions[i];
		if (strlen(f->code) == len && memcmp(f->code, code, len) == 0)
			return f;
	}
	return NULL;
}
