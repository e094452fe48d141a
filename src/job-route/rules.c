/* rules.c - rules of a file: loaded strictly, applied in order */
#include "rules.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "route.h"
#include "status.h"

#define STEPS_MAX 16

/* Limits of one match: patterns are the owner's, the text is a stranger's. */
#define MATCH_STEPS 200000
#define MATCH_DEPTH 500
#define MATCH_HEAP_KIB 4096

enum test_kind {
	TEST_EQUALS,
	TEST_IN,
	TEST_MATCHES,
	TEST_CONTAINS,
	TEST_LESS,
	TEST_GREATER,
	TEST_EXISTS
};

static const char *const kind_names[] = { "equals", "in", "matches", "contains",
	"less", "greater", "exists", NULL };

/* One condition: a field, what is asked of it, the answer wanted. */
struct test {
	char *path; /* its steps, each ended by a NUL */
	const char *steps[STEPS_MAX];
	size_t count;
	enum test_kind kind;
	bool negate;
	const cJSON *value;  /* in the file's tree */
	char *number;        /* of less, greater, and numbers of equals */
	pcre2_code *pattern; /* of matches */
};

struct rule {
	struct rule_verdict verdict;
	bool early, final; /* the passes it is for */
	struct test *tests;
	size_t count;
};

struct rules {
	cJSON *tree;
	struct rule *rules;
	size_t count;
	pcre2_match_data *match;
	pcre2_match_context *context;
	struct buf room;
};

/* Where in the file something is wrong. */
struct place {
	const char *path;
	size_t rule; /* from 1 */
};

static _Noreturn void
wrong(const struct place *at, const char *message, const char *value)
{
	die(EX_CONFIG, message, LOG_TEXT("file", at->path),
	    LOG_UINT("rule", at->rule), LOG_TEXT("value", value));
}

/* Every member of an object must be one of NAMES, which NULL ends. */
static void
check_names(const struct place *at, const cJSON *object,
    const char *const *names)
{
	const cJSON *item;
	size_t i;

	cJSON_ArrayForEach(item, object)
	{
		for (i = 0; names[i] != NULL; i++)
			if (strcmp(item->string, names[i]) == 0)
				break;
		if (names[i] == NULL)
			wrong(at, "unknown name in a rules file", item->string);
	}
}

static const char *
needed(const struct place *at, const cJSON *object, const char *name)
{
	const char *text = json_string(object, name);

	if (text == NULL || *text == '\0')
		wrong(at, "a rule lacks a string", name);
	return text;
}

static void
load_path(const struct place *at, struct test *t, const char *path)
{
	char *dot;

	t->path = mem_string(path);
	dot = t->path;
	for (;;) {
		if (t->count == STEPS_MAX || *dot == '.' || *dot == '\0')
			wrong(at, "not a field path of a rule", path);
		t->steps[t->count++] = dot;
		dot = strchr(dot, '.');
		if (dot == NULL)
			return;
		*dot++ = '\0';
	}
}

static void
load_pattern(const struct place *at, struct test *t)
{
	const char *pattern = cJSON_GetStringValue(t->value);
	PCRE2_SIZE where;
	PCRE2_UCHAR why[120];
	int code;

	if (pattern == NULL)
		wrong(at, "a pattern of a rule is not a string", "value");
	t->pattern = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    PCRE2_UTF | PCRE2_NO_UTF_CHECK, &code, &where, NULL);
	if (t->pattern != NULL)
		return;
	pcre2_get_error_message(code, why, sizeof why);
	die(EX_CONFIG, "bad pattern in a rule", LOG_TEXT("file", at->path),
	    LOG_UINT("rule", at->rule), LOG_TEXT("pattern", pattern),
	    LOG_UINT("offset", where), LOG_TEXT("error", (const char *)why));
}

/* The value a test compares with must be of a kind that can be compared. */
static void
load_value(const struct place *at, struct test *t)
{
	const cJSON *item;
	bool number = cJSON_IsNumber(t->value);
	bool string = cJSON_IsString(t->value);

	switch (t->kind) {
	case TEST_MATCHES:
		load_pattern(at, t);
		break;
	case TEST_CONTAINS:
		if (!string || *t->value->valuestring == '\0')
			wrong(at, "contains wants a string", "value");
		break;
	case TEST_LESS:
	case TEST_GREATER:
		if (!number)
			wrong(at, "less and greater want a number", "value");
		t->number = cJSON_PrintUnformatted(t->value);
		break;
	case TEST_IN:
		if (!cJSON_IsArray(t->value))
			wrong(at, "in wants a list of strings", "value");
		cJSON_ArrayForEach(item, t->value) if (!cJSON_IsString(item))
		    wrong(at, "in wants a list of strings", "value");
		break;
	case TEST_EQUALS:
		if (!number && !string && !cJSON_IsBool(t->value))
			wrong(at,
			    "equals wants a string, number or truth value",
			    "value");
		if (number)
			t->number = cJSON_PrintUnformatted(t->value);
		break;
	case TEST_EXISTS:
		if (!cJSON_IsBool(t->value))
			wrong(at, "exists wants true or false", "value");
		break;
	}
}

