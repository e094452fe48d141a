/* lexicon.c - load and check the lexicon of the local provider */
#include "lexicon.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "json.h"
#include "lexicon_read.h"
#include "lexicon_terms.h"
#include "log.h"
#include "mem.h"
#include "status.h"

#define FILE_MAX ((size_t)16 << 20)
#define LABELS_MAX 60000

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
take_marks(struct lexicon *l, struct lexicon_place *p)
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

	*p = (struct lexicon_place){ p->file, "marks", "" };
	lexicon_keys(p, part, keys);
	m->terms = terms_new(l->vocab);
	for (i = 0; keys[i] != NULL; i++) {
		p->key = keys[i];
		item = lexicon_list(p, json_member(part, keys[i]));
		for (; item != NULL; item = item->next) {
			error =
			    terms_add(m->terms, lexicon_phrase(p, item), &term);
			if (error != NULL)
				lexicon_wrong(p, error, item->valuestring);
			m->mask = make_room(m->mask, &m->room, term);
			m->mask[term] |= (uint16_t)(1u << i);
		}
	}
}

static void
add_label(const struct lexicon_place *p, struct labels *to, const char *phrase)
{
	uint32_t term;
	const char *error = terms_add(to->terms, phrase, &term);

	if (error != NULL)
		lexicon_wrong(p, error, phrase);
	to->label = make_room(to->label, &to->room, term);
	if (to->label[term] != 0 && to->label[term] != to->count)
		lexicon_wrong(p, "stands for two", phrase);
	to->label[term] = (uint16_t)to->count;
}

/* {"Name": ["phrase", ...], ...}; without any the name is the phrase. */
static void
take_labels(struct lexicon *l, struct lexicon_place *p, struct labels *to,
    const char *part)
{
	const cJSON *object = json_member(l->tree, part), *name, *item;
	size_t max = (size_t)cJSON_GetArraySize(object);

	*p = (struct lexicon_place){ p->file, part, "" };
	if (!cJSON_IsObject(object) || max > LABELS_MAX)
		lexicon_wrong(p, "not an object, or too large", "");
	to->terms = terms_new(l->vocab);
	to->names = mem_zero(max + 1, sizeof *to->names);
	for (name = object->child; name != NULL; name = name->next) {
		p->key = name->string;
		to->names[++to->count] = name->string;
		item = lexicon_list(p, name);
		if (item == NULL)
			add_label(p, to, name->string);
		for (; item != NULL; item = item->next)
			add_label(p, to, lexicon_phrase(p, item));
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
	vocab_settle(l->vocab);
}

struct lexicon *
lexicon_load(const struct taxonomy *taxonomy, const char *path)
{
	static const char *const keys[] = { "version", "industries",
		"functions", "marks", "skills", "soft_skills", "tags",
		"acronyms", "function_share", NULL };
	struct lexicon *l = mem_zero(1, sizeof *l);
	struct lexicon_place p = { path, "", "" };

	digest_file(path, l->digest);
	l->tree = json_load(path);
	lexicon_keys(&p, l->tree, keys);
	l->function_share = lexicon_number(&p,
	    json_member(l->tree, "function_share"), 0, SCORE_SHARE);
	l->vocab = vocab_new();
	l->industries = lexicon_industries(l, path, taxonomy);
	l->functions = lexicon_functions(l, path, taxonomy);
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
