/* quota.c - requests and tokens a minute, requests a day */
#include <stdio.h>

#include "clock.h"
#include "gemini.h"

static void
refuse(struct standin_reply *reply, const char *quota, uint64_t wait_ms)
{
	char words[160], details[640], retry[160] = "";

	snprintf(words, sizeof(words),
	    "You exceeded your current quota, please check your plan and "
	    "billing details.");
	if (wait_ms > 0)
		snprintf(retry, sizeof(retry),
		    ",{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\","
		    "\"retryDelay\":\"%llu.%03llu000001s\"}",
		    (unsigned long long)(wait_ms / 1000),
		    (unsigned long long)(wait_ms % 1000));
	snprintf(details, sizeof(details),
	    "[{\"@type\":\"type.googleapis.com/google.rpc.QuotaFailure\","
	    "\"violations\":[{\"quotaMetric\":\"generativelanguage.googleapis."
	    "com/generate_content_requests\",\"quotaId\":\"%s\","
	    "\"quotaValue\":\"10\"}]}%s]",
	    quota, retry);
	gemini_error(reply, 429, words, details);
}

bool
quota_pass(struct gemini *g, uint64_t tokens, struct standin_reply *reply)
{
	uint64_t now = clock_ms(), wait;

	if (!g->quota)
		return true;
	if (g->rpd > 0 && g->day >= g->rpd) {
		refuse(reply, "GenerateRequestsPerDayPerProjectPerModel", 0);
		return false;
	}
	wait = pace_wait(&g->rpm, 1, now);
	if (wait > 0) {
		refuse(reply, "GenerateRequestsPerMinutePerProjectPerModel",
		    wait);
		return false;
	}
	wait = pace_wait(&g->tpm, (double)tokens, now);
	if (wait > 0) {
		refuse(reply, "GenerateContentInputTokensPerModelPerMinute",
		    wait);
		return false;
	}
	pace_take(&g->rpm, 1, now);
	pace_take(&g->tpm, (double)tokens, now);
	g->day++;
	return true;
}
