/* take.c - what of a record job-dedup has to know */
#include "take.h"

#include <string.h>

/*
 * Bytes around the values of an entry in "merged", with the names of its
 * fields and those of the fields it may add to the survivor.
 */
#define ENTRY_FRAME 320

/* The fields that are looked at; those from URL on only for their length. */
enum field {
	ID,
	FEED,
	STATUS,
	DESCRIPTION,
	LOCATIONS,
	MERGED,
	OWN,
	URL,
	CPC,
	SALARY_MIN,
	SALARY_MAX,
	CURRENCY,
	PERIOD,
	EXPIRES,
	POSITION,
	FIELDS
};

static const char *const names[FIELDS] = { "source_id", "feed_id", "status",
	"description", "locations", "merged", "merged_own", "url", "cpc",
	"salary_min", "salary_max", "salary_currency", "salary_period",
	"expires_at", "position" };

/* All fields in one walk over the record, unless a name is escaped. */
static void
find_fields(const struct rec *rec, struct json_value found[FIELDS])
{
	struct json_member m;
	size_t i = 0, f;
	bool escaped = false;

	memset(found, 0, FIELDS * sizeof(*found));
	while (rec_field(rec, &i, &m)) {
		escaped = escaped || m.name_escaped;
		for (f = 0; f < FIELDS; f++)
			if (m.name[0] == names[f][0] &&
			    m.name_len == strlen(names[f]) &&
			    memcmp(m.name, names[f], m.name_len) == 0)
				found[f] = m.value;
	}
	for (f = 0; escaped && f < FIELDS; f++)
		found[f] = rec_get(rec, names[f]);
}

static struct span
span_of(const char *line, struct json_value v)
{
	return (struct span){ (uint32_t)(v.text - line), (uint32_t)v.len };
}

/* What it adds to a survivor: its entry, places twice, salary and dates. */
static uint32_t
cost_of(const struct json_value found[FIELDS])
{
	uint64_t cost = ENTRY_FRAME + 2 * found[LOCATIONS].len + found[ID].len +
	                found[FEED].len + found[MERGED].len;
	size_t f;

	for (f = URL; f < FIELDS; f++)
		cost += found[f].len;
	return cost < UINT32_MAX ? (uint32_t)cost : UINT32_MAX;
}

static bool
is_open(struct json_value v)
{
	return v.type != JSON_STRING ||
	       (v.len == 4 && memcmp(v.text, "open", 4) == 0);
}

/* Whether a field is of TYPE, if it says anything. */
static bool
is_or_none(struct json_value v, enum json_type type)
{
	return v.type == type || v.type == JSON_NONE || v.type == JSON_NULL;
}

/* What would be written over has to be what it should be. */
static bool
can_merge(const struct json_value found[FIELDS])
{
	return is_or_none(found[LOCATIONS], JSON_ARRAY) &&
	       is_or_none(found[MERGED], JSON_ARRAY) &&
	       is_or_none(found[OWN], JSON_OBJECT);
}

bool
take_job(const struct rec *rec, const struct pins *pins, struct buf *room,
    struct job *job)
{
	struct json_value found[FIELDS];
	long long feed;
	size_t len;

	find_fields(rec, found);
	memset(job, 0, sizeof(*job));
	job->line = rec_line(rec, &len);
	job->len = (uint32_t)len;
	if ((found[ID].type != JSON_STRING && found[ID].type != JSON_NUMBER) ||
	    !is_open(found[STATUS]) || !can_merge(found))
		return false;
	job->id = found[ID].text;
	len = found[ID].len;
	if (found[ID].type == JSON_STRING)
		job->id = json_text(found[ID], room, &len);
	if (len == 0 || len > TAKE_ID_MAX)
		return false;
	job->id_len = (uint32_t)len;
	job->feed = HOLD_NO_FEED;
	if (json_int64(found[FEED], &feed))
		job->feed = feed;
	if (found[DESCRIPTION].type == JSON_STRING) {
		job->description = span_of(job->line, found[DESCRIPTION]);
		job->escaped = found[DESCRIPTION].escaped;
	}
	if (found[LOCATIONS].type == JSON_ARRAY)
		job->locations = span_of(job->line, found[LOCATIONS]);
	job->cost = cost_of(found);
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
