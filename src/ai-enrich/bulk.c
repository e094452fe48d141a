/* bulk.c - a job of the batch tier */
#include "bulk.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "json.h"
#include "log.h"
#include "status.h"

static void
id_of(struct hash *hash, const struct item *item, char out[HASH_HEX])
{
	unsigned char id[HASH_BYTES];

	item_id(hash, item, id);
	hash_hex(id, out);
}

static struct bulk_request *
new_request(struct bulk *b, size_t slots)
{
	struct bulk_request *r;

	b->requests =
	    mem_resize(b->requests, b->count + 1, sizeof(*b->requests));
	r = &b->requests[b->count++];
	*r = (struct bulk_request){ .count = slots };
	r->slots = mem_zero(slots, sizeof(*r->slots));
	return r;
}

void
bulk_add(struct bulk *b, struct batch *batch, struct hash *hash)
{
	struct bulk_request *r = new_request(b, batch->count);

	r->batch = batch;
	memcpy(r->fence, batch->fence, sizeof(r->fence));
	if (batch->industry != NULL)
		snprintf(r->industry, sizeof(r->industry), "%s",
		    batch->industry->code);
	for (size_t i = 0; i < batch->count; i++) {
		id_of(hash, batch->items[i], r->slots[i].id);
		memcpy(r->slots[i].key, batch->items[i]->key, KEYS_KEY);
		r->slots[i].claimed = true;
	}
}

struct bulk_slot *
bulk_find(struct bulk *b, const char *id, struct bulk_request **request)
{
	for (size_t i = 0; i < b->count; i++)
		for (size_t j = 0; j < b->requests[i].count; j++) {
			struct bulk_slot *slot = &b->requests[i].slots[j];

			if (slot->claimed || strcmp(slot->id, id) != 0)
				continue;
			*request = &b->requests[i];
			return slot;
		}
	return NULL;
}

static void
path_of(struct buf *path, const struct bulk *b, const char *dir)
{
	buf_printf(path, "%s/%s.json", dir, b->shown);
	buf_string(path);
}

static void
add_request(struct buf *json, const struct bulk_request *r)
{
	buf_byte(json, '{');
	buf_json_member(json, "fence", r->fence, strlen(r->fence));
	buf_json_member(json, "industry", r->industry, strlen(r->industry));
	buf_json_key(json, "jobs");
	for (size_t i = 0; i < r->count; i++) {
		buf_byte(json, i == 0 ? '[' : ',');
		buf_byte(json, '{');
		buf_json_member(json, "id", r->slots[i].id, HASH_HEX - 1);
		buf_json_member(json, "key", r->slots[i].key, KEYS_KEY - 1);
		buf_byte(json, '}');
	}
	buf_text(json, "]}");
}

void
bulk_keep(const struct bulk *b, const char *dir, const char *profile)
{
	struct buf path = { 0 }, json = { 0 };
	const char *error;

	buf_byte(&json, '{');
	buf_json_member(&json, "profile", profile, strlen(profile));
	buf_json_member(&json, "name", b->name, strlen(b->name));
	buf_json_key(&json, "submitted");
	buf_json_int(&json, b->submitted);
	buf_json_key(&json, "requests");
	for (size_t i = 0; i < b->count; i++) {
		buf_byte(&json, i == 0 ? '[' : ',');
		add_request(&json, &b->requests[i]);
	}
	buf_text(&json, "]}\n");
	path_of(&path, b, dir);
	error = file_replace(path.data, json.data, json.len);
	if (error != NULL)
		die(EX_IOERR, "cannot keep what is submitted",
		    LOG_TEXT("file", path.data), LOG_TEXT("error", error));
	buf_free(&path);
	buf_free(&json);
}

/* Copy a string that must fit; false when it does not. */
static bool
take(char *to, size_t size, const char *from)
{
	if (from == NULL || strlen(from) >= size)
		return false;
	memcpy(to, from, strlen(from) + 1);
	return true;
}

