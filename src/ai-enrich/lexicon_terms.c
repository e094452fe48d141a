/* lexicon_terms.c - the classifiers of a lexicon */
#include "lexicon_terms.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "json.h"
#include "lexicon_read.h"
#include "log.h"
#include "mem.h"

/* One list of phrases of one weight. */
static void
add_weight(const struct lexicon_place *p, struct scorer *s, size_t class,
    unsigned int fields, const cJSON *list)
{
	const char *digit = list->string, *error, *phrase;
	const cJSON *item;
	int weight;

	digit += *digit == '-';
	if (*digit < '1' || *digit > '9' || digit[1] != '\0')
		lexicon_wrong(p, "a weight is from -9 to 9 and not 0",
		    list->string);
	weight = digit > list->string ? '0' - *digit : *digit - '0';
	for (item = lexicon_list(p, list); item != NULL; item = item->next) {
		phrase = lexicon_phrase(p, item);
		error = scorer_add(s, class, fields, weight, phrase);
		if (error != NULL)
			lexicon_wrong(p, error, phrase);
	}
}

/* The terms of one class: by field, by weight. */
static void
add_class(const struct lexicon_place *p, struct scorer *s, size_t class,
    const cJSON *object)
{
	static const struct {
		const char *name;
		unsigned int mask;
	} fields[] = { { "any", (1 << SCORE_FIELDS) - 1 },
		{ "title", 1 << SCORE_TITLE },
		{ "company", 1 << SCORE_COMPANY }, { "text", 1 << SCORE_TEXT },
		{ NULL, 0 } };
	const cJSON *field, *list;
	size_t i;

	if (!cJSON_IsObject(object))
		lexicon_wrong(p, "not an object", "");
	for (field = object->child; field != NULL; field = field->next) {
		for (i = 0; fields[i].name != NULL &&
		            strcmp(fields[i].name, field->string) != 0;)
			i++;
		if (fields[i].name == NULL || !cJSON_IsObject(field))
			lexicon_wrong(p, "unknown field", field->string);
		for (list = field->child; list != NULL; list = list->next)
			add_weight(p, s, class, fields[i].mask, list);
	}
}

/* Phrases that only hide others. */
static void
add_neutral(struct lexicon_place *p, struct scorer *s, const cJSON *array)
{
	const cJSON *item;
	const char *error;

	p->key = "neutral";
	for (item = lexicon_list(p, array); item != NULL; item = item->next) {
		error =
		    scorer_add(s, SCORE_NOBODY, 0, 0, lexicon_phrase(p, item));
		if (error != NULL)
			lexicon_wrong(p, error, item->valuestring);
	}
}

#define NAME_WEIGHT 4

/* A class without terms of its own goes by the words of its name. */
static void
add_name(const struct lexicon_place *p, struct scorer *s, size_t class,
    const char *name)
{
	static const char between[] = " ,;:/&()";
	struct buf word = { 0 };
	size_t n;

	if (scorer_knows(s, class))
		return;
	log_info("no terms of its own, goes by the words of its name",
	    LOG_TEXT("file", p->file), LOG_TEXT("name", name));
	for (name += strspn(name, between); *name != '\0';
	     name += strspn(name, between)) {
		n = strcspn(name, between);
		buf_clear(&word);
		buf_add(&word, name, n);
		if (n > 3) /* not "and", "of"; a word twice counts once */
			(void)scorer_add(s, class, (1 << SCORE_FIELDS) - 1,
			    NAME_WEIGHT, buf_string(&word));
		name += n;
	}
	buf_free(&word);
}

/* The classes of a scorer, by id. */
struct classes {
	size_t count;
	const char **codes, **names;
};

static struct classes
make_classes(size_t count)
{
	return (struct classes){ .count = count,
		.codes = mem_zero(count, sizeof(const char *)),
		.names = mem_zero(count, sizeof(const char *)) };
}

/* The classifier of one part of the lexicon; CLASSES is released. */
static struct scorer *
take_part(struct lexicon *l, struct lexicon_place *p, struct classes *classes)
{
	static const char *const keys[] = { "fields", "repeat", "evidence",
		"curve", "neutral", "terms", NULL };
	const cJSON *part = json_member(l->tree, p->part), *item;
	struct score_rules rules;
	struct scorer *s;
	size_t i;

	lexicon_keys(p, part, keys);
	rules = lexicon_rules(p, part);
	s = scorer_new(l->vocab, classes->count, &rules);
	add_neutral(p, s, json_member(part, "neutral"));
	p->key = "terms";
	if (!cJSON_IsObject(json_member(part, "terms")))
		lexicon_wrong(p, "not an object", "");
	item = json_member(part, "terms")->child;
	for (; item != NULL; item = item->next) {
		p->key = item->string;
		for (i = 0; i < classes->count; i++)
			if (strcmp(classes->codes[i], p->key) == 0)
				break;
		if (i < classes->count)
			add_class(p, s, i, item);
		else
			log_info("terms of a code the taxonomy does not have",
			    LOG_TEXT("file", p->file),
			    LOG_TEXT("code", p->key));
	}
	for (i = 0; i < classes->count; i++)
		add_name(p, s, i, classes->names[i]);
	free(classes->codes);
	free(classes->names);
	return s;
}

struct scorer *
lexicon_industries(struct lexicon *l, const char *file,
    const struct taxonomy *t)
{
	struct lexicon_place p = { file, "industries", "" };
	struct classes classes = make_classes(t->count);
	size_t i;

	for (i = 0; i < t->count; i++) {
		classes.codes[i] = t->industries[i].code;
		classes.names[i] = t->industries[i].name;
	}
	return take_part(l, &p, &classes);
}

struct scorer *
lexicon_functions(struct lexicon *l, const char *file, const struct taxonomy *t)
{
	struct lexicon_place p = { file, "functions", "" };
	struct classes classes = make_classes(t->kinds);
	size_t i;

	for (i = 0; i < t->kinds; i++) {
		classes.codes[i] = t->functions[i].code;
		classes.names[i] = t->functions[i].name;
	}
	return take_part(l, &p, &classes);
}
