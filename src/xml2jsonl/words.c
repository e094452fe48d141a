/* words.c - what words of feeds mean */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "file.h"
#include "fold.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"
#include "words.h"

#define WORD_MAX 60 /* bytes of the longest word, folded */

struct word {
	char *key; /* NULL: the slot is free */
	char *meaning;
	enum word_kind kind;
};

struct words {
	const struct words *common; /* or NULL */
	/* of each kind: the first bytes of its words, the bytes of the longest
	 */
	bool starts[WORD_KINDS][256];
	size_t longest[WORD_KINDS];
	struct word *slots;
	size_t count, cap; /* CAP is a power of two */
};

static const char *const kind_names[WORD_KINDS] = { "employment_type", "status",
	"remote", "salary_period", "salary_currency", "country", "state",
	"placeholder", "load" };

enum word_kind
words_kind(const char *name)
{
	int kind = 0;

	while (kind < WORD_KINDS && strcmp(kind_names[kind], name) != 0)
		kind++;
	return (enum word_kind)kind;
}

static bool
is_skipped(char c)
{
	return (c >= 0 && c <= ' ') || c == '-' || c == '_' || c == '.';
}

/* Fold a word into KEY; 0 when it is none or too long. */
static size_t
fold_word(const char *utf8, size_t len, char key[WORD_MAX + 1])
{
	struct buf folded = { 0 };
	bool ascii = true;
	size_t n = 0;

	for (size_t i = 0; i < len; i++)
		ascii &= (unsigned char)utf8[i] < 0x80;
	if (!ascii) {
		fold_text(&folded, utf8, len);
		utf8 = folded.data;
		len = folded.len;
	}
	for (size_t i = 0; i < len; i++) {
		char c = utf8[i];

		if (is_skipped(c))
			continue;
		if (n == WORD_MAX) {
			n = 0;
			break;
		}
		key[n++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	key[n] = '\0';
	buf_free(&folded);
	return n;
}

static struct word *
slot_of(const struct words *w, enum word_kind kind, const char *key)
{
	uint32_t hash = 2166136261u ^ (uint32_t)kind;
	size_t at;

	for (const char *c = key; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	at = (hash ^ hash >> 15) & (w->cap - 1);
	while (
	    w->slots[at].key != NULL &&
	    (w->slots[at].kind != kind || strcmp(w->slots[at].key, key) != 0))
		at = (at + 1) & (w->cap - 1);
	return &w->slots[at];
}

static void
grow(struct words *w)
{
	struct word *old = w->slots;
	size_t cap = w->cap;

	w->cap = cap == 0 ? 64 : cap * 2;
	w->slots = mem_zero(w->cap, sizeof(*w->slots));
	for (size_t i = 0; i < cap; i++)
		if (old[i].key != NULL)
			*slot_of(w, old[i].kind, old[i].key) = old[i];
	free(old);
}

static void
add_word(struct words *w, enum word_kind kind, const char *word,
    const char *meaning)
{
	char key[WORD_MAX + 1];
	struct word *slot;

	if (fold_word(word, strlen(word), key) == 0)
		return;
	if (w->cap == 0 || w->count >= w->cap / 2)
		grow(w);
	slot = slot_of(w, kind, key);
	if (slot->key != NULL)
		free(slot->meaning);
	else {
		slot->key = mem_string(key);
		slot->kind = kind;
		w->count++;
	}
	slot->meaning = mem_string(meaning);
	w->starts[kind][(unsigned char)*key] = true;
	if (strlen(key) > w->longest[kind])
		w->longest[kind] = strlen(key);
}

const char *
words_add(struct words *w, enum word_kind kind, const cJSON *table)
{
	const cJSON *list, *word;

	if (!cJSON_IsObject(table))
		return "not an object of meanings";
	cJSON_ArrayForEach(list, table)
	{
		if (!cJSON_IsArray(list))
			return "not a list of words";
		cJSON_ArrayForEach(word, list)
		{
			if (!cJSON_IsString(word))
				return "a word that is not a string";
			add_word(w, kind, word->valuestring, list->string);
		}
	}
	return NULL;
}

struct words *
words_load(void)
{
	struct words *w = words_new(NULL);
	struct buf path = { 0 };
	cJSON *tree = json_load(file_share(&path, "words.json"));
	const cJSON *table;

	cJSON_ArrayForEach(table, tree)
	{
		enum word_kind kind = words_kind(table->string);
		const char *error = kind == WORD_KINDS
		                        ? "no such kind of words"
		                        : words_add(w, kind, table);

		if (error != NULL)
			die(EX_CONFIG, error,
			    LOG_TEXT("file", buf_string(&path)),
			    LOG_TEXT("name", table->string));
	}
	cJSON_Delete(tree);
	buf_free(&path);
	return w;
}

struct words *
words_new(const struct words *common)
{
	struct words *w = mem_zero(1, sizeof(*w));

	w->common = common;
	return w;
}

void
words_free(struct words *w)
{
	if (w == NULL)
		return;
	for (size_t i = 0; i < w->cap; i++) {
		free(w->slots[i].key);
		free(w->slots[i].meaning);
	}
	free(w->slots);
	free(w);
}

/* Whether a word may be there by its first letter: most are none of a kind. */
static bool
may_be(const struct words *w, enum word_kind kind, const char *utf8, size_t len)
{
	unsigned char c;

	while (len > 0 && is_skipped(*utf8)) {
		utf8++;
		len--;
	}
	if (len == 0)
		return false;
	c = (unsigned char)*utf8;
	if (c >= 0x80)
		return true; /* it folds to who knows what */
	if (c >= 'A' && c <= 'Z')
		c = (unsigned char)(c - 'A' + 'a');
	while (w != NULL && !w->starts[kind][c])
		w = w->common;
	return w != NULL;
}

const char *
words_find(const struct words *w, enum word_kind kind, const char *utf8,
    size_t len)
{
	char key[WORD_MAX + 1];

	if (len > 4 * WORD_MAX || !may_be(w, kind, utf8, len))
		return NULL;
	len = fold_word(utf8, len, key);
	if (len == 0)
		return NULL;
	for (; w != NULL; w = w->common) {
		const struct word *slot;

		if (w->cap == 0 || len > w->longest[kind])
			continue;
		slot = slot_of(w, kind, key);
		if (slot->key != NULL)
			return slot->meaning;
	}
	return NULL;
}
