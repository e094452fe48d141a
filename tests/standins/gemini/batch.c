/* batch.c - jobs of the batch tier: PENDING, RUNNING, then as it was ordered */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gemini.h"
#include "json.h"
#include "mem.h"

struct job {
	unsigned int number;
	char *shown;
	uint64_t polls; /* left until it ends */
	bool cancelled;
	struct buf answers; /* JSON, the last one first */
	struct job *next;
};

/* Answer one request of a job, as if it had come alone. */
static void
answer_one(struct gemini *g, const char *model, const cJSON *one,
    struct buf *out)
{
	char *body = cJSON_PrintUnformatted(json_member(one, "request"));
	char *metadata = cJSON_PrintUnformatted(json_member(one, "metadata"));
	const struct standin_request alone = { .path = "/generateContent",
		.body = body,
		.body_len = strlen(body) };
	struct standin_reply reply = { .status = 200 };
	const char *error;
	cJSON *tree;
	size_t at;
	const char *wrong = gemini_check(json_member(one, "request"), model);

	if (wrong == NULL)
		gemini_generate(g, &alone, json_member(one, "request"), model,
		    &reply);
	tree = json_parse(buf_string(&reply.body), reply.body.len, &error, &at);
	buf_text(out, "{\"metadata\":");
	buf_text(out, metadata);
	if (wrong != NULL)
		buf_text(out, ",\"error\":{\"code\":3,\"message\":\"bad\"}}");
	else if (reply.status != 200 || tree == NULL)
		buf_text(out, ",\"error\":{\"code\":14,\"message\":\"busy\"}}");
	else {
		buf_text(out, ",\"response\":");
		buf_add(out, reply.body.data, reply.body.len);
		buf_byte(out, '}');
	}
	cJSON_Delete(tree);
	buf_free(&reply.body);
	buf_free(&reply.note);
	free(body);
	free(metadata);
}

static void
show(const struct gemini *g, const struct job *job, struct buf *out)
{
	const char *state = job->cancelled           ? "CANCELLED"
	                    : job->polls > 1         ? "PENDING"
	                    : job->polls == 1        ? "RUNNING"
	                    : g->batch_state != NULL ? g->batch_state
	                                             : "SUCCEEDED";
	bool done = job->cancelled || job->polls == 0;

	buf_printf(out, "{\"name\":\"batches/b%u\",\"metadata\":{",
	    job->number);
	buf_json_member(out, "displayName", job->shown, strlen(job->shown));
	buf_printf(out, ",\"state\":\"BATCH_STATE_%s\"}", state);
	if (done)
		buf_text(out, ",\"done\":true");
	if (done && strcmp(state, "SUCCEEDED") == 0) {
		buf_text(out, ",\"response\":{\"inlinedResponses\":"
		              "{\"inlinedResponses\":[");
		buf_add(out, job->answers.data, job->answers.len);
		buf_text(out, "]}}");
	}
	buf_byte(out, '}');
}

void
batch_submit(struct gemini *g, const char *model, const cJSON *body,
    struct standin_reply *reply)
{
	const cJSON *batch = json_member(body, "batch"), *list;
	const char *shown = json_string(batch, "displayName");
	struct job *job = mem_zero(1, sizeof(*job));

	list = json_member(
	    json_member(json_member(batch, "inputConfig"), "requests"),
	    "requests");
	job->number = ++g->submitted;
	job->shown = mem_string(shown != NULL ? shown : "");
	job->polls = g->batch_polls;
	for (int i = cJSON_GetArraySize(list); i-- > 0;) {
		if (job->answers.len > 0)
			buf_byte(&job->answers, ',');
		answer_one(g, model, cJSON_GetArrayItem(list, i),
		    &job->answers);
	}
	job->next = g->jobs;
	g->jobs = job;
	buf_printf(&reply->note, "\"requests\":%d", cJSON_GetArraySize(list));
	show(g, job, &reply->body);
}

static void
list_all(struct gemini *g, struct standin_reply *reply)
{
	buf_text(&reply->body, "{\"operations\":[");
	for (struct job *job = g->jobs; job != NULL; job = job->next) {
		if (job != g->jobs)
			buf_byte(&reply->body, ',');
		show(g, job, &reply->body);
	}
	buf_text(&reply->body, "]}");
}

void
batch_serve(struct gemini *g, const char *path, struct standin_reply *reply)
{
	unsigned long number = 0;
	struct job *job;

	if (strcmp(path, "/v1beta/batches") == 0) {
		list_all(g, reply);
		return;
	}
	if (strncmp(path, "/v1beta/batches/b", 17) == 0)
		number = strtoul(path + 17, NULL, 10);
	for (job = g->jobs; job != NULL; job = job->next)
		if (job->number == number)
			break;
	if (job == NULL) {
		gemini_error(reply, 404, "no such batch", NULL);
	} else if (strstr(path, ":cancel") != NULL) {
		job->cancelled = true;
		buf_text(&reply->body, "{}");
	} else {
		if (job->polls > 0)
			job->polls--;
		show(g, job, &reply->body);
	}
}

void
batch_finish(struct gemini *g)
{
	for (struct job *job = g->jobs; job != NULL; job = job->next)
		job->polls = 0;
}

void
batch_reset(struct gemini *g)
{
	struct job *job;

	while ((job = g->jobs) != NULL) {
		g->jobs = job->next;
		free(job->shown);
		buf_free(&job->answers);
		free(job);
	}
}
