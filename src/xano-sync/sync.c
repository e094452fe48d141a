/* sync.c - one sync from its start to its end */
#include "sync.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "mem.h"
#include "planfile.h"
#include "preflight.h"
#include "sig.h"
#include "state.h"
#include "status.h"

#define ROUNDS 2 /* acting, and mending what the verification finds */

struct sync {
	const struct sync_options *options;
	struct plan_options plan_options;
	struct profile *profile;
	struct scope *scopes;
	struct var *scope_vars;
	struct buf *scope_texts; /* two for each: name and value */
	size_t scope_count;
	struct row_reader *rows;
	struct stage *stage;
	struct api *api;
	struct listing *listing;
	struct wanted wanted;
	struct plan plan;
	struct report report;
	struct idset *deletions; /* that an applied plan names */
	struct plan_header header;
	struct buf target;
	struct state *state;
	uint64_t unchanged; /* rows that were right from the start */
	uint64_t withheld;
	bool incomplete; /* it is not certain what is not wanted */
};

static void
open_scopes(struct sync *s)
{
	const struct opt_list *list = &s->options->scopes;
	size_t i;

	s->scope_count = list->count;
	s->scopes = mem_zero(list->count + 1, sizeof *s->scopes);
	s->scope_vars = mem_zero(list->count + 1, sizeof *s->scope_vars);
	s->scope_texts = mem_zero(2 * list->count + 1, sizeof *s->scope_texts);
	for (i = 0; i < list->count; i++) {
		struct buf *name = &s->scope_texts[2 * i];
		struct buf *value = &s->scope_texts[2 * i + 1];
		const struct field *f;

		s->scopes[i] = row_scope(s->profile, list->items[i]);
		f = &s->profile->fields[s->scopes[i].field];
		buf_printf(name, "scope.%s", f->column);
		if (f->type == FIELD_INT || f->type == FIELD_DECIMAL)
			buf_add(value, s->scopes[i].canon.data,
			    s->scopes[i].canon.len);
		else
			buf_json_string(value, s->scopes[i].canon.data,
			    s->scopes[i].canon.len);
		s->scope_vars[i] =
		    (struct var){ buf_string(name), value->data, value->len };
	}
}

/* Which table it is, in words: for its lock, and for a plan's header. */
static void
name_target(struct sync *s)
{
	const struct api_options *o = &s->options->api;

	buf_printf(&s->target, "%s\n%s\n%s\n%s\n%s", o->base,
	    o->workspace != NULL ? o->workspace : "",
	    o->table != NULL ? o->table : "",
	    o->data_source != NULL ? o->data_source : "",
	    o->branch != NULL ? o->branch : "");
	buf_string(&s->target);
}

static void
limit_rows(const struct sync_options *o, struct endpoint *e)
{
	if (o->bulk > 0 && e->rows > o->bulk)
		e->rows = o->bulk;
}

static bool
writes(const struct sync_options *o)
{
	return !o->dry_run && o->plan_file == NULL;
}

static void
open_all(struct sync *s)
{
	const struct sync_options *o = s->options;

	s->profile = profile_load(o->profile);
	limit_rows(o, &s->profile->add);
	limit_rows(o, &s->profile->change);
	limit_rows(o, &s->profile->remove);
	open_scopes(s);
	name_target(s);
	s->api = api_open(&o->api, s->profile, s->scope_vars, s->scope_count);
	s->stage = stage_open(&o->stage);
	s->report.out = stage_out(s->stage);
	if (writes(o))
		s->state = state_open(s->target.data);
	s->rows = row_reader_new(s->profile, s->scopes, s->scope_count);
	s->listing = listing_new(s->api, s->profile, o->per_page);
	wanted_open(&s->wanted);
	s->plan_options = o->plan;
	s->plan_options.keep_all = o->restore_file != NULL;
	s->plan_options.fingerprint = !writes(o) || o->apply_file != NULL;
	if (o->apply_file != NULL)
		s->plan_options.only = s->deletions = idset_new();
	plan_open(&s->plan, &s->plan_options, s->profile, &s->wanted, s->rows);
}

