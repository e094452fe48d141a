/*
 * rule.h - the paths and rules of a feed map, compiled
 *
 * What is wrong with a map ends the program with 78 and one line.
 */
#ifndef RULE_H
#define RULE_H

#include <cjson/cJSON.h>

#include "map.h"

/* What is being loaded, for messages. */
struct loading {
	struct map *map;
	const char *file;
	const char *where; /* the key at hand */
};

/* Say what is wrong, where, and which value it is (or NULL); exits 78. */
_Noreturn void rule_wrong(const struct loading *l, const char *what,
    const char *value);

/* A string that is not empty. */
const char *rule_text(const struct loading *l, const cJSON *value);

/* Where NAME is in the list; COUNT when it is not there. */
int rule_index(const char *const *names, int count, const char *name);

/*
 * Compile a path, which is below EACH if that is not NULL.  The map keeps the
 * pattern and frees it.
 */
struct pattern *rule_path(struct loading *l, const struct pattern *each,
    const cJSON *value);

/*
 * Compile a rule: a path, an object, a list of such, or null for none.  It
 * replaces what was in PICKS, which rule_free() empties.
 */
void rule_compile(struct loading *l, struct picks *picks,
    const struct pattern *each, const cJSON *rule);
void rule_free(struct picks *picks);

#endif
