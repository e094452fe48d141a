/* body.c - bodies of JSON: which members, of which kind */
#include "body.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "mem.h"
#include "route.h"

/* What is wrong, and with what. */
struct fault {
	const char *prefix; /* of the pointer */
	struct buf pointer, why;
};

static const char *
say(struct fault *f, const char *what, int64_t min, int64_t max)
{
	buf_printf(&f->why, "it has to be %s from %lld to %lld", what,
	    (long long)min, (long long)max);
	return buf_string(&f->why);
}

/* Characters of valid UTF-8. */
static int64_t
characters(const char *text, size_t len)
{
	int64_t n = 0;
	size_t i;

	for (i = 0; i < len; i++)
		n += ((unsigned char)text[i] & 0xC0) != 0x80;
	return n;
}

static bool
is_one_of(const char *const *choices, const char *text, size_t len)
{
	for (; *choices != NULL; choices++)
		if (strlen(*choices) == len && memcmp(*choices, text, len) == 0)
			return true;
	return false;
}

static const char *
check_number(const struct body_rule *rule, struct json_value v, struct fault *f)
{
	char low[24], high[24];
	long long number;

	if (rule->kind == BODY_COUNT) {
		if (v.type == JSON_NUMBER && json_int64(v, &number) &&
		    number >= rule->min && number <= rule->max)
			return NULL;
		return say(f, "a whole number", rule->min, rule->max);
	}
	snprintf(low, sizeof low, "%lld", (long long)rule->min);
	snprintf(high, sizeof high, "%lld", (long long)rule->max);
	if (v.type == JSON_NUMBER && v.len < 20 && *v.text != '-' &&
	    memchr(v.text, 'e', v.len) == NULL &&
	    memchr(v.text, 'E', v.len) == NULL &&
	    json_compare(v.text, v.len, low, strlen(low)) >= 0 &&
	    json_compare(v.text, v.len, high, strlen(high)) <= 0)
		return NULL;
	return say(f, "a plain number", rule->min, rule->max);
}

static const char *
check_text(const struct body_rule *rule, struct json_value v, struct fault *f)
{
	struct buf room = { 0 };
	const char *text, *wrong = NULL;
	size_t len;

	if (v.type != JSON_STRING)
		return "it has to be a string";
	text = json_text(v, &room, &len);
	if (rule->kind == BODY_TEXT && (characters(text, len) < rule->min ||
	                                   characters(text, len) > rule->max))
		wrong = say(f, "of a length", rule->min, rule->max);
	else if (rule->kind == BODY_CHOICE &&
	         !is_one_of(rule->choices, text, len))
		wrong = "there is no such choice";
	buf_free(&room);
	return wrong;
}

/* Each item is one that may be there, and there once. */
static const char *
check_items(const struct body_rule *rule, struct json_value v, struct fault *f)
{
	struct json_walk walk = json_walk(v), earlier;
	struct json_member item, other;
	int64_t n = 0, i;

	for (; json_next(&walk, &item); n++) {
		const struct json_value *it = &item.value;

		if (it->type != JSON_STRING || it->escaped)
			return "its items have to be plain strings";
		if (rule->kind == BODY_CHOICES &&
		    !is_one_of(rule->choices, it->text, it->len))
			return "it has an item that may not be there";
		if (rule->kind == BODY_UUIDS &&
		    !route_is_uuid(it->text, it->len))
			return "it has an item that is no job_id";
		if (n >= rule->max)
			break;
		earlier = json_walk(v);
		for (i = 0; i < n && json_next(&earlier, &other); i++)
			if (other.value.len == it->len &&
			    memcmp(other.value.text, it->text, it->len) == 0)
				return "it has an item twice";
	}
	return n < rule->min || n > rule->max ||
	               (n == rule->max && json_next(&walk, &item))
	           ? say(f, "a list of a length", rule->min, rule->max)
	           : NULL;
}

static const char *
check_members(const struct body_rule *rule, struct json_value v,
    struct fault *f)
{
	struct json_walk walk;
	struct json_member m;
	int64_t n = 0;

	if (v.type != JSON_OBJECT)
		return "it has to be an object";
	for (walk = json_walk(v); json_next(&walk, &m); n++)
		continue;
	return n < rule->min || n > rule->max
	           ? say(f, "an object with members", rule->min, rule->max)
	           : NULL;
}

static const char *
check(const struct body_rule *rule, struct json_value v, struct fault *f)
{
	if (v.type == JSON_NULL && rule->nullable)
		return NULL;
	switch (rule->kind) {
	case BODY_COUNT:
	case BODY_DECIMAL:
		return check_number(rule, v, f);
	case BODY_TEXT:
	case BODY_CHOICE:
		return check_text(rule, v, f);
	case BODY_FLAG:
		return v.type == JSON_TRUE || v.type == JSON_FALSE
		           ? NULL
		           : "it has to be true or false";
	case BODY_CHOICES:
	case BODY_UUIDS:
		return v.type == JSON_ARRAY ? check_items(rule, v, f)
		                            : "it has to be a list";
	case BODY_OBJECT:
		return check_members(rule, v, f);
	}
	return NULL;
}