static void
load_test(const struct place *at, struct test *t, const cJSON *from)
{
	static const char *const names[] = { "field", "op", "value", "not",
		NULL };
	const char *op;
	int kind = 0;

	if (!cJSON_IsObject(from))
		wrong(at, "a test of a rule is not an object", "if");
	check_names(at, from, names);
	load_path(at, t, needed(at, from, "field"));
	op = needed(at, from, "op");
	while (kind_names[kind] != NULL && strcmp(kind_names[kind], op) != 0)
		kind++;
	if (kind_names[kind] == NULL)
		wrong(at, "unknown operator in a rule", op);
	t->kind = (enum test_kind)kind;
	t->negate = json_bool(from, "not", false);
	t->value = json_member(from, "value");
	if (t->value == NULL)
		wrong(at, "a test of a rule lacks its value", "value");
	load_value(at, t);
}

static void
load_rule(const struct place *at, struct rule *r, const cJSON *from)
{
	static const char *const names[] = { "name", "pass", "if", "route",
		"reason", "comment", NULL };
	const cJSON *tests = json_member(from, "if"), *test;
	const char *pass = json_string(from, "pass");

	if (!cJSON_IsObject(from))
		wrong(at, "a rule is not an object", "rules");
	check_names(at, from, names);
	r->verdict.name = needed(at, from, "name");
	r->verdict.route = needed(at, from, "route");
	r->verdict.reason = needed(at, from, "reason");
	if (!route_exists(r->verdict.route))
		wrong(at, "unknown route in a rule", r->verdict.route);
	if (pass != NULL && strcmp(pass, "early") != 0 &&
	    strcmp(pass, "final") != 0)
		wrong(at, "pass of a rule is not early or final", pass);
	r->early = pass == NULL || *pass == 'e';
	r->final = pass == NULL || *pass == 'f';
	if (!cJSON_IsArray(tests) || cJSON_GetArraySize(tests) == 0)
		wrong(at, "a rule has no list of tests", "if");
	r->tests =
	    mem_zero((size_t)cJSON_GetArraySize(tests), sizeof *r->tests);
	cJSON_ArrayForEach(test, tests)
	    load_test(at, &r->tests[r->count++], test);
}

struct rules *
rules_load(const char *path)
{
	static const char *const names[] = { "version", "rules", "comment",
		NULL };
	struct rules *rules = mem_zero(1, sizeof *rules);
	struct place at = { path, 0 };
	const cJSON *list, *from;

	rules->tree = json_load(path);
	check_names(&at, rules->tree, names);
	list = json_member(rules->tree, "rules");
	if (!cJSON_IsArray(list))
		wrong(&at, "a rules file has no list of rules", "rules");
	rules->rules =
	    mem_zero((size_t)cJSON_GetArraySize(list), sizeof *rules->rules);
	cJSON_ArrayForEach(from, list)
	{
		at.rule++;
		load_rule(&at, &rules->rules[rules->count++], from);
	}
	rules->match = pcre2_match_data_create(1, NULL);
	rules->context = pcre2_match_context_create(NULL);
	if (rules->match == NULL || rules->context == NULL)
		die(EX_OSERR, "no memory for patterns");
	pcre2_set_match_limit(rules->context, MATCH_STEPS);
	pcre2_set_depth_limit(rules->context, MATCH_DEPTH);
	pcre2_set_heap_limit(rules->context, MATCH_HEAP_KIB);
	return rules;
}

/* The characters of a string, the text of any other value. */
static const char *
text_of(struct rules *rules, struct json_value v, size_t *len)
{
	*len = v.len;
	return v.type == JSON_STRING ? json_text(v, &rules->room, len) : v.text;
}

static bool
is_text(const char *text, size_t len, const cJSON *string)
{
	return strlen(string->valuestring) == len &&
	       memcmp(text, string->valuestring, len) == 0;
}

static bool
equals(struct rules *rules, const struct test *t, struct json_value v)
{
	size_t len;
	const char *text;

	if (t->number != NULL)
		return v.type == JSON_NUMBER &&
		       json_compare(v.text, v.len, t->number,
		           strlen(t->number)) == 0;
	if (cJSON_IsBool(t->value))
		return v.type ==
		       (cJSON_IsTrue(t->value) ? JSON_TRUE : JSON_FALSE);
	text = text_of(rules, v, &len);
	return v.type == JSON_STRING && is_text(text, len, t->value);
}

