/* lexicon.c - load and check the lexicon of the local provider */
#include "lexicon.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define FILE_MAX ((size_t)16 << 20)
#define LABELS_MAX 60000
#define FULL 10000

/* Where in the file we are, for messages. */
struct place {
	const char *file;
	const char *part, *key; /* "" above it */
};

static _Noreturn void
wrong(const struct place *p, const char *error, const char *value)
{
	struct buf at = { 0 };

	buf_printf(&at, "%s%s%s", p->part, *p->key != '\0' ? "." : "", p->key);
	die(EX_CONFIG, "the lexicon is wrong", LOG_TEXT("file", p->file),
	    LOG_TEXT("at", buf_string(&at)), LOG_TEXT("error", error),
	    LOG_TEXT("value", value));
}

static void
check_keys(const struct place *p, const cJSON *object, const char *const *names)
{
	const char *const *n;
	const cJSON *item;

	if (!cJSON_IsObject(object))
		wrong(p, "not an object", "");
	for (item = object->child; item != NULL; item = item->next) {
		for (n = names; *n != NULL && strcmp(*n, item->string) != 0;)
			n++;
		if (*n == NULL)
			wrong(p, "unknown key", item->string);
	}
	for (n = names; *n != NULL; n++)
		if (json_member(object, *n) == NULL)
			wrong(p, "missing key", *n);
}

/* A whole number of at most MAX either way. */
static int
take_number(const struct place *p, const cJSON *item, int min, int max)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < min ||
	    item->valuedouble > max || item->valuedouble != item->valueint)
		wrong(p, "not a whole number in range",
		    item != NULL && item->string != NULL ? item->string : "");
	return item->valueint;
}

static const char *
take_phrase(const struct place *p, const cJSON *item)
{
	const char *phrase = cJSON_GetStringValue(item);

	if (phrase == NULL)
		wrong(p, "not a string", "");
	return phrase;
}

static const cJSON *
take_list(const struct place *p, const cJSON *array)
{
	if (!cJSON_IsArray(array))
		wrong(p, "not an array", "");
	return array->child;
}

static unsigned int
take_share(const struct place *p, const cJSON *item)
{
	if (!cJSON_IsNumber(item) || item->valuedouble < 0 ||
	    item->valuedouble > 1)
		wrong(p, "not a number from 0 to 1", "");
	return (unsigned int)lround(item->valuedouble * FULL);
}

static void
take_curve(const struct place *p, struct score_rules *rules, const cJSON *array)
{
	const cJSON *item = take_list(p, array);
	size_t n = 0;

	for (; item != NULL; item = item->next, n++) {
		if (n == SCORE_POINTS || cJSON_GetArraySize(item) != 2)
			wrong(p, "not pairs, or too many", "");
		rules->points[n].x = take_share(p, cJSON_GetArrayItem(item, 0));
		rules->points[n].y = take_share(p, cJSON_GetArrayItem(item, 1));
		if (n > 0 && (rules->points[n].x <= rules->points[n - 1].x ||
		                 rules->points[n].y < rules->points[n - 1].y))
			wrong(p, "does not grow", "");
	}
	if (n == 0)
		wrong(p, "no points", "");
	rules->point_count = n;
}

static struct score_rules
take_rules(struct place *p, const cJSON *part)
{
	static const char *const fields[] = { "title", "company", "text",
		NULL };
	struct score_rules rules = { 0 };
	const cJSON *object, *item;
	size_t i;

	p->key = "fields";
	object = json_member(part, "fields");
	check_keys(p, object, fields);
	for (i = 0; i < SCORE_FIELDS; i++)
		rules.field[i] = take_number(p, json_member(object, fields[i]),
		    0, SCORE_SHARE);
	p->key = "repeat";
	item = take_list(p, json_member(part, "repeat"));
	for (i = 0; item != NULL && i < SCORE_REPEATS; item = item->next)
		rules.repeat[i++] = take_number(p, item, 0, SCORE_SHARE);
	if (i != SCORE_REPEATS || item != NULL)
		wrong(p, "not four numbers", "");
	p->key = "evidence";
	rules.evidence =
	    take_number(p, json_member(part, "evidence"), 1, 1000000);
	p->key = "curve";
	take_curve(p, &rules, json_member(part, "curve"));
	return rules;
}

/* One list of phrases of one weight. */
static void
add_weight(const struct place *p, struct scorer *s, size_t class,
    unsigned int fields, const cJSON *list)
{
	const char *digit = list->string, *error, *phrase;
	const cJSON *item;
	int weight;

	digit += *digit == '-';
	if (*digit < '1' || *digit > '9' || digit[1] != '\0')
		wrong(p, "a weight is from -9 to 9 and not 0", list->string);
	weight = digit > list->string ? '0' - *digit : *digit - '0';
	for (item = take_list(p, list); item != NULL; item = item->next) {
		phrase = take_phrase(p, item);
		error = scorer_add(s, class, fields, weight, phrase);
		if (error != NULL)
			wrong(p, error, phrase);
	}
}

