/* spoil.c - answers that go wrong, with status 200 and with others */
#include <stdlib.h>
#include <string.h>

#include "gemini.h"

/*
 * Of an answer's text; those from "cut_off" on are of the whole reply, those
 * from "busy" on no answer at all.  "random" picks among all.
 */
static const char *const modes[] = { "missing", "doubled", "foreign", "altered",
	"enum", "no_field", "more_field", "fenced", "prose", "cut_text",
	"control", "link", "markup", "reordered", "cut_off", "thought_out",
	"empty_text", "blocked", "safety", "other", "empty_body", "html",
	"garbage", "busy", "busy_bare", "failed", "overloaded", "gateway",
	"timeout", "array_error", NULL };

bool
spoil_known(const char *mode)
{
	for (size_t i = 0; modes[i] != NULL; i++)
		if (strcmp(modes[i], mode) == 0)
			return true;
	return false;
}

uint64_t
gemini_random(struct gemini *g)
{
	/* xorshift64* (Vigna 2016). */
	g->random ^= g->random >> 12;
	g->random ^= g->random << 25;
	g->random ^= g->random >> 27;
	return g->random * UINT64_C(2685821657736338717);
}

const char *
spoil_pick(struct gemini *g, const char *body)
{
	size_t count = sizeof(modes) / sizeof(modes[0]) - 1;

	for (struct spoil *s = g->spoils; s != NULL; s = s->next) {
		if (s->times == 0 ||
		    (s->contains != NULL && strstr(body, s->contains) == NULL))
			continue;
		if (s->skip > 0) {
			s->skip--;
			continue;
		}
		if (s->times != UINT64_MAX)
			s->times--;
		return s->mode;
	}
	if (g->random == 0 ||
	    (double)(gemini_random(g) >> 11) / 9007199254740992.0 >= g->share)
		return NULL;
	return modes[(gemini_random(g) >> 16) % count];
}

static void
replace(struct buf *text, const char *what, const char *with)
{
	const char *at = strstr(buf_string(text), what);
	struct buf copy = { 0 };

	if (at == NULL)
		return;
	buf_add(&copy, text->data, (size_t)(at - text->data));
	buf_text(&copy, with);
	buf_text(&copy, at + strlen(what));
	buf_free(text);
	*text = copy;
}

/* Parse the text, change the list of answers, print it again. */
static void
reprint(const char *mode, struct buf *text)
{
	cJSON *tree = cJSON_ParseWithLength(text->data, text->len);
	cJSON *list = cJSON_IsArray(tree)
	                  ? tree
	                  : cJSON_GetObjectItemCaseSensitive(tree, "jobs");
	cJSON *first = cJSON_GetArrayItem(list, 0);
	char *printed;

	if (strcmp(mode, "missing") == 0)
		cJSON_DeleteItemFromArray(list, 0);
	else if (strcmp(mode, "doubled") == 0)
		cJSON_AddItemToArray(list, cJSON_Duplicate(first, 1));
	else if (strcmp(mode, "foreign") == 0)
		cJSON_ReplaceItemInObjectCaseSensitive(first, "id",
		    cJSON_CreateString("zzzzzz"));
	else if (strcmp(mode, "no_field") == 0)
		cJSON_DeleteItemFromObjectCaseSensitive(first, "confidence");
	else if (strcmp(mode, "more_field") == 0)
		cJSON_AddStringToObject(first, "salary", "1");
	else if (strcmp(mode, "reordered") == 0)
		cJSON_AddItemToArray(list, cJSON_DetachItemFromArray(list, 0));
	printed = cJSON_PrintUnformatted(tree);
	buf_clear(text);
	buf_text(text, printed != NULL ? printed : "");
	free(printed);
	cJSON_Delete(tree);
}

