/* route.c - find whom a request is for, and check what it is given */
#include "route.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "json.h"
#include "scan.h"

#define DIGITS "0123456789"

/* What is exact in every reader of JSON. */
#define MOST_NUMBER INT64_C(9007199254740991)

const char *
route_method_name(enum method m)
{
	static const char *const names[] = { "GET", "POST", "PUT", "PATCH",
		"DELETE", "OPTIONS", "?" };

	return names[m];
}

void
route_methods(unsigned int allowed, char out[ROUTE_METHODS])
{
	size_t at = 0;
	int m;

	out[0] = '\0';
	for (m = METHOD_GET; m < METHOD_OPTIONS; m++)
		if ((allowed & 1U << m) != 0)
			at += (size_t)snprintf(out + at, ROUTE_METHODS - at,
			    "%s, %s", route_method_name((enum method)m),
			    m == METHOD_GET ? "HEAD, " : "");
	snprintf(out + at, ROUTE_METHODS - at, "OPTIONS");
}

bool
route_is_uuid(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23
		        ? text[i] != '-'
		        : strchr(DIGITS "abcdefABCDEF", text[i]) == NULL)
			return false;
	return len == 36;
}

/* A number of a run or a feed; 0 if it is none. */
static int64_t
number_of(const char *text, size_t len)
{
	char copy[20] = "";
	long long number;

	if (len == 0 || len > 16 || *text == '0' || strspn(text, DIGITS) < len)
		return 0;
	memcpy(copy, text, len);
	number = strtoll(copy, NULL, 10);
	return number <= MOST_NUMBER ? number : 0;
}

