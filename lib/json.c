/* json.c - JSON trees (cJSON) for configuration and answers of services */
#include "json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "log.h"
#include "scan.h"
#include "status.h"

#define CONFIG_MAX ((size_t)64 << 20)

cJSON *
json_parse(const char *text, size_t len, const char **error, size_t *at)
{
	struct scan *s = scan_new();
	cJSON *tree;

	*at = 0;
	*error = scan_value(s, text, len, at);
	scan_free(s);
	if (*error != NULL)
		return NULL;
	tree = cJSON_ParseWithLength(text, len);
	if (tree == NULL)
		*error = "not a JSON value, or out of memory";
	return tree;
}

cJSON *
json_load(const char *path)
{
	struct buf text = { 0 };
	const char *error = file_read(path, CONFIG_MAX, &text);
	const char *bytes;
	size_t at, i, line = 1;
	cJSON *tree;

	if (error != NULL)
		die(EX_NOINPUT, "cannot read a file", LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
	bytes = text.data != NULL ? text.data : "";
	tree = json_parse(bytes, text.len, &error, &at);
	if (tree == NULL) {
		for (i = 0; i < at && i < text.len; i++)
			line += bytes[i] == '\n';
		die(EX_CONFIG, "not valid JSON", LOG_TEXT("file", path),
		    LOG_UINT("line", line), LOG_UINT("offset", at),
		    LOG_TEXT("error", error));
	}
	buf_free(&text);
	return tree;
}

const cJSON *
json_member(const cJSON *object, const char *name)
{
	return cJSON_GetObjectItemCaseSensitive(object, name);
}

const char *
json_string(const cJSON *object, const char *name)
{
	return cJSON_GetStringValue(json_member(object, name));
}

double
json_double(const cJSON *object, const char *name, double otherwise)
{
	const cJSON *item = json_member(object, name);

	return cJSON_IsNumber(item) ? item->valuedouble : otherwise;
}

bool
json_bool(const cJSON *object, const char *name, bool otherwise)
{
	const cJSON *item = json_member(object, name);

	return cJSON_IsBool(item) ? cJSON_IsTrue(item) != 0 : otherwise;
}

int64_t
json_integer(const cJSON *object, const char *name, int64_t otherwise)
{
	const cJSON *item = json_member(object, name);
	long long value;
	char *end;

	if (cJSON_IsNumber(item) && item->valuedouble > -9007199254740992.0 &&
	    item->valuedouble < 9007199254740992.0)
		return (int64_t)item->valuedouble;
	if (!cJSON_IsString(item) || *item->valuestring == '\0')
		return otherwise;
	errno = 0;
	value = strtoll(item->valuestring, &end, 10);
	return errno == 0 && *end == '\0' ? value : otherwise;
}