/* The terms of one class: by field, by weight. */
static void
add_class(const struct place *p, struct scorer *s, size_t class,
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
		wrong(p, "not an object", "");
	for (field = object->child; field != NULL; field = field->next) {
		for (i = 0; fields[i].name != NULL &&
		            strcmp(fields[i].name, field->string) != 0;)
			i++;
		if (fields[i].name == NULL || !cJSON_IsObject(field))
			wrong(p, "unknown field", field->string);
		for (list = field->child; list != NULL; list = list->next)
			add_weight(p, s, class, fields[i].mask, list);
	}
}

/* Phrases that only hide others. */
static void
add_neutral(struct place *p, struct scorer *s, const cJSON *array)
{
	const cJSON *item;
	const char *error;

	p->key = "neutral";
	for (item = take_list(p, array); item != NULL; item = item->next) {
		error = scorer_add(s, SCORE_NOBODY, 0, 0, take_phrase(p, item));
		if (error != NULL)
			wrong(p, error, item->valuestring);
	}
}

#define NAME_WEIGHT 4

/* A class without terms of its own goes by the words of its name. */
static void
add_name(const struct place *p, struct scorer *s, size_t class,
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

static const char *const part_keys[] = { "fields", "repeat", "evidence",
	"curve", "neutral", "terms", NULL };

static struct scorer *
take_industries(struct lexicon *l, struct place *p, const struct taxonomy *t)
{
	const cJSON *part = json_member(l->tree, "industries"), *item;
	const struct taxonomy_industry *industry;
	struct score_rules rules;
	struct scorer *s;
	size_t i;

	*p = (struct place){ p->file, "industries", "" };
	check_keys(p, part, part_keys);
	rules = take_rules(p, part);
	s = scorer_new(l->vocab, t->count, &rules);
	add_neutral(p, s, json_member(part, "neutral"));
	item = json_member(part, "terms")->child;
	for (; item != NULL; item = item->next) {
		p->key = item->string;
		industry = taxonomy_industry(t, p->key, strlen(p->key));
		if (industry != NULL)
			add_class(p, s, industry->id, item);
		else
			log_info("terms of an industry that is not in the "
			         "taxonomy",
			    LOG_TEXT("code", p->key));
	}
	for (i = 0; i < t->count; i++)
		add_name(p, s, i, t->industries[i].name);
	return s;
}

static struct scorer *
take_functions(struct lexicon *l, struct place *p, const struct taxonomy *t)
{
	const cJSON *part = json_member(l->tree, "functions"), *item;
	struct score_rules rules;
	struct scorer *s;
	size_t i;

	*p = (struct place){ p->file, "functions", "" };
	check_keys(p, part, part_keys);
	rules = take_rules(p, part);
	s = scorer_new(l->vocab, t->kinds, &rules);
	add_neutral(p, s, json_member(part, "neutral"));
	item = json_member(part, "terms")->child;
	for (; item != NULL; item = item->next) {
		p->key = item->string;
		for (i = 0; i < t->kinds; i++)
			if (strcmp(t->functions[i].code, p->key) == 0)
				break;
		if (i < t->kinds)
			add_class(p, s, i, item);
		else
			log_info("terms of a function that is not in the "
			         "taxonomy",
			    LOG_TEXT("code", p->key));
	}
	for (i = 0; i < t->kinds; i++)
		add_name(p, s, i, t->functions[i].name);
	return s;
}

/* ARRAY, grown until it has an item N; the new ones are 0. */
static uint16_t *
make_room(uint16_t *array, size_t *room, size_t n)
{
	size_t old = *room;

	if (n < old)
		return array;
	*room = n < 256 ? 512 : n * 2;
	array = mem_resize(array, *room, sizeof *array);
	memset(array + old, 0, (*room - old) * sizeof *array);
	return array;
}

static void
take_marks(struct lexicon *l, struct place *p)
{
	static const char *const keys[] = { "duties", "requirements",
		"benefits", "about", "boilerplate", "verbs", "abbreviations",
		"title_noise", "title_levels", "title_places", "title_small",
		"title_tail", NULL };
	const cJSON *part = json_member(l->tree, "marks"), *item;
	struct marks *m = &l->marks;
	const char *error;
	uint32_t term;
	size_t i;

	*p = (struct place){ p->file, "marks", "" };
	check_keys(p, part, keys);
	m->terms = terms_new(l->vocab);
	for (i = 0; keys[i] != NULL; i++) {
		p->key = keys[i];
		item = take_list(p, json_member(part, keys[i]));
		for (; item != NULL; item = item->next) {
			error =
			    terms_add(m->terms, take_phrase(p, item), &term);
			if (error != NULL)
				wrong(p, error, item->valuestring);
			m->mask = make_room(m->mask, &m->room, term);
			m->mask[term] |= (uint16_t)(1u << i);
		}
	}
}

static void
add_label(const struct place *p, struct labels *to, const char *phrase)
{
	uint32_t term;
	const char *error = terms_add(to->terms, phrase, &term);

	if (error != NULL)
		wrong(p, error, phrase);
	to->label = make_room(to->label, &to->room, term);
	if (to->label[term] != 0 && to->label[term] != to->count)
		wrong(p, "stands for two", phrase);
	to->label[term] = (uint16_t)to->count;
}

/* {"Name": ["phrase", ...], ...}; without any the name is the phrase. */
static void
take_labels(struct lexicon *l, struct place *p, struct labels *to,
    const char *part)
{
	const cJSON *object = json_member(l->tree, part), *name, *item;
	size_t max = (size_t)cJSON_GetArraySize(object);

	*p = (struct place){ p->file, part, "" };
	if (!cJSON_IsObject(object) || max > LABELS_MAX)
		wrong(p, "not an object, or too large", "");
	to->terms = terms_new(l->vocab);
	to->names = mem_zero(max + 1, sizeof *to->names);
	for (name = object->child; name != NULL; name = name->next) {
		p->key = name->string;
		to->names[++to->count] = name->string;
		item = take_list(p, name);
		if (item == NULL)
			add_label(p, to, name->string);
		for (; item != NULL; item = item->next)
			add_label(p, to, take_phrase(p, item));
	}
}

static void
digest_file(const char *path, char out[HASH_HEX])
{
	struct buf bytes = { 0 };
	const char *error = file_read(path, FILE_MAX, &bytes);

	if (error != NULL)
		die(EX_NOINPUT, "cannot read the lexicon",
		    LOG_TEXT("file", path), LOG_TEXT("error", error));
	hash_once(bytes.data, bytes.len, out);
	buf_free(&bytes);
}

static void
seal(struct lexicon *l)
{
	vocab_seal(l->vocab);
	scorer_seal(l->industries);
	scorer_seal(l->functions);
	terms_seal(l->marks.terms);
	terms_seal(l->skills.terms);
	terms_seal(l->soft_skills.terms);
	terms_seal(l->tags.terms);
	terms_seal(l->acronyms.terms);
}

struct lexicon *
lexicon_load(const struct taxonomy *taxonomy, const char *path)
{
	static const char *const keys[] = { "version", "industries",
		"functions", "marks", "skills", "soft_skills", "tags",
		"acronyms", "function_share", NULL };
	struct lexicon *l = mem_zero(1, sizeof *l);
	struct place p = { path, "", "" };

	digest_file(path, l->digest);
	l->tree = json_load(path);
	check_keys(&p, l->tree, keys);
	l->function_share = take_number(&p,
	    json_member(l->tree, "function_share"), 0, SCORE_SHARE);
	l->vocab = vocab_new();
	l->industries = take_industries(l, &p, taxonomy);
	l->functions = take_functions(l, &p, taxonomy);
	take_marks(l, &p);
	take_labels(l, &p, &l->skills, "skills");
	take_labels(l, &p, &l->soft_skills, "soft_skills");
	take_labels(l, &p, &l->tags, "tags");
	take_labels(l, &p, &l->acronyms, "acronyms");
	seal(l);
	return l;
}

static void
free_labels(struct labels *labels)
{
	terms_free(labels->terms);
	free(labels->label);
	free(labels->names);
}

void
lexicon_free(struct lexicon *l)
{
	if (l == NULL)
		return;
	scorer_free(l->industries);
	scorer_free(l->functions);
	terms_free(l->marks.terms);
	free(l->marks.mask);
	free_labels(&l->skills);
	free_labels(&l->soft_skills);
	free_labels(&l->tags);
	free_labels(&l->acronyms);
	vocab_free(l->vocab);
	cJSON_Delete(l->tree);
	free(l);
}

unsigned int
lexicon_mark(const struct lexicon *l, const struct token *from, size_t left,
    size_t *count)
{
	uint32_t term;

	*count = terms_match(l->marks.terms, from, left, &term);
	if (*count > 0)
		return l->marks.mask[term];
	*count = 1;
	return 0;
}

uint16_t
lexicon_label(const struct labels *labels, const struct token *from,
    size_t left, size_t *count)
{
	uint32_t term;

	*count = terms_match(labels->terms, from, left, &term);
	if (*count > 0)
		return labels->label[term];
	*count = 1;
	return 0;
}