static bool
contains(const char *text, size_t len, const char *part)
{
	size_t part_len = strlen(part), i;

	for (i = 0; i + part_len <= len; i++)
		if (memcmp(text + i, part, part_len) == 0)
			return true;
	return false;
}

/* -1: the match limit was hit. */
static int
matches(struct rules *rules, const struct test *t, const char *text, size_t len)
{
	int got = pcre2_match(t->pattern, (PCRE2_SPTR)text, len, 0,
	    PCRE2_NO_UTF_CHECK, rules->match, rules->context);

	if (got == PCRE2_ERROR_NOMATCH)
		return 0;
	return got >= 0 ? 1 : -1;
}

static bool
is_filled(struct json_value v)
{
	struct json_walk w = json_walk(v);
	struct json_member m;

	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return false;
	if (v.type == JSON_STRING)
		return v.len > 0;
	if (v.type == JSON_ARRAY || v.type == JSON_OBJECT)
		return json_next(&w, &m);
	return true;
}

/* One value against a test: 1 it holds, 0 it does not, -1 gave up. */
static int
holds_of_value(struct rules *rules, const struct test *t, struct json_value v)
{
	const cJSON *item;
	const char *text;
	size_t len;

	switch (t->kind) {
	case TEST_EXISTS:
		return is_filled(v);
	case TEST_EQUALS:
		return equals(rules, t, v);
	case TEST_LESS:
		return v.type == JSON_NUMBER &&
		       json_compare(v.text, v.len, t->number,
		           strlen(t->number)) < 0;
	case TEST_GREATER:
		return v.type == JSON_NUMBER &&
		       json_compare(v.text, v.len, t->number,
		           strlen(t->number)) > 0;
	default:
		break;
	}
	text = text_of(rules, v, &len);
	if (t->kind == TEST_MATCHES)
		return matches(rules, t, text, len);
	if (t->kind == TEST_CONTAINS)
		return contains(text, len, t->value->valuestring);
	cJSON_ArrayForEach(item,
	    t->value) if (is_text(text, len, item)) return 1;
	return 0;
}

/*
 * Follow the path from step I on.  Of a list, any item will do; exists asks of
 * the list itself when the path ends there.
 */
static int
holds_from(struct rules *rules, const struct test *t, struct json_value v,
    size_t i)
{
	struct json_walk w = json_walk(v);
	struct json_member m;
	int got;

	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return 0;
	if (v.type == JSON_ARRAY &&
	    !(i == t->count && t->kind == TEST_EXISTS)) {
		while (json_next(&w, &m)) {
			got = holds_from(rules, t, m.value, i);
			if (got != 0)
				return got;
		}
		return 0;
	}
	if (i < t->count)
		return holds_from(rules, t, json_get(v, t->steps[i]), i + 1);
	return holds_of_value(rules, t, v);
}

static int
holds(struct rules *rules, const struct test *t, const struct rec *job)
{
	int got = holds_from(rules, t, rec_get(job, t->steps[0]), 1);
	bool want = !t->negate;

	if (t->kind == TEST_EXISTS && cJSON_IsFalse(t->value))
		want = !want;
	return got < 0 ? got : (got == 1) == want;
}

bool
rules_apply(struct rules *rules, const struct rec *job, bool final,
    struct rule_verdict *out, const char **gave_up)
{
	*gave_up = NULL;
	for (size_t i = 0; i < rules->count; i++) {
		const struct rule *r = &rules->rules[i];
		int got = final ? r->final : r->early;

		for (size_t k = 0; k < r->count && got == 1; k++)
			got = holds(rules, &r->tests[k], job);
		if (got < 0) {
			*gave_up = r->verdict.name;
			return false;
		}
		if (got == 1) {
			*out = r->verdict;
			return true;
		}
	}
	return false;
}

void
rules_free(struct rules *rules)
{
	if (rules == NULL)
		return;
	for (size_t i = 0; i < rules->count; i++) {
		struct rule *r = &rules->rules[i];

		for (size_t k = 0; k < r->count; k++) {
			free(r->tests[k].path);
			cJSON_free(r->tests[k].number);
			pcre2_code_free(r->tests[k].pattern);
		}
		free(r->tests);
	}
	free(rules->rules);
	pcre2_match_data_free(rules->match);
	pcre2_match_context_free(rules->context);
	buf_free(&rules->room);
	cJSON_Delete(rules->tree);
	free(rules);
}
