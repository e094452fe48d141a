/* syncs.c - plans of the mirror: make one, carry one out */
#include "syncs.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "answer.h"
#include "body.h"
#include "child.h"
#include "log.h"
#include "mem.h"
#include "plans.h"
#include "status.h"
#include "store.h"

#define SMALL ((size_t)1 << 16)

struct syncs {
	struct server *server;
	struct plans plans;
	unsigned int count;  /* for names */
	struct child *child; /* the one that is under way */
};

struct syncs *
syncs_new(struct server *s)
{
	struct syncs *all = mem_zero(1, sizeof *all);

	all->server = s;
	buf_printf(&all->plans.folder, "%s/syncs", s->state);
	buf_string(&all->plans.folder);
	return all;
}

static void
answer_no_mirror(struct request *r)
{
	answer_problem(r, &(struct answer_problem){ .status = 409,
	                      .name = "no-mirror",
	                      .title = "No mirror is configured",
	                      .detail = "see XANO_BASE_URL" });
}

void
syncs_list(struct request *r)
{
	struct buf body = { 0 };

	if (!r->server->settings->mirror) {
		answer_no_mirror(r);
		return;
	}
	plans_list(&r->server->syncs->plans, &body);
	answer_json(r, 200, &body, NULL);
}

/* plan-sync has ended; what it left says how, unless it could not begin. */
static void
ended(void *of, const struct child_end *end)
{
	struct syncs *all = of;

	all->child = NULL;
	if (end->status != EX_OK)
		log_warning("a sync did not go well",
		    LOG_TEXT("sync", all->plans.active),
		    LOG_SINT("status", end->status),
		    LOG_TEXT("error", end->error));
	plans_ended(&all->plans, end->status == EX_OK ? NULL : end->error);
}

static void
start(struct syncs *all, enum program program, struct buf *args,
    const char *name)
{
	const struct child_order order = { .program = program,
		.of = all,
		.ended = ended,
		.max_out = SMALL };

	child_operand(args, name);
	snprintf(all->plans.active, sizeof all->plans.active, "%s", name);
	all->child = child_start(all->server->children, &order, args);
	buf_free(args);
}

static void
answer_begun(struct request *r, const char *name)
{
	struct buf body = { 0 };
	char location[PLANS_NAME + 8];

	plans_show(&r->server->syncs->plans, name, NULL, &body);
	snprintf(location, sizeof location, "/sync/%s", name);
	answer_json(r, 202, &body, location);
}

static void
make_plan(struct request *r, struct json_value feed)
{
	struct syncs *all = r->server->syncs;
	char name[PLANS_NAME];
	struct buf args = { 0 };
	time_t now = time(NULL);
	struct tm utc;
	long long number = 0;
	size_t len;

	gmtime_r(&now, &utc);
	len = strftime(name, sizeof name, "%Y%m%dT%H%M%SZ", &utc);
	snprintf(name + len, sizeof name - len, "-%u", ++all->count);
	if (body_given(feed) && json_int64(feed, &number))
		child_number(&args, "feed", number);
	plans_begin(&all->plans, name, number);
	start(all, PROGRAM_SYNC_PLAN, &args, name);
	answer_begun(r, name);
}

static void
carry_out(struct request *r, const char *name, const char *allow)
{
	struct syncs *all = r->server->syncs;
	struct buf args = { 0 }, detail = { 0 };

	switch (plans_may_apply(&all->plans, name, allow, &detail)) {
	case PLANS_UNKNOWN:
		answer_not_found(r, "there is no such plan");
		break;
	case PLANS_GUARDED:
		answer_problem(r, &(struct answer_problem){ .status = 409,
		                      .name = "guard",
		                      .title = "A guard tripped",
		                      .detail = buf_string(&detail) });
		break;
	case PLANS_OTHER:
		answer_problem(r,
		    &(struct answer_problem){ .status = 409,
		        .name = "not-planned",
		        .detail = "a plan is carried out once, when it is "
		                  "made" });
		break;
	case PLANS_MAY:
		if (allow != NULL && *allow != '\0')
			child_option(&args, "allow", allow);
		plans_apply(&all->plans, name);
		start(all, PROGRAM_SYNC_APPLY, &args, name);
		answer_begun(r, name);
	}
	buf_free(&args);
	buf_free(&detail);
}

