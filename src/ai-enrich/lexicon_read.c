/* lexicon_read.c - the values of a lexicon, each checked */
#include "lexicon_read.h"

#include <math.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "log.h"
#include "status.h"

#define FULL 10000

_Noreturn void
lexicon_wrong(const struct lexicon_place *p, const char *error,
    const char *value)
{
	struct buf at = { 0 };

	buf_printf(&at, "%s%s%s", p->part, *p->key != '\0' ? "." : "", p->key);
	die(EX_CONFIG, "the lexicon is wrong", LOG_TEXT("file", p->file),
	    LOG_TEXT("at", buf_string(&at)), LOG_TEXT("error", error),
	    LOG_TEXT("value", value));
}

void
lexicon_keys(const struct lexicon_place *p, const cJSON *object,
    const char *const *names)
{
	const char *const *n;
	const cJSON *item;

	if (!cJSON_IsObject(object))
		lexicon_wrong(p, "not an object", "");
	for (item = object->child; item != NULL; item = item->next) {
		for (n = names; *n != NULL && strcmp(*n, item->string) != 0;)
			n++;
		if (*n == NULL)
			lexicon_wrong(p, "unknown key", item->string);
	}
	for (n = names; *n != NULL; n++)
		if (json_member(object, *n) == NULL)
			lexicon_wrong(p, "missing key", *n);
}

int
lexicon_number(const struct lexicon_place *p, const cJSON *item, int min,
    int max)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < min ||
	    item->valuedouble > max || item->valuedouble != item->valueint)
		lexicon_wrong(p, "not a whole number in range",
		    item != NULL && item->string != NULL ? item->string : "");
	return item->valueint;
}

const char *
lexicon_phrase(const struct lexicon_place *p, const cJSON *item)
{
	const char *phrase = cJSON_GetStringValue(item);

	if (phrase == NULL)
		lexicon_wrong(p, "not a string", "");
	return phrase;
}

const cJSON *
lexicon_list(const struct lexicon_place *p, const cJSON *array)
{
	if (!cJSON_IsArray(array))
		lexicon_wrong(p, "not an array", "");
	return array->child;
}

static unsigned int
take_share(const struct lexicon_place *p, const cJSON *item)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > 1)
		lexicon_wrong(p, "not a number from 0 to 1", "");
	return (unsigned int)lround(item->valuedouble * FULL);
}

static void
take_curve(const struct lexicon_place *p, struct score_rules *rules,
    const cJSON *array)
{
	const cJSON *item = lexicon_list(p, array);
	size_t n = 0;

	for (; item != NULL; item = item->next, n++) {
		if (n == SCORE_POINTS || cJSON_GetArraySize(item) != 2)
			lexicon_wrong(p, "not pairs, or too many", "");
		rules->points[n].x = take_share(p, cJSON_GetArrayItem(item, 0));
		rules->points[n].y = take_share(p, cJSON_GetArrayItem(item, 1));
		if (n > 0 && (rules->points[n].x <= rules->points[n - 1].x ||
		                 rules->points[n].y < rules->points[n - 1].y))
			lexicon_wrong(p, "does not grow", "");
	}
	if (n == 0)
		lexicon_wrong(p, "no points", "");
	rules->point_count = n;
}

struct score_rules
lexicon_rules(struct lexicon_place *p, const cJSON *part)
{
	static const char *const fields[] = { "title", "company", "text",
		NULL };
	struct score_rules rules = { 0 };
	const cJSON *object, *item;
	size_t i;

	p->key = "fields";
	object = json_member(part, "fields");
	lexicon_keys(p, object, fields);
	for (i = 0; i < SCORE_FIELDS; i++)
		rules.field[i] = lexicon_number(p,
		    json_member(object, fields[i]), 0, SCORE_SHARE);
	p->key = "repeat";
	item = lexicon_list(p, json_member(part, "repeat"));
	for (i = 0; item != NULL && i < SCORE_REPEATS; item = item->next)
		rules.repeat[i++] = lexicon_number(p, item, 0, SCORE_SHARE);
	if (i != SCORE_REPEATS || item != NULL)
		lexicon_wrong(p, "not four numbers", "");
	p->key = "evidence";
	rules.evidence =
	    lexicon_number(p, json_member(part, "evidence"), 1, 1000000);
	p->key = "curve";
	take_curve(p, &rules, json_member(part, "curve"));
	return rules;
}
