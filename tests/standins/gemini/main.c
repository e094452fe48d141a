/* gemini: a stand-in for Gemini and its neighbours, see gemini.h */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gemini.h"
#include "json.h"
#include "log.h"
#include "mem.h"
#include "opt.h"
#include "sig.h"

static struct standin_options options;

static const struct opt table[] = { STANDIN_OPTS(&options), { .name = NULL } };

static const struct opt_tool tool = {
	.name = "gemini",
	.synopsis = "[options]",
	.summary = "play Gemini on 127.0.0.1, for tests",
	.opts = table,
};

void
gemini_error(struct standin_reply *reply, int code, const char *words,
    const char *details)
{
	static const struct {
		int code;
		const char *status;
	} names[] = { { 400, "INVALID_ARGUMENT" }, { 401, "UNAUTHENTICATED" },
		{ 403, "PERMISSION_DENIED" }, { 404, "NOT_FOUND" },
		{ 429, "RESOURCE_EXHAUSTED" }, { 500, "INTERNAL" },
		{ 503, "UNAVAILABLE" }, { 504, "DEADLINE_EXCEEDED" } };
	const char *status = "UNKNOWN";

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == code)
			status = names[i].status;
	reply->status = code;
	buf_clear(&reply->body);
	buf_printf(&reply->body, "{\n  \"error\": {\n    \"code\": %d,\n",
	    code);
	buf_text(&reply->body, "    \"message\": ");
	buf_json_string(&reply->body, words, strlen(words));
	buf_printf(&reply->body, ",\n    \"status\": \"%s\"", status);
	if (details != NULL) {
		buf_text(&reply->body, ",\n    \"details\": ");
		buf_text(&reply->body, details);
	}
	buf_text(&reply->body, "\n  }\n}\n");
}

/* Text as parts, split at a random character, half of it escaped. */
static void
add_parts(struct gemini *g, struct buf *out, const struct buf *text)
{
	size_t middle = text->len / 2;

	(void)g;
	while (middle < text->len &&
	       ((unsigned char)text->data[middle] & 0xC0) == 0x80)
		middle++;
	buf_text(out, "\"parts\": [{\"text\": \"let me see\", "
	              "\"thought\": true}, {\"text\": ");
	buf_json_string(out, text->data, middle);
	buf_text(out, "}, {\"text\": ");
	buf_json_string(out, text->data + middle, text->len - middle);
	buf_text(out, ", \"thoughtSignature\": \"QUJD\"}]");
}

static void
write_gemini(struct gemini *g, struct standin_reply *reply, const char *model,
    const struct buf *text, const char *finish)
{
	buf_text(&reply->body, "{\n  \"candidates\": [{\"content\": "
	                       "{\"role\": \"model\"");
	if (text->len > 0) {
		buf_text(&reply->body, ", ");
		add_parts(g, &reply->body, text);
	}
	buf_printf(&reply->body, "}, \"finishReason\": \"%s\"}],\n", finish);
	buf_printf(&reply->body,
	    "  \"usageMetadata\": {\"promptTokenCount\": %llu, "
	    "\"candidatesTokenCount\": %llu, \"thoughtsTokenCount\": 7},\n"
	    "  \"modelVersion\": \"%s\", \"responseId\": \"x\"\n}\n",
	    (unsigned long long)g->tokens_in, (unsigned long long)g->tokens_out,
	    model);
}

static void
write_openai(struct gemini *g, struct standin_reply *reply, const char *model,
    const struct buf *text, const char *finish)
{
	buf_text(&reply->body, "{\"id\":\"c1\",\"object\":\"chat.completion\","
	                       "\"choices\":[{\"index\":0,\"message\":"
	                       "{\"role\":\"assistant\",\"content\":");
	if (text->len > 0)
		buf_json_string(&reply->body, text->data, text->len);
	else
		buf_text(&reply->body, "null");
	buf_printf(&reply->body, "},\"finish_reason\":\"%s\"}],",
	    strcmp(finish, "STOP") == 0         ? "stop"
	    : strcmp(finish, "MAX_TOKENS") == 0 ? "length"
	                                        : "content_filter");
	buf_printf(&reply->body,
	    "\"model\":\"%s\",\"usage\":{\"prompt_tokens\":%llu,"
	    "\"completion_tokens\":%llu}}",
	    model, (unsigned long long)g->tokens_in,
	    (unsigned long long)g->tokens_out);
}

