/*
 * failure.c - what an answer other than 200, or none, means for the run
 *
 * Shared by all services: Google's errors (an object, or an array of one), the
 * plain {"error":{"message"}} of others, and bodies that are no JSON.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "service.h"
#include "status.h"

/* Longer than this is no pause but the end of a day's quota. */
#define LONGEST_PAUSE_MS 120000

static void
say(struct verdict *v, enum verdict_kind kind, const char *error,
    const char *why)
{
	v->kind = kind;
	v->error = error;
	v->why = why;
}

static void
stop(struct verdict *v, int status, const char *error, const char *why)
{
	say(v, VERDICT_STOP, error, why);
	v->status = status;
}

/* The detail of an error whose "@type" ends in TYPE. */
static const cJSON *
detail_of(const cJSON *error, const char *type)
{
	const cJSON *detail;

	cJSON_ArrayForEach(detail, json_member(error, "details"))
	{
		const char *name = json_string(detail, "@type");
		size_t len = name != NULL ? strlen(name) : 0;

		if (len >= strlen(type) &&
		    strcmp(name + len - strlen(type), type) == 0)
			return detail;
	}
	return NULL;
}

/* "45.837906927s" in milliseconds, rounded up; 0 when it is none. */
static uint64_t
parse_delay(const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != 's' || !(seconds > 0) || seconds > 1e6)
		return 0;
	return (uint64_t)ceil(seconds * 1000);
}

static uint64_t
delay_of(const cJSON *error, const char *message)
{
	const char *text =
	    json_string(detail_of(error, "RetryInfo"), "retryDelay");
	const char *words = "retry in ";

	if (text != NULL)
		return parse_delay(text);
	text = strstr(message, words);
	return text != NULL ? parse_delay(text + strlen(words)) : 0;
}

/* Whether all violations that are named are of a day's quota. */
static bool
all_daily(const cJSON *error)
{
	const cJSON *violations =
	    json_member(detail_of(error, "QuotaFailure"), "violations");
	const cJSON *violation;

	cJSON_ArrayForEach(violation, violations)
	{
		const char *id = json_string(violation, "quotaId");

		if (id == NULL || strstr(id, "PerDay") == NULL)
			return false;
	}
	return cJSON_GetArraySize(violations) > 0;
}

/* 429: a pause, the end of the day, or never. */
static void
quota_read(const cJSON *error, const char *message, struct verdict *v)
{
	const char *code = json_string(error, "code");
	uint64_t delay = delay_of(error, message);

	if (delay > v->wait_ms)
		v->wait_ms = delay;
	if (strstr(message, "limit: 0") != NULL) {
		stop(v, EX_CONFIG, "quota",
		    "the model is not part of this account's plan");
	} else if (code != NULL && strcmp(code, "insufficient_quota") == 0) {
		stop(v, EX_TEMPFAIL, "quota", "the account has no credit left");
	} else if (delay > LONGEST_PAUSE_MS ||
	           (all_daily(error) && v->wait_ms == 0)) {
		stop(v, EX_TEMPFAIL, "quota", "the quota of the day is spent");
	} else {
		say(v, VERDICT_BUSY, "unavailable", "too many requests");
		v->daily = all_daily(error);
	}
}

static void
bad_request(const cJSON *error, struct verdict *v)
{
	const char *reason =
	    json_string(detail_of(error, "ErrorInfo"), "reason");
	const char *status = json_string(error, "status");

	if (reason != NULL && strncmp(reason, "API_KEY_", 8) == 0)
		stop(v, EX_NOPERM, "denied", "the key is not valid");
	else if (status != NULL && strcmp(status, "FAILED_PRECONDITION") == 0)
		stop(v, EX_NOPERM, "denied",
		    "the account may not use the service");
	else
		say(v, VERDICT_REFUSED, "refused",
		    "the service refuses the request");
}

static const cJSON *
error_of(const cJSON *tree)
{
	if (cJSON_IsArray(tree))
		tree = cJSON_GetArrayItem(tree, 0);
	return json_member(tree, "error");
}

void
error_read(const cJSON *tree, long code, struct verdict *v)
{
	const cJSON *error = error_of(tree);
	const char *message = json_string(error, "message");

	if (message == NULL)
		message = cJSON_IsString(error) ? error->valuestring : "";
	buf_add(&v->detail, message, strnlen(message, 500));
	switch (code) {
	case 400:
		bad_request(error, v);
		break;
	case 401:
		say(v, VERDICT_TOKEN, "denied", "the key is not accepted");
		break;
	case 402:
	case 403:
		stop(v, EX_NOPERM, "denied", "the service denies access");
		break;
	case 404:
	case 410:
		stop(v, EX_UNAVAILABLE, "refused",
		    "the service does not know the model");
		break;
	case 413:
		say(v, VERDICT_REFUSED, "refused", "the request is too large");
		break;
	case 429:
		quota_read(error, message, v);
		break;
	case 408:
	case 500:
	case 504:
		say(v, VERDICT_HEAVY, "unavailable", "the service failed");
		break;
	default:
		if (code >= 500 || code == 499)
			say(v, VERDICT_FAULT, "unavailable",
			    "the service failed");
		else if (code >= 400)
			say(v, VERDICT_REFUSED, "refused",
			    "the service refuses the request");
		else
			stop(v, EX_PROTOCOL, "refused",
			    "the service sends us elsewhere");
	}
}

void
failure_read(const struct http_answer *a, struct verdict *v)
{
	const char *error;
	cJSON *tree = NULL;
	size_t at;

	v->wait_ms = a->retry_after_ms;
	if (a->reason != NULL)
		buf_text(&v->detail, a->reason);
	switch (a->failure) {
	case HTTP_OK:
		if (a->body.len > 0)
			tree =
			    json_parse(a->body.data, a->body.len, &error, &at);
		error_read(tree, a->status, v);
		cJSON_Delete(tree);
		break;
	case HTTP_NO_ANSWER:
		say(v, VERDICT_FAULT, "unavailable",
		    "the service is not reached");
		break;
	case HTTP_LOST:
		say(v, VERDICT_FAULT, "unavailable", "the connection broke");
		break;
	case HTTP_TIMEOUT:
		say(v, VERDICT_HEAVY, "unavailable", "no answer came in time");
		break;
	default:
		say(v, VERDICT_HEAVY, "invalid", "the answer is too long");
	}
}
