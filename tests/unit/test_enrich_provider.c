/* test_enrich_provider.c - where requests go, what they hold, what comes back
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../src/ai-enrich/service.h"

static char login[] = "/tmp/jobmill-test-XXXXXX";

static void
assert_url(struct provider_options options, const char *wanted)
{
	struct provider *p = provider_open(&options);

	assert_string_equal(provider_url(p), wanted);
	provider_close(p);
}

#define MODELS "/publishers/google/models/gemini-3.5-flash-lite:generateContent"

static void
vertex_is_asked_where_its_location_is(void **state)
{
	struct provider_options o = { .kind = PROVIDER_VERTEX,
		.project = "acme" };

	(void)state;
	assert_url(o, "https://aiplatform.googleapis.com/v1/projects/acme/"
	              "locations/global" MODELS);
	o.location = "eu";
	assert_url(o, "https://aiplatform.eu.rep.googleapis.com/v1/projects/"
	              "acme/locations/eu" MODELS);
	o.location = "europe-west4";
	assert_url(o, "https://europe-west4-aiplatform.googleapis.com/v1/"
	              "projects/acme/locations/europe-west4" MODELS);
	o.base_url = "http://127.0.0.1:1/v1/";
	assert_url(o, "http://127.0.0.1:1/v1/projects/acme/locations/"
	              "europe-west4" MODELS);
}

static void
gemini_and_openai_are_asked_at_their_own_addresses_or_at_ours(void **state)
{
	struct provider_options o = { .kind = PROVIDER_GEMINI,
		.offline = true };

	(void)state;
	assert_url(o, "https://generativelanguage.googleapis.com/v1beta/models/"
	              "gemini-3.5-flash-lite:generateContent");
	o.kind = PROVIDER_OPENAI;
	o.model = "m";
	assert_url(o, "https://api.openai.com/v1/chat/completions");
	o.base_url = "http://127.0.0.1:8080/v1";
	assert_url(o, "http://127.0.0.1:8080/v1/chat/completions");
}

/* The body for a model, parsed. */
static cJSON *
encode(const char *model, const char *thinking)
{
	struct prompt_part part = { 0 };
	struct buf jobs = { 0 }, body = { 0 };
	const char *error;
	cJSON *tree;
	size_t at;

	buf_text(&part.system, "\"system\"");
	buf_text(&part.schema, "{\"type\":\"ARRAY\"}");
	buf_text(&jobs, "line\n\"quoted\" \\ \xC3\xB6");
	gemini_encode(model, thinking, &part, &jobs, 4096, &body);
	tree = json_parse(body.data, body.len, &error, &at);
	assert_non_null(tree);
	buf_free(&part.system);
	buf_free(&part.schema);
	buf_free(&jobs);
	buf_free(&body);
	return tree;
}

static void
a_request_holds_the_text_as_it_is_and_no_sampling_fields(void **state)
{
	cJSON *tree = encode("gemini-3.5-flash-lite", NULL);
	const cJSON *turn =
	    cJSON_GetArrayItem(json_member(tree, "contents"), 0);
	const cJSON *config = json_member(tree, "generationConfig");

	(void)state;
	assert_string_equal(json_string(turn, "role"), "user");
	assert_string_equal(
	    json_string(cJSON_GetArrayItem(json_member(turn, "parts"), 0),
	        "text"),
	    "line\n\"quoted\" \\ \xC3\xB6");
	assert_int_equal(json_integer(config, "maxOutputTokens", 0), 4096);
	assert_null(json_member(config, "temperature"));
	assert_null(json_member(config, "topP"));
	assert_null(json_member(config, "topK"));
	cJSON_Delete(tree);
}

