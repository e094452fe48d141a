/* routes.c - the table of routes, as in share/www/openapi.json */
#include <stddef.h>
#include <stdint.h>

#include "auth.h"
#include "changes.h"
#include "events.h"
#include "live.h"
#include "maps.h"
#include "metrics.h"
#include "reads.h"
#include "refs.h"
#include "reviews.h"
#include "route.h"
#include "runs.h"
#include "syncs.h"

#define MOST_NUMBER INT64_C(9007199254740991)

static const char *const job_routes[] = { "approved", "manual_review",
	"rejected", "archived", NULL };
static const char *const run_states[] = { "running", "succeeded", "partial",
	"failed", "not_modified", "cancelled", NULL };
static const char *const job_states[] = { "live", "closed", "any", NULL };
static const char *const job_orders[] = { "confidence", "updated", "created",
	NULL };

#define PARAM_FEED                                                             \
	{                                                                      \
		.name = "feed_id", .kind = PARAM_COUNT, .min = 1,              \
		.max = MOST_NUMBER                                             \
	}
#define PARAM_LIMIT                                                            \
	{                                                                      \
		.name = "limit", .kind = PARAM_COUNT, .min = 1, .max = 500,    \
		.otherwise = "50"                                              \
	}
/* The next of a page: a number, or what a handler reads. */
#define PARAM_AFTER_NUMBER                                                     \
	{                                                                      \
		.name = "after", .kind = PARAM_COUNT, .min = 1,                \
		.max = MOST_NUMBER                                             \
	}
#define PARAM_AFTER                                                            \
	{                                                                      \
		.name = "after", .kind = PARAM_TEXT, .max = 500, .apart = true \
	}
#define PARAM_NO_MORE                                                          \
	{                                                                      \
		.name = NULL                                                   \
	}

static const struct param of_runs[] = { PARAM_FEED,
	{ .name = "status", .kind = PARAM_CHOICE, .choices = run_states },
	PARAM_LIMIT, PARAM_AFTER_NUMBER, PARAM_NO_MORE };

static const struct param of_letters[] = { PARAM_LIMIT, PARAM_AFTER_NUMBER,
	PARAM_NO_MORE };

static const struct param of_jobs[] = {
	{ .name = "route", .kind = PARAM_CHOICE, .choices = job_routes },
	PARAM_FEED,
	{ .name = "industry", .kind = PARAM_TEXT, .max = 64 },
	{ .name = "function", .kind = PARAM_TEXT, .max = 64 },
	{ .name = "reason", .kind = PARAM_TEXT, .max = 200 },
	{ .name = "q", .kind = PARAM_TEXT, .max = 200, .apart = true },
	{ .name = "min_confidence", .kind = PARAM_SHARE },
	{ .name = "max_confidence", .kind = PARAM_SHARE },
	{ .name = "state",
	    .kind = PARAM_CHOICE,
	    .choices = job_states,
	    .otherwise = "live" },
	{ .name = "sort",
	    .kind = PARAM_CHOICE,
	    .choices = job_orders,
	    .otherwise = "updated" },
	{ .name = "count", .kind = PARAM_FLAG, .otherwise = "false" },
	PARAM_LIMIT,
	PARAM_AFTER,
	PARAM_NO_MORE,
};

static const struct param of_days[] = { PARAM_FEED,
	{ .name = "days",
	    .kind = PARAM_COUNT,
	    .min = 1,
	    .max = 730,
	    .otherwise = "30" },
	PARAM_NO_MORE };

static const struct param of_confidence[] = { PARAM_FEED,
	{ .name = "bins",
	    .kind = PARAM_COUNT,
	    .min = 1,
	    .max = 200,
	    .otherwise = "50" },
	PARAM_NO_MORE };

static const char *const row_operations[] = { "delete", "add", "change", NULL };

static const struct param of_sync[] = {
	{ .name = "op", .kind = PARAM_CHOICE, .choices = row_operations },
	PARAM_LIMIT,
	PARAM_AFTER_NUMBER,
	PARAM_NO_MORE,
};

static const struct param of_removal[] = {
	{ .name = "with_jobs", .kind = PARAM_FLAG, .apart = true },
	PARAM_NO_MORE,
};

/* A change; BODY says whether there may, or has to, be one. */
enum { NO_BODY, MAY_BODY, MUST_BODY };

#define CHANGE(how, path, values, what, body)                                  \
	{                                                                      \
		.method = (how), .pattern = (path), .role = ROLE_WRITE,        \
		.params = (values), .handle = (what),                          \
		.takes_json = (body) != NO_BODY,                               \
		.needs_json = (body) == MUST_BODY                              \
	}

