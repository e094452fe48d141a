/* row.c - what a row of the table amounts to */
#include "row.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "canon.h"
#include "log.h"
#include "mem.h"
#include "status.h"

struct row_reader {
	const struct profile *p;
	const struct scope *scopes;
	size_t scope_count, id_len;
	struct json_value *values; /* by field */
	size_t *order; /* the field that stood at this place last time */
	size_t order_count;
	struct buf canon, other, part;
	struct json_members members;
	struct digest digest;
};

struct row_reader *
row_reader_new(const struct profile *p, const struct scope *scopes,
    size_t scope_count)
{
	struct row_reader *r = mem_zero(1, sizeof *r);

	r->p = p;
	r->scopes = scopes;
	r->scope_count = scope_count;
	r->id_len = p->id != NULL ? strlen(p->id) : 0;
	r->values = mem_zero(p->field_count, sizeof *r->values);
	digest_draw(&r->digest);
	return r;
}

void
row_reader_free(struct row_reader *r)
{
	if (r == NULL)
		return;
	free(r->values);
	free(r->order);
	buf_free(&r->canon);
	buf_free(&r->other);
	buf_free(&r->part);
	json_members_free(&r->members);
	free(r);
}

struct digest *
row_digest(struct row_reader *r)
{
	return &r->digest;
}

static bool
is_column(const struct profile *p, size_t field, const struct json_member *m)
{
	return field < p->field_count &&
	       p->fields[field].column_len == m->name_len &&
	       memcmp(p->fields[field].column, m->name, m->name_len) == 0;
}

/*
 * The field a member is, SIZE_MAX if none.  Rows come with their columns in
 * one order, so what stood at PLACE in the last row is tried first.
 */
static size_t
field_of(struct row_reader *r, size_t place, const struct json_member *m)
{
	if (place < r->order_count && is_column(r->p, r->order[place], m))
		return r->order[place];
	if (place >= r->order_count) {
		r->order = mem_resize(r->order, place + 1, sizeof *r->order);
		r->order_count = place + 1;
	}
	r->order[place] = profile_field(r->p, m->name, m->name_len);
	return r->order[place];
}

/* Sort out a row's members; returns its id. */
static struct json_value
take_members(struct row_reader *r, const struct json_members *members)
{
	struct json_value id = { JSON_NONE, false, NULL, 0 };
	size_t place, i;

	for (i = 0; i < r->p->field_count; i++)
		r->values[i].type = JSON_NONE;
	for (place = 0; place < members->count; place++) {
		const struct json_member *m = &members->items[place];
		size_t field = field_of(r, place, m);

		if (field != SIZE_MAX)
			r->values[field] = m->value;
		else if (m->name_len == r->id_len && r->id_len > 0 &&
		         memcmp(m->name, r->p->id, r->id_len) == 0)
			id = m->value;
	}
	return id;
}

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void
canon_text(const struct field *f, struct json_value v, struct buf *out)
{
	struct buf room = { 0 };
	const char *text = v.text;
	size_t len = v.len;

	if (v.type == JSON_STRING && v.escaped)
		text = json_text(v, &room, &len);
	while (f->trim && len > 0 && is_space(text[len - 1]))
		len--;
	while (f->trim && len > 0 && is_space(*text)) {
		text++;
		len--;
	}
	buf_add(out, text, len);
	buf_free(&room);
}

/* What is no number stands for itself: it differs from any number. */
static void
canon_digits(const struct field *f, struct json_value v, struct buf *out)
{
	size_t at = out->len;

	if (v.type == JSON_NUMBER &&
	    canon_number(v.text, v.len, 0,
	        f->type == FIELD_DECIMAL ? f->places : CANON_EXACT, out))
		return;
	out->len = at;
	buf_add(out, v.text, v.len);
}

static void
canon_moment(const struct field *f, struct json_value v, struct buf *out)
{
	char date[11];
	int64_t ms;

	if (f->type == FIELD_DATE && v.type == JSON_STRING &&
	    canon_date(v.text, v.len, date))
		buf_add(out, date, 10);
	else if (f->type == FIELD_TIMESTAMP && v.type == JSON_STRING &&
	         canon_time(v.text, v.len, &ms))
		buf_json_int(out, ms);
	else
		canon_digits(f, v, out);
}

/* Add what a value amounts to in its column. */
static void
canon_value(const struct field *f, struct json_value v, struct buf *out)
{
	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return;
	if (f->list || f->type == FIELD_JSON) {
		canon_json(v, out);
		return;
	}
	switch (f->type) {
	case FIELD_INT:
	case FIELD_DECIMAL:
		canon_digits(f, v, out);
		break;
	case FIELD_TIMESTAMP:
	case FIELD_DATE:
		canon_moment(f, v, out);
		break;
	default:
		canon_text(f, v, out);
	}
}

/* Whether a canonical value is what Xano stores for none. */
static bool
is_zero(const struct field *f, const char *canon, size_t len)
{
	switch (f->list ? FIELD_JSON : f->type) {
	case FIELD_INT:
	case FIELD_DECIMAL:
	case FIELD_TIMESTAMP:
		return len == 1 && *canon == '0';
	case FIELD_BOOL:
		return len == 5 && memcmp(canon, "false", 5) == 0;
	case FIELD_JSON:
		return len == 2 && (memcmp(canon, "{}", 2) == 0 ||
		                       memcmp(canon, "[]", 2) == 0);
	default:
		return len == 0;
	}
}

/*
 * Add a field's share of the canonical row: 'n' for null, 'z' for a zero that
 * may stand for null, else 'v' and the value behind its length.
 */
