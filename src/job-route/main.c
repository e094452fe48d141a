/* job-route: say where a job goes, as soon as its facts allow */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "clock.h"
#include "file.h"
#include "log.h"
#include "route.h"
#include "rules.h"
#include "sandbox.h"
#include "sig.h"
#include "stage.h"
#include "status.h"

struct router {
	struct route_options route;
	struct rules *rules; /* or NULL */
	struct stage *stage;
	struct out *explain; /* or NULL */
	struct buf room, line;
};

/* What decided, for those who ask: an NDJSON line a record. */
static void
explain(struct router *r, const struct rec *job, const char *route,
    const char *reason, const char *rule)
{
	static const char *const facts[] = { "status", "expires_at",
		"ai_confidence" };
	struct buf *b = &r->line;
	const char *id = rec_id(job, &r->room);

	buf_clear(b);
	buf_byte(b, '{');
	buf_json_member(b, "id", id, strlen(id));
	buf_json_member(b, "route", route, strlen(route));
	buf_json_member(b, "reason", reason, strlen(reason));
	if (rule != NULL)
		buf_json_member(b, "rule", rule, strlen(rule));
	for (size_t i = 0; i < sizeof facts / sizeof *facts; i++) {
		struct json_value v = rec_get(job, facts[i]);

		if (v.type != JSON_NUMBER && v.type != JSON_STRING)
			continue;
		buf_json_key(b, facts[i]);
		if (v.type == JSON_STRING)
			buf_byte(b, '"');
		buf_add(b, v.text, v.len);
		if (v.type == JSON_STRING)
			buf_byte(b, '"');
	}
	buf_byte(b, '}');
	out_add(r->explain, b->data, b->len);
	out_line(r->explain);
}

static void
count(struct router *r, const char *what, const char *name)
{
	buf_clear(&r->room);
	buf_printf(&r->room, "%s.%s", what, name);
	stats_add(stage_stats(r->stage), buf_string(&r->room), 1);
}

static void
send(struct router *r, struct rec *job, const char *route, const char *reason,
    const char *rule)
{
	if (r->explain != NULL)
		explain(r, job, route, reason, rule);
	count(r, "route", route);
	count(r, "reason", reason);
	rec_set_string(job, "route", route, strlen(route));
	rec_set_string(job, "route_reason", reason, strlen(reason));
	stage_pass(r->stage, job);
}

static void
route(struct router *r)
{
	struct rule_verdict rule;
	struct route_verdict verdict;
	const char *gave_up = NULL;
	struct rec *job;

	while ((job = stage_next(r->stage)) != NULL) {
		if (r->rules != NULL && rules_apply(r->rules, job,
		                            r->route.final, &rule, &gave_up)) {
			send(r, job, rule.route, rule.reason, rule.name);
			continue;
		}
		if (gave_up != NULL) {
			buf_clear(&r->room);
			buf_printf(&r->room,
			    "the pattern of rule '%s' gave up on this text",
			    gave_up);
			stage_refuse(r->stage, buf_string(&r->room));
			continue;
		}
		verdict = route_decide(&r->route, job);
		if (verdict.route != NULL)
			send(r, job, verdict.route, verdict.reason, NULL);
		else
			stage_pass(r->stage, job);
	}
}

/* The rules of a file, or those of share/. */
static struct rules *
load_rules(const char *path)
{
	struct buf room = { 0 };
	struct rules *rules =
	    rules_load(path != NULL ? path : file_share(&room, "rules.json"));

	buf_free(&room);
	return rules;
}

/* What the command line says; main() fills it in once. */
static struct {
	struct stage_options stage;
	struct route_options route;
	struct sandbox sandbox;
	const char *rules, *explain, *now;
	bool use_rules;
} given = { .stage = STAGE_DEFAULTS,
	.route = { .archive_below = "0.50", .approve_from = "0.86" },
	.use_rules = true };

static const struct opt opts[] = { STAGE_OPTS(&given.stage),
	SANDBOX_OPTS(&given.sandbox),
	{ .letter = 'f',
	    .name = "final",
	    .kind = OPT_FLAG,
	    .to = &given.route.final,
	    .help = "give every record a route: nothing comes after" },
	{ .letter = 'a',
	    .name = "approve-from",
	    .kind = OPT_DECIMAL,
	    .to = &given.route.approve_from,
	    .arg = "N",
	    .help = "approve from this confidence on (0.86)",
	    .env = "JOBMILL_APPROVE_FROM",
	    .low = "0",
	    .high = "1" },
	{ .letter = 'b',
	    .name = "archive-below",
	    .kind = OPT_DECIMAL,
	    .to = &given.route.archive_below,
	    .arg = "N",
	    .help = "archive below this confidence (0.50)",
	    .env = "JOBMILL_ARCHIVE_BELOW",
	    .low = "0",
	    .high = "1" },
	{ .name = "bypass",
	    .kind = OPT_FLAG,
	    .to = &given.route.bypass,
	    .help = "trust the feed: approve all that is open" },
	{ .letter = 'r',
	    .name = "rules",
	    .kind = OPT_TEXT,
	    .to = &given.rules,
	    .arg = "FILE",
	    .help = "rules that come first (share/rules.json)",
	    .env = "JOBMILL_RULES" },
	{ .name = "no-rules",
	    .kind = OPT_UNFLAG,
	    .to = &given.use_rules,
	    .help = "use no rules" },
	{ .name = "explain",
	    .kind = OPT_TEXT,
	    .to = &given.explain,
	    .arg = "FILE",
	    .help = "append what decided, line by line" },
	{ .name = "now",
	    .kind = OPT_TEXT,
	    .to = &given.now,
	    .arg = "TIME",
	    .help = "judge expiry at this RFC 3339 time (the clock's)",
	    .env = "JOBMILL_NOW" },
	OPT_END };

static const struct opt_tool tool = { .name = "job-route",
	.synopsis = "[-f] [-a N] [-b N] [-r FILE] [-d FILE] [file]",
	.summary = "Route jobs by status, rules and confidence.",
	.opts = opts,
	.operands_max = 1 };

int
main(int argc, char *argv[])
{
	struct router r = { .rules = NULL };
	const char *below, *from;
	int first;

	sig_init();
	log_init("job-route");
	given.route.now = (int64_t)time(NULL);
	first = opt_parse(&tool, argc, argv);
	given.stage.input = argv[first];
	if (given.now != NULL &&
	    !clock_parse(given.now, strlen(given.now), &given.route.now))
		opt_wrong(&tool, "--now is not an RFC 3339 time", given.now);
	below = given.route.archive_below;
	from = given.route.approve_from;
	if (json_compare(below, strlen(below), from, strlen(from)) > 0)
		opt_wrong(&tool, "--archive-below is above --approve-from",
		    below);

	r.route = given.route;
	r.rules = given.use_rules ? load_rules(given.rules) : NULL;
	r.explain = given.explain != NULL ? out_append(given.explain) : NULL;
	r.stage = stage_open(&given.stage);
	sandbox_enter(&given.sandbox);
	route(&r);
	out_close(r.explain);
	rules_free(r.rules);
	buf_free(&r.room);
	buf_free(&r.line);
	return stage_close(r.stage, EX_OK);
}