bool
bulk_take_name(struct bulk *b, const char *name)
{
	return name != NULL && strncmp(name, "batches/", 8) == 0 &&
	       name[8 + strspn(name + 8, BULK_PLAIN)] == '\0' &&
	       take(b->name, sizeof(b->name), name);
}

static bool
read_request(struct bulk *b, const cJSON *kept)
{
	const cJSON *jobs = json_member(kept, "jobs"), *job;
	int count = cJSON_GetArraySize(jobs), i = 0;
	struct bulk_request *r;

	if (count < 1)
		return false;
	r = new_request(b, (size_t)count);
	if (!take(r->fence, sizeof(r->fence), json_string(kept, "fence")) ||
	    !take(r->industry, sizeof(r->industry),
	        json_string(kept, "industry")))
		return false;
	cJSON_ArrayForEach(job, jobs)
	{
		struct bulk_slot *slot = &r->slots[i++];

		if (!take(slot->id, sizeof(slot->id), json_string(job, "id")) ||
		    !take(slot->key, sizeof(slot->key),
		        json_string(job, "key")) ||
		    strlen(slot->id) != sizeof(slot->id) - 1 ||
		    strlen(slot->key) != sizeof(slot->key) - 1)
			return false;
	}
	return true;
}

struct bulk *
bulk_load(const char *path, const char *shown, const char *profile)
{
	cJSON *tree = json_load(path);
	const char *of = json_string(tree, "profile");
	const char *name = json_string(tree, "name");
	struct bulk *b = mem_zero(1, sizeof(*b));
	const cJSON *request;
	bool good = of != NULL && name != NULL &&
	            (*name == '\0' || bulk_take_name(b, name)) &&
	            take(b->shown, sizeof(b->shown), shown);

	b->submitted = json_integer(tree, "submitted", -1);
	good &= b->submitted >= 0;
	b->resumed = true;
	b->state = BULK_OUT;
	cJSON_ArrayForEach(request, json_member(tree, "requests"))
	{
		good = good && read_request(b, request);
	}
	if (!good || b->count == 0)
		die(EX_CONFIG,
		    "what was submitted can't be read: it was paid for, so "
		    "take the file away yourself",
		    LOG_TEXT("file", path));
	if (strcmp(of, profile) != 0) {
		bulk_free(b);
		b = NULL;
	}
	cJSON_Delete(tree);
	return b;
}

struct bulk *
bulk_load_all(const char *dir, const char *profile)
{
	DIR *folder = opendir(dir);
	struct bulk *first = NULL, *b;
	struct buf path = { 0 };
	struct dirent *entry;

	if (folder == NULL)
		die(EX_CANTCREAT, "cannot read the folder of what is submitted",
		    LOG_TEXT("folder", dir),
		    LOG_TEXT("error", strerror(errno)));
	while ((entry = readdir(folder)) != NULL) {
		size_t len = strlen(entry->d_name);
		char shown[BULK_SHOWN];

		if (len < 6 || len - 5 >= sizeof(shown) ||
		    strcmp(entry->d_name + len - 5, ".json") != 0)
			continue;
		memcpy(shown, entry->d_name, len - 5);
		shown[len - 5] = '\0';
		buf_clear(&path);
		buf_printf(&path, "%s/%s", dir, entry->d_name);
		b = bulk_load(buf_string(&path), shown, profile);
		if (b != NULL) {
			b->next = first;
			first = b;
		}
	}
	closedir(folder);
	buf_free(&path);
	return first;
}

void
bulk_forget(const struct bulk *b, const char *dir)
{
	struct buf path = { 0 };

	path_of(&path, b, dir);
	if (unlink(path.data) < 0 && errno != ENOENT)
		log_warning("cannot remove a file", LOG_TEXT("file", path.data),
		    LOG_TEXT("error", strerror(errno)));
	buf_free(&path);
}

void
bulk_free(struct bulk *b)
{
	if (b == NULL)
		return;
	for (size_t i = 0; i < b->count; i++) {
		batch_free(b->requests[i].batch);
		free(b->requests[i].slots);
	}
	free(b->requests);
	buf_free(&b->body);
	free(b);
}
