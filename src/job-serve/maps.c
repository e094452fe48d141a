/* maps.c - how a feed is read: look into it, try a map, save it */
#include "maps.h"

#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "body.h"
#include "changes.h"
#include "json.h"
#include "reads.h"
#include "refs.h"
#include "status.h"
#include "store.h"

static const struct body_rule map_rules[] = {
	{ .name = "map",
	    .kind = BODY_OBJECT,
	    .required = true,
	    .min = 0,
	    .max = 100 },
	{ .name = NULL },
};

static void
start(struct request *r, enum program program, const struct json_value *map,
    void (*ended)(void *of, const struct child_end *end))
{
	struct buf args = { 0 }, input = { 0 };

	child_number(&args, "", r->number);
	if (map != NULL)
		buf_add(&input, map->text, map->len);
	changes_start(r, program, &args, map != NULL ? &input : NULL, ended);
	buf_free(&input);
}

/* What inspect-feed printed, or why it did not. */
static void
inspected(void *of, const struct child_end *end)
{
	static const char late[] = "the feed did not come in time",
	                  early[] = "the feed was not inspected yet";
	struct request *r = of;
	struct buf body = { 0 };

	if (end->status == EX_OK) {
		buf_add(&body, end->out, end->len);
		answer_json(r, 200, &body, NULL);
	} else if (end->status == EX_PROTOCOL &&
	           strncmp(end->error, late, strlen(late)) == 0) {
		answer_problem(r, &(struct answer_problem){ .status = 504,
		                      .name = "slow-feed",
		                      .detail = late });
	} else if (end->status == EX_PROTOCOL) {
		answer_problem(r,
		    &(struct answer_problem){ .status = 502,
		        .name = "bad-feed",
		        .title = "The feed can not be fetched or read",
		        .detail = end->error });
	} else if (end->status == EX_UNAVAILABLE) {
		answer_problem(r, &(struct answer_problem){ .status = 409,
		                      .name = "not-inspected",
		                      .detail = early });
	} else if (end->status == EX_DATAERR) {
		answer_unprocessable(r, "/map", end->error);
	} else {
		answer_failure(r, end->status, end->error);
	}
}

void
maps_inspect(struct request *r)
{
	start(r, PROGRAM_INSPECT, NULL, inspected);
}

void
maps_preview(struct request *r)
{
	struct json_value values[BODY_RULES];

	if (body_read(r, map_rules, values))
		start(r, PROGRAM_PREVIEW, &values[0], inspected);
}

/* {"name":"personio","own":false,"map":{…}} */
static void
map_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };
	const struct buf *text;
	const char *error, *name;
	cJSON *row;
	size_t at;

	if (!reads_good(r, a))
		return;
	if (a->len == 0) {
		answer_not_found(r, "there is no such feed");
		return;
	}
	row = json_parse(a->rows, a->len, &error, &at);
	name = json_string(row, "name");
	if (row == NULL || name == NULL || json_bool(row, "own", false)) {
		buf_add(&body, a->rows, a->len);
	} else {
		text = refs_map(r->server->refs, name);
		buf_byte(&body, '{');
		buf_json_member(&body, "name", name, strlen(name));
		buf_text(&body, ",\"own\":false,\"map\":");
		buf_add(&body, text != NULL ? text->data : "{}",
		    text != NULL ? text->len : 2);
		buf_byte(&body, '}');
	}
	cJSON_Delete(row);
	answer_json(r, 200, &body, NULL);
}

void
maps_show(struct request *r)
{
	struct buf q = { 0 };

	store_question(&q, "feed_map");
	store_number(&q, "feed_id", r->number);
	store_ask(r->server->store, STORE_QUICK, &q, map_known, r);
}

static void
saved(void *of, const struct child_end *end)
{
	struct request *r = of;

	if (end->status == EX_OK)
		changes_tell_feed(r, 200, r->number);
	else
		answer_failure(r, end->status, end->error);
}

/* Whoever reads a map refuses one that is none: ask before it is kept. */
static void
checked(void *of, const struct child_end *end)
{
	struct json_value values[BODY_RULES];
	struct request *r = of;

	if (end->status == EX_DATAERR)
		answer_unprocessable(r, "/map", end->error);
	else if (end->status != EX_OK)
		answer_failure(r, end->status, end->error);
	else if (body_read(r, map_rules, values))
		start(r, PROGRAM_MAP_SAVE, &values[0], saved);
}

void
maps_save(struct request *r)
{
	struct json_value values[BODY_RULES];

	if (body_read(r, map_rules, values))
		start(r, PROGRAM_MAP_CHECK, &values[0], checked);
}