static void
canon_field(const struct field *f, struct json_value v, struct buf *out)
{
	bool null = v.type == JSON_NONE || v.type == JSON_NULL;
	size_t at = out->len, from = at + 1 + sizeof(uint32_t);
	uint32_t len = 0;

	if (null) {
		buf_byte(out, f->nulls == NULLS_ZERO ? 'z' : 'n');
		return;
	}
	buf_byte(out, 'v');
	buf_add(out, &len, sizeof len);
	canon_value(f, v, out);
	len = (uint32_t)(out->len - from);
	if (f->nulls == NULLS_ZERO && is_zero(f, out->data + from, len)) {
		out->len = at;
		buf_byte(out, 'z');
		return;
	}
	memcpy(out->data + at + 1, &len, sizeof len);
}

static bool
is_in_scope(struct row_reader *r, const struct json_value *values)
{
	size_t i;

	for (i = 0; i < r->scope_count; i++) {
		const struct scope *s = &r->scopes[i];

		buf_clear(&r->part);
		canon_value(&r->p->fields[s->field], values[s->field],
		    &r->part);
		if (r->part.len != s->canon.len ||
		    (r->part.len > 0 &&
		        memcmp(r->part.data, s->canon.data, r->part.len) != 0))
			return false;
	}
	return true;
}

void
row_look(struct row_reader *r, const struct json_value *values, struct row *out)
{
	const struct profile *p = r->p;
	size_t i;

	out->id.type = JSON_NONE;
	buf_clear(&out->key);
	canon_value(&p->fields[p->key], values[p->key], &out->key);
	buf_clear(&r->canon);
	for (i = 0; i < p->field_count; i++)
		if (!p->fields[i].once)
			canon_field(&p->fields[i], values[i], &r->canon);
	digest_of(&r->digest, r->canon.data, r->canon.len, out->digest);
	out->in_scope = is_in_scope(r, values);
}

void
row_read(struct row_reader *r, const struct json_members *members,
    struct row *out)
{
	struct json_value id = take_members(r, members);

	row_look(r, r->values, out);
	out->id = id;
}

void
row_read_object(struct row_reader *r, struct json_value object, struct row *out)
{
	json_members_of(object, &r->members);
	row_read(r, &r->members, out);
}

struct scope
row_scope(const struct profile *p, const char *text)
{
	const char *equals = strchr(text, '=');
	struct scope s = { .field = SIZE_MAX, .text = text };
	struct json_value v = { JSON_STRING, false, NULL, 0 };
	enum field_type type;

	if (equals != NULL)
		s.field = profile_field(p, text, (size_t)(equals - text));
	if (s.field == SIZE_MAX)
		die(EX_USAGE,
		    "--scope wants COLUMN=VALUE with a column of "
		    "the profile",
		    LOG_TEXT("value", text));
	v.text = equals + 1;
	v.len = strlen(v.text);
	type = p->fields[s.field].type;
	if (type == FIELD_INT || type == FIELD_DECIMAL) {
		const char *digits = *v.text == '-' ? v.text + 1 : v.text;

		if (*digits == '\0' ||
		    strspn(digits, "0123456789.") != strlen(digits))
			die(EX_USAGE, "--scope wants a number for that column",
			    LOG_TEXT("value", text));
		v.type = JSON_NUMBER;
	}
	canon_value(&p->fields[s.field], v, &s.canon);
	return s;
}

static void
add_raw(struct buf *out, struct json_value v)
{
	if (v.type == JSON_STRING)
		buf_byte(out, '"');
	if (v.type == JSON_NONE)
		buf_text(out, "null");
	else
		buf_add(out, v.text, v.len);
	if (v.type == JSON_STRING)
		buf_byte(out, '"');
}

void
row_project(struct row_reader *r, struct json_value object, struct buf *out)
{
	size_t i;

	json_members_of(object, &r->members);
	take_members(r, &r->members);
	buf_byte(out, '{');
	for (i = 0; i < r->p->field_count; i++) {
		if (r->values[i].type == JSON_NONE)
			continue;
		buf_json_key(out, r->p->fields[i].column);
		add_raw(out, r->values[i]);
	}
	buf_byte(out, '}');
}

size_t
row_diff(struct row_reader *r, struct json_value old, struct json_value new,
    struct buf *updates, struct buf *names)
{
	const struct profile *p = r->p;
	struct json_value *olds = mem_zero(p->field_count, sizeof *olds);
	size_t count = 0, i;

	json_members_of(old, &r->members);
	take_members(r, &r->members);
	memcpy(olds, r->values, p->field_count * sizeof *olds);
	json_members_of(new, &r->members);
	take_members(r, &r->members);
	buf_byte(updates, '{');
	buf_byte(names, '[');
	for (i = 0; i < p->field_count; i++) {
		const struct field *f = &p->fields[i];

		if (f->once)
			continue;
		buf_clear(&r->canon);
		buf_clear(&r->other);
		canon_field(f, olds[i], &r->canon);
		canon_field(f, r->values[i], &r->other);
		if (r->canon.len == r->other.len &&
		    memcmp(r->canon.data, r->other.data, r->canon.len) == 0)
			continue;
		buf_json_key(updates, f->column);
		add_raw(updates, r->values[i]);
		if (count++ > 0)
			buf_byte(names, ',');
		buf_json_string(names, f->column, f->column_len);
	}
	buf_byte(updates, '}');
	buf_byte(names, ']');
	free(olds);
	return count;
}