/* Which rule a member is for; BODY_RULES: none. */
static size_t
rule_of(const struct body_rule *rules, const struct json_member *m)
{
	size_t i;

	for (i = 0; rules[i].name != NULL; i++)
		if (!m->name_escaped && strlen(rules[i].name) == m->name_len &&
		    memcmp(rules[i].name, m->name, m->name_len) == 0)
			return i;
	return BODY_RULES;
}

static void
point_at(struct fault *f, const char *name, size_t len)
{
	buf_clear(&f->pointer);
	buf_printf(&f->pointer, "%s/", f->prefix);
	buf_add(&f->pointer, name, len < 100 ? len : 100);
}

/* A member more; NULL, or what is wrong with it. */
static const char *
read_member(const struct body_rule *rules, const struct json_member *m,
    struct json_value values[BODY_RULES], struct fault *f)
{
	size_t at = rule_of(rules, m);

	point_at(f, m->name, m->name_len);
	if (at == BODY_RULES)
		return "there is no such member here";
	values[at] = m->value;
	return check(&rules[at], m->value, f);
}

static const char *
miss_members(const struct body_rule *rules,
    const struct json_value values[BODY_RULES], struct fault *f)
{
	size_t i;

	for (i = 0; rules[i].name != NULL; i++)
		if (rules[i].required && values[i].type == JSON_NONE) {
			point_at(f, rules[i].name, strlen(rules[i].name));
			return "it is missing";
		}
	return NULL;
}

static void
answer_syntax(struct request *r, const char *error, size_t at)
{
	struct buf detail = { 0 };

	buf_printf(&detail, "the body is no JSON object: %s at byte %zu", error,
	    at);
	answer_problem(r, &(struct answer_problem){ .status = 400,
	                      .name = "bad-json",
	                      .detail = buf_string(&detail) });
	buf_free(&detail);
}

/* Answer if something is wrong; whether nothing is. */
static bool
settle(struct request *r, struct fault *f, const char *wrong)
{
	if (wrong != NULL)
		answer_unprocessable(r, buf_string(&f->pointer), wrong);
	buf_free(&f->pointer);
	buf_free(&f->why);
	return wrong == NULL;
}

bool
body_read(struct request *r, const struct body_rule *rules,
    struct json_value values[BODY_RULES])
{
	struct scan *scan = scan_new();
	const struct json_member *members = NULL;
	struct fault f = { .prefix = "" };
	const char *wrong = NULL, *error = NULL;
	size_t count = 0, at = 0, i;

	memset(values, 0, BODY_RULES * sizeof *values);
	if (r->body.len > 0)
		error = scan_object(scan, r->body.data, r->body.len, &members,
		    &count, &at);
	if (error != NULL)
		answer_syntax(r, error, at);
	for (i = 0; i < count && error == NULL && wrong == NULL; i++)
		wrong = read_member(rules, &members[i], values, &f);
	if (error == NULL && wrong == NULL)
		wrong = miss_members(rules, values, &f);
	scan_free(scan);
	return settle(r, &f, wrong) && error == NULL;
}

bool
body_read_value(struct request *r, const char *prefix, struct json_value object,
    const struct body_rule *rules, struct json_value values[BODY_RULES])
{
	struct json_walk walk = json_walk(object);
	struct fault f = { .prefix = prefix };
	const char *wrong = NULL;
	struct json_member m;

	memset(values, 0, BODY_RULES * sizeof *values);
	while (wrong == NULL && json_next(&walk, &m))
		wrong = read_member(rules, &m, values, &f);
	if (wrong == NULL)
		wrong = miss_members(rules, values, &f);
	return settle(r, &f, wrong);
}

bool
body_given(struct json_value v)
{
	return v.type != JSON_NONE && v.type != JSON_NULL;
}

bool
body_flag(struct json_value v, bool otherwise)
{
	return body_given(v) ? v.type == JSON_TRUE : otherwise;
}

char *
body_text(struct json_value v)
{
	struct buf room = { 0 };
	const char *text;
	size_t len;
	char *copy;

	if (v.type != JSON_STRING)
		return NULL;
	text = json_text(v, &room, &len);
	copy = mem_copy(text, len);
	buf_free(&room);
	return copy;
}

char *
body_list(struct json_value v)
{
	struct json_walk walk;
	struct json_member item;
	struct buf list = { 0 };

	if (v.type != JSON_ARRAY)
		return NULL;
	for (walk = json_walk(v); json_next(&walk, &item);) {
		if (list.len > 0)
			buf_byte(&list, ',');
		buf_add(&list, item.value.text, item.value.len);
	}
	buf_string(&list);
	return list.data;
}

void
body_add(struct buf *b, struct json_value v)
{
	if (v.type == JSON_STRING)
		buf_byte(b, '"');
	buf_add(b, v.text, v.len);
	if (v.type == JSON_STRING)
		buf_byte(b, '"');
}
