/* render.c - from a record to the row it is to become */
#include "row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "canon.h"

static const struct json_value nothing = { JSON_NONE, false, NULL, 0 };

/* The item of an array that a step names by its place. */
static struct json_value
item_at(struct json_value array, const char *step)
{
	char *end;
	unsigned long n = strtoul(step, &end, 10);
	struct json_walk w;
	struct json_member m;

	if (*end != '\0' || *step < '0' || *step > '9')
		return nothing;
	for (w = json_walk(array); json_next(&w, &m); n--)
		if (n == 0)
			return m.value;
	return nothing;
}

/* From records to rows: which top-level fields are looked at. */
struct row_renderer {
	const struct profile *p;
	const char **tops; /* their names, each once */
	size_t *top_of;    /* by field of the profile */
	size_t top_count;
	struct json_value *values; /* by top */
	size_t *order; /* the top that stood at this place last time */
	size_t order_count;
	struct json_value *rendered; /* by field */
	size_t *starts, *ends;       /* by field: where its value stands */
};

struct row_renderer *
row_renderer_new(const struct profile *p)
{
	struct row_renderer *r = mem_zero(1, sizeof *r);
	size_t i, j;

	r->p = p;
	r->tops = mem_zero(p->field_count, sizeof *r->tops);
	r->top_of = mem_zero(p->field_count, sizeof *r->top_of);
	r->values = mem_zero(p->field_count, sizeof *r->values);
	r->rendered = mem_zero(p->field_count, sizeof *r->rendered);
	r->starts = mem_zero(p->field_count, sizeof *r->starts);
	r->ends = mem_zero(p->field_count, sizeof *r->ends);
	for (i = 0; i < p->field_count; i++) {
		if (p->fields[i].constant != NULL)
			continue;
		for (j = 0; j < r->top_count; j++)
			if (strcmp(r->tops[j], p->fields[i].steps[0]) == 0)
				break;
		r->top_of[i] = j;
		if (j == r->top_count)
			r->tops[r->top_count++] = p->fields[i].steps[0];
	}
	return r;
}

void
row_renderer_free(struct row_renderer *r)
{
	if (r == NULL)
		return;
	free(r->tops);
	free(r->top_of);
	free(r->values);
	free(r->order);
	free(r->rendered);
	free(r->starts);
	free(r->ends);
	free(r);
}

static bool
is_top(const struct row_renderer *r, size_t top, const struct json_member *m)
{
	return top < r->top_count && strlen(r->tops[top]) == m->name_len &&
	       memcmp(r->tops[top], m->name, m->name_len) == 0;
}

/*
 * Which top-level field a member is.  Records come with their fields in much
 * the same order, so what stood at PLACE in the last one is tried first.
 */
static size_t
top_of(struct row_renderer *r, size_t place, const struct json_member *m)
{
	size_t i = 0;

	if (place < r->order_count && is_top(r, r->order[place], m))
		return r->order[place];
	if (place >= r->order_count) {
		r->order = mem_resize(r->order, place + 1, sizeof *r->order);
		r->order_count = place + 1;
	}
	while (i < r->top_count && !is_top(r, i, m))
		i++;
	return r->order[place] = i;
}

static void
take_fields(struct row_renderer *r, const struct rec *job)
{
	struct json_member m;
	size_t at = 0, place = 0, i;

	for (i = 0; i < r->top_count; i++)
		r->values[i] = nothing;
	for (; rec_field(job, &at, &m); place++) {
		size_t top = top_of(r, place, &m);

		if (top < r->top_count)
			r->values[top] = m.value;
	}
}

static struct json_value
look_up(const struct field *f, struct json_value v)
{
	size_t i;

	for (i = 1; i < f->step_count; i++) {
		if (v.type == JSON_OBJECT)
			v = json_get(v, f->steps[i]);
		else if (v.type == JSON_ARRAY)
			v = item_at(v, f->steps[i]);
		else
			return nothing;
	}
	return v;
}

static void
add_raw(struct buf *out, struct json_value v)
{
	if (v.type == JSON_STRING)
		buf_byte(out, '"');
	buf_add(out, v.text, v.len);
	if (v.type == JSON_STRING)
		buf_byte(out, '"');
}

