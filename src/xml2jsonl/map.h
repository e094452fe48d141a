/*
 * map.h - a feed map: which elements of a record are which fields of a job
 *
 * Loaded from a JSON file, see feed-map(5), and compiled: each path of the map
 * becomes a pattern, and each pattern notes the paths of the feed that match it
 * when those are seen for the first time.
 */
#ifndef MAP_H
#define MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "path.h"
#include "words.h"

#define MAP_STEPS 12 /* elements in a pattern */

struct map;

struct pattern {
	char *text; /* as the map has it */
	struct {
		char *prefix; /* NULL: none */
		char *name;   /* "*": any */
	} steps[MAP_STEPS];
	size_t count;
	bool absolute;            /* from the document, not from the record */
	char *attribute, *wanted; /* [@attribute=wanted] or NULL */
	size_t condition;         /* the step that it is for */
	struct path **hits;       /* the feed's paths that match */
	size_t hit_count;
};

/* What is taken out of a value. */
enum pick_part {
	PICK_ALL,
	PICK_BEFORE, /* of MARK; nothing if it is not there */
	PICK_AFTER,
	PICK_LABEL, /* the rest of the line that starts with MARK and a colon */
	PICK_QUERY  /* the parameter MARK of a URL */
};

/* A piece of a template. */
struct piece_rule {
	char *literal;           /* or NULL */
	struct pattern *pattern; /* or NULL: the literal alone */
	unsigned int group;      /* of an optional part; 0: none */
};

/* One way to get a value; a field has several, the first that gives one counts.
 */
struct pick {
	struct pattern *pattern; /* NULL for a template of the record */
	enum pick_part part;
	char *mark;
	bool last; /* the last MARK in the value, not the first */
	struct piece_rule *pieces; /* of a template, or NULL */
	size_t piece_count;
};

struct picks {
	struct pick *items;
	size_t count;
};

/* Where places come from: PLACE_PARTS rules in the elements of EACH. */
enum place_part {
	PLACE_CITY,
	PLACE_STATE,
	PLACE_COUNTRY,
	PLACE_POSTAL,
	PLACE_TEXT,
	PLACE_PARTS
};

struct place_rule {
	struct pattern *each; /* NULL: the record */
	struct picks parts[PLACE_PARTS];
	bool also; /* even when a rule before gave places */
};

enum field {
	FIELD_ID,
	FIELD_STATUS,
	FIELD_TITLE,
	FIELD_COMPANY,
	FIELD_DESCRIPTION,
	FIELD_URL,
	FIELD_TYPE,
	FIELD_REMOTE,
	FIELD_SALARY,
	FIELD_SALARY_MIN,
	FIELD_SALARY_MAX,
	FIELD_CURRENCY,
	FIELD_PERIOD,
	FIELD_POSTED,
	FIELD_EXPIRES,
	FIELD_CATEGORY,
	FIELD_CPC,
	FIELD_LOGO,
	FIELD_COUNT
};

/* Facts of the feed outside of its records. */
enum header { HEADER_COUNT, HEADER_LOAD, HEADER_FACTS };

enum map_dates { DATES_UNKNOWN, DATES_DAY_FIRST, DATES_MONTH_FIRST };

struct map {
	char *name, *about;
	char *load; /* snapshot, delta or window */
	enum map_dates dates;
	struct pattern **records;
	size_t record_count;
	struct picks fields[FIELD_COUNT];
	char *constants[FIELD_COUNT]; /* a value when no element gives one */
	char *constant_country;
	struct place_rule *places;
	size_t place_count;
	struct picks header[HEADER_FACTS];
	struct words *words; /* its own, before those of all maps */

	/* for the choice of a map: each of these lists has to match once */
	struct picks *needs;
	size_t need_count;
	bool fallback; /* only where no other map fits */

	/* private */
	struct pattern **patterns;
	size_t pattern_count;
	struct {
		char *prefix, *uri;
	} * spaces;
	size_t space_count;
};

/* The names of fields and parts of places in records and maps. */
const char *field_name(enum field field);
const char *place_name(enum place_part part);

/*
 * Load a map by its name (a file NAME.json in share/feeds) or, when it has a
 * '/' or ends in ".json", by its path.  COMMON has to outlive it.  Exits 66 or
 * 78 with one line.
 */
struct map *map_load(const char *name, const struct words *common);
void map_free(struct map *m);

/* Whether the full path is that of a record. */
bool map_is_record(const struct map *m, const struct path *path);

/* Whether a pattern of records is about what stands in elements of PATH. */
bool pattern_is_below(const struct map *m, const struct pattern *p,
    const struct path *path);

/* Whether PATH matches; RECORD is the path of the record it is in, or NULL. */
bool map_matches(const struct map *m, const struct pattern *p,
    const struct path *path, const struct path *record);

/*
 * A path of the feed was made: set its flags, and note it in the patterns it
 * matches.
 */
void map_meet(struct map *m, struct path *path);

/* The record path that PATH is in or is, or NULL. */
const struct path *path_record(const struct path *path);

#endif
