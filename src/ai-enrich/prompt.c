/* prompt.c - what a model is asked */
#include "prompt.h"

#include <stdlib.h>
#include <string.h>

#include "file.h"
#include "log.h"
#include "schema.h"
#include "status.h"

#define MAX_FILE ((size_t)1 << 20)

struct prompt {
	struct prompt_options options;
	char *version, *text, *rubric;
	char digest[HASH_HEX];
	struct prompt_part *parts; /* by industry; one in stage industry */
	bool *made;
	size_t count;
};

static char *
load(const char *path, const char *what)
{
	struct buf text = { 0 };
	const char *error = file_read(path, MAX_FILE, &text);
	char *copy;

	if (error != NULL)
		die(EX_NOINPUT, what, LOG_TEXT("file", path),
		    LOG_TEXT("error", error));
	copy = mem_string(buf_string(&text));
	buf_free(&text);
	return copy;
}

/* Take "version: NAME\n" off the front. */
static void
split(struct prompt *p, const char *path, char *all)
{
	static const char head[] = "version: ";
	size_t len = strcspn(all, "\r\n");

	if (strncmp(all, head, sizeof(head) - 1) != 0 || all[len] == '\0')
		die(EX_CONFIG, "a prompt starts with a line \"version: NAME\"",
		    LOG_TEXT("file", path));
	if (strstr(all, "@CHOICES@") == NULL)
		die(EX_CONFIG, "a prompt needs a line \"@CHOICES@\"",
		    LOG_TEXT("file", path));
	p->version = mem_copy(all + sizeof(head) - 1, len - sizeof(head) + 1);
	p->text = mem_string(all + len + strspn(all + len, "\r\n"));
}

struct prompt *
prompt_load(const struct prompt_options *options)
{
	bool industry = options->stage == STAGE_INDUSTRY;
	struct prompt *p = mem_zero(1, sizeof(*p));
	struct buf path = { 0 }, all = { 0 };
	char *text;

	p->options = *options;
	if (options->file != NULL)
		buf_text(&path, options->file);
	else
		file_share(&path,
		    industry ? "prompts/industry.txt" : "prompts/function.txt");
	text = load(buf_string(&path), "cannot read the prompt");
	buf_text(&all, text);
	split(p, buf_string(&path), text);
	free(text);
	if (options->rubric != NULL) {
		p->rubric = load(options->rubric, "cannot read the rubric");
		buf_byte(&all, '\0');
		buf_text(&all, p->rubric);
	}
	hash_once(all.data, all.len, p->digest);
	p->count = industry ? 1 : options->taxonomy->count;
	p->parts = mem_zero(p->count, sizeof(*p->parts));
	p->made = mem_zero(p->count, sizeof(*p->made));
	buf_free(&path);
	buf_free(&all);
	return p;
}

void
prompt_free(struct prompt *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->count; i++) {
		buf_free(&p->parts[i].text);
		buf_free(&p->parts[i].system);
		buf_free(&p->parts[i].schema);
	}
	free(p->parts);
	free(p->made);
	free(p->version);
	free(p->text);
	free(p->rubric);
	free(p);
}

const char *
prompt_version(const struct prompt *p)
{
	return p->version;
}

const char *
prompt_digest(const struct prompt *p)
{
	return p->digest;
}

bool
prompt_rates_relevance(const struct prompt *p)
{
	return p->rubric != NULL;
}

static void
add_industry(struct buf *out, const struct taxonomy_industry *industry)
{
	buf_text(out, industry->code);
	buf_text(out, ": ");
	if (industry->path_count < 2)
		buf_text(out, industry->name);
	else
		for (size_t i = 0; i < industry->path_count; i++) {
			buf_text(out, i == 0 ? "" : " > ");
			buf_text(out, industry->path[i]);
		}
	buf_byte(out, '\n');
}

static void
add_industries(struct buf *out, const struct taxonomy *t)
{
	if (t->count > SHORTLIST_MOST)
		buf_text(out,
		    "They stand at the start of the message; code "
		    "\"" SHORTLIST_NONE "\" means that none of them fits.\n");
	else
		for (size_t i = 0; i < t->count; i++)
			add_industry(out, &t->industries[i]);
}

