/* fuzz_reply.c - what a model wrote: items found, checked, never half taken */
#include <string.h>

#include "../../src/ai-enrich/reply.h"
#include "../../src/ai-enrich/service.h"
#include "fuzz.h"
#include "utf8.h"

static const struct taxonomy_function sales = { "sales", "Sales", 0 };
static const struct taxonomy_function *const functions[] = { &sales };
static const struct taxonomy_industry industries[] = {
	{ .code = "retail",
	    .name = "Retail",
	    .path_count = 1,
	    .functions = functions,
	    .function_count = 1 },
};

/* What an item that was taken must be, whatever it came from. */
static void
hold_text(const struct buf *text, size_t most)
{
	hold(text->len <= most);
	hold(utf8_valid(text->data, text->len) == text->len);
	for (size_t i = 0; i < text->len; i++)
		hold((unsigned char)text->data[i] >= 0x20);
}

static void
take_all(const struct reply *reply, enum result_stage stage)
{
	const struct reply_rules rules = { .stage = stage,
		.taxonomy = NULL,
		.industry = &industries[0],
		.prompt = "some words that no answer may repeat at any length",
		.fence = "bcdfghjkmnpq" };
	struct result out = { 0 };

	for (size_t i = 0; i < reply->count; i++) {
		hold(reply_id(reply->items[i]) != NULL);
		if (reply_take(reply->items[i], &rules, &out) != NULL)
			continue;
		hold(out.function.function == &sales);
		hold(out.function.confidence <= ANSWER_SURE);
		hold_text(&out.industry.title, 200);
	}
	answer_free(&out.industry);
}

/* An answer of a service: a text, or in our words why there is none. */
static void
try_service(void read(const cJSON *tree, struct verdict *v), const cJSON *tree)
{
	struct verdict v = { .error = NULL };

	read(tree, &v);
	hold(v.kind <= VERDICT_ODD);
	if (v.kind == VERDICT_TEXT)
		hold(v.text.len > 0);
	else
		hold(v.why != NULL);
	hold(utf8_valid(buf_string(&v.text), v.text.len) == v.text.len);
	hold(memchr(v.model, '\0', sizeof v.model) != NULL);
	verdict_free(&v);
}

/* The same bytes as an answer, and as an error in an answer. */
static void
try_services(const char *text, size_t len)
{
	struct verdict v = { .error = NULL };
	const char *error;
	size_t at;
	cJSON *tree = json_parse(text, len, &error, &at);

	if (tree == NULL)
		return;
	try_service(gemini_read, tree);
	try_service(openai_read, tree);
	error_read(tree, 400, &v);
	hold(v.why != NULL && v.error != NULL);
	verdict_free(&v);
	cJSON_Delete(tree);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_answer answer = { .failure = HTTP_OK, .status = 429 };
	struct verdict v = { 0 };
	struct reply reply;

	reply_read(&reply, (const char *)data, size);
	take_all(&reply, STAGE_FUNCTION);
	reply_free(&reply);
	try_services((const char *)data, size);

	/* The same bytes as an error, of some status. */
	answer.status = size > 0 ? 400 + data[0] % 120 : 500;
	buf_add(&answer.body, data, size);
	failure_read(&answer, &v);
	hold(v.why != NULL && v.error != NULL);
	verdict_free(&v);
	buf_free(&answer.body);
	return 0;
}
