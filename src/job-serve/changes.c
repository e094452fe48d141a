/* changes.c - feeds: pg-store feed add, set, remove */
#include "changes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "body.h"
#include "mem.h"
#include "reads.h"
#include "refs.h"
#include "route.h"
#include "status.h"
#include "store.h"

/* A program that a request waits for has this long. */
#define TIMEOUT_MS 60000

#define MOST_OUTPUT ((size_t)4 << 20)

void
changes_start(struct request *r, enum program program, struct buf *args,
    const struct buf *input,
    void (*ended)(void *of, const struct child_end *end))
{
	const struct child_order order = { .program = program,
		.of = r,
		.ended = ended,
		.max_out = MOST_OUTPUT,
		.timeout_ms = TIMEOUT_MS };
	struct child *child = child_start(r->server->children, &order, args);

	if (input != NULL) {
		child_write(child, input->data, input->len);
		child_close(child);
	}
	buf_free(args);
}

enum {
	NAME,
	URL,
	MAP,
	ENABLED,
	BYPASS,
	LOAD,
	MISSES,
	MAX_CLOSE,
	CONFIRM_AFTER,
	ACCEPT,
	OPTIONS,
	SCHEDULE
};

static const char *const loads[] = { "snapshot", "delta", NULL };
static const char *const guards[] = { "empty", "shrink", "dead", "drift",
	NULL };

#define FEED_RULES(need)                                                       \
	{                                                                      \
		[NAME] = { .name = "name",                                     \
			.kind = BODY_TEXT,                                     \
			.required = (need),                                    \
			.min = 1,                                              \
			.max = 200 },                                          \
		[URL] = { .name = "url",                                       \
			.kind = BODY_TEXT,                                     \
			.required = (need),                                    \
			.min = 1,                                              \
			.max = 4096 },                                         \
		[MAP] = { .name = "map",                                       \
			.kind = BODY_TEXT,                                     \
			.min = 1,                                              \
			.max = 200 },                                          \
		[ENABLED] = { .name = "enabled", .kind = BODY_FLAG },          \
		[BYPASS] = { .name = "bypass_filters", .kind = BODY_FLAG },    \
		[LOAD] = { .name = "load",                                     \
			.kind = BODY_CHOICE,                                   \
			.choices = loads },                                    \
		[MISSES] = { .name = "misses",                                 \
			.kind = BODY_COUNT,                                    \
			.nullable = true,                                      \
			.min = 1,                                              \
			.max = 1000 },                                         \
		[MAX_CLOSE] = { .name = "max_close",                           \
			.kind = BODY_DECIMAL,                                  \
			.nullable = true,                                      \
			.min = 0,                                              \
			.max = 100 },                                          \
		[CONFIRM_AFTER] = { .name = "confirm_after",                   \
			.kind = BODY_COUNT,                                    \
			.nullable = true,                                      \
			.min = 0,                                              \
			.max = 31536000 },                                     \
		[ACCEPT] = { .name = "accept",                                 \
			.kind = BODY_CHOICES,                                  \
			.min = 0,                                              \
			.max = 4,                                              \
			.choices = guards },                                   \
		[OPTIONS] = { .name = "options",                               \
			.kind = BODY_OBJECT,                                   \
			.min = 0,                                              \
			.max = 100 },                                          \
		[SCHEDULE] = { .name = "schedule",                             \
			.kind = BODY_TEXT,                                     \
			.nullable = true,                                      \
			.min = 1,                                              \
			.max = 100 },                                          \
		{                                                              \
			.name = NULL                                           \
		}                                                              \
	}

static const struct body_rule new_rules[] = FEED_RULES(true);
static const struct body_rule change_rules[] = FEED_RULES(false);

static void
feed_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };
	char location[64] = "";

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "there is no such feed");
		return;
	}
	buf_add(&body, a->rows, a->len);
	snprintf(location, sizeof location, "/feeds/%" PRId64, r->number);
	answer_json(r, r->status, &body, r->status == 201 ? location : NULL);
}