/* Take what stands in the place of NAME, "feed_id}"; false if it can't. */
static bool
take_id(struct request *r, const char *name, const char *text, size_t len)
{
	bool good;

	if (len == 0 || len >= sizeof r->id)
		return false;
	memcpy(r->id, text, len);
	r->id[len] = '\0';
	if (strncmp(name, "job_id", 6) == 0) {
		good = route_is_uuid(text, len);
	} else if (strncmp(name, "code", 4) == 0) {
		good = len <= 16 && strspn(text, DIGITS
		                        "abcdefghijklmnopqrstuvwxyz"
		                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-") >= len;
	} else if (strncmp(name, "sync_id", 7) == 0) {
		good =
		    strspn(text, DIGITS "abcdefghijklmnopqrstuvwxyz"
		                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") >= len;
	} else {
		r->number = number_of(text, len);
		good = r->number > 0;
	}
	return good;
}

/*
 * Whether a path is that of a pattern; *WRONG is the pattern's name for an id
 * that is not what it should be.
 */
static bool
matches(struct request *r, const char *pattern, const char **wrong)
{
	const char *path = r->target.path;

	*wrong = NULL;
	r->id[0] = '\0';
	while (*pattern != '\0') {
		if (*pattern == '{') {
			size_t len = strcspn(path, "/");

			if (len == 0)
				return false;
			if (!take_id(r, pattern + 1, path, len))
				*wrong = pattern + 1;
			path += len;
			pattern = strchr(pattern, '}') + 1;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* Names that stand where an id could: /jobs/bulk. */
static bool
is_literal(const struct request *r)
{
	const struct route *at;

	for (at = routes; at->pattern != NULL; at++)
		if (strcmp(at->pattern, r->target.path) == 0)
			return true;
	return false;
}

const struct route *
route_find(struct request *r, unsigned int *allowed, const char **wrong)
{
	bool literal = is_literal(r);
	const struct route *at;

	*allowed = 0;
	for (at = routes; at->pattern != NULL; at++) {
		if (literal && strchr(at->pattern, '{') != NULL)
			continue;
		if (!matches(r, at->pattern, wrong))
			continue;
		*allowed |= 1U << at->method;
		if (at->method == r->method)
			return at;
	}
	*wrong = NULL;
	return NULL;
}

static const char *
check_count(const struct param *p, const struct target_value *v,
    struct buf *why)
{
	long long number = -1;

	if (v->len > 0 && v->len <= 16 && strspn(v->value, DIGITS) == v->len)
		number = strtoll(v->value, NULL, 10);
	if (number >= p->min && number <= p->max)
		return NULL;
	buf_printf(why, "it has to be a number from %lld to %lld",
	    (long long)p->min, (long long)p->max);
	return buf_string(why);
}

/* A plain decimal number from 0 to 1. */
static const char *
check_share(const struct target_value *v)
{
	size_t whole = strspn(v->value, DIGITS), rest = 0;

	if (v->value[whole] == '.')
		rest = 1 + strspn(v->value + whole + 1, DIGITS);
	if (whole != 1 || rest == 1 || rest > 12 || whole + rest != v->len ||
	    json_compare(v->value, v->len, "1", 1) > 0)
		return "it has to be a number from 0 to 1, such as 0.86";
	return NULL;
}

static const char *
check_choice(const struct param *p, const struct target_value *v,
    struct buf *why)
{
	size_t i;

	buf_text(why, "it has to be one of:");
	for (i = 0; p->choices[i] != NULL; i++) {
		if (strcmp(p->choices[i], v->value) == 0)
			return NULL;
		buf_printf(why, " %s", p->choices[i]);
	}
	return buf_string(why);
}

static const char *
check_value(const struct param *p, const struct target_value *v,
    struct buf *why)
{
	switch (p->kind) {
	case PARAM_COUNT:
		return check_count(p, v, why);
	case PARAM_SHARE:
		return check_share(v);
	case PARAM_CHOICE:
		return check_choice(p, v, why);
	case PARAM_FLAG:
		return strcmp(v->value, "true") == 0 ||
		               strcmp(v->value, "false") == 0
		           ? NULL
		           : "it has to be true or false";
	case PARAM_TEXT:
		if (v->len > 0 && v->len <= (size_t)p->max)
			return NULL;
		buf_printf(why, "it has to have 1 to %lld bytes",
		    (long long)p->max);
		return buf_string(why);
	}
	return NULL;
}

static const struct param *
param_called(const struct param *params, const char *name)
{
	for (; params != NULL && params->name != NULL; params++)
		if (strcmp(params->name, name) == 0)
			return params;
	return NULL;
}

bool
route_check_values(struct request *r)
{
	struct buf why = { 0 };
	const char *wrong = NULL;
	size_t i;

	for (i = 0; i < r->target.count && wrong == NULL; i++) {
		const struct target_value *v = &r->target.values[i];
		const struct param *p = param_called(r->route->params, v->name);

		wrong = p == NULL ? "there is no such parameter here"
		                  : check_value(p, v, &why);
		if (wrong != NULL)
			answer_bad_parameter(r, v->name, wrong);
	}
	buf_free(&why);
	return wrong == NULL;
}

static void
add_value(struct buf *q, const struct param *p, const char *value, size_t len)
{
	buf_json_key(q, p->name);
	switch (p->kind) {
	case PARAM_COUNT:
		buf_json_int(q, strtoll(value, NULL, 10));
		break;
	case PARAM_SHARE:
	case PARAM_FLAG:
		buf_add(q, value, len);
		break;
	case PARAM_TEXT:
	case PARAM_CHOICE:
		buf_json_string(q, value, len);
		break;
	}
}

void
route_add_values(const struct request *r, struct buf *q)
{
	const struct param *p = r->route->params;

	for (; p != NULL && p->name != NULL; p++) {
		const struct target_value *v =
		    target_value(&r->target, p->name);

		if (p->apart)
			continue;
		if (v != NULL)
			add_value(q, p, v->value, v->len);
		else if (p->otherwise != NULL)
			add_value(q, p, p->otherwise, strlen(p->otherwise));
	}
}