static const cJSON *
find_schema(const cJSON *body, bool openai)
{
	const cJSON *schema;

	if (!openai)
		return json_member(
		    json_member(json_member(body, "generationConfig"),
		        "responseSchema"),
		    "items");
	schema = json_member(
	    json_member(json_member(body, "response_format"), "json_schema"),
	    "schema");
	return json_member(
	    json_member(json_member(schema, "properties"), "jobs"), "items");
}

static const char *
find_text(const cJSON *body, bool openai)
{
	const cJSON *turn;

	if (openai) {
		turn = cJSON_GetArrayItem(json_member(body, "messages"), 1);
		return json_string(turn, "content");
	}
	turn = cJSON_GetArrayItem(json_member(body, "contents"), 0);
	return json_string(cJSON_GetArrayItem(json_member(turn, "parts"), 0),
	    "text");
}

void
gemini_generate(struct gemini *g, const struct standin_request *request,
    const cJSON *body, const char *model, struct standin_reply *reply)
{
	bool openai = strstr(request->path, "chat/completions") != NULL;
	const cJSON *fields =
	    json_member(find_schema(body, openai), "properties");
	const cJSON *code = json_member(fields, "industry");
	const char *text = find_text(body, openai), *finish = "STOP", *mode;
	struct prompt_seen *seen = mem_zero(1, sizeof(*seen));
	struct buf answer = { 0 };

	seen->functions = code == NULL;
	if (code == NULL)
		code = json_member(fields, "function");
	seen->relevance = json_member(fields, "relevance") != NULL;
	seen->codes = json_member(code, "enum");
	seen->shares = json_member(json_member(fields, "confidence"), "enum");
	if (text != NULL)
		prompt_read(seen, text);
	buf_printf(&reply->note, "\"jobs\":%zu", seen->count);
	mode = spoil_pick(g, request->body);
	if (mode != NULL)
		buf_json_member(&reply->note, "spoilt", mode, strlen(mode));
	model_answer(g, seen, openai, &answer);
	g->generated++;
	g->tokens_in = request->body_len / 4;
	g->tokens_out = answer.len / 4;
	if (mode == NULL || !spoil_text(g, mode, &answer, &finish, reply)) {
		if (openai)
			write_openai(g, reply, model, &answer, finish);
		else
			write_gemini(g, reply, model, &answer, finish);
	}
	prompt_free_seen(seen);
	free(seen);
	buf_free(&answer);
}

/* Who may: a key for the Developer API, a token for the others. */
static bool
admitted(struct gemini *g, const struct standin_request *request,
    struct standin_reply *reply)
{
	const char *key = standin_header(request, "x-goog-api-key");
	const char *bearer = standin_header(request, "Authorization");

	if (strncmp(request->path, "/v1beta/", 8) == 0 &&
	    strstr(request->path, "/openai/") == NULL) {
		if (key != NULL && strcmp(key, g->key) == 0)
			return true;
		gemini_error(reply, key != NULL ? 400 : 403,
		    key != NULL ? "API key not valid. Please pass a valid API "
		                  "key."
		                : "Method doesn't allow unregistered callers.",
		    key != NULL
		        ? "[{\"@type\":\"type.googleapis.com/google.rpc."
		          "ErrorInfo\",\"reason\":\"API_KEY_INVALID\"}]"
		        : NULL);
		return false;
	}
	if (bearer != NULL && strncmp(bearer, "Bearer ", 7) == 0 &&
	    (strcmp(bearer + 7, g->token) == 0 ||
	        strcmp(bearer + 7, g->key) == 0))
		return true;
	gemini_error(reply, 401, "Request had invalid credentials.", NULL);
	return false;
}