static void
render_null(const struct field *f, struct buf *out)
{
	static const char *const zeros[] = { [FIELD_TEXT] = "\"\"",
		[FIELD_INT] = "0",
		[FIELD_DECIMAL] = "0",
		[FIELD_BOOL] = "false",
		[FIELD_TIMESTAMP] = "0",
		[FIELD_DATE] = "\"\"",
		[FIELD_ENUM] = "\"\"",
		[FIELD_JSON] = "{}" };

	if (f->nulls != NULLS_ZERO)
		buf_text(out, "null");
	else
		buf_text(out, f->list ? "[]" : zeros[f->type]);
}

/* A text's characters changed to what the table calls them. */
static const char *
render_word(const struct field *f, struct json_value v, struct buf *out)
{
	struct buf room = { 0 };
	const char *text, *to = f->otherwise;
	size_t len, i;

	text = json_text(v, &room, &len);
	for (i = 0; i < f->word_count; i++)
		if (strlen(f->words[i].from) == len &&
		    memcmp(f->words[i].from, text, len) == 0) {
			to = f->words[i].to;
			break;
		}
	if (to != NULL)
		buf_json_string(out, to, strlen(to));
	else
		buf_json_string(out, text, len);
	buf_free(&room);
	return NULL;
}

static const char *
render_text(const struct field *f, struct json_value v, struct buf *out)
{
	if (v.type == JSON_STRING &&
	    (f->word_count > 0 || f->otherwise != NULL))
		return render_word(f, v, out);
	if (v.type == JSON_STRING)
		add_raw(out, v);
	else
		buf_json_string(out, v.text, v.len);
	return NULL;
}

/* Whether the bytes are a JSON number: of text that claims to be one. */
static bool
is_number(const char *text, size_t len)
{
	struct scan *s = scan_new();
	size_t at;
	bool good = len > 0 &&
	            (*text == '-' || (*text >= '0' && *text <= '9')) &&
	            scan_value(s, text, len, &at) == NULL;

	scan_free(s);
	return good;
}

static const char *
render_number(const struct field *f, struct json_value v, struct buf *out)
{
	size_t at = out->len;
	struct json_value n = { JSON_NUMBER, false, NULL, 0 };
	long long fits;

	if (v.type != JSON_NUMBER &&
	    (v.type != JSON_STRING || !is_number(v.text, v.len)))
		return "is not a number";
	if (!canon_number(v.text, v.len, f->shift, f->places, out))
		return "has too many digits";
	if (f->type != FIELD_INT)
		return NULL;
	n.text = out->data + at;
	n.len = out->len - at;
	return json_int64(n, &fits) ? NULL : "does not fit a 64-bit integer";
}

static const char *
render_bool(struct json_value v, struct buf *out)
{
	if (v.type != JSON_TRUE && v.type != JSON_FALSE)
		return "is neither true nor false";
	add_raw(out, v);
	return NULL;
}

static const char *
render_time(const struct field *f, struct json_value v, struct buf *out)
{
	char date[11];
	int64_t ms;

	if (f->type == FIELD_TIMESTAMP && v.type == JSON_NUMBER)
		return canon_number(v.text, v.len, 0, 0, out) ? NULL
		                                              : "is not a time";
	if (v.type != JSON_STRING)
		return "is not a time";
	if (f->type == FIELD_DATE) {
		if (!canon_date(v.text, v.len, date))
			return "is not a date";
		buf_json_string(out, date, 10);
		return NULL;
	}
	if (!canon_time(v.text, v.len, &ms))
		return "is not a time";
	buf_json_int(out, ms);
	return NULL;
}

static const char *
render_one(const struct field *f, struct json_value v, struct buf *out)
{
	switch (f->type) {
	case FIELD_INT:
	case FIELD_DECIMAL:
		return render_number(f, v, out);
	case FIELD_BOOL:
		return render_bool(v, out);
	case FIELD_TIMESTAMP:
	case FIELD_DATE:
		return render_time(f, v, out);
	case FIELD_JSON:
		add_raw(out, v);
		return NULL;
	default:
		return render_text(f, v, out);
	}
}