/* The rows the table is to have, from where the options say. */
static int
read_wanted(struct sync *s)
{
	const struct sync_options *o = s->options;
	struct plan_header want = { .target = "" };
	const char *why;
	int status;

	if (o->restore_file != NULL)
		return backup_read(&s->wanted, s->stage, s->profile, s->rows);
	if (o->apply_file == NULL) {
		wanted_read(&s->wanted, s->stage, s->profile, s->rows);
		if (!wanted_complete(&s->wanted, &why)) {
			s->incomplete = true;
			log_error("what is wanted is not known for certain: "
			          "rows are added and changed, none is deleted",
			    LOG_TEXT("why", why),
			    LOG_UINT("records", s->wanted.lines),
			    LOG_UINT("announced", s->wanted.announced));
		}
		return EX_OK;
	}
	status = planfile_read(&s->wanted, s->stage, s->profile, s->rows,
	    &s->header, s->deletions);
	hash_once(s->target.data, s->target.len, want.target);
	if (status == EX_OK &&
	    (strcmp(want.target, s->header.target) != 0 ||
	        strcmp(s->profile->digest, s->header.profile) != 0)) {
		log_error("the plan is for another table or another profile");
		status = EX_CONFIG;
	}
	return status;
}

/* A plan that is applied has to meet the table it was made for. */
static int
check_unmoved(const struct sync *s)
{
	char table[HASH_HEX];

	if (s->options->apply_file == NULL)
		return EX_OK;
	hash_hex(s->plan.print, table);
	if (strcmp(table, s->header.table) == 0)
		return EX_OK;
	log_error("the table has moved since the plan was made, nothing is "
	          "done: make a new plan");
	return EX_GUARD;
}

/* Deletions that can't be answered for. */
static void
withhold(struct sync *s)
{
	if (!s->incomplete && s->wanted.nameless == 0)
		return;
	s->withheld = plan_withhold(&s->plan);
	if (s->withheld > 0)
		log_error("deletions are withheld",
		    LOG_UINT("rows", s->withheld),
		    LOG_TEXT("why", s->incomplete
		                        ? "the input is not complete"
		                        : "bad records may be these rows"));
}

static int
check_guards(struct sync *s)
{
	uint64_t last = 0;
	bool known = s->state != NULL && s->scope_count == 0 &&
	             state_rows(s->state, &last);

	if (s->options->restore_file != NULL)
		return EX_OK;
	return guard_check(&s->options->guard, &s->plan, known, last);
}

/* Write the plan beside its file, and put it there when it is whole. */
static void
write_plan_file(struct sync *s, const char *path)
{
	struct buf beside = { 0 };
	struct out *out;

	buf_printf(&beside, "%s.%ld", path, (long)getpid());
	out = out_append(buf_string(&beside));
	planfile_write(&s->plan, &s->header, s->options->act.order, false, out);
	out_close(out);
	if (rename(beside.data, path) != 0)
		die(EX_CANTCREAT, "cannot write the plan",
		    LOG_TEXT("file", path), LOG_TEXT("error", strerror(errno)));
	buf_free(&beside);
}

static int
show_plan(struct sync *s)
{
	const struct sync_options *o = s->options;

	hash_once(s->target.data, s->target.len, s->header.target);
	memcpy(s->header.profile, s->profile->digest, HASH_HEX);
	hash_hex(s->plan.print, s->header.table);
	if (check_guards(s) != EX_OK)
		log_warning("so a sync would refuse");
	if (o->plan_file != NULL)
		write_plan_file(s, o->plan_file);
	if (o->dry_run)
		planfile_write(&s->plan, &s->header, o->act.order,
		    isatty(STDOUT_FILENO) != 0, s->report.out);
	return plan_is_empty(&s->plan) ? EX_OK : EX_PENDING;
}

