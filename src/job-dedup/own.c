/* own.c - what was a record's own before others went into it */
#include "own.h"

#include <stdint.h>

/* A field as merged_own has it, else as the record has it. */
static struct json_value
own_field(const struct rec *job, struct json_value own, const char *name)
{
	struct json_value v = json_get(own, name);

	if (v.type == JSON_NONE)
		v = rec_get(job, name);
	if (v.type == JSON_NULL)
		v.type = JSON_NONE;
	return v;
}

struct own
own_of(const struct rec *job)
{
	struct json_value own = rec_get(job, "merged_own");
	struct own o = { .places = SIZE_MAX };
	long long places;

	if (json_int64(json_get(own, "locations"), &places) && places >= 0)
		o.places = (size_t)places;
	o.salary_min = own_field(job, own, "salary_min");
	o.salary_max = own_field(job, own, "salary_max");
	o.currency = rec_get(job, "salary_currency");
	o.period = rec_get(job, "salary_period");
	o.expires = own_field(job, own, "expires_at");
	return o;
}

void
own_add_raw(struct buf *b, struct json_value v)
{
	if (v.type == JSON_STRING)
		buf_byte(b, '"');
	buf_add(b, v.text, v.len);
	if (v.type == JSON_STRING)
		buf_byte(b, '"');
}

void
own_add_member(struct buf *b, const char *name, struct json_value v)
{
	if (v.type == JSON_NONE)
		return;
	buf_json_key(b, name);
	own_add_raw(b, v);
}

void
own_add_places(struct buf *b, struct json_value locations, size_t places)
{
	struct json_walk w = json_walk(locations);
	struct json_member item;
	size_t i;

	if (locations.type != JSON_ARRAY)
		return;
	buf_json_key(b, "locations");
	buf_byte(b, '[');
	for (i = 0; i < places && json_next(&w, &item); i++) {
		if (i > 0)
			buf_byte(b, ',');
		own_add_raw(b, item.value);
	}
	buf_byte(b, ']');
}