/* The model named in a path, up to ':'; "" when there is none. */
static void
model_of(const char *path, char out[64])
{
	const char *at = strstr(path, "models/");
	size_t len = at != NULL ? strcspn(at + 7, ":/") : 0;

	out[0] = '\0';
	if (at != NULL && len < 64) {
		memcpy(out, at + 7, len);
		out[len] = '\0';
	}
}

static void
give_token(struct gemini *g, const struct standin_request *request,
    struct standin_reply *reply)
{
	const char *flavor = standin_header(request, "Metadata-Flavor");

	if (strncmp(request->path, "/computeMetadata/", 17) == 0 &&
	    (flavor == NULL || strcmp(flavor, "Google") != 0)) {
		gemini_error(reply, 403, "Missing Metadata-Flavor.", NULL);
		return;
	}
	if (strstr(request->path, "project-id") != NULL) {
		reply->content_type = "text/plain";
		buf_text(&reply->body, "metadata-project");
		return;
	}
	buf_printf(&reply->body,
	    "{\"access_token\":\"%s\",\"expires_in\":%lld,"
	    "\"token_type\":\"Bearer\"}",
	    g->token, (long long)g->token_seconds);
}

static bool
is_known(const struct gemini *g, const char *model)
{
	if (g->model != NULL)
		return strcmp(g->model, model) == 0;
	return strncmp(model, "gemini", 6) == 0;
}

static void
serve_model(struct gemini *g, const struct standin_request *request,
    struct standin_reply *reply)
{
	bool openai = strstr(request->path, "chat/completions") != NULL;
	bool batch = strstr(request->path, ":batchGenerate") != NULL;
	const char *wrong = NULL;
	char model[64];
	cJSON *body;
	size_t at;

	model_of(request->path, model);
	body = json_parse(request->body, request->body_len, &wrong, &at);
	if (openai && json_string(body, "model") != NULL)
		snprintf(model, sizeof(model), "%s",
		    json_string(body, "model"));
	if (body != NULL && !openai && !batch)
		wrong = gemini_check(body, model);
	if (!openai && !is_known(g, model)) {
		gemini_error(reply, 404,
		    "models/X is not found for API version v1beta, or is not "
		    "supported for generateContent.",
		    NULL);
	} else if (strcmp(request->method, "GET") == 0) {
		buf_printf(&reply->body, "{\"name\":\"models/%s\"}", model);
	} else if (wrong != NULL) {
		gemini_error(reply, 400, wrong, NULL);
	} else if (batch) {
		batch_submit(g, model, body, reply);
	} else if (strstr(request->path, ":countTokens") != NULL) {
		buf_text(&reply->body, "{\"totalTokens\": 1}");
	} else if (quota_pass(g, request->body_len / 4, reply)) {
		gemini_generate(g, request, body, model, reply);
	}
	cJSON_Delete(body);
}

static void
handle(void *user, const struct standin_request *request,
    struct standin_reply *reply)
{
	const char *path = request->path;
	struct gemini *g = user;

	if (strcmp(path, "/token") == 0 ||
	    strncmp(path, "/computeMetadata/", 17) == 0) {
		give_token(g, request, reply);
		return;
	}
	if (!admitted(g, request, reply))
		return;
	if (strcmp(path, "/v1/models") == 0)
		buf_text(&reply->body, "{\"object\":\"list\",\"data\":[]}");
	else if (strncmp(path, "/v1beta/batches", 15) == 0)
		batch_serve(g, path, reply);
	else if (strstr(path, "models/") != NULL ||
	         strstr(path, "chat/completions") != NULL)
		serve_model(g, request, reply);
	else
		gemini_error(reply, 404, "", NULL);
}

static void
fail(void *user, int status, struct standin_reply *reply)
{
	(void)user;
	gemini_error(reply, status, "as it was ordered", NULL);
}

