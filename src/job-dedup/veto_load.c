/* veto_load.c - the rules of share/dedup/veto.json */
#include "veto_rules.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "fold.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "status.h"

static _Noreturn void
wrong(const struct veto *v, const char *what, const char *value)
{
	die(EX_CONFIG, what, LOG_BYTES("file", v->path.data, v->path.len),
	    LOG_TEXT("value", value));
}

static struct meaning *
meaning_of(struct veto *v, uint32_t word)
{
	size_t cap = v->meaning_cap;

	if (word >= cap) {
		cap = word < 256 ? 512 : (size_t)word * 2;
		v->meanings =
		    mem_resize(v->meanings, cap, sizeof(*v->meanings));
		memset(v->meanings + v->meaning_cap, 0,
		    (cap - v->meaning_cap) * sizeof(*v->meanings));
		v->meaning_cap = cap;
	}
	return &v->meanings[word];
}

/* The last word of LIST, out of WHOLE, maybe new, is but a stem: "nacht*". */
static void
make_stem(struct veto *v, struct ids *list, uint32_t known, const char *whole)
{
	uint32_t *last = &list->at[list->len - 1];
	char stem[STEM_MOST + 1];
	const char *text;
	size_t len;

	text = words_text(v->words, *last, &len);
	if (len > STEM_MOST)
		wrong(v, "a stem is too long", whole);
	memcpy(stem, text, len);
	stem[len] = '*';
	/* Else it would be listed as a word that says nothing. */
	if (*last >= known)
		words_cut(v->words, *last);
	*last = words_add(v->words, stem, len + 1);
	if (v->stem_shortest == 0 || len < v->stem_shortest)
		v->stem_shortest = len;
	if (len > v->stem_longest)
		v->stem_longest = len;
}

/* The words and stems of a text of the file, folded, numbered, in LIST. */
static void
split(struct veto *v, const char *text, size_t len, struct ids *list)
{
	struct buf folded = { 0 };
	const char *at, *end, *star;
	uint32_t known;
	size_t i;

	fold_text(&folded, text, len);
	at = folded.data;
	end = at + folded.len;
	for (; folded.len > 0 && at < end; at = star + 1) {
		star = memchr(at, '*', (size_t)(end - at));
		if (star == NULL)
			star = end;
		known = words_count(v->words);
		i = list->len;
		words_split(v->words, at, (size_t)(star - at), list);
		if (star < end && list->len > i)
			make_stem(v, list, known, text);
	}
	for (i = 0; i < list->len; i++)
		meaning_of(v, list->at[i]);
	buf_free(&folded);
}

/* The one word that TEXT has to be. */
static uint32_t
one_word(struct veto *v, const char *text, size_t len)
{
	struct ids list = { NULL, 0, 0 };
	uint32_t word;

	split(v, text, len, &list);
	if (list.len != 1)
		wrong(v, "not one word", text);
	word = list.at[0];
	ids_free(&list);
	return word;
}

static struct rule *
new_rule(struct veto *v, int reason, const char *value)
{
	struct rule *r;

	if (v->rule_count == v->rule_cap) {
		v->rule_cap = v->rule_cap > 0 ? 2 * v->rule_cap : 128;
		v->rules = mem_resize(v->rules, v->rule_cap, sizeof(*v->rules));
	}
	r = &v->rules[v->rule_count++];
	memset(r, 0, sizeof(*r));
	r->reason = reason;
	if (value != NULL)
		fold_text(&r->value, value, strlen(value));
	return r;
}

static struct element *
new_element(struct veto *v, struct rule *r, const char *text)
{
	struct element *e;

	if (r->count == PHRASE_MOST)
		wrong(v, "a phrase is too long", text);
	e = &r->elements[r->count++];
	e->kind = ELEMENT_WORD;
	return e;
}