#define GET(path, whom, values, what)                                          \
	{                                                                      \
		.method = METHOD_GET, .pattern = (path), .role = (whom),       \
		.params = (values), .handle = (what)                           \
	}

const struct route routes[] = {
	GET("/execution-status/{feed_id}", ROLE_READ, NULL, live_last_run),
	GET("/runs", ROLE_READ, of_runs, reads_runs),
	GET("/runs/{run_id}", ROLE_READ, NULL, live_run),
	GET("/runs/{run_id}/dead-letters", ROLE_READ, of_letters,
	    reads_letters),
	GET("/runs/{run_id}/log", ROLE_READ, NULL, live_log),
	GET("/runs/{run_id}/events", ROLE_READ, NULL, events_follow),
	CHANGE(METHOD_POST, "/trigger-feed/{feed_id}", NULL, runs_trigger,
	    MAY_BODY),
	CHANGE(METHOD_POST, "/runs/{run_id}/cancel", NULL, runs_cancel,
	    NO_BODY),
	CHANGE(METHOD_POST, "/runs/{run_id}/accept", NULL, runs_accept,
	    MUST_BODY),
	GET("/feeds", ROLE_READ, NULL, reads_feeds),
	GET("/feeds/{feed_id}", ROLE_READ, NULL, reads_feed),
	GET("/jobs", ROLE_READ, of_jobs, reads_jobs),
	GET("/jobs/{job_id}", ROLE_READ, NULL, reads_job),
	CHANGE(METHOD_POST, "/feeds", NULL, changes_add_feed, MUST_BODY),
	CHANGE(METHOD_PATCH, "/feeds/{feed_id}", NULL, changes_set_feed,
	    MUST_BODY),
	CHANGE(METHOD_DELETE, "/feeds/{feed_id}", of_removal,
	    changes_remove_feed, NO_BODY),
	CHANGE(METHOD_POST, "/feeds/{feed_id}/inspect", NULL, maps_inspect,
	    NO_BODY),
	{ .method = METHOD_POST,
	    .pattern = "/feeds/{feed_id}/preview",
	    .role = ROLE_READ,
	    .handle = maps_preview,
	    .takes_json = true,
	    .needs_json = true },
	GET("/feeds/{feed_id}/map", ROLE_READ, NULL, maps_show),
	CHANGE(METHOD_PUT, "/feeds/{feed_id}/map", NULL, maps_save, MUST_BODY),
	GET("/feed-maps", ROLE_READ, NULL, refs_maps),
	GET("/taxonomy", ROLE_READ, NULL, refs_taxonomy),
	GET("/taxonomy/{code}", ROLE_READ, NULL, refs_industry),
	CHANGE(METHOD_POST, "/jobs/bulk", NULL, reviews_bulk, MUST_BODY),
	CHANGE(METHOD_PATCH, "/jobs/{job_id}", NULL, reviews_edit, MUST_BODY),
	CHANGE(METHOD_POST, "/jobs/{job_id}/approve", NULL, reviews_approve,
	    MAY_BODY),
	CHANGE(METHOD_POST, "/jobs/{job_id}/reject", NULL, reviews_reject,
	    MAY_BODY),
	CHANGE(METHOD_POST, "/jobs/{job_id}/withdraw", NULL, reviews_withdraw,
	    MAY_BODY),
	GET("/statistics/overview", ROLE_READ, NULL, reads_overview),
	GET("/statistics/days", ROLE_READ, of_days, reads_days),
	GET("/statistics/confidence", ROLE_READ, of_confidence,
	    reads_confidence),
	GET("/sync", ROLE_READ, NULL, syncs_list),
	CHANGE(METHOD_POST, "/sync", NULL, syncs_start, MUST_BODY),
	GET("/sync/{sync_id}", ROLE_READ, of_sync, syncs_show),
	GET("/session", ROLE_NONE, NULL, auth_session),
	{ .method = METHOD_POST,
	    .pattern = "/login",
	    .handle = auth_login,
	    .takes_json = true,
	    .needs_json = true },
	{ .method = METHOD_POST, .pattern = "/logout", .handle = auth_logout },
	GET("/metrics", ROLE_READ, NULL, metrics_show),
	GET("/healthz", ROLE_NONE, NULL, reads_healthz),
	GET("/readyz", ROLE_NONE, NULL, reads_readyz),
	{ .pattern = NULL },
};
