/* rec.c - a record: one job, one line, one JSON object */
#include "rec.h"

#include <stdlib.h>
#include <string.h>

/* A field that was set, or taken away when its value is JSON_NONE. */
struct edit {
	char *field;
	struct buf json;
	bool gone;
};

struct rec {
	struct scan *scan;
	const char *line;
	size_t len;
	const struct json_member *members; /* in room of scan */
	size_t count;
	struct edit *edits; /* the first EDIT_COUNT are in use */
	size_t edit_count, edit_cap;
};

struct rec *
rec_new(void)
{
	struct rec *job = mem_zero(1, sizeof *job);

	job->scan = scan_new();
	job->line = "{}";
	job->len = 2;
	return job;
}

void
rec_free(struct rec *job)
{
	size_t i;

	if (job == NULL)
		return;
	for (i = 0; i < job->edit_cap; i++) {
		free(job->edits[i].field);
		buf_free(&job->edits[i].json);
	}
	free(job->edits);
	scan_free(job->scan);
	free(job);
}

const char *
rec_parse(struct rec *job, const char *line, size_t len, size_t *at)
{
	const char *error;

	job->edit_count = 0;
	error =
	    scan_object(job->scan, line, len, &job->members, &job->count, at);
	job->line = error == NULL ? line : "{}";
	job->len = error == NULL ? len : 2;
	if (error != NULL)
		job->count = 0;
	return error;
}

const char *
rec_line(const struct rec *job, size_t *len)
{
	*len = job->len;
	return job->line;
}

/* The same of a name that is written with escapes. */
static bool
is_escaped_field(const struct json_member *m, const char *field, size_t len)
{
	struct json_value name = { JSON_STRING, true, m->name, m->name_len };
	struct buf room = { 0 };
	const char *text;
	size_t text_len;
	bool same;

	text = json_text(name, &room, &text_len);
	same = text_len == len && memcmp(text, field, len) == 0;
	buf_free(&room);
	return same;
}

static bool
is_field(const struct json_member *m, const char *field, size_t len)
{
	if (m->name_escaped)
		return is_escaped_field(m, field, len);
	return m->name_len == len && memcmp(m->name, field, len) == 0;
}

static struct edit *
edit_of(const struct rec *job, const char *field)
{
	size_t i;

	for (i = 0; i < job->edit_count; i++)
		if (strcmp(job->edits[i].field, field) == 0)
			return &job->edits[i];
	return NULL;
}

static const struct json_member *
member_of(const struct rec *job, const char *field)
{
	size_t len = strlen(field), i;

	for (i = 0; i < job->count; i++) {
		const struct json_member *m = &job->members[i];

		/* Most are ruled out without a call. */
		if (!m->name_escaped && m->name_len != len)
			continue;
		if (is_field(m, field, len))
			return m;
	}
	return NULL;
}

/* A value out of JSON text that is known to be one. */
static struct json_value
value_of(const struct buf *json)
{
	struct json_value list = { JSON_ARRAY, false, NULL, 0 };
	struct json_member item = { 0 };
	struct json_walk w;

	/* The text is kept as "[value]", so that it can be walked. */
	list.text = json->data;
	list.len = json->len;
	w = json_walk(list);
	json_next(&w, &item);
	return item.value;
}

struct json_value
rec_get(const struct rec *job, const char *field)
{
	const struct edit *e = edit_of(job, field);
	const struct json_member *m;

	if (e != NULL && !e->gone)
		return value_of(&e->json);
	m = e == NULL ? member_of(job, field) : NULL;
	if (m == NULL)
		return (struct json_value){ JSON_NONE, false, NULL, 0 };
	return m->value;
}

const char *
rec_text(const struct rec *job, const char *field, struct buf *room,
    size_t *len)
{
	struct json_value v = rec_get(job, field);

	return v.type == JSON_STRING ? json_text(v, room, len) : NULL;
}

bool
rec_has_text(const struct rec *job, const char *field)
{
	struct json_value v = rec_get(job, field);

	return v.type == JSON_STRING && v.len > 0;
}

bool
rec_routed(const struct rec *job)
{
	return rec_has_text(job, "route");
}

bool
rec_field(const struct rec *job, size_t *i, struct json_member *out)
{
	if (*i >= job->count)
		return false;
	*out = job->members[(*i)++];
	return true;
}

