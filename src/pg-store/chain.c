/* chain.c - what the stages of a run counted, and whether it adds up */
#include "chain.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "json.h"
#include "log.h"
#include "status.h"

#define MOST_BYTES ((size_t)1 << 20)
#define ENDING ".stats"

struct chain {
	cJSON *stages;   /* an object: name to counters */
	struct buf json; /* the same as text, each as its stage wrote it */
};

/* The stage that a file is of, in ROOM; NULL if it is of none. */
static const char *
stage_of(const char *file, struct buf *room)
{
	size_t len = strlen(file), ending = strlen(ENDING);

	if (len <= ending || strcmp(file + len - ending, ENDING) != 0)
		return NULL;
	buf_clear(room);
	buf_add(room, file, len - ending);
	return buf_string(room);
}

static void
add_stage(struct chain *c, const char *folder, const char *file,
    const char *name)
{
	struct buf path = { 0 }, text = { 0 };
	const char *error;
	cJSON *counters = NULL;
	size_t at;

	buf_printf(&path, "%s/%s", folder, file);
	error = file_read(buf_string(&path), MOST_BYTES, &text);
	if (error == NULL)
		counters = json_parse(text.data, text.len, &error, &at);
	if (counters == NULL || !cJSON_IsObject(counters)) {
		log_warning("a stage's counters can't be read",
		    LOG_TEXT("file", path.data),
		    LOG_TEXT("error", error != NULL ? error : "no object"));
		cJSON_Delete(counters);
	} else {
		while (text.len > 0 && text.data[text.len - 1] == '\n')
			text.len--;
		if (c->json.len > 1)
			buf_byte(&c->json, ',');
		buf_json_string(&c->json, name, strlen(name));
		buf_byte(&c->json, ':');
		buf_add(&c->json, text.data, text.len);
		cJSON_AddItemToObject(c->stages, name, counters);
	}
	buf_free(&text);
	buf_free(&path);
}

static void
read_folder(struct chain *c, const char *folder)
{
	struct buf name = { 0 };
	struct dirent **files;
	int i, n = scandir(folder, &files, NULL, alphasort);

	if (n < 0)
		die(EX_NOINPUT, "cannot read the run folder",
		    LOG_TEXT("folder", folder),
		    LOG_TEXT("error", strerror(errno)));
	for (i = 0; i < n; i++) {
		if (stage_of(files[i]->d_name, &name) != NULL)
			add_stage(c, folder, files[i]->d_name,
			    buf_string(&name));
		free(files[i]);
	}
	free(files);
	buf_free(&name);
}

struct chain *
chain_read(const char *folder)
{
	struct chain *c = mem_zero(1, sizeof *c);

	c->stages = cJSON_CreateObject();
	if (c->stages == NULL)
		die(EX_OSERR, "no memory for counters");
	buf_byte(&c->json, '{');
	if (folder != NULL)
		read_folder(c, folder);
	buf_byte(&c->json, '}');
	buf_string(&c->json);
	return c;
}

void
chain_free(struct chain *c)
{
	if (c == NULL)
		return;
	cJSON_Delete(c->stages);
	buf_free(&c->json);
	free(c);
}

const char *
chain_json(const struct chain *c)
{
	return c->json.data;
}

const cJSON *
chain_stage(const struct chain *c, const char *name)
{
	return json_member(c->stages, name);
}

int64_t
chain_count(const struct chain *c, const char *stage, const char *counter)
{
	return json_integer(chain_stage(c, stage), counter, 0);
}

int64_t
chain_sum(const struct chain *c, const char *counter)
{
	const cJSON *stage;
	int64_t sum = 0;

	cJSON_ArrayForEach(stage, c->stages) sum +=
	    json_integer(stage, counter, 0);
	return sum;
}

/* What is wrong with one stage behind another; BEFORE is "" for the first. */
static bool
fits(const struct chain *c, const char *before, const char *name, bool may_fail,
    struct buf *why)
{
	int64_t status = chain_count(c, name, "status");
	int64_t in = chain_count(c, name, "in"), out;

	if (chain_stage(c, name) == NULL) {
		buf_printf(why, "%s left no counters: it did not end", name);
		return false;
	}
	if (status != EX_OK && status != EX_SOME_BAD && !may_fail) {
		buf_printf(why, "%s ended with %" PRId64, name, status);
		return false;
	}
	if (*before == '\0')
		return true;
	out = chain_count(c, before, "out");
	if (out == in)
		return true;
	buf_printf(why,
	    "%s let %" PRId64 " records out, %s took %" PRId64 " in", before,
	    out, name, in);
	return false;
}

const char *
chain_check(const struct chain *c, const char *names, bool may_fail,
    struct buf *room)
{
	struct buf before = { 0 }, name = { 0 };
	bool well = true;
	size_t len;

	buf_clear(room);
	for (; well && *names != '\0'; names += len + (names[len] == ',')) {
		len = strcspn(names, ",");
		buf_clear(&name);
		buf_add(&name, names, len);
		well = fits(c, buf_string(&before), buf_string(&name), may_fail,
		    room);
		buf_clear(&before);
		buf_add(&before, name.data, name.len);
	}
	buf_free(&before);
	buf_free(&name);
	return well ? NULL : buf_string(room);
}
