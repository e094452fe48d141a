/* wanted.c - the rows that are wanted, and how they come to be others */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"
#include "world.h"

const char *const door_files[DOORS] = { [DOOR_METADATA] = "./metadata.json",
	[DOOR_CRUD] = "./crud.json",
	[DOOR_CRUD_PAGED] = "./crud-paged.json",
	[DOOR_CUSTOM] = "./custom.json" };

/* A number beyond 2^53, of which no digit may be lost. */
static unsigned long long
big(unsigned int version)
{
	return 9007199254740993ULL + version;
}

/*
 * Add the row's record, each value in one of the forms that all mean the same
 * once Xano has stored them.
 */
static void
add_record(struct world *w, struct buf *b, int key)
{
	const struct want *want = &w->wanted[key];
	unsigned int v = want->version, pay = v * 7 + (unsigned int)key;
	static const char *const halves[] = { ".50000", "5e-1", ".5000004",
		".499996" };

	buf_printf(b, "{\"job_id\":\"k%d\",\"feed_id\":1,", key);
	buf_printf(b, "\"title\":\"%st%u%s\",", chance(w, 20) ? " " : "", v,
	    chance(w, 20) ? "  " : "");
	buf_printf(b, "\"big\":%llu,", big(v));
	buf_text(b, "\"pay\":");
	if (want->bad)
		buf_text(b, "12345678901");
	else
		buf_printf(b, "%u%s", pay, halves[below(w, 4)]);
	if (v % 3 != 0)
		buf_printf(b, ",\"note\":\"n\\u00e9%u\",", v);
	else
		buf_text(b, chance(w, 50) ? ",\"note\":null," : ",");
	buf_printf(b,
	    chance(w, 50) ? "\"data\":{\"a\":%u,\"b\":[1.0]},"
	                  : "\"data\":{ \"b\":[1], \"a\":%u },",
	    v);
	buf_printf(b, "\"at\":\"2026-11-01T%s\"}\n",
	    chance(w, 50) ? "10:00:00Z" : "12:00:00.0001+02:00");
}

void
write_wanted(struct world *w, bool complete)
{
	struct buf b = { 0 };
	unsigned int count = 0;
	const char *wrong;
	int key;

	for (key = 0; key < KEYS; key++)
		if (w->wanted[key].version > 0) {
			add_record(w, &b, key);
			count++;
		}
	if (complete)
		buf_printf(&b, "{\"_done\":{\"records\":%u}}\n", count);
	wrong = file_replace("in", b.data, b.len);
	if (wrong != NULL)
		broken(w, "cannot write: %s", wrong);
	buf_free(&b);
}

void
change_wanted(struct world *w)
{
	unsigned int adds = below(w, 12), drops = below(w, 8),
	             changes = below(w, 8);

	/* Now and then most of it is gone: the guard is there for that. */
	if (chance(w, 8))
		drops = 3 * KEYS;
	while (adds-- > 0)
		w->wanted[below(w, KEYS)] =
		    (struct want){ 1 + below(w, 50), chance(w, 2) };
	while (drops-- > 0)
		w->wanted[below(w, KEYS)].version = 0;
	while (changes-- > 0) {
		struct want *want = &w->wanted[below(w, KEYS)];

		if (want->version > 0)
			*want =
			    (struct want){ want->version + 1, chance(w, 4) };
	}
}

bool
anything_bad(const struct world *w)
{
	int key;

	for (key = 0; key < KEYS; key++)
		if (w->wanted[key].version > 0 && w->wanted[key].bad)
			return true;
	return false;
}

void
nothing_bad(struct world *w)
{
	int key;

	for (key = 0; key < KEYS; key++)
		w->wanted[key].bad = false;
}

static bool
has_text(struct json_value row, const char *name, const char *text)
{
	struct json_value v = json_get(row, name);

	return v.type == JSON_STRING && v.len == strlen(text) &&
	       memcmp(v.text, text, v.len) == 0;
}

static bool
has_digits(struct json_value row, const char *name, const char *text)
{
	struct json_value v = json_get(row, name);

	return v.type == JSON_NUMBER && v.len == strlen(text) &&
	       memcmp(v.text, text, v.len) == 0;
}

