/* table.c - the Xano stand-in's table */
#include "table.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

static void
row_free(const struct table *t, struct row *row)
{
	size_t i;

	for (i = 0; i < t->column_count; i++)
		free(row->values[i]);
	free(row->values);
}

void
table_clear(struct table *t, bool reset)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		row_free(t, &t->rows[i]);
	t->count = 0;
	t->changes++;
	if (reset)
		t->next_id = 1;
}

void
table_free(struct table *t)
{
	size_t i, j;

	table_clear(t, true);
	for (i = 0; i < t->column_count; i++) {
		struct column *c = &t->columns[i];

		for (j = 0; j < c->value_count; j++)
			free(c->values[j]);
		free(c->values);
		free(c->name);
		free(c->otherwise);
		cJSON_free(c->json);
	}
	free(t->columns);
	free(t->rows);
	buf_free(&t->events);
}

size_t
table_column(const struct table *t, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < t->column_count; i++)
		if (strlen(t->columns[i].name) == len &&
		    memcmp(t->columns[i].name, name, len) == 0)
			return i;
	return SIZE_MAX;
}

static size_t
find_number(const struct table *t, int64_t id)
{
	size_t low = 0, high = t->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (t->rows[middle].id == id)
			return middle;
		if (t->rows[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return SIZE_MAX;
}

size_t
table_find(const struct table *t, struct json_value v)
{
	struct json_value number = v;
	long long id;
	size_t i;

	number.type = JSON_NUMBER;
	if (!t->uuids)
		return json_int64(number, &id) ? find_number(t, id) : SIZE_MAX;
	for (i = 0; i < t->count; i++)
		if (strlen(t->rows[i].values[0]) == v.len + 2 &&
		    memcmp(t->rows[i].values[0] + 1, v.text, v.len) == 0)
			return i;
	return SIZE_MAX;
}

static uint64_t
next_random(struct table *t)
{
	uint64_t x = t->random += 0x9E3779B97F4A7C15;

	x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
	x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
	return x ^ (x >> 31);
}

static char *
new_uuid(struct table *t)
{
	uint64_t a = next_random(t), b = next_random(t);
	char text[40];

	snprintf(text, sizeof text, "\"%08x-%04x-4%03x-8%03x-%012" PRIx64 "\"",
	    (unsigned int)(a >> 32), (unsigned int)(a >> 16 & 0xFFFF),
	    (unsigned int)(a & 0xFFF), (unsigned int)(b >> 48 & 0xFFF),
	    b & 0xFFFFFFFFFFFF);
	return mem_string(text);
}

static void
note_event(struct table *t, const char *op, const struct row *row)
{
	buf_printf(&t->events, "{\"n\":%llu,\"op\":\"%s\",\"id\":%s",
	    (unsigned long long)t->request, op, row->values[0]);
	if (t->key != 0)
		buf_printf(&t->events, ",\"key\":%s", row->values[t->key]);
	buf_text(&t->events, "}\n");
	t->changes++;
}

/* Whether some other row has this value in a unique column. */
static bool
is_taken(const struct table *t, size_t column, const char *value, size_t not )
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (i != not &&strcmp(t->rows[i].values[column], value) == 0)
			return true;
	return false;
}

/* The values of an object by column; unknown names as the quirk has it. */
static bool
sort_out(const struct table *t, struct json_value object,
    struct json_value *values, struct refusal *r)
{
	struct json_walk w;
	struct json_member m;

	for (w = json_walk(object); json_next(&w, &m);) {
		size_t i = table_column(t, m.name, m.name_len);

		if (i != SIZE_MAX) {
			values[i] = m.value;
			continue;
		}
		if (!t->quirks.refuse_unknown)
			continue;
		r->status = 400;
		r->code = "ERROR_CODE_INPUT_ERROR";
		snprintf(r->message, sizeof r->message,
		    "Unexpected param: %.*s",
		    (int)(m.name_len < 80 ? m.name_len : 80), m.name);
		snprintf(r->param, sizeof r->param, "%.*s",
		    (int)(m.name_len < 79 ? m.name_len : 79), m.name);
		return false;
	}
	return true;
}

/* One column's new text; NULL and why. */
static char *
new_value(const struct table *t, size_t column, struct json_value v, size_t row,
    struct refusal *r)
{
	const struct column *c = &t->columns[column];
	struct buf text = { 0 };

	if (v.type == JSON_NONE && c->required) {
		r->status = 400;
		r->code = "ERROR_CODE_INPUT_ERROR";
		snprintf(r->message, sizeof r->message, "Missing param: %.80s",
		    c->name);
		snprintf(r->param, sizeof r->param, "%s", c->name);
		return NULL;
	}
	if (v.type == JSON_NONE && c->type == COLUMN_TIMESTAMP &&
	    strcmp(c->name, "created_at") == 0)
		buf_text(&text, "1766000000123");
	else if (!column_coerce(t, c, v, &text, r)) {
		buf_free(&text);
		return NULL;
	}
	buf_string(&text);
	if (c->unique && is_taken(t, column, text.data, row)) {
		r->status = (int)(t->quirks.duplicate_status
		                      ? t->quirks.duplicate_status
		                      : 400);
		r->code =
		    r->status == 500 ? "ERROR_FATAL" : "ERROR_CODE_INPUT_ERROR";
		snprintf(r->message, sizeof r->message,
		    "Duplicate record detected.");
		snprintf(r->param, sizeof r->param, "%s", c->name);
		buf_free(&text);
		return NULL;
	}
	return text.data;
}

/* Where a row with this id belongs, so that integer ids ascend. */
static size_t
place_of(const struct table *t, int64_t id)
{
	size_t at = t->count;

	while (!t->uuids && at > 0 && t->rows[at - 1].id > id)
		at--;
	return at;
}

static size_t
put_row(struct table *t, struct row row)
{
	size_t at = place_of(t, row.id);

	if (t->count == t->cap) {
		t->cap = t->cap > 0 ? 2 * t->cap : 64;
		t->rows = mem_resize(t->rows, t->cap, sizeof *t->rows);
	}
	memmove(t->rows + at + 1, t->rows + at,
	    (t->count - at) * sizeof *t->rows);
	t->rows[at] = row;
	t->count++;
	return at;
}

/* An id that comes with the row: a number of its own, or a uuid. */
static bool
given_id(const struct table *t, struct json_value v, long long *id, char **uuid,
    struct refusal *r)
{
	struct buf text = { 0 };

	if (t->uuids && v.type == JSON_STRING && table_find(t, v) == SIZE_MAX) {
		buf_json_string(&text, v.text, v.len);
		buf_string(&text);
		*uuid = text.data;
		return true;
	}
	if (!t->uuids && json_int64(v, id) && *id >= 1 &&
	    find_number(t, *id) == SIZE_MAX)
		return true;
	r->status = 400;
	r->code = "ERROR_CODE_INPUT_ERROR";
	snprintf(r->message, sizeof r->message, "Invalid id.");
	snprintf(r->param, sizeof r->param, "id");
	return false;
}

size_t
table_insert(struct table *t, struct json_value object, bool keep_id,
    struct refusal *r)
{
	struct json_value *values = mem_zero(t->column_count, sizeof *values);
	struct row row = { .values =
		               mem_zero(t->column_count, sizeof(char *)) };
	long long id = 0;
	char *kept = NULL;
	bool good = sort_out(t, object, values, r);
	size_t i;

	for (i = 1; good && i < t->column_count; i++) {
		row.values[i] = new_value(t, i, values[i], SIZE_MAX, r);
		good = row.values[i] != NULL;
	}
	if (good && keep_id && values[0].type != JSON_NONE)
		good = given_id(t, values[0], &id, &kept, r);
	free(values);
	if (!good) {
		row_free(t, &row);
		return SIZE_MAX;
	}
	if (t->uuids) {
		row.values[0] = kept != NULL ? kept : new_uuid(t);
	} else {
		char text[24];

		row.id = id > 0 ? id : t->next_id++;
		snprintf(text, sizeof text, "%" PRId64, row.id);
		row.values[0] = mem_string(text);
	}
	note_event(t, "insert", &row);
	return put_row(t, row);
}

static bool
is_blank(struct json_value v)
{
	return v.type == JSON_NULL || (v.type == JSON_STRING && v.len == 0);
}

bool
table_update(struct table *t, size_t at, struct json_value object, bool whole,
    bool drop, struct refusal *r)
{
	struct json_value *values = mem_zero(t->column_count, sizeof *values);
	char **fresh = mem_zero(t->column_count, sizeof *fresh);
	bool good = sort_out(t, object, values, r);
	struct row *row = &t->rows[at];
	size_t i;

	for (i = 1; good && i < t->column_count; i++) {
		if (values[i].type == JSON_NONE &&
		    (!whole || strcmp(t->columns[i].name, "created_at") == 0))
			continue;
		if (drop && is_blank(values[i]))
			continue;
		fresh[i] = new_value(t, i, values[i], at, r);
		good = fresh[i] != NULL;
	}
	for (i = 1; i < t->column_count; i++) {
		if (good && fresh[i] != NULL) {
			free(row->values[i]);
			row->values[i] = fresh[i];
		} else {
			free(fresh[i]);
		}
	}
	if (good)
		note_event(t, "update", row);
	free(fresh);
	free(values);
	return good;
}

void
table_delete(struct table *t, size_t at)
{
	note_event(t, "delete", &t->rows[at]);
	row_free(t, &t->rows[at]);
	t->count--;
	memmove(t->rows + at, t->rows + at + 1,
	    (t->count - at) * sizeof *t->rows);
}