/* Which word to look for: the last that must be there. */
static void
set_anchor(struct veto *v, struct rule *r, const char *text)
{
	size_t i, w;
	bool found = false;

	for (i = r->count; i-- > 0 && !found;)
		if (r->elements[i].kind == ELEMENT_WORD &&
		    !r->elements[i].optional) {
			r->anchor = i;
			found = true;
		}
	if (!found)
		wrong(v, "a phrase needs a word that must be there", text);
	for (i = 0; i < r->anchor; i++) {
		const struct element *e = &r->elements[i];

		r->before_min += !e->optional;
		r->before_max += e->kind == ELEMENT_NAME ? NAME_MOST : 1;
	}
	for (w = 0; w < r->elements[r->anchor].words.len; w++)
		ids_add(
		    &meaning_of(v, r->elements[r->anchor].words.at[w])->anchors,
		    (uint32_t)(r - v->rules));
}

/* A phrase of plain words. */
static void
add_plain(struct veto *v, int reason, const char *value, const char *text)
{
	struct rule *r = new_rule(v, reason, value);
	struct ids list = { NULL, 0, 0 };
	size_t i;

	split(v, text, strlen(text), &list);
	if (list.len == 0)
		wrong(v, "no word", text);
	for (i = 0; i < list.len; i++)
		ids_add(&new_element(v, r, text)->words, list.at[i]);
	ids_free(&list);
	set_anchor(v, r, text);
}

/* "month|months", "<number>", "class?". */
static void
add_element(struct veto *v, struct rule *r, const char *text, size_t len)
{
	struct element *e = new_element(v, r, text);
	const char *end = text + len, *bar;

	if (len > 1 && end[-1] == '?') {
		e->optional = true;
		len--;
		end--;
	}
	if (len == 8 && memcmp(text, "<number>", len) == 0) {
		e->kind = ELEMENT_NUMBER;
	} else if (len == 6 && memcmp(text, "<code>", len) == 0) {
		e->kind = ELEMENT_CODE;
	} else if (len == 6 && memcmp(text, "<name>", len) == 0) {
		e->kind = ELEMENT_NAME;
	} else {
		for (; text < end; text = bar + 1) {
			bar = memchr(text, '|', (size_t)(end - text));
			if (bar == NULL)
				bar = end;
			ids_add(&e->words,
			    one_word(v, text, (size_t)(bar - text)));
		}
	}
}

static void
add_phrase(struct veto *v, int reason, const char *value, bool both,
    const char *text)
{
	struct rule *r = new_rule(v, reason, value);
	const char *at = text;
	size_t len;

	r->both = both;
	for (; *at != '\0'; at += len) {
		at += strspn(at, " ");
		len = strcspn(at, " ");
		if (len > 0)
			add_element(v, r, at, len);
	}
	set_anchor(v, r, text);
}

static int
reason_of(struct veto *v, const char *name)
{
	size_t i;

	if (name == NULL || *name == '\0')
		wrong(v, "a rule without a reason", "");
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz_") != strlen(name))
		wrong(v, "a reason is a word of lower-case letters", name);
	for (i = 0; i < v->reason_count; i++)
		if (strcmp(v->reasons[i], name) == 0)
			return (int)i;
	if (v->reason_count == VETO_REASONS)
		wrong(v, "too many reasons", name);
	v->reasons[v->reason_count++] = mem_string(name);
	return (int)i;
}

/* {"reason":…,"words":{"senior":["senior","sr"],…}} */
static void
load_words(struct veto *v, int reason, const cJSON *words)
{
	const cJSON *value, *text;

	cJSON_ArrayForEach(value, words)
	{
		cJSON_ArrayForEach(text, value)
		{
			if (!cJSON_IsString(text))
				wrong(v, "a word is not a string",
				    value->string);
			add_plain(v, reason, value->string, text->valuestring);
		}
	}
}