static void
each_family_gets_the_least_thinking_it_has(void **state)
{
	static const struct {
		const char *model, *level;
		int64_t budget; /* -1: none */
	} known[] = {
		{ "gemini-3.5-flash-lite", "MINIMAL", -1 },
		{ "gemini-3.5-flash", "MINIMAL", -1 },
		{ "gemini-3.6-flash", "MINIMAL", -1 },
		{ "gemini-3.7-flash", "LOW", -1 },
		{ "gemini-3.8-flash", "LOW", -1 },
		{ "gemini-3.1-pro-preview", "LOW", -1 },
		{ "gemini-2.5-flash-lite", NULL, 0 },
		{ "gemini-2.5-flash", NULL, 0 },
		{ "gemini-2.5-pro", NULL, 128 },
		{ "gemini-9-new", NULL, -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		cJSON *tree = encode(known[i].model, NULL);
		const cJSON *thinking = json_member(
		    json_member(tree, "generationConfig"), "thinkingConfig");
		const char *level = json_string(thinking, "thinkingLevel");

		assert_int_equal(json_integer(thinking, "thinkingBudget", -1),
		    known[i].budget);
		if (known[i].level == NULL)
			assert_null(level);
		else
			assert_string_equal(level, known[i].level);
		cJSON_Delete(tree);
	}
}

static enum verdict_kind
read_gemini(const char *body, struct verdict *v)
{
	const char *error;
	size_t at;
	cJSON *tree = json_parse(body, strlen(body), &error, &at);

	assert_non_null(tree);
	verdict_clear(v);
	gemini_read(tree, v);
	cJSON_Delete(tree);
	return v->kind;
}

static void
an_answer_of_200_is_believed_only_when_it_is_one(void **state)
{
	struct verdict v = { 0 };

	(void)state;
	assert_int_equal(read_gemini("{\"promptFeedback\":{\"blockReason\":"
	                             "\"PROHIBITED_CONTENT\"},"
	                             "\"usageMetadata\":{\"promptTokenCount\":"
	                             "90}}",
	                     &v),
	    VERDICT_BLOCKED);
	assert_int_equal(v.usage.in, 90);
	assert_int_equal(
	    read_gemini("{\"candidates\":[{\"content\":{\"role\":\"model\"},"
	                "\"finishReason\":\"MAX_TOKENS\"}],\"usageMetadata\":{"
	                "\"promptTokenCount\":1706,\"thoughtsTokenCount\":2999}"
	                "}",
	        &v),
	    VERDICT_CUT);
	assert_int_equal(v.usage.out, 2999);
	assert_int_equal(
	    read_gemini("{\"candidates\":[{\"content\":{\"parts\":[{\"text\":"
	                "\"\"}]},\"finishReason\":\"STOP\"}]}",
	        &v),
	    VERDICT_ODD);
	assert_int_equal(
	    read_gemini("{\"candidates\":[{\"finishReason\":\"SAFETY\"}]}", &v),
	    VERDICT_BLOCKED);
	assert_int_equal(read_gemini("{\"candidates\":[]}", &v), VERDICT_ODD);
	assert_int_equal(read_gemini("{}", &v), VERDICT_ODD);
	assert_int_equal(
	    read_gemini("{\"candidates\":[{\"finishReason\":\"NEW_ONE\"}]}",
	        &v),
	    VERDICT_ODD);
	verdict_free(&v);
}

static void
text_is_all_parts_but_the_thoughts(void **state)
{
	struct verdict v = { 0 };

	(void)state;
	assert_int_equal(
	    read_gemini(
	        "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\","
	        "\"thought\":true},{\"text\":\"[{\"},{\"thoughtSignature\":"
	        "\"QUJD\"},{\"text\":\"}]\"}]},\"finishReason\":\"STOP\"}],"
	        "\"usageMetadata\":{\"promptTokenCount\":\"12\","
	        "\"cachedContentTokenCount\":4,\"candidatesTokenCount\":3,"
	        "\"thoughtsTokenCount\":2},\"modelVersion\":\"m-1\"}",
	        &v),
	    VERDICT_TEXT);
	assert_string_equal(buf_string(&v.text), "[{}]");
	assert_string_equal(v.model, "m-1");
	assert_int_equal(v.usage.in, 12);
	assert_int_equal(v.usage.cached, 4);
	assert_int_equal(v.usage.out, 5);
	verdict_free(&v);
}

int
main(void)
{
	static const char user[] =
	    "{\"type\":\"authorized_user\",\"client_id\":\"c\","
	    "\"client_secret\":\"s\",\"refresh_token\":\"r\"}";
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vertex_is_asked_where_its_location_is),
		cmocka_unit_test(
		    gemini_and_openai_are_asked_at_their_own_addresses_or_at_ours),
		cmocka_unit_test(
		    a_request_holds_the_text_as_it_is_and_no_sampling_fields),
		cmocka_unit_test(each_family_gets_the_least_thinking_it_has),
		cmocka_unit_test(
		    an_answer_of_200_is_believed_only_when_it_is_one),
		cmocka_unit_test(text_is_all_parts_but_the_thoughts),
	};
	int failed, fd = mkstemp(login);

	if (fd < 0 || write(fd, user, strlen(user)) < 0)
		return 1;
	close(fd);
	setenv("GOOGLE_APPLICATION_CREDENTIALS", login, 1);
	unsetenv("GEMINI_API_KEY");
	unsetenv("OPENAI_API_KEY");
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(login);
	return failed;
}
