/* route.c - which way a job goes, by its own facts and two thresholds */
#include "route.h"

#include <string.h>

#include "clock.h"

static const char *const routes[] = { "approved", "manual_review", "rejected",
	"archived" };

bool
route_exists(const char *name)
{
	for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
		if (strcmp(routes[i], name) == 0)
			return true;
	return false;
}

static bool
is_closed(const struct rec *job)
{
	struct json_value status = rec_get(job, "status");

	return status.type == JSON_STRING && status.len == 6 &&
	       memcmp(status.text, "closed", 6) == 0;
}

/* A date that can't be read says nothing about the job. */
static bool
is_expired(const struct rec *job, int64_t now)
{
	struct json_value expires = rec_get(job, "expires_at");
	int64_t at;

	return expires.type == JSON_STRING &&
	       clock_parse(expires.text, expires.len, &at) && at <= now;
}

static int
compare(struct json_value number, const char *with)
{
	return json_compare(number.text, number.len, with, strlen(with));
}

/* The gate: what the confidence says, once the job was asked about. */
static struct route_verdict
by_confidence(const struct route_options *o, const struct rec *job)
{
	struct json_value confidence = rec_get(job, "ai_confidence");
	bool known = confidence.type == JSON_NUMBER;

	if (known &&
	    (compare(confidence, "0") < 0 || compare(confidence, "1") > 0))
		return (
		    struct route_verdict){ "manual_review", "bad_confidence" };
	if (known && compare(confidence, o->archive_below) < 0)
		return (struct route_verdict){ "archived", "low_confidence" };
	if (!o->final)
		return (struct route_verdict){ NULL, NULL };
	if (rec_get(job, "ai_error").type == JSON_OBJECT)
		return (struct route_verdict){ "rejected", "ai_failed" };
	if (!known)
		return (
		    struct route_verdict){ "manual_review", "not_enriched" };
	if (compare(confidence, o->approve_from) >= 0)
		return (struct route_verdict){ "approved", "confident" };
	return (struct route_verdict){ "manual_review", "unsure" };
}

struct route_verdict
route_decide(const struct route_options *o, const struct rec *job)
{
	if (is_closed(job))
		return (struct route_verdict){ "rejected", "closed" };
	if (is_expired(job, o->now))
		return (struct route_verdict){ "rejected", "expired" };
	if (!o->bypass)
		return by_confidence(o, job);
	if (o->final)
		return (struct route_verdict){ "approved", "bypass" };
	return (struct route_verdict){ NULL, NULL };
}
