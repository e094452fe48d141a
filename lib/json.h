/*
 * json.h - JSON trees (cJSON) for configuration and answers of services
 *
 * cJSON alone takes bytes that are not UTF-8, a name twice, text behind the
 * end; so our own scanner (scan.h) goes over the bytes first.  Lookups are
 * case-sensitive.  Records are never read this way: see rec.h.
 */
#ifndef JSON_H
#define JSON_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Parse one value.  NULL when it is not valid: then *ERROR is what is wrong (a
 * constant) and *AT its byte offset.  The caller frees with cJSON_Delete().
 */
cJSON *json_parse(const char *text, size_t len, const char **error, size_t *at);

/*
 * Load a configuration file of at most 64 MiB; exits 78 with one line that
 * names file, line and reason (66 if it can't be read).
 */
cJSON *json_load(const char *path);

/* Members by name; NULL, DEFAULT or false when absent or of another type. */
const cJSON *json_member(const cJSON *object, const char *name);
const char *json_string(const cJSON *object, const char *name);
double json_double(const cJSON *object, const char *name, double otherwise);
bool json_bool(const cJSON *object, const char *name, bool otherwise);

/* int64 as number or as string of digits, as Google writes them. */
int64_t json_integer(const cJSON *object, const char *name, int64_t otherwise);

#endif
