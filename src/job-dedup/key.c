/* key.c - what two jobs must share before their texts are looked at */
#include "key.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "fold.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "words.h"

#define END '\0' /* of a field's value: no folded text has one */

struct key {
	char **fields;
	size_t count;
	struct words *forms; /* NULL: company names count in full */
	struct words *words; /* of one company name */
	struct ids split;
	struct buf plain, folded, key;
};

static struct words *
load_forms(void)
{
	struct words *forms = words_new(0);
	struct buf path = { 0 }, folded = { 0 };
	const cJSON *list, *form;
	cJSON *file = json_load(file_share(&path, "dedup/company.json"));

	list = json_member(file, "forms");
	if (!cJSON_IsArray(list))
		die(EX_CONFIG, "no list of forms",
		    LOG_BYTES("file", path.data, path.len));
	cJSON_ArrayForEach(form, list)
	{
		if (!cJSON_IsString(form))
			die(EX_CONFIG, "a form is not a string",
			    LOG_BYTES("file", path.data, path.len));
		buf_clear(&folded);
		fold_text(&folded, form->valuestring,
		    strlen(form->valuestring));
		words_add(forms, folded.data, folded.len);
	}
	cJSON_Delete(file);
	buf_free(&path);
	buf_free(&folded);
	return forms;
}

struct key *
key_new(const char *fields, bool fold_company)
{
	struct key *k = mem_zero(1, sizeof(*k));
	const char *at = fields;
	size_t len;

	for (;; at += len + 1) {
		len = strcspn(at, ",");
		if (len == 0) {
			key_free(k);
			return NULL;
		}
		k->fields =
		    mem_resize(k->fields, k->count + 1, sizeof(*k->fields));
		k->fields[k->count++] = mem_copy(at, len);
		if (at[len] == '\0')
			break;
	}
	if (fold_company) {
		k->forms = load_forms();
		k->words = words_new(0);
	}
	return k;
}

void
key_free(struct key *k)
{
	size_t i;

	if (k == NULL)
		return;
	for (i = 0; i < k->count; i++)
		free(k->fields[i]);
	free(k->fields);
	words_free(k->forms);
	words_free(k->words);
	ids_free(&k->split);
	buf_free(&k->plain);
	buf_free(&k->folded);
	buf_free(&k->key);
	free(k);
}

/* The folded value of a field in k->folded; false if it has none. */
static bool
fold_value(struct key *k, const struct rec *job, const char *field)
{
	struct json_value v = rec_get(job, field);
	const char *text = v.text;
	size_t len = v.len;

	buf_clear(&k->folded);
	if (v.type == JSON_NONE || v.type == JSON_NULL)
		return false;
	if (v.type == JSON_STRING)
		text = json_text(v, &k->plain, &len);
	fold_text(&k->folded, text, len);
	return k->folded.len > 0;
}

/* "acme, inc." and "acme (inc)" are "acme"; "inc" alone stays. */
static void
drop_form(struct key *k)
{
	size_t from = 0, to, i, len, left;
	const char *word;

	/* "s.a." is one word, as "sa" is. */
	for (to = 0; from < k->folded.len; from++)
		if (k->folded.data[from] != '.')
			k->folded.data[to++] = k->folded.data[from];
	words_cut(k->words, 1);
	k->split.len = 0;
	words_split(k->words, k->folded.data, to, &k->split);
	for (left = k->split.len; left > 1; left--) {
		word = words_text(k->words, k->split.at[left - 1], &len);
		if (words_find(k->forms, word, len) == WORDS_NONE)
			break;
	}
	if (left == 0)
		return;
	buf_clear(&k->folded);
	for (i = 0; i < left; i++) {
		word = words_text(k->words, k->split.at[i], &len);
		if (i > 0)
			buf_byte(&k->folded, ' ');
		buf_add(&k->folded, word, len);
	}
}

static bool
is_company(const char *field)
{
	return strcmp(field, "company_name") == 0;
}

const char *
key_of(struct key *k, const struct rec *job, size_t *len)
{
	bool title = false, company = false;
	size_t i;

	buf_clear(&k->key);
	for (i = 0; i < k->count; i++) {
		const char *field = k->fields[i];

		if (!fold_value(k, job, field) &&
		    strcmp(field, "employment_type") != 0)
			return NULL;
		if (is_company(field)) {
			company = true;
			if (k->forms != NULL)
				drop_form(k);
		}
		title = title || strcmp(field, "title") == 0;
		buf_add(&k->key, k->folded.data, k->folded.len);
		buf_byte(&k->key, END);
	}
	if (!title && !fold_value(k, job, "title"))
		return NULL;
	if (!company && !fold_value(k, job, "company_name"))
		return NULL;
	*len = k->key.len;
	return k->key.data;
}
