/* faults.c - faults and the rate limit of a stand-in */
#include "faults.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "mem.h"
#include "standin.h"

/* The members a fault may have: a wrong name would be a test that tests not. */
static bool
known(const char *name)
{
	static const char *const names[] = { "method", "path", "contains",
		"skip", "times", "before", "after", "status", "body",
		"retry_after", "html", "apply", "reset", "late", "delay_ms",
		"stall_ms", "cut" };
	size_t i;

	for (i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static char *
text_of(const cJSON *order, const char *name)
{
	const char *text = json_string(order, name);

	return text != NULL ? mem_string(text) : NULL;
}

static uint64_t
count_of(const cJSON *order, const char *name, int64_t otherwise)
{
	int64_t n = json_integer(order, name, otherwise);

	return n < 0 ? 0 : (uint64_t)n;
}

static cJSON *
tree_of(const cJSON *order, const char *name)
{
	const cJSON *tree = json_member(order, name);

	return tree != NULL ? cJSON_Duplicate(tree, true) : NULL;
}

const char *
faults_add(struct faults *f, const cJSON *order)
{
	struct fault *fault;
	const cJSON *member;

	if (!cJSON_IsObject(order))
		return "a fault is an object";
	cJSON_ArrayForEach(member, order)
	{
		if (!known(member->string))
			return "a fault has a member that is not known";
	}

	fault = mem_zero(1, sizeof *fault);
	fault->method = text_of(order, "method");
	fault->path = text_of(order, "path");
	fault->contains = text_of(order, "contains");
	fault->skip = count_of(order, "skip", 0);
	fault->times = count_of(order, "times", 1);
	if (fault->times == 0)
		fault->times = UINT64_MAX;
	fault->before = tree_of(order, "before");
	fault->after = tree_of(order, "after");
	fault->status = (int)count_of(order, "status", 0);
	fault->body = text_of(order, "body");
	fault->retry_after = text_of(order, "retry_after");
	fault->html = json_bool(order, "html", false);
	fault->apply = json_bool(order, "apply", false);
	fault->reset = json_bool(order, "reset", false);
	fault->late = json_bool(order, "late", false);
	fault->delay_ms = count_of(order, "delay_ms", 0);
	fault->stall_ms = count_of(order, "stall_ms", 0);
	fault->cut = json_integer(order, "cut", -1);

	f->items = mem_resize(f->items, f->count + 1, sizeof(struct fault *));
	f->items[f->count++] = fault;
	return NULL;
}

static bool
hits(const struct fault *fault, const struct standin_request *request)
{
	return fault->times > 0 &&
	       (fault->method == NULL ||
	           strcmp(fault->method, request->method) == 0) &&
	       (fault->path == NULL ||
	           strstr(request->path, fault->path) != NULL) &&
	       (fault->contains == NULL ||
	           strstr(request->body, fault->contains) != NULL);
}

const struct fault *
faults_match(struct faults *f, const struct standin_request *request)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		struct fault *fault = f->items[i];

		if (!hits(fault, request))
			continue;
		if (fault->skip > 0) {
			fault->skip--;
			continue;
		}
		if (fault->times != UINT64_MAX)
			fault->times--;
		return fault;
	}
	return NULL;
}

void
faults_clear(struct faults *f)
{
	size_t i;

	for (i = 0; i < f->count; i++) {
		struct fault *fault = f->items[i];

		free(fault->method);
		free(fault->path);
		free(fault->contains);
		free(fault->body);
		free(fault->retry_after);
		cJSON_Delete(fault->before);
		cJSON_Delete(fault->after);
		free(fault);
	}
	free(f->items);
	f->items = NULL;
	f->count = 0;
}

const char *
rate_set(struct rate *r, const cJSON *order)
{
	int64_t requests = json_integer(order, "requests", 0);
	int64_t window = json_integer(order, "window_ms", 0);
	const char *after = json_string(order, "retry_after");

	rate_clear(r);
	if (cJSON_IsNull(order))
		return NULL;
	if (requests < 1 || requests > 100000 || window < 1)
		return "a rate has requests and window_ms above 0";
	r->requests = (size_t)requests;
	r->window_ms = (uint64_t)window;
	r->fixed = json_bool(order, "fixed", false);
	if (after != NULL)
		snprintf(r->retry_after, sizeof r->retry_after, "%s", after);
	r->times = mem_zero(r->requests, sizeof *r->times);
	return NULL;
}

static bool
pass_fixed(struct rate *r, uint64_t now_ms)
{
	if (r->passed == 0 || now_ms - r->window_at >= r->window_ms) {
		r->window_at = now_ms;
		r->passed = 0;
	}
	if (r->passed == r->requests)
		return false;
	r->passed++;
	return true;
}

bool
rate_pass(struct rate *r, uint64_t now_ms)
{
	if (r->requests == 0)
		return true;
	if (r->fixed)
		return pass_fixed(r, now_ms);
	if (r->passed >= r->requests &&
	    now_ms - r->times[r->next] < r->window_ms)
		return false;
	r->times[r->next] = now_ms;
	r->next = (r->next + 1) % r->requests;
	r->passed++;
	return true;
}

void
rate_clear(struct rate *r)
{
	free(r->times);
	*r = (struct rate){ 0 };
}