static void
load_rule(struct veto *v, const cJSON *rule)
{
	int reason = reason_of(v, json_string(rule, "reason"));
	const cJSON *words = json_member(rule, "words");
	const cJSON *phrases = json_member(rule, "phrases"), *text;
	bool both = json_bool(rule, "both", false);

	if (!cJSON_IsObject(words) && !cJSON_IsArray(phrases))
		wrong(v, "a rule has neither words nor phrases",
		    v->reasons[reason]);
	load_words(v, reason, words);
	cJSON_ArrayForEach(text, phrases)
	{
		if (!cJSON_IsString(text))
			wrong(v, "a phrase is not a string",
			    v->reasons[reason]);
		add_phrase(v, reason, json_string(rule, "value"), both,
		    text->valuestring);
	}
}

static void
load_lists(struct veto *v, const cJSON *file)
{
	const cJSON *at;

	cJSON_ArrayForEach(at, json_member(file, "numbers"))
	{
		struct meaning *m =
		    meaning_of(v, one_word(v, at->string, strlen(at->string)));

		m->number = true;
		m->value = (uint32_t)json_integer(json_member(file, "numbers"),
		    at->string, 0);
	}
	cJSON_ArrayForEach(at, json_member(file, "generic"))
	{
		if (!cJSON_IsString(at))
			wrong(v, "a generic word is not a string", "");
		meaning_of(v,
		    one_word(v, at->valuestring, strlen(at->valuestring)))
		    ->generic = true;
	}
	cJSON_ArrayForEach(at, json_member(file, "except"))
	{
		if (!cJSON_IsString(at))
			wrong(v, "an exception is not a string", "");
		add_phrase(v, VETO_NONE, NULL, false, at->valuestring);
	}
}

struct veto *
veto_load(const char *path)
{
	struct veto *v = mem_zero(1, sizeof(*v));
	const cJSON *rules, *rule;
	cJSON *file;

	if (path != NULL)
		buf_text(&v->path, path);
	else
		file_share(&v->path, "dedup/veto.json");
	file = json_load(buf_string(&v->path));
	v->words = words_new(0);
	meaning_of(v, WORDS_PLACE);
	load_lists(v, file);
	rules = json_member(file, "rules");
	if (!cJSON_IsArray(rules))
		wrong(v, "no list of rules", "");
	cJSON_ArrayForEach(rule, rules) load_rule(v, rule);
	cJSON_Delete(file);
	return v;
}

void
veto_free(struct veto *v)
{
	size_t i, j;

	if (v == NULL)
		return;
	for (i = 0; i < v->rule_count; i++) {
		for (j = 0; j < v->rules[i].count; j++)
			ids_free(&v->rules[i].elements[j].words);
		buf_free(&v->rules[i].value);
	}
	for (i = 0; i < v->meaning_cap; i++)
		ids_free(&v->meanings[i].anchors);
	for (i = 0; i < v->reason_count; i++)
		free(v->reasons[i]);
	free(v->rules);
	free(v->meanings);
	words_free(v->words);
	buf_free(&v->path);
	free(v);
}

uint32_t
veto_listed(const struct veto *v, const char *word, size_t len)
{
	uint32_t id = words_find(v->words, word, len);
	char stem[STEM_MOST + 1];
	size_t n = len < v->stem_longest ? len : v->stem_longest;

	if (id != WORDS_NONE)
		return id;
	if (v->stem_longest == 0 || n < v->stem_shortest)
		return 0;
	memcpy(stem, word, n);
	for (; n >= v->stem_shortest; n--) {
		/* No stem ends within a character. */
		if (n < len && ((unsigned char)word[n] & 0xC0) == 0x80)
			continue;
		stem[n] = '*';
		id = words_find(v->words, stem, n + 1);
		if (id != WORDS_NONE)
			return id;
	}
	return 0;
}

size_t
veto_reasons(const struct veto *v)
{
	return v->reason_count;
}

const char *
veto_reason(const struct veto *v, size_t reason)
{
	return v->reasons[reason];
}
