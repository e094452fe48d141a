/* ask_read.c - a question as a line, and its values as PostgreSQL's */
#include "ask.h"

#include <stdlib.h>
#include <string.h>

#include "db.h"

/* Their numbers in pg_type are fixed. */
static const struct ask_type types[] = {
	{ "text", 25, ASK_STRING },
	{ "bigint", 20, ASK_INTEGER },
	{ "integer", 23, ASK_INTEGER },
	{ "numeric", 1700, ASK_NUMBER },
	{ "boolean", 16, ASK_BOOLEAN },
	{ "uuid", 2950, ASK_STRING },
	{ "timestamptz", 1184, ASK_STRING },
	{ "text[]", 1009, ASK_LIST },
	{ "bigint[]", 1016, ASK_LIST },
	{ "uuid[]", 2951, ASK_LIST },
};

const struct ask_type *
ask_type(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++)
		if (strlen(types[i].name) == len &&
		    memcmp(types[i].name, name, len) == 0)
			return &types[i];
	return NULL;
}

/* A list as an array of PostgreSQL; false if an item can't be one. */
static bool
add_list(struct buf *out, struct json_value list)
{
	struct json_walk walk = json_walk(list);
	struct buf array = { 0 }, room = { 0 };
	struct json_member item;
	bool good = true;

	while (good && json_next(&walk, &item)) {
		size_t len = item.value.len;
		const char *text = item.value.text;

		if (item.value.type == JSON_STRING)
			text = json_text(item.value, &room, &len);
		else
			good = item.value.type == JSON_NUMBER;
		if (good)
			db_array_add(&array, text, len);
	}
	buf_text(out, db_array(&array));
	buf_free(&array);
	buf_free(&room);
	return good;
}

/* Add the text that PostgreSQL wants; false if VALUE is of another kind. */
static bool
add_value(struct buf *out, const struct ask_type *type, struct json_value value)
{
	struct buf room = { 0 };
	const char *text;
	long long number;
	size_t len;

	switch (type->form) {
	case ASK_STRING:
		if (value.type != JSON_STRING)
			return false;
		text = json_text(value, &room, &len);
		buf_add(out, text, len);
		buf_free(&room);
		return true;
	case ASK_INTEGER:
		if (value.type != JSON_NUMBER || !json_int64(value, &number))
			return false;
		break;
	case ASK_NUMBER:
		if (value.type != JSON_NUMBER)
			return false;
		break;
	case ASK_BOOLEAN:
		if (value.type != JSON_TRUE && value.type != JSON_FALSE)
			return false;
		break;
	case ASK_LIST:
		return value.type == JSON_ARRAY && add_list(out, value);
	}
	buf_add(out, value.text, value.len);
	return true;
}

static bool
is_called(const struct json_member *m, const char *name)
{
	return !m->name_escaped && m->name_len == strlen(name) &&
	       memcmp(m->name, name, m->name_len) == 0;
}

static const struct json_member *
member(const struct json_member *members, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (is_called(&members[i], name))
			return &members[i];
	return NULL;
}

/* Every member is known: a name with a slip of the pen must not be passed. */
static const char *
look_for_strangers(const struct ask_query *q, const struct json_member *members,
    size_t count, struct buf *why)
{
	size_t i;
	int p;

	for (i = 0; i < count; i++) {
		if (is_called(&members[i], "id") ||
		    is_called(&members[i], "ask"))
			continue;
		for (p = 0; p < q->count; p++)
			if (is_called(&members[i], q->params[p].name))
				break;
		if (p < q->count)
			continue;
		buf_printf(why, "%s has no parameter ", q->name);
		buf_add(why, members[i].name, members[i].name_len);
		return buf_string(why);
	}
	return NULL;
}

static const char *
bind(struct ask_question *out, const struct json_member *members, size_t count,
    struct buf *why)
{
	const struct ask_query *q = out->query;
	size_t starts[ASK_PARAMS];
	int p;

	for (p = 0; p < q->count; p++) {
		const struct ask_param *param = &q->params[p];
		const struct json_member *m =
		    member(members, count, param->name);

		starts[p] = SIZE_MAX;
		if ((m == NULL || m->value.type == JSON_NULL) &&
		    param->optional)
			continue;
		starts[p] = out->text.len;
		if (m == NULL ||
		    !add_value(&out->text, param->type, m->value)) {
			buf_printf(why, "%s wants %s, of type %s", q->name,
			    param->name, param->type->name);
			return buf_string(why);
		}
		buf_byte(&out->text, '\0');
	}
	for (p = 0; p < q->count; p++)
		out->values[p] =
		    starts[p] == SIZE_MAX ? NULL : out->text.data + starts[p];
	return NULL;
}

const char *
ask_read(const struct ask_book *book, struct scan *scan, const char *line,
    size_t len, struct ask_question *out, struct buf *why)
{
	const struct json_member *members, *m;
	const char *error;
	size_t count, at;

	*out = (struct ask_question){ .query = NULL };
	buf_clear(why);
	buf_text(&out->id, "null");
	error = scan_object(scan, line, len, &members, &count, &at);
	if (error != NULL)
		return error;
	m = member(members, count, "id");
	if (m != NULL && m->value.type == JSON_NUMBER && m->value.len < 24) {
		buf_clear(&out->id);
		buf_add(&out->id, m->value.text, m->value.len);
	}
	m = member(members, count, "ask");
	if (m == NULL || m->value.type != JSON_STRING || m->value.escaped)
		return "what is asked? \"ask\" is missing";
	out->query = ask_find(book, m->value.text, m->value.len);
	if (out->query == NULL)
		return "there is no such question";
	error = look_for_strangers(out->query, members, count, why);
	return error != NULL ? error : bind(out, members, count, why);
}

void
ask_question_free(struct ask_question *q)
{
	if (q == NULL)
		return;
	buf_free(&q->id);
	buf_free(&q->text);
	free(q);
}