bool
is_right(const struct world *w, struct json_value row, int key)
{
	unsigned int v = w->wanted[key].version;
	char text[32];
	long long n;

	snprintf(text, sizeof text, "t%u", v);
	if (w->wanted[key].bad || !has_text(row, "title", text))
		return false;
	snprintf(text, sizeof text, "%u.5", v * 7 + (unsigned int)key);
	if (!has_digits(row, "pay", text))
		return false;
	snprintf(text, sizeof text, "%llu", big(v));
	if (!has_digits(row, "big", text))
		return false;
	snprintf(text, sizeof text, "n\xC3\xA9%u", v);
	if (v % 3 != 0 ? !has_text(row, "note", text)
	    : w->door == DOOR_METADATA
	        ? json_get(row, "note").type != JSON_NULL
	        : !has_text(row, "note", "") &&
	              json_get(row, "note").type != JSON_NULL)
		return false;
	if (!json_int64(json_get(json_get(row, "data"), "a"), &n) ||
	    n != (long long)v)
		return false;
	return json_int64(json_get(row, "at"), &n) && n == 1793527200000;
}

/* A profile that is shipped, with a few columns of its own. */
static void
write_profile(struct world *w, const char *shipped, enum door door)
{
	static const char fields[] =
	    "[{\"column\":\"job_hash\",\"from\":\"job_id\"},"
	    "{\"column\":\"feed_id\",\"type\":\"int\"},"
	    "{\"column\":\"title\",\"trim\":true},"
	    "{\"column\":\"pay\",\"type\":\"decimal\"},"
	    "{\"column\":\"big\",\"type\":\"int\"},{\"column\":\"note\"},"
	    "{\"column\":\"data\",\"type\":\"json\"},"
	    "{\"column\":\"at\",\"type\":\"timestamp\"}]";
	struct buf path = { 0 };
	cJSON *profile, *endpoints;
	char *text;

	file_share(&path, shipped);
	profile = json_load(buf_string(&path));
	cJSON_ReplaceItemInObjectCaseSensitive(profile, "fields",
	    cJSON_Parse(fields));
	cJSON_ReplaceItemInObjectCaseSensitive(profile, "key",
	    cJSON_CreateString("job_hash"));
	endpoints = cJSON_GetObjectItemCaseSensitive(profile, "endpoints");
	if (door == DOOR_CRUD_PAGED)
		cJSON_ReplaceItemInObjectCaseSensitive(endpoints, "list",
		    cJSON_Parse("{\"method\":\"GET\",\"paging\":\"page\","
		                "\"path\":\"/{table}?page={page}&per_page="
		                "{per_page}\"}"));
	text = cJSON_Print(profile);
	if (file_replace(door_files[door], text, strlen(text)) != NULL)
		broken(w, "cannot write here");
	cJSON_free(text);
	cJSON_Delete(profile);
	buf_free(&path);
}

static void
write_schema(struct world *w, const char *path, bool unique)
{
	static const char *const columns[][2] = { { "id", "int" },
		{ "job_hash", "text" }, { "feed_id", "int" },
		{ "title", "text" }, { "pay", "decimal" }, { "big", "int" },
		{ "note", "text" }, { "data", "json" }, { "at", "timestamp" } };
	struct buf schema = { 0 };
	size_t i;

	for (i = 0; i < sizeof columns / sizeof *columns; i++)
		buf_printf(&schema,
		    "%s{\"name\":\"%s\",\"type\":\"%s\",\"nullable\":%s%s%s}",
		    i > 0 ? "," : "[", columns[i][0], columns[i][1],
		    i > 0 ? "true" : "false",
		    i == 1 && unique ? ",\"unique\":true" : "",
		    i == 3 ? ",\"filters\":[\"trim\"]" : "");
	buf_text(&schema, "]");
	if (file_replace(path, schema.data, schema.len) != NULL)
		broken(w, "cannot write here");
	buf_free(&schema);
}

void
write_files(struct world *w)
{
	write_profile(w, "xano/metadata.json", DOOR_METADATA);
	write_profile(w, "xano/crud.json", DOOR_CRUD);
	write_profile(w, "xano/crud.json", DOOR_CRUD_PAGED);
	write_profile(w, "xano/custom.json", DOOR_CUSTOM);
	write_schema(w, "schema.json", false);
	write_schema(w, "unique.json", true);
}
