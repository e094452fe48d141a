/* rule.c - the paths and rules of a feed map, compiled */
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "log.h"
#include "mem.h"
#include "rule.h"
#include "status.h"

void
rule_wrong(const struct loading *l, const char *what, const char *value)
{
	die(EX_CONFIG, what, LOG_TEXT("map", l->file), LOG_TEXT("in", l->where),
	    LOG_TEXT("value", value == NULL ? "" : value));
}

const char *
rule_text(const struct loading *l, const cJSON *value)
{
	if (!cJSON_IsString(value) || *value->valuestring == '\0')
		rule_wrong(l, "a feed map wants a string here", NULL);
	return value->valuestring;
}

int
rule_index(const char *const *names, int count, const char *name)
{
	int i = 0;

	while (i < count && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* One step: "name", "prefix:name", "@name". */
static void
add_step(const struct loading *l, struct pattern *p, const char *text,
    size_t len)
{
	const char *colon = memchr(text, ':', len);
	bool attribute = len > 0 && *text == '@';
	char *name;

	if (len == 0 || p->count == MAP_STEPS)
		rule_wrong(l, "a path with an empty step or too many", p->text);
	p->steps[p->count].prefix = NULL;
	if (colon != NULL) {
		const char *prefix = text + attribute;

		p->steps[p->count].prefix =
		    mem_copy(prefix, (size_t)(colon - prefix));
		/* the '@' goes before the local name */
		len -= (size_t)(colon + 1 - text);
		text = colon + 1;
		name = mem_zero(len + 2, 1);
		name[0] = '@';
		memcpy(name + attribute, text, len);
		name[len + attribute] = '\0';
	} else
		name = mem_copy(text, len);
	p->steps[p->count++].name = name;
}

/* [@attribute=wanted] at TEXT, for the last step; returns behind it. */
static const char *
add_condition(const struct loading *l, struct pattern *p, const char *text)
{
	const char *equal = strchr(text, '='), *end = strchr(text, ']');

	if (text[1] != '@' || equal == NULL || end == NULL || end < equal ||
	    p->attribute != NULL || p->count == 0)
		rule_wrong(l, "not a condition like [@name=value]", p->text);
	p->attribute = mem_copy(text + 1, (size_t)(equal - text - 1));
	p->wanted = mem_copy(equal + 1, (size_t)(end - equal - 1));
	p->condition = p->count - 1;
	return end + 1;
}

/* Compile a path, which is below EACH if that is not NULL. */
static struct pattern *
compile(struct loading *l, const struct pattern *each, const char *text,
    size_t len)
{
	struct map *m = l->map;
	struct pattern *p = mem_zero(1, sizeof(*p));
	const char *at, *slash;

	p->text = mem_copy(text, len);
	m->patterns =
	    mem_resize(m->patterns, m->pattern_count + 1, sizeof(*m->patterns));
	m->patterns[m->pattern_count++] = p;
	at = p->text;
	p->absolute = *at == '/';
	at += p->absolute;
	for (size_t i = 0; each != NULL && i < each->count; i++) {
		const char *prefix = each->steps[i].prefix;

		p->steps[i].prefix = prefix == NULL ? NULL : mem_string(prefix);
		p->steps[i].name = mem_string(each->steps[i].name);
		p->count++;
	}
	if (strcmp(at, ".") == 0) {
		if (each == NULL)
			rule_wrong(l, "a path '.' outside of \"each\"",
			    p->text);
		return p;
	}
	while (*at != '\0') {
		slash = at + strcspn(at, "/[");
		add_step(l, p, at, (size_t)(slash - at));
		if (*slash == '[')
			slash = add_condition(l, p, slash);
		if (*slash != '\0' && *slash != '/')
			rule_wrong(l, "a path that goes on behind a condition",
			    p->text);
		at = *slash == '/' ? slash + 1 : slash;
	}
	if (p->count == 0)
		rule_wrong(l, "an empty path", p->text);
	return p;
}

struct pattern *
rule_path(struct loading *l, const struct pattern *each, const cJSON *value)
{
	const char *text = rule_text(l, value);

	return compile(l, each, text, strlen(text));
}

static void
add_piece(struct pick *pick, char *literal, struct pattern *pattern,
    unsigned int group)
{
	pick->pieces = mem_resize(pick->pieces, pick->piece_count + 1,
	    sizeof(*pick->pieces));
	pick->pieces[pick->piece_count++] =
	    (struct piece_rule){ literal, pattern, group };
}

/* "{a}[, {b}]": what stands in brackets is left out when its paths are empty */
static void
compile_template(struct loading *l, struct pick *pick,
    const struct pattern *each, const char *text)
{
	unsigned int groups = 0, group = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "{[]");
		const char *end;

		if (len > 0)
			add_piece(pick, mem_copy(text, len), NULL, group);
		text += len;
		if (*text == '{') {
			end = strchr(text, '}');
			if (end == NULL)
				rule_wrong(l, "a template with a '{' too many",
				    text);
			add_piece(pick, NULL,
			    compile(l, each, text + 1,
			        (size_t)(end - text - 1)),
			    group);
			text = end + 1;
		} else if (*text == '[') {
			group = ++groups;
			text++;
		} else if (*text == ']') {
			group = 0;
			text++;
		}
	}
}