static void
add_functions(struct buf *out, const struct taxonomy_industry *industry)
{
	for (size_t i = 0; i < industry->function_count; i++) {
		buf_text(out, industry->functions[i]->code);
		buf_text(out, ": ");
		buf_text(out, industry->functions[i]->name);
		buf_byte(out, '\n');
	}
}

/* Fill the lines of the file that stand for something in. */
static void
fill_in(const struct prompt *p, const struct taxonomy_industry *industry,
    struct buf *out)
{
	const char *line = p->text;

	while (*line != '\0') {
		size_t len = strcspn(line, "\n");

		if (strncmp(line, "@CHOICES@", 9) == 0) {
			if (industry == NULL)
				add_industries(out, p->options.taxonomy);
			else
				add_functions(out, industry);
		} else if (strncmp(line, "@INDUSTRY@", 10) == 0) {
			buf_text(out, "Industry of these employers: ");
			buf_text(out, industry != NULL ? industry->name : "");
			buf_byte(out, '\n');
		} else {
			buf_add(out, line, len);
			buf_byte(out, '\n');
		}
		line += len + (line[len] == '\n');
	}
	if (p->rubric == NULL)
		return;
	buf_text(out, "\nrelevance: how well the advert fits the rubric "
	              "below, in percent.\n\nRubric\n");
	buf_text(out, p->rubric);
}

const struct prompt_part *
prompt_part(struct prompt *p, const struct taxonomy_industry *industry)
{
	size_t i = industry != NULL ? industry->id : 0;
	struct prompt_part *part = &p->parts[i];

	if (p->made[i])
		return part;
	fill_in(p, industry, &part->text);
	buf_json_string(&part->system, part->text.data, part->text.len);
	schema_write(&part->schema, &p->options, industry, NULL);
	part->tokens = advert_tokens(part->text.data, part->text.len) +
	               advert_tokens(part->schema.data, part->schema.len);
	p->made[i] = true;
	buf_string(&part->text);
	return part;
}

static void
add_fence(struct buf *out, const char *fence, const char *key,
    const char *which)
{
	buf_byte(out, '[');
	buf_text(out, fence);
	buf_byte(out, ' ');
	buf_text(out, key);
	buf_byte(out, ' ');
	buf_text(out, which);
	buf_text(out, "]\n");
}

/* A part that must stay on one line. */
static void
add_line(struct buf *out, const char *name, const struct buf *part)
{
	if (part->len == 0)
		return;
	buf_text(out, name);
	for (size_t i = 0; i < part->len; i++)
		buf_byte(out, part->data[i] == '\n' ? ' ' : part->data[i]);
	buf_byte(out, '\n');
}

void
prompt_jobs(struct buf *out, const struct batch *b)
{
	buf_text(out, "FENCE: ");
	buf_text(out, b->fence);
	buf_printf(out, "\nAdverts: %zu\n", b->count);
	if (b->choices != NULL) {
		buf_text(out, "\nIndustries\n");
		for (size_t i = 0; i < b->choices->count; i++)
			add_industry(out, b->choices->list[i]);
	}
	for (size_t i = 0; i < b->count; i++) {
		const struct advert *ad = &b->items[i]->ad;

		buf_byte(out, '\n');
		add_fence(out, b->fence, b->items[i]->key, "begin");
		add_line(out, "Title: ", &ad->title);
		add_line(out, "Company: ", &ad->company);
		buf_text(out, "Text:\n");
		buf_add(out, ad->text.data, ad->text.len);
		buf_byte(out, '\n');
		add_fence(out, b->fence, b->items[i]->key, "end");
	}
}

void
prompt_schema(const struct prompt *p, const struct choices *choices,
    struct buf *out)
{
	schema_write(out, &p->options, NULL, choices);
}

uint64_t
prompt_answer_tokens(const struct prompt *p)
{
	return p->options.stage == STAGE_INDUSTRY ? 400 : 40;
}