static bool
is_name(const char *name)
{
	return strspn(name, "0123456789abcdefghijklmnopqrstuvwxyz"
	                    "ABCDEFGHIJKLMNOPQRSTUVWXYZ-") == strlen(name);
}

void
syncs_start(struct request *r)
{
	static const char *const guards[] = { "max_delete", "allow_empty",
		"refill", NULL };
	static const struct body_rule rules[] = {
		{ .name = "dry_run", .kind = BODY_FLAG },
		{ .name = "feed_id",
		    .kind = BODY_COUNT,
		    .min = 1,
		    .max = INT64_C(9007199254740991) },
		{ .name = "apply", .kind = BODY_TEXT, .min = 1, .max = 64 },
		{ .name = "allow",
		    .kind = BODY_CHOICES,
		    .min = 0,
		    .max = 3,
		    .choices = guards },
		{ .name = "by", .kind = BODY_TEXT, .min = 1, .max = 100 },
		{ .name = NULL },
	};
	struct json_value values[BODY_RULES];
	char *apply, *allow;

	if (!body_read(r, rules, values))
		return;
	apply = body_text(values[2]);
	allow = body_list(values[3]);
	if (!r->server->settings->mirror)
		answer_no_mirror(r);
	else if (apply != NULL && !is_name(apply))
		answer_unprocessable(r, "/apply",
		    "it has to be the sync_id of a plan");
	else if (apply != NULL && body_flag(values[0], false))
		answer_unprocessable(r, "/dry_run",
		    "a plan that is carried out is no dry run");
	else if (apply == NULL && !body_flag(values[0], true))
		answer_unprocessable(r, "/dry_run",
		    "what is to be done is planned first: see apply");
	else if (r->server->syncs->child != NULL)
		answer_problem(r, &(struct answer_problem){ .status = 409,
		                      .name = "sync-under-way",
		                      .detail = "another sync is under way" });
	else if (apply != NULL)
		carry_out(r, apply, allow);
	else
		make_plan(r, values[1]);
	free(apply);
	free(allow);
}

static void
titles_known(void *of, const struct store_answer *a)
{
	struct request *r = of;
	struct buf body = { 0 };

	/* Without the store, rows have keys and no titles. */
	plans_show(&r->server->syncs->plans, r->id, r->work, &body);
	plans_add_titles(&body, r->work, a->status == EX_OK ? a->rows : "",
	    a->status == EX_OK ? a->len : 0);
	answer_json(r, 200, &body, NULL);
}

void
syncs_show(struct request *r)
{
	const struct target_value *limit = target_value(&r->target, "limit"),
	                          *after = target_value(&r->target, "after"),
	                          *op = target_value(&r->target, "op");
	struct plans *plans = &r->server->syncs->plans;
	struct plans_page *page = mem_zero(1, sizeof *page);
	struct buf q = { 0 };

	r->work = page;
	r->release = plans_free_page;
	page->limit =
	    limit != NULL ? strtoul(limit->value, NULL, 10) : PLANS_LIMIT;
	page->after = after != NULL ? strtoll(after->value, NULL, 10) : 0;
	page->op = op != NULL ? op->value : NULL;
	if (!plans_read_page(plans, r->id, page)) {
		answer_not_found(r, "there is no such plan");
		return;
	}
	store_question(&q, "titles");
	buf_json_key(&q, "job_ids");
	buf_byte(&q, '[');
	buf_add(&q, page->keys.data, page->keys.len);
	buf_byte(&q, ']');
	store_ask(r->server->store, STORE_PATIENT, &q, titles_known, r);
}