static void
drift(struct sync *s, const char *what, const char *key, size_t len,
    struct text id, const char *columns)
{
	struct buf k = { 0 }, i = { 0 };

	buf_json_string(&k, key, len);
	plan_add_id(&s->plan, id, &i);
	report_drift(&s->report, what, buf_string(&k), buf_string(&i), columns);
	buf_free(&k);
	buf_free(&i);
}

static void
drift_change(struct sync *s, const struct change *c)
{
	const struct want *want = &s->wanted.items[c->want];
	struct buf old = { 0 }, new = { 0 }, updates = { 0 }, names = { 0 };
	struct json_value a = { JSON_OBJECT, false, NULL, 0 }, b = a;

	spool_get(s->plan.old, c->old, &old);
	spool_get(s->wanted.spool, want->row, &new);
	a.text = old.data;
	a.len = old.len;
	b.text = new.data;
	b.len = new.len;
	row_diff(s->rows, a, b, &updates, &names);
	drift(s, "differs", wanted_key(&s->wanted, c->want), want->key_len,
	    c->id, buf_string(&names));
	buf_free(&old);
	buf_free(&new);
	buf_free(&updates);
	buf_free(&names);
}

/*
 * Keep of a plan that was made after acting what can be mended: rows that are
 * missing, or were changed by somebody else, and doubles of rows that we have
 * added.  What we have written and still differs would differ again.  With
 * LAST nothing can: all of it is drift, and told.
 */
static void
sift_changes(struct sync *s, bool last)
{
	struct plan *plan = &s->plan;
	size_t kept = 0, i;

	for (i = 0; i < plan->change_count; i++) {
		const struct change *c = &plan->changes[i];
		const struct want *want = &s->wanted.items[c->want];

		if (want->failed)
			continue;
		if (last || want->written)
			drift_change(s, c);
		else
			plan->changes[kept++] = *c;
	}
	plan->change_count = kept;
}

static void
sift_removals(struct sync *s, bool last)
{
	struct plan *plan = &s->plan;
	size_t kept = 0, i;

	for (i = 0; i < plan->removal_count; i++) {
		const struct removal *r = &plan->removals[i];
		const char *key = plan_text(plan, r->key);
		size_t want = wanted_find(&s->wanted, key, r->key.len);

		if (!last && r->why == REMOVAL_DOUBLE && want != SIZE_MAX &&
		    s->wanted.items[want].written) {
			/* The other one is not what we have written. */
			s->wanted.items[want].written = false;
			plan->removals[kept++] = *r;
		} else if (r->why != REMOVAL_REPLACED) {
			drift(s, r->why == REMOVAL_DOUBLE ? "double" : "extra",
			    key, r->key.len, r->id, "");
		}
	}
	plan->removal_count = kept;
}

static void
tell_missing(struct sync *s)
{
	size_t i;

	for (i = 0; i < s->wanted.count; i++)
		if (plan_adds(&s->wanted.items[i]))
			drift(s, "missing", wanted_key(&s->wanted, i),
			    s->wanted.items[i].key_len, (struct text){ 0, 0 },
			    "");
}

/* Read again and compare; EX_OK when that could be done. */
static int
verify(struct sync *s, bool last)
{
	int status = plan_make(&s->plan, s->listing);

	if (status != EX_OK)
		return status;
	if (s->incomplete || s->wanted.nameless > 0)
		plan_withhold(&s->plan);
	sift_removals(s, last);
	sift_changes(s, last);
	if (last)
		tell_missing(s);
	return EX_OK;
}

