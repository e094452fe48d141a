/* refs.c - what the suite brings along: feed maps and the taxonomy */
#include "refs.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define MOST_BYTES ((size_t)1 << 20)

/* Something that has a name, and how it is told. */
struct ref {
	char *name;
	struct buf text;
};

struct list {
	struct ref *items;
	size_t count;
};

struct refs {
	struct list maps, industries;
	struct buf maps_body, taxonomy_body;
};

static struct ref *
add(struct list *list, const char *name, size_t len)
{
	struct ref *ref;

	list->items =
	    mem_resize(list->items, list->count + 1, sizeof *list->items);
	ref = &list->items[list->count++];
	*ref = (struct ref){ .name = mem_copy(name, len) };
	return ref;
}

static const struct ref *
find(const struct list *list, const char *name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (strcmp(list->items[i].name, name) == 0)
			return &list->items[i];
	return NULL;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct ref *)a)->name,
	    ((const struct ref *)b)->name);
}

static void
load_map(struct refs *refs, const char *folder, const char *file, size_t stem)
{
	struct ref *ref = add(&refs->maps, file, stem);
	struct buf path = { 0 };
	const char *error;

	buf_printf(&path, "%s/%s", folder, file);
	error = file_read(buf_string(&path), MOST_BYTES, &ref->text);
	if (error != NULL)
		die(EX_NOINPUT, "cannot read a feed map",
		    LOG_TEXT("file", path.data), LOG_TEXT("error", error));
	buf_free(&path);
}

/* {"maps":[{"name":…,"about":…,"map":{…}},…]} */
static void
tell_maps(struct refs *refs)
{
	struct buf *b = &refs->maps_body;
	const char *error, *about;
	size_t i, at;
	cJSON *map;

	buf_text(b, "{\"maps\":[");
	for (i = 0; i < refs->maps.count; i++) {
		const struct ref *ref = &refs->maps.items[i];

		map = json_parse(ref->text.data, ref->text.len, &error, &at);
		if (map == NULL)
			die(EX_CONFIG, "a feed map is no JSON",
			    LOG_TEXT("map", ref->name),
			    LOG_TEXT("error", error));
		about = json_string(map, "about");
		buf_text(b, i > 0 ? ",{" : "{");
		buf_json_member(b, "name", ref->name, strlen(ref->name));
		buf_json_key(b, "about");
		if (about != NULL)
			buf_json_string(b, about, strlen(about));
		else
			buf_text(b, "null");
		buf_json_key(b, "map");
		buf_add(b, ref->text.data, ref->text.len);
		buf_byte(b, '}');
		cJSON_Delete(map);
	}
	buf_text(b, "]}");
}

static void
load_maps(struct refs *refs, const char *share)
{
	struct buf folder = { 0 };
	struct dirent *entry;
	DIR *dir;

	buf_printf(&folder, "%s/feeds", share);
	dir = opendir(buf_string(&folder));
	if (dir == NULL)
		die(EX_NOINPUT, "cannot read the feed maps",
		    LOG_TEXT("folder", folder.data),
		    LOG_TEXT("error", strerror(errno)));
	while ((entry = readdir(dir)) != NULL) {
		size_t stem = strspn(entry->d_name,
		    "abcdefghijklmnopqrstuvwxyz0123456789-_");

		if (stem > 0 && strcmp(entry->d_name + stem, ".json") == 0)
			load_map(refs, folder.data, entry->d_name, stem);
	}
	closedir(dir);
	buf_free(&folder);
	if (refs->maps.count > 0)
		qsort(refs->maps.items, refs->maps.count,
		    sizeof *refs->maps.items, by_name);
	tell_maps(refs);
}

/* The words that speak for an industry: those of a weight above 0. */
static void
add_terms(struct buf *b, const cJSON *places)
{
	const cJSON *place, *weight, *term;
	bool any = false;

	buf_byte(b, '[');
	cJSON_ArrayForEach(place, places)
	{
		cJSON_ArrayForEach(weight, place)
		{
			if (weight->string == NULL || *weight->string == '-')
				continue;
			cJSON_ArrayForEach(term, weight)
			{
				if (!cJSON_IsString(term))
					continue;
				if (any)
					buf_byte(b, ',');
				buf_json_string(b, term->valuestring,
				    strlen(term->valuestring));
				any = true;
			}
		}
	}
	buf_byte(b, ']');
}

static void
load_industries(struct refs *refs, const cJSON *taxonomy, const cJSON *lexicon)
{
	const cJSON *terms =
	    json_member(json_member(lexicon, "industries"), "terms");
	const cJSON *industry;

	cJSON_ArrayForEach(industry, json_member(taxonomy, "industries"))
	{
		const char *code = json_string(industry, "code");
		char *text = cJSON_PrintUnformatted(industry);
		struct ref *ref;

		if (code == NULL || text == NULL)
			die(EX_CONFIG, "an industry of the taxonomy has no "
			               "code");
		ref = add(&refs->industries, code, strlen(code));
		buf_text(&ref->text, text);
		ref->text.len--;
		buf_json_key(&ref->text, "terms");
		add_terms(&ref->text, json_member(terms, code));
		buf_byte(&ref->text, '}');
		cJSON_free(text);
	}
}

static cJSON *
load(const char *share, const char *name)
{
	struct buf path = { 0 };
	cJSON *tree;

	buf_printf(&path, "%s/taxonomy/%s", share, name);
	tree = json_load(buf_string(&path));
	buf_free(&path);
	return tree;
}

struct refs *
refs_load(const char *share)
{
	struct refs *refs = mem_zero(1, sizeof *refs);
	cJSON *taxonomy = load(share, "taxonomy.json"),
	      *lexicon = load(share, "lexicon.json");
	char *text = cJSON_PrintUnformatted(taxonomy);

	load_maps(refs, share);
	load_industries(refs, taxonomy, lexicon);
	buf_text(&refs->taxonomy_body, text);
	cJSON_free(text);
	cJSON_Delete(taxonomy);
	cJSON_Delete(lexicon);
	return refs;
}

const struct buf *
refs_map(const struct refs *refs, const char *name)
{
	const struct ref *ref = find(&refs->maps, name);

	return ref != NULL ? &ref->text : NULL;
}

static void
answer_copy(struct request *r, const struct buf *text)
{
	struct buf body = { 0 };

	buf_add(&body, text->data, text->len);
	answer_json(r, 200, &body, NULL);
}

void
refs_maps(struct request *r)
{
	answer_copy(r, &r->server->refs->maps_body);
}

void
refs_taxonomy(struct request *r)
{
	answer_copy(r, &r->server->refs->taxonomy_body);
}

void
refs_industry(struct request *r)
{
	const struct ref *ref = find(&r->server->refs->industries, r->id);

	if (ref != NULL)
		answer_copy(r, &ref->text);
	else
		answer_not_found(r, "there is no industry of that code");
}