void
changes_tell_feed(struct request *r, unsigned int status, int64_t feed)
{
	struct buf q = { 0 };

	r->number = feed;
	r->status = status;
	store_question(&q, "feeds");
	store_number(&q, "feed_id", feed);
	store_ask(r->server->store, STORE_QUICK, &q, feed_known, r);
}

/* A value as it stands in the body. */
static void
add_raw(struct buf *args, const char *option, struct json_value v)
{
	char *text = mem_copy(v.text, v.len);

	child_option(args, option, text);
	free(text);
}

/* Limits are numbers, or null: then the default. */
static void
add_limits(struct buf *args, struct buf *unset, const struct json_value *v)
{
	static const struct {
		int value;
		const char *option;
	} limits[] = {
		{ MISSES, "misses" },
		{ MAX_CLOSE, "max-close" },
		{ CONFIRM_AFTER, "confirm-after" },
		{ SCHEDULE, "schedule" },
	};
	size_t i;

	for (i = 0; i < sizeof limits / sizeof *limits; i++) {
		const struct json_value *value = &v[limits[i].value];

		if (value->type == JSON_NULL)
			buf_printf(unset, "%s%s", unset->len > 0 ? "," : "",
			    limits[i].option);
		else if (value->type == JSON_NUMBER)
			add_raw(args, limits[i].option, *value);
	}
}

/* Settings as options of `pg-store feed set`; whether there are any. */
static bool
add_settings(struct buf *args, const struct json_value *v, bool named)
{
	static const struct {
		int value;
		const char *option;
	} texts[] = {
		{ NAME, "name" },
		{ URL, "url" },
		{ MAP, "map" },
		{ LOAD, "load" },
		{ SCHEDULE, "schedule" },
	};
	struct buf unset = { 0 };
	size_t i, before = args->len;
	char *text;

	for (i = named ? 0 : 2; i < sizeof texts / sizeof *texts; i++) {
		text = body_text(v[texts[i].value]);
		if (text != NULL)
			child_option(args, texts[i].option, text);
		free(text);
	}
	if (body_given(v[ENABLED]))
		child_option(args, "enabled",
		    body_flag(v[ENABLED], true) ? "yes" : "no");
	if (body_given(v[BYPASS]))
		child_option(args, "bypass",
		    body_flag(v[BYPASS], false) ? "yes" : "no");
	add_limits(args, &unset, v);
	text = body_list(v[ACCEPT]);
	if (text != NULL)
		child_option(args, "accept", *text != '\0' ? text : "none");
	free(text);
	if (v[OPTIONS].type != JSON_NONE)
		add_raw(args, "options", v[OPTIONS]);
	if (unset.len > 0)
		child_option(args, "unset", buf_string(&unset));
	buf_free(&unset);
	return args->len > before;
}

/* What no rule can tell; false: it was answered. */
static bool
check_feed(struct request *r, const struct json_value *v)
{
	char *name = body_text(v[NAME]), *url = body_text(v[URL]),
	     *map = body_text(v[MAP]);
	bool files = r->server->settings->files;
	const char *at = NULL, *wrong = NULL;

	if (name != NULL && strspn(name, "0123456789") == strlen(name)) {
		at = "/name";
		wrong = "a name is not only digits";
	} else if (url != NULL && strncmp(url, "http://", 7) != 0 &&
	           strncmp(url, "https://", 8) != 0 &&
	           (!files || strncmp(url, "file:///", 8) != 0)) {
		at = "/url";
		wrong = files ? "an address starts with https://, http:// or "
		                "file:///"
		              : "an address starts with https:// or http://";
	} else if (map != NULL && strcmp(map, "auto") != 0 &&
	           refs_map(r->server->refs, map) == NULL) {
		at = "/map";
		wrong = "it has to be auto, or a name of GET /feed-maps";
	} else if (v[OPTIONS].type == JSON_OBJECT &&
	           json_get(v[OPTIONS], "feed_map").type != JSON_NONE) {
		at = "/options";
		wrong = "a map is saved by PUT /feeds/{feed_id}/map";
	}
	free(name);
	free(url);
	free(map);
	if (wrong != NULL)
		answer_unprocessable(r, at, wrong);
	return wrong == NULL;
}