static void
compile_object(struct loading *l, struct pick *pick, const struct pattern *base,
    const cJSON *rule)
{
	static const char *const parts[] = { "before", "after", "label",
		"query" };
	const struct pattern *each = base;
	const char *template = NULL;
	const cJSON *item;

	cJSON_ArrayForEach(item, rule)
	{
		int part = rule_index(parts, 4, item->string);

		if (part < 4) {
			pick->part = (enum pick_part)(PICK_BEFORE + part);
			pick->mark = mem_string(rule_text(l, item));
		} else if (strcmp(item->string, "path") == 0 ||
		           strcmp(item->string, "each") == 0)
			pick->pattern = rule_path(l, base, item);
		else if (strcmp(item->string, "template") == 0)
			template = rule_text(l, item);
		else if (strcmp(item->string, "last") == 0)
			pick->last = cJSON_IsTrue(item);
		else
			rule_wrong(l, "a rule knows no such key", item->string);
	}
	if (cJSON_HasObjectItem(rule, "each"))
		each = pick->pattern;
	if (template != NULL)
		compile_template(l, pick, each, template);
	else if (pick->pattern == NULL)
		rule_wrong(l, "a rule without \"path\" or \"template\"", NULL);
}

void
rule_free(struct picks *picks)
{
	for (size_t i = 0; i < picks->count; i++) {
		struct pick *pick = &picks->items[i];

		for (size_t k = 0; k < pick->piece_count; k++)
			free(pick->pieces[k].literal);
		free(pick->pieces);
		free(pick->mark);
	}
	free(picks->items);
	*picks = (struct picks){ NULL, 0 };
}

void
rule_compile(struct loading *l, struct picks *picks, const struct pattern *each,
    const cJSON *rule)
{
	size_t count =
	    cJSON_IsArray(rule) ? (size_t)cJSON_GetArraySize(rule) : 1;

	rule_free(picks);
	if (cJSON_IsNull(rule))
		return;
	picks->items = mem_zero(count == 0 ? 1 : count, sizeof(*picks->items));
	for (size_t i = 0; i < count; i++) {
		const cJSON *item = cJSON_IsArray(rule)
		                        ? cJSON_GetArrayItem(rule, (int)i)
		                        : rule;
		struct pick *pick = &picks->items[picks->count++];

		if (cJSON_IsObject(item))
			compile_object(l, pick, each, item);
		else
			pick->pattern = rule_path(l, each, item);
	}
}