/* The part of an item that counts. */
static struct json_value
part_of(const struct field *f, struct json_value item)
{
	if (f->item == NULL)
		return item;
	return item.type == JSON_OBJECT ? json_get(item, f->item) : nothing;
}

/* Items of an array as one text. */
static const char *
render_joined(const struct field *f, struct json_value v, struct buf *out)
{
	struct buf all = { 0 }, room = { 0 };
	struct json_walk w;
	struct json_member m;

	for (w = json_walk(v); json_next(&w, &m);) {
		struct json_value part = part_of(f, m.value);
		const char *text = part.text;
		size_t len = part.len;

		if (part.type == JSON_NONE || part.type == JSON_NULL)
			continue;
		if (part.type == JSON_STRING)
			text = json_text(part, &room, &len);
		if (all.len > 0)
			buf_text(&all, f->join);
		buf_add(&all, text, len);
	}
	buf_json_string(out, all.data, all.len);
	buf_free(&all);
	buf_free(&room);
	return NULL;
}

static const char *
render_items(const struct field *f, struct json_value v, struct buf *out)
{
	const char *wrong = NULL;
	struct json_walk w;
	struct json_member m;
	bool first = true;

	buf_byte(out, '[');
	for (w = json_walk(v); wrong == NULL && json_next(&w, &m);) {
		struct json_value part = part_of(f, m.value);

		if (part.type == JSON_NONE || part.type == JSON_NULL)
			continue;
		if (!first)
			buf_byte(out, ',');
		wrong = render_one(f, part, out);
		first = false;
	}
	buf_byte(out, ']');
	return wrong;
}

static const char *
render(const struct row_renderer *r, size_t field, struct buf *out)
{
	const struct field *f = &r->p->fields[field];
	struct json_value v;

	if (f->constant != NULL) {
		buf_text(out, f->constant);
		return NULL;
	}
	v = look_up(f, r->values[r->top_of[field]]);
	if (v.type == JSON_NONE || v.type == JSON_NULL) {
		render_null(f, out);
		return NULL;
	}
	if (v.type == JSON_ARRAY && f->join != NULL)
		return render_joined(f, v, out);
	if (v.type == JSON_ARRAY && (f->list || f->item != NULL))
		return render_items(f, v, out);
	if (f->list)
		return "is not an array";
	return render_one(f, v, out);
}

const char *
row_render(struct row_renderer *r, const struct rec *job, struct buf *out,
    struct buf *why)
{
	size_t i;

	take_fields(r, job);
	buf_byte(out, '{');
	for (i = 0; i < r->p->field_count; i++) {
		const struct field *f = &r->p->fields[i];
		const char *wrong;

		if (i > 0)
			buf_byte(out, ',');
		buf_byte(out, '"');
		buf_add(out, f->column, f->column_len);
		buf_add(out, "\":", 2);
		r->starts[i] = out->len;
		wrong = render(r, i, out);
		r->ends[i] = out->len;
		if (wrong != NULL) {
			buf_clear(why);
			buf_printf(why, "column %.100s: the value %s",
			    f->column, wrong);
			return buf_string(why);
		}
	}
	buf_byte(out, '}');
	return NULL;
}

const struct json_value *
row_values(struct row_renderer *r, const struct buf *out)
{
	size_t i;

	for (i = 0; i < r->p->field_count; i++) {
		const char *text = out->data + r->starts[i];
		size_t len = r->ends[i] - r->starts[i];
		struct json_value *v = &r->rendered[i];

		*v =
		    (struct json_value){ json_type_at(text), false, text, len };
		if (v->type != JSON_STRING)
			continue;
		v->text++;
		v->len -= 2;
		v->escaped = memchr(v->text, '\\', v->len) != NULL;
	}
	return r->rendered;
}

const char *
row_render_key(struct row_renderer *r, const struct rec *job, struct buf *out)
{
	take_fields(r, job);
	return render(r, r->p->key, out);
}
