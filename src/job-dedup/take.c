/* take.c - what of a record job-dedup has to know */
#include "take.h"

#include <string.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

/*
 * Bytes around the values of an entry in "merged", with the names of its
 * fields and those of the fields it may add to the survivor.
 */
#define ENTRY_FRAME 512

static struct span
span_of(const char *line, struct json_value v)
{
	return (struct span){ (uint32_t)(v.text - line), (uint32_t)v.len };
}

static size_t
length_of(const struct rec *rec, const char *field)
{
	return rec_get(rec, field).len;
}

/* What it adds to a survivor: its entry, places twice, salary and dates. */
static uint32_t
cost_of(const struct rec *rec)
{
	static const char *const once[] = { "source_id", "feed_id", "url",
		"cpc", "merged", "salary_min", "salary_max", "salary_currency",
		"salary_period", "expires_at" };
	uint64_t cost = ENTRY_FRAME + 2 * length_of(rec, "locations");
	size_t i;

	for (i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		cost += length_of(rec, once[i]);
	return cost < UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
}

static bool
is_open(const struct rec *rec)
{
	struct json_value v = rec_get(rec, "status");

	return v.type != JSON_STRING ||
	       (v.len == 4 && memcmp(v.text, "open", 4) == 0);
}

/* Whether a field is of TYPE, if it says anything. */
static bool
is_or_none(const struct rec *rec, const char *field, enum json_type type)
{
	enum json_type is = rec_get(rec, field).type;

	return is == type || is == JSON_NONE || is == JSON_NULL;
}

/* What would be written over has to be what it should be. */
static bool
can_merge(const struct rec *rec)
{
	return is_or_none(rec, "locations", JSON_ARRAY) &&
	       is_or_none(rec, "merged", JSON_ARRAY) &&
	       is_or_none(rec, "merged_own", JSON_OBJECT);
}

bool
take_job(const struct rec *rec, const struct pins *pins, struct buf *room,
    struct job *job)
{
	struct json_value id = rec_get(rec, "source_id");
	struct json_value description = rec_get(rec, "description");
	struct json_value locations = rec_get(rec, "locations");
	long long feed;
	size_t len;

	memset(job, 0, sizeof(*job));
	job->line = rec_line(rec, &len);
	job->len = (uint32_t)len;
	if ((id.type != JSON_STRING && id.type != JSON_NUMBER) ||
	    !is_open(rec) || !can_merge(rec))
		return false;
	job->id = id.text;
	len = id.len;
	if (id.type == JSON_STRING)
		job->id = json_text(id, room, &len);
	if (len == 0 || len > TAKE_ID_MAX)
		return false;
	job->id_len = (uint32_t)len;
	job->feed = HOLD_NO_FEED;
	if (json_int64(rec_get(rec, "feed_id"), &feed))
		job->feed = feed;
	if (description.type == JSON_STRING) {
		job->description = span_of(job->line, description);
		job->escaped = description.escaped;
	}
	if (locations.type == JSON_ARRAY)
		job->locations = span_of(job->line, locations);
	job->cost = cost_of(rec);
	job->hash = XXH3_64bits(job->line, job->len);
	job->pin =
	    pins != NULL ? pins_set(pins, job->id, job->id_len) : PINS_NONE;
	return true;
}

struct json_value
take_description(const struct job *job, const char *line)
{
	return (struct json_value){ JSON_STRING, job->escaped,
		line + job->description.at, job->description.len };
}

struct json_value
take_locations(const struct job *job, const char *line)
{
	return (
	    struct json_value){ job->locations.len > 0 ? JSON_ARRAY : JSON_NONE,
		false, line + job->locations.at, job->locations.len };
}