/* The edit of a field, made if need be; its text is cleared. */
static struct edit *
edit_for(struct rec *job, const char *field)
{
	struct edit *e = edit_of(job, field);
	size_t cap = job->edit_cap;

	if (e == NULL) {
		if (job->edit_count == cap) {
			cap = cap > 0 ? 2 * cap : 16;
			job->edits =
			    mem_resize(job->edits, cap, sizeof *job->edits);
			memset(job->edits + job->edit_cap, 0,
			    (cap - job->edit_cap) * sizeof *job->edits);
			job->edit_cap = cap;
		}
		e = &job->edits[job->edit_count++];
		free(e->field);
		e->field = mem_string(field);
	}
	buf_clear(&e->json);
	e->gone = false;
	return e;
}

void
rec_set(struct rec *job, const char *field, const char *json, size_t len)
{
	struct edit *e = edit_for(job, field);

	buf_byte(&e->json, '[');
	buf_add(&e->json, json, len);
	buf_byte(&e->json, ']');
}

void
rec_set_string(struct rec *job, const char *field, const char *utf8, size_t len)
{
	struct edit *e = edit_for(job, field);

	buf_byte(&e->json, '[');
	buf_json_string(&e->json, utf8, len);
	buf_byte(&e->json, ']');
}

void
rec_unset(struct rec *job, const char *field)
{
	if (rec_get(job, field).type != JSON_NONE)
		edit_for(job, field)->gone = true;
}

bool
rec_changed(const struct rec *job)
{
	return job->edit_count > 0;
}

static const struct edit *
edit_of_member(const struct rec *job, const struct json_member *m)
{
	size_t i;

	for (i = 0; i < job->edit_count; i++)
		if (is_field(m, job->edits[i].field,
		        strlen(job->edits[i].field)))
			return &job->edits[i];
	return NULL;
}

/* Where a value of the line starts, its quotes or brackets with it. */
static const char *
value_start(const struct json_value *v)
{
	return v->type == JSON_STRING ? v->text - 1 : v->text;
}

static const char *
value_end(const struct json_value *v)
{
	return v->text + v->len + (v->type == JSON_STRING);
}

/* Add what was set, without the brackets it is kept in. */
static void
add_value(struct buf *b, const struct edit *e)
{
	buf_add(b, e->json.data + 1, e->json.len - 2);
}

/*
 * Write members with edits applied.  What stands between two members goes with
 * the second one, so that one taken away takes its comma along.
 */
static const char *
write_members(const struct rec *job, struct buf *b, bool *any)
{
	const char *from = job->line;
	size_t i;

	while (*from != '{')
		from++;
	buf_add(b, job->line, (size_t)(++from - job->line));
	for (i = 0; i < job->count; i++) {
		const struct json_member *m = &job->members[i];
		const struct edit *e = edit_of_member(job, m);
		const char *start = from, *end = value_end(&m->value);

		from = end;
		if (e != NULL && e->gone)
			continue;
		if (!*any && i > 0)
			start = m->name - 1;
		*any = true;
		if (e == NULL) {
			buf_add(b, start, (size_t)(end - start));
			continue;
		}
		buf_add(b, start, (size_t)(value_start(&m->value) - start));
		add_value(b, e);
	}
	return from;
}

void
rec_write(const struct rec *job, struct buf *b)
{
	const char *tail;
	bool any = false;
	size_t i;

	if (job->edit_count == 0) {
		buf_add(b, job->line, job->len);
		return;
	}
	tail = write_members(job, b, &any);
	for (i = 0; i < job->edit_count; i++) {
		const struct edit *e = &job->edits[i];

		if (e->gone || member_of(job, e->field) != NULL)
			continue;
		if (any)
			buf_byte(b, ',');
		any = true;
		buf_json_string(b, e->field, strlen(e->field));
		buf_byte(b, ':');
		add_value(b, e);
	}
	buf_add(b, tail, (size_t)(job->line + job->len - tail));
}

const char *
rec_id(const struct rec *job, struct buf *room)
{
	static const size_t most = 100;
	struct json_value feed = rec_get(job, "feed_id");
	struct json_value source = rec_get(job, "source_id");

	buf_clear(room);
	if (feed.type == JSON_NUMBER)
		buf_add(room, feed.text, feed.len < most ? feed.len : most);
	buf_byte(room, '/');
	if (source.type == JSON_STRING || source.type == JSON_NUMBER)
		buf_add(room, source.text,
		    source.len < most ? source.len : most);
	return buf_string(room);
}
