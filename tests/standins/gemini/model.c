/* model.c - the model: what it reads, and what it makes of it */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "gemini.h"

/* FNV-1a, 32 bits (Fowler, Noll, Vo). */
static uint32_t
hash_of(const struct buf *text)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < text->len; i++)
		h = (h ^ (unsigned char)text->data[i]) * 16777619u;
	return h;
}

/* The third word of "[FENCE KEY begin]", and its key. */
static bool
is_mark(const char *line, size_t len, const char *which, char key[32])
{
	char fence[64], found[32], word[16];

	return len < 120 &&
	       sscanf(line, "[%63s %31s %15[a-z]]", fence, found, word) == 3 &&
	       strcmp(word, which) == 0 && memcpy(key, found, 32) != NULL;
}

static void
take_line(struct shown_ad *ad, const char *line, size_t len)
{
	if (strncmp(line, "Title: ", 7) == 0 && ad->title.len == 0)
		buf_add(&ad->title, line + 7, len - 7);
	else if (strncmp(line, "Company: ", 9) == 0 && ad->company.len == 0)
		buf_add(&ad->company, line + 9, len - 9);
	else if (strncmp(line, "Text:", 5) != 0) {
		buf_add(&ad->text, line, len);
		buf_byte(&ad->text, '\n');
	}
}

void
prompt_read(struct prompt_seen *seen, const char *text)
{
	struct shown_ad *ad = NULL;

	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		char key[32];

		if (ad == NULL && seen->count < MOST_ADS &&
		    is_mark(text, len, "begin", key)) {
			ad = &seen->ads[seen->count++];
			memcpy(ad->key, key, sizeof(ad->key));
		} else if (ad != NULL && is_mark(text, len, "end", key) &&
		           strcmp(key, ad->key) == 0) {
			ad = NULL;
		} else if (ad != NULL) {
			take_line(ad, text, len);
		}
		text += len + (text[len] == '\n');
	}
}

void
prompt_free_seen(struct prompt_seen *seen)
{
	for (size_t i = 0; i < seen->count; i++) {
		buf_free(&seen->ads[i].title);
		buf_free(&seen->ads[i].company);
		buf_free(&seen->ads[i].text);
	}
}

static void
add_choice(struct buf *out, const char *name, const cJSON *choices, uint32_t n)
{
	int count = cJSON_GetArraySize(choices);
	const cJSON *choice =
	    count > 0 ? cJSON_GetArrayItem(choices, (int)(n % (uint32_t)count))
	              : NULL;
	const char *text = cJSON_GetStringValue(choice);

	buf_json_member(out, name, text != NULL ? text : "",
	    text != NULL ? strlen(text) : 0);
}

static void
add_list(struct buf *out, const char *name, const char *a, const char *b)
{
	buf_json_key(out, name);
	buf_byte(out, '[');
	buf_json_string(out, a, strlen(a));
	if (b != NULL) {
		buf_byte(out, ',');
		buf_json_string(out, b, strlen(b));
	}
	buf_byte(out, ']');
}

static void
add_words(struct shown_ad *ad, struct buf *out)
{
	struct buf text = { 0 };
	char skill[16];

	buf_json_member(out, "title", ad->title.data, ad->title.len);
	buf_text(&text, "Work as ");
	buf_add(&text, ad->title.data, ad->title.len);
	buf_text(&text, " at ");
	buf_add(&text, ad->company.data, ad->company.len);
	buf_text(&text, ". The days are long. The pay is fair.");
	buf_json_member(out, "description", text.data, text.len);
	buf_free(&text);
	snprintf(skill, sizeof(skill), "s%08x", hash_of(&ad->text));
	add_list(out, "skills", skill, "reading");
	add_list(out, "tasks", "Do the work", "Write it down");
	add_list(out, "tags",
	    ad->company.len > 0 ? buf_string(&ad->company) : "no company",
	    NULL);
	add_list(out, "search_terms", buf_string(&ad->title), NULL);
}

static bool
holds_zebra(const struct buf *text)
{
	for (size_t i = 0; i + 5 <= text->len; i++)
		if (strncasecmp(text->data + i, "zebra", 5) == 0)
			return true;
	return false;
}

static bool
is_taken_over(const struct gemini *g, const struct prompt_seen *seen)
{
	for (size_t i = 0; g->obey && i < seen->count; i++)
		if (holds_zebra(&seen->ads[i].title) ||
		    holds_zebra(&seen->ads[i].company) ||
		    holds_zebra(&seen->ads[i].text))
			return true;
	return false;
}

void
model_answer(const struct gemini *g, const struct prompt_seen *seen,
    bool object, struct buf *out)
{
	bool taken = is_taken_over(g, seen);

	buf_text(out, object ? "{\"jobs\":[" : "[");
	for (size_t i = 0; i < seen->count; i++) {
		struct shown_ad ad = seen->ads[i];
		uint32_t h = hash_of(&ad.title);

		if (taken) {
			ad.title = (struct buf){ 0 };
			buf_text(&ad.title, "zebra");
			h = 0;
		}
		if (i > 0)
			buf_byte(out, ',');
		buf_byte(out, '{');
		buf_json_member(out, "id", ad.key, strlen(ad.key));
		if (seen->functions)
			buf_json_member(out, "evidence", ad.title.data,
			    ad.title.len);
		else
			add_words(&ad, out);
		add_choice(out, seen->functions ? "function" : "industry",
		    seen->codes, h);
		add_choice(out, "confidence", seen->shares, h >> 8);
		if (seen->relevance)
			add_choice(out, "relevance", seen->shares, h >> 16);
		buf_byte(out, '}');
		if (taken)
			buf_free(&ad.title);
	}
	buf_text(out, object ? "]}" : "]");
}