static void
spoil_words(const char *mode, struct buf *text)
{
	struct buf copy = { 0 };

	if (strcmp(mode, "altered") == 0) {
		char *id = strstr(text->data, "\"id\":\"");

		if (id != NULL)
			id[6] = id[6] == 'x' ? 'z' : 'x';
	} else if (strcmp(mode, "enum") == 0) {
		replace(text, "\"confidence\":\"", "\"confidence\":\"x");
	} else if (strcmp(mode, "control") == 0) {
		replace(text, "\"id\"", "\"id\\u0007\"");
	} else if (strcmp(mode, "link") == 0) {
		replace(text, "The pay", "See http://evil.example/ now. Pay");
	} else if (strcmp(mode, "markup") == 0) {
		replace(text, "The pay", "<script>1</script> The pay");
	} else if (strcmp(mode, "cut_text") == 0) {
		text->len -= text->len / 3;
	} else {
		bool fenced = strcmp(mode, "fenced") == 0;

		buf_text(&copy, fenced ? "\xEF\xBB\xBF```json\n"
		                       : "Here are [the] answers: ");
		buf_add(&copy, text->data, text->len);
		buf_text(&copy, fenced ? "\n```\n" : " Anything else?");
		buf_free(text);
		*text = copy;
	}
}

static bool
no_answer(const char *mode, struct standin_reply *reply)
{
	static const char retry[] =
	    "[{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
	    "\"retryDelay\":\"0.020000001s\"}]";

	if (strcmp(mode, "busy") == 0)
		gemini_error(reply, 429, "Please retry in 0.02s.", retry);
	else if (strcmp(mode, "busy_bare") == 0)
		gemini_error(reply, 429,
		    "Resource exhausted, please try again later.", NULL);
	else if (strcmp(mode, "failed") == 0)
		gemini_error(reply, 500, "An internal error has occurred.",
		    NULL);
	else if (strcmp(mode, "overloaded") == 0)
		gemini_error(reply, 503,
		    "The model is overloaded. Please try again later.", NULL);
	else if (strcmp(mode, "timeout") == 0)
		gemini_error(reply, 504, "Deadline expired.", NULL);
	else
		return false;
	return true;
}

static void
wrap_error(struct standin_reply *reply)
{
	struct buf body = { 0 };

	gemini_error(reply, 503,
	    "This model is currently experiencing high "
	    "demand.",
	    NULL);
	buf_byte(&body, '[');
	buf_add(&body, reply->body.data, reply->body.len);
	buf_byte(&body, ']');
	buf_free(&reply->body);
	reply->body = body;
}

bool
spoil_text(struct gemini *g, const char *mode, struct buf *text,
    const char **finish, struct standin_reply *reply)
{
	static const char *const reprinted[] = { "missing", "doubled",
		"foreign", "no_field", "more_field", "reordered", NULL };

	(void)g;
	for (size_t i = 0; reprinted[i] != NULL; i++)
		if (strcmp(mode, reprinted[i]) == 0) {
			reprint(mode, text);
			return false;
		}
	if (no_answer(mode, reply))
		return true;
	if (strcmp(mode, "cut_off") == 0) {
		text->len /= 2;
		*finish = "MAX_TOKENS";
	} else if (strcmp(mode, "thought_out") == 0) {
		text->len = 0;
		*finish = "MAX_TOKENS";
	} else if (strcmp(mode, "empty_text") == 0) {
		text->len = 0;
	} else if (strcmp(mode, "safety") == 0) {
		text->len = 0;
		*finish = "SAFETY";
	} else if (strcmp(mode, "other") == 0) {
		text->len = 0;
		*finish = "MALFORMED_RESPONSE";
	} else if (strcmp(mode, "blocked") == 0) {
		buf_text(&reply->body,
		    "{\"promptFeedback\":{\"blockReason\":"
		    "\"PROHIBITED_CONTENT\"},\"usageMetadata\":"
		    "{\"promptTokenCount\":90,\"totalTokenCount\":90},"
		    "\"modelVersion\":\"m\"}");
		return true;
	} else if (strcmp(mode, "html") == 0 || strcmp(mode, "gateway") == 0) {
		reply->status = strcmp(mode, "html") == 0 ? 200 : 502;
		reply->content_type = "text/html";
		buf_text(&reply->body, "<html><body>502</body></html>");
		return true;
	} else if (strcmp(mode, "array_error") == 0) {
		wrap_error(reply);
		return true;
	} else if (strcmp(mode, "empty_body") == 0) {
		return true;
	} else if (strcmp(mode, "garbage") == 0) {
		buf_text(&reply->body, "\xff\xfe{\"candidates\":[");
		return true;
	} else {
		spoil_words(mode, text);
	}
	return false;
}