static const char *
add_spoil(struct gemini *g, const cJSON *order)
{
	const char *mode = json_string(order, "mode");
	const char *contains = json_string(order, "contains");
	struct spoil **at = &g->spoils, *s;
	int64_t times = json_integer(order, "times", 1);

	if (mode == NULL || !spoil_known(mode))
		return "spoil wants a mode of spoil.c";
	s = mem_zero(1, sizeof(*s));
	s->mode = mem_string(mode);
	s->contains = contains != NULL ? mem_string(contains) : NULL;
	s->skip = (uint64_t)json_integer(order, "skip", 0);
	s->times = times == 0 ? UINT64_MAX : (uint64_t)times;
	while (*at != NULL)
		at = &(*at)->next;
	*at = s;
	return NULL;
}

static void
set_quota(struct gemini *g, const cJSON *order)
{
	uint64_t window = (uint64_t)json_integer(order, "window_ms", 60000);

	g->quota = cJSON_IsObject(order);
	g->rpm = pace_new(json_double(order, "rpm", 0), window, 0);
	g->tpm = pace_new(json_double(order, "tpm", 0), window, 0);
	g->rpd = (uint64_t)json_integer(order, "rpd", 0);
	g->day = 0;
}

static const char *
set_text(char **to, const cJSON *value)
{
	if (!cJSON_IsString(value))
		return "it wants a string";
	free(*to);
	*to = mem_string(value->valuestring);
	return NULL;
}

static const char *
order(void *user, const char *name, const cJSON *value)
{
	struct gemini *g = user;
	const char *wrong = NULL;
	const cJSON *one;

	if (strcmp(name, "key") == 0)
		return set_text(&g->key, value);
	if (strcmp(name, "token") == 0)
		return set_text(&g->token, value);
	if (strcmp(name, "model") == 0)
		return set_text(&g->model, value);
	if (strcmp(name, "token_seconds") == 0)
		g->token_seconds = (int64_t)value->valuedouble;
	else if (strcmp(name, "quota") == 0)
		set_quota(g, value);
	else if (strcmp(name, "batch") == 0) {
		g->batch_polls = (uint64_t)json_integer(value, "polls", 0);
		if (json_bool(value, "finish", false))
			batch_finish(g);
		if (json_string(value, "state") != NULL)
			return set_text(&g->batch_state,
			    json_member(value, "state"));
	} else if (strcmp(name, "obey") == 0)
		g->obey = cJSON_IsTrue(value);
	else if (strcmp(name, "random") == 0) {
		g->random = (uint64_t)json_integer(value, "seed", 0);
		g->share = json_double(value, "share", 0.3);
	} else if (strcmp(name, "spoil") == 0 && cJSON_IsArray(value)) {
		cJSON_ArrayForEach(one, value)
		{
			if (wrong == NULL)
				wrong = add_spoil(g, one);
		}
	} else if (strcmp(name, "spoil") == 0) {
		wrong = add_spoil(g, value);
	} else {
		wrong = "no such order";
	}
	return wrong;
}

static void
state(void *user, struct buf *out)
{
	const struct gemini *g = user;

	buf_printf(out, "{\"generated\":%llu,\"submitted\":%u}",
	    (unsigned long long)g->generated, g->submitted);
}

static void
reset(void *user)
{
	struct gemini *g = user;
	struct spoil *s;

	while ((s = g->spoils) != NULL) {
		g->spoils = s->next;
		free(s->mode);
		free(s->contains);
		free(s);
	}
	batch_reset(g);
	free(g->batch_state);
	free(g->key);
	free(g->token);
	free(g->model);
	*g = (struct gemini){ .token_seconds = 3599 };
	g->key = mem_string("test-key");
	g->token = mem_string("ya29.test-token..");
}

static void
end(void *user)
{
	struct gemini *g = user;

	reset(g);
	free(g->key);
	free(g->token);
}

int
main(int argc, char *argv[])
{
	struct gemini g = { 0 };
	const struct standin_service service = { .name = "gemini",
		.user = &g,
		.handle = handle,
		.fail = fail,
		.order = order,
		.state = state,
		.reset = reset,
		.end = end };

	sig_init();
	log_init("gemini");
	opt_parse(&tool, argc, argv);
	reset(&g);
	return standin_run(&options, &service);
}