static int
carry_out(struct sync *s)
{
	const struct sync_options *o = s->options;
	struct act_options act_options = o->act;
	int status, round;

	/* Rows that are removed by key would take the new ones with
	 * them. */
	if (s->profile->id == NULL)
		act_options.order = ORDER_DELETE_FIRST;
	for (round = 1; !plan_is_empty(&s->plan); round++) {
		if (o->backup_file != NULL && round == 1)
			backup_write(&s->plan, o->backup_file);
		status =
		    act(&act_options, &s->plan, s->api, s->listing, &s->report);
		out_flush(s->report.out);
		if (status != EX_OK || o->no_verify)
			return status;
		status = verify(s, round == ROUNDS);
		if (status != EX_OK || round == ROUNDS)
			return status;
	}
	return EX_OK;
}

/* What all of it comes to. */
static int
conclude(const struct sync *s)
{
	const struct report *r = &s->report;
	bool lost = s->options->no_verify && r->vanished > 0;

	if (s->incomplete || s->withheld > 0)
		return EX_GUARD;
	return r->failed > 0 || r->drifted > 0 || lost ? EX_SOME_BAD : EX_OK;
}

static int
run(struct sync *s)
{
	const struct sync_options *o = s->options;
	int status = EX_OK;

	if (o->no_preflight)
		preflight_skip(s->profile);
	else
		status = preflight(s->api, s->profile, s->listing);
	if (status == EX_OK)
		status = read_wanted(s);
	if (status == EX_OK && sig_stop())
		status = EX_TEMPFAIL;
	if (status == EX_OK)
		status = plan_make(&s->plan, s->listing);
	if (status == EX_OK)
		status = check_unmoved(s);
	if (status != EX_OK)
		return status;
	s->unchanged = s->plan.same;
	withhold(s);
	if (!writes(o))
		return show_plan(s);
	status = check_guards(s);
	if (status != EX_OK)
		return status;
	status = carry_out(s);
	if (status != EX_OK)
		return status;
	if (s->scope_count == 0)
		state_keep(s->state, s->wanted.count);
	return conclude(s);
}

static void
count(const struct sync *s)
{
	struct stats *t = stage_stats(s->stage);
	const struct report *r = &s->report;
	struct api_count c = api_count(s->api);

	t->changed = r->added + r->changed;
	stats_set(t, "unchanged", s->unchanged);
	stats_set(t, "added", r->added);
	stats_set(t, "updated", r->changed);
	stats_set(t, "deleted", r->deleted);
	stats_set(t, "failed", r->failed);
	stats_set(t, "drifted", r->drifted);
	stats_set(t, "withheld", s->withheld);
	stats_set(t, "requests", c.requests);
	stats_set(t, "retries", c.retries);
	stats_set(t, "throttled", c.throttled);
	log_info("synced", LOG_UINT("added", r->added),
	    LOG_UINT("updated", r->changed), LOG_UINT("deleted", r->deleted),
	    LOG_UINT("unchanged", s->unchanged), LOG_UINT("failed", r->failed),
	    LOG_UINT("requests", c.requests),
	    LOG_UINT("throttled", c.throttled));
}

static void
close_all(struct sync *s)
{
	size_t i;

	plan_close(&s->plan);
	wanted_close(&s->wanted);
	listing_free(s->listing);
	row_reader_free(s->rows);
	api_close(s->api);
	state_close(s->state);
	idset_free(s->deletions);
	for (i = 0; i < s->scope_count; i++) {
		buf_free(&s->scopes[i].canon);
		buf_free(&s->scope_texts[2 * i]);
		buf_free(&s->scope_texts[2 * i + 1]);
	}
	free(s->scopes);
	free(s->scope_vars);
	free(s->scope_texts);
	buf_free(&s->target);
	buf_free(&s->report.line);
	profile_free(s->profile);
}

int
sync_run(const struct sync_options *options)
{
	struct sync s = { .options = options };
	struct stage *stage;
	int status;

	open_all(&s);
	status = run(&s);
	count(&s);
	stage = s.stage;
	close_all(&s);
	return stage_close(stage, status);
}
