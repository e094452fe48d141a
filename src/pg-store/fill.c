/* fill.c - which share of a feed's records has each field */
#include "fill.h"

#include <stdlib.h>
#include <string.h>

/* A feed has a few dozen fields; what is beyond is not watched. */
#define MOST_FIELDS 100
#define MOST_NAME 64

struct field {
	char name[MOST_NAME];
	size_t len;
	uint64_t count;
};

struct fill {
	struct field fields[MOST_FIELDS];
	size_t count;
	struct buf json;
};

struct fill *
fill_new(void)
{
	return mem_zero(1, sizeof(struct fill));
}

void
fill_free(struct fill *f)
{
	if (f == NULL)
		return;
	buf_free(&f->json);
	free(f);
}

/* Fields that jobmill itself sets say nothing of the feed. */
static bool
is_ours(const struct json_member *m)
{
	static const char *const ours[] = { "feed_id", "merged", "merged_own",
		"position", "route", "route_reason", "content_hash", "status",
		"extra", "ai" };
	size_t i;

	if (m->name_len >= 3 && memcmp(m->name, "ai_", 3) == 0)
		return true;
	for (i = 0; i < sizeof ours / sizeof *ours; i++)
		if (strlen(ours[i]) == m->name_len &&
		    memcmp(ours[i], m->name, m->name_len) == 0)
			return true;
	return false;
}

static bool
is_empty(struct json_value v)
{
	switch (v.type) {
	case JSON_NULL:
	case JSON_NONE:
		return true;
	case JSON_STRING:
		return v.len == 0;
	case JSON_ARRAY:
	case JSON_OBJECT:
		return v.len == 2;
	default:
		return false;
	}
}

static struct field *
find(struct fill *f, const struct json_member *m, size_t guess)
{
	struct field *field;
	size_t i;

	/* Records of a feed have their fields in the same order, mostly. */
	for (i = 0; i < f->count; i++) {
		field = &f->fields[(guess + i) % f->count];
		if (field->len == m->name_len &&
		    memcmp(field->name, m->name, m->name_len) == 0)
			return field;
	}
	if (f->count == MOST_FIELDS || m->name_len > MOST_NAME ||
	    m->name_escaped)
		return NULL;
	field = &f->fields[f->count++];
	memcpy(field->name, m->name, m->name_len);
	field->len = m->name_len;
	return field;
}

void
fill_add(struct fill *f, const struct rec *job)
{
	struct json_member m;
	struct field *field;
	size_t at = 0, guess = 0;

	while (rec_field(job, &at, &m)) {
		if (is_ours(&m) || is_empty(m.value))
			continue;
		field = find(f, &m, guess);
		if (field == NULL)
			continue;
		field->count++;
		guess = (size_t)(field - f->fields) + 1;
	}
}

const char *
fill_json(struct fill *f)
{
	size_t i;

	buf_clear(&f->json);
	buf_byte(&f->json, '{');
	for (i = 0; i < f->count; i++) {
		if (i > 0)
			buf_byte(&f->json, ',');
		buf_json_string(&f->json, f->fields[i].name, f->fields[i].len);
		buf_byte(&f->json, ':');
		buf_json_uint(&f->json, f->fields[i].count);
	}
	buf_byte(&f->json, '}');
	return buf_string(&f->json);
}