/* A feed on its way into the store. */
struct adding {
	struct json_value values[BODY_RULES];
	int64_t feed;
	int status; /* of what failed */
	char *words;
};

static void
free_adding(void *work)
{
	struct adding *a = work;

	free(a->words);
	free(a);
}

static void
undone(void *of, const struct child_end *end)
{
	struct request *r = of;
	const struct adding *a = r->work;

	(void)end;
	answer_failure(r, a->status, a->words);
}

/* A feed whose settings are refused is none. */
static void
settings_ended(void *of, const struct child_end *end)
{
	struct request *r = of;
	struct adding *a = r->work;
	struct buf args = { 0 };

	if (end->status == EX_OK) {
		changes_tell_feed(r, 201, a->feed);
		return;
	}
	a->status = end->status;
	a->words = mem_string(end->error);
	child_number(&args, "", a->feed);
	changes_start(r, PROGRAM_FEED_REMOVE, &args, NULL, undone);
}

static void
added(void *of, const struct child_end *end)
{
	struct request *r = of;
	struct adding *a = r->work;
	struct buf args = { 0 };

	if (end->status != EX_OK) {
		answer_failure(r, end->status, end->error);
		return;
	}
	a->feed = strtoll(end->out, NULL, 10);
	if (!add_settings(&args, a->values, false)) {
		buf_free(&args);
		changes_tell_feed(r, 201, a->feed);
		return;
	}
	child_number(&args, "", a->feed);
	changes_start(r, PROGRAM_FEED_SET, &args, NULL, settings_ended);
}

void
changes_add_feed(struct request *r)
{
	struct adding *a = mem_zero(1, sizeof *a);
	struct buf args = { 0 };
	char *name, *url;

	r->work = a;
	r->release = free_adding;
	if (!body_read(r, new_rules, a->values) || !check_feed(r, a->values))
		return;
	name = body_text(a->values[NAME]);
	url = body_text(a->values[URL]);
	child_operand(&args, name);
	child_operand(&args, url);
	free(name);
	free(url);
	changes_start(r, PROGRAM_FEED_ADD, &args, NULL, added);
}

static void
changed(void *of, const struct child_end *end)
{
	struct request *r = of;

	if (end->status == EX_OK)
		changes_tell_feed(r, 200, r->number);
	else
		answer_failure(r, end->status, end->error);
}

void
changes_set_feed(struct request *r)
{
	struct json_value values[BODY_RULES];
	struct buf args = { 0 };

	if (!body_read(r, change_rules, values) || !check_feed(r, values))
		return;
	if (!add_settings(&args, values, true)) {
		buf_free(&args);
		answer_unprocessable(r, "", "there is nothing to change");
		return;
	}
	child_number(&args, "", r->number);
	changes_start(r, PROGRAM_FEED_SET, &args, NULL, changed);
}

static void
removed(void *of, const struct child_end *end)
{
	static const char runs[] = "a run of this feed is under way";
	struct request *r = of;

	if (end->status == EX_OK)
		answer_nothing(r);
	else if (strncmp(end->error, runs, strlen(runs)) == 0)
		answer_problem(r, &(struct answer_problem){ .status = 409,
		                      .name = "running",
		                      .detail = runs });
	else
		answer_failure(r, end->status, end->error);
}

void
changes_remove_feed(struct request *r)
{
	const struct target_value *jobs = target_value(&r->target, "with_jobs");
	struct buf args = { 0 };

	if (jobs != NULL && strcmp(jobs->value, "true") == 0)
		child_option(&args, "with-jobs", "");
	child_number(&args, "", r->number);
	changes_start(r, PROGRAM_FEED_REMOVE, &args, NULL, removed);
}
